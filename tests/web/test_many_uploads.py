"""Two thousand clients that send their files slowly, and one more who does not wait for them."""

import asyncio
import json
import resource
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.web.loopback import connected, post, read_answer, serving
from tests.world import Person, World
from unifax.here import open_many_files
from unifax.store.blobs import Blobs

SLOW = 2000
FORM = "Content-Type: multipart/form-data; boundary=b"
FILE = b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n' + b"This is my fax\n" * 70
REQUEST = b'\r\n--b\r\nContent-Disposition: form-data; name="request"\r\n\r\n{"recipients":["7778888"]}\r\n--b--\r\n'


class Counted(Blobs):
    """Blobs that say when so many places for files were given, and when as many were let go."""

    def __init__(self, root: Path, count: int, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(root)
        self.all_staged, self.all_discarded = asyncio.Event(), asyncio.Event()
        self._loop = loop
        self._count = count
        self._staged = self._discarded = 0

    def stage(self) -> Path:
        self._loop.call_soon_threadsafe(self._one_staged)
        return super().stage()

    def discard(self, staged: Path) -> None:
        super().discard(staged)
        self._loop.call_soon_threadsafe(self._one_discarded)

    def _one_staged(self) -> None:
        self._staged += 1
        if self._staged == self._count:
            self.all_staged.set()

    def _one_discarded(self) -> None:
        self._discarded += 1
        if self._discarded == self._count + 1:  # and that of the other client
            self.all_discarded.set()


def fax_of(person: Person) -> str:
    assert person.extension is not None
    return f"/uapi/faxes/@me/{person.extension.number}"


@asynccontextmanager
async def slow_uploads(port: int, person: Person, count: int) -> AsyncIterator[None]:
    """Hold connections that have sent a head and a part of a body, and send no more."""
    head = post(fax_of(person), f"{FORM}\nAuthorization: {person.token}", b"", f"Content-Length: {1 << 20}")
    few_at_once = asyncio.Semaphore(50)
    writers: list[asyncio.StreamWriter] = []

    async def begin() -> None:
        async with few_at_once:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writers.append(writer)
            writer.write(head + FILE)
            await writer.drain()

    try:
        async with asyncio.TaskGroup() as tasks:
            for _ in range(count):
                tasks.create_task(begin())
        yield
        assert not any(writer.is_closing() for writer in writers), "none of them was turned away"
    finally:
        for writer in writers:
            writer.close()


@pytest.fixture
def open_files() -> None:
    """Let this process open as many files as it may: the two ends of each connection are here."""
    open_many_files()
    if resource.getrlimit(resource.RLIMIT_NOFILE)[0] < 3 * SLOW + 200:
        pytest.skip("this machine does not allow a process so many open files")


@pytest.mark.usefixtures("open_files")
def test_two_thousand_slow_uploads_do_not_keep_another_client_waiting(world: World) -> None:
    async def act() -> None:
        blobs = Counted(world.folder / "blobs", SLOW, asyncio.get_running_loop())
        world.blobs = blobs
        async with serving(world.site()) as port:
            async with slow_uploads(port, world.bob, SLOW):
                await blobs.all_staged.wait()
                async with connected(port) as (reader, writer):
                    authorization = f"Authorization: {world.charlie.token}"
                    writer.write(post(fax_of(world.charlie), f"{FORM}\n{authorization}", FILE + REQUEST))
                    accepted = await read_answer(reader)
                    assert accepted.status == 200, accepted
                    path = f"{fax_of(world.charlie)}/{json.loads(accepted.body)['id']}"
                    writer.write(f"GET {path} HTTP/1.1\r\nHost: u\r\n{authorization}\r\n\r\n".encode())
                    assert (await read_answer(reader)).status == 200
            await blobs.all_discarded.wait()

    world.run(act())
    assert world.faxes() == 1
    assert not world.staged()
