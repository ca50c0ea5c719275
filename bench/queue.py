"""Durable accepts: how many faxes a second are promised, and how long each takes, beside HylaFAX in the same run.

Three ways in: `sendfax` to HylaFAX 6 without a modem; our web process, by HTTP; and our `Sending` without HTTP and
without a look into the file, which is what the database and the disk allow. Nothing works on what was accepted, here or
there. Clients are turned over from one to the other, so that each meets the same machine; where that has other work as
well, take the processor time. After a 200, or the return of `accept`, files, rows and work have been flushed to disk;
HylaFAX flushes nothing.
"""

import asyncio
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import httpx
import psutil

from bench import hylafax
from bench.api import REQUEST, SETTINGS
from bench.table import Row, show
from tests import postgres
from tests.world import World, a_world
from unifax.app import START_SECONDS, Service
from unifax.client import Client
from unifax.here import now
from unifax.service.accounts import bootstrap
from unifax.service.readiness import LOOK_SECONDS
from unifax.service.sending import Upload
from unifax.settings import read_settings
from unifax.store import executors
from unifax.store.db import Database, open_database
from unifax.work.queue import Queue

SECONDS = 3.0
CLIENTS = (1, 4, 16)
HALF_LOAD_SECONDS = 4.0
DELIVERIES = 30
DELIVERY_SECONDS = 300.0
NUMBERS = {"UNIFAX_SANDBOX__NUMBERS": "777??88"}
"One for each fax: no number is called twice at once."
PEOPLE = 16
"Clients that keep faxes coming while deliveries are counted."

Submit = Callable[[int], Awaitable[bool]]
"Has the fax of a number accepted; whether it was."


@dataclass(frozen=True, slots=True)
class Way:
    """One way in."""

    name: str
    submit: Submit


@dataclass(frozen=True, slots=True)
class Rate:
    """How many were accepted, and what it took."""

    accepted: int
    seconds: float
    cpu_seconds: float
    "Of clients and servers, PostgreSQL's own processes left out."

    @property
    def per_second(self) -> float:
        return self.accepted / self.seconds

    @property
    def cpu_ms(self) -> float:
        return self.cpu_seconds * 1000 / max(1, self.accepted)


def run(as_json: bool) -> None:
    if not hylafax.is_installed():
        raise SystemExit("HylaFAX is not installed: make rivals")
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(max(CLIENTS)) as threads:
        folder = Path(name)
        folder.chmod(0o711)  # HylaFAX and PostgreSQL have users of their own
        _accepts(folder, threads, as_json)
        _deliveries(folder, as_json)


def _accepts(folder: Path, threads: ThreadPoolExecutor, as_json: bool) -> None:
    letter = folder / "fax.txt"
    letter.write_text("This is my fax\n")
    letter.chmod(0o644)
    with ExitStack() as stack:
        spool = folder / "hylafax"
        spool.mkdir()
        rival = stack.enter_context(hylafax.hylafax(spool))

        async def sendfax(number: int) -> bool:
            return await asyncio.get_running_loop().run_in_executor(threads, rival.submit, letter)

        for engine in ("SQLite", "PostgreSQL"):
            with _engine(engine), a_world(_made(folder / f"world-{engine}")) as world:
                rows = world.run(_compared(world, engine, folder / f"data-{engine}", Way("sendfax", sendfax)))
            show(f"Accepts a second on {engine}, HylaFAX beside it", rows[0], as_json)
            show(f"At half of the load that 16 clients reach, {engine}", rows[1], as_json)


async def _compared(world: World, engine: str, data: Path, rival: Way) -> tuple[list[Row], list[Row]]:
    with _web(data) as (address, token):
        limits = httpx.Limits(max_connections=64, max_keepalive_connections=64)
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(headers=headers, timeout=300, limits=limits) as client:

            async def post(number: int) -> bool:
                files = {"files": ("fax.txt", b"This is fax %d\n" % number)}
                return (await client.post(address, files=files, data={"request": REQUEST})).is_success

            ours = [Way("HTTP", post), Way("without HTTP", _accepting(world))]
            ways = [rival, *ours]
            numbers = count(1)
            for way in ways:
                await way.submit(next(numbers))  # what is made at first need is there from now on
            rates = {(way.name, clients): await _rate(way, clients, numbers) for clients in CLIENTS for way in ways}
            half = [await _at_half_load(way, rates[way.name, CLIENTS[-1]].per_second / 2, numbers) for way in ours]
    accepts: list[Row] = []
    for clients in CLIENTS:
        row: dict[str, str | int | float] = {"clients": clients}
        row |= {f"{way.name}, 1/s": rates[way.name, clients].per_second for way in ways}
        row |= {f"{way.name}, CPU ms": rates[way.name, clients].cpu_ms for way in ways}
        accepts.append(row)
    return accepts, half


@contextmanager
def _web(data: Path) -> Iterator[tuple[str, str]]:
    """Run a web process alone, and say where faxes are posted, and with which token."""
    data.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as free:
        listen = f"127.0.0.1:{free.getsockname()[1]}"
    settings = read_settings(None, SETTINGS | _database(data) | {"UNIFAX_WEB__LISTEN": listen})
    db = open_database(data, settings.database.url)
    Queue(db).close()
    first = bootstrap(db, now())
    assert first is not None
    over = threading.Event()
    beating = threading.Thread(target=_beat, args=(db, over))
    beating.start()
    web = subprocess.Popen([sys.executable, "-m", "unifax.roles", "web", str(data)], stdin=subprocess.PIPE)
    try:
        assert web.stdin is not None
        web.stdin.write(settings.model_dump_json().encode() + b"\n")
        web.stdin.flush()
        deadline = time.monotonic() + START_SECONDS
        while not _is_up(f"http://{listen}/healthz"):
            if time.monotonic() > deadline:
                raise SystemExit("the web process does not start")
            time.sleep(0.1)
        yield f"http://{listen}/uapi/faxes/@me/{first.extension}", first.token
    finally:
        web.terminate()
        web.wait()
        over.set()
        beating.join()
        db.close()


def _beat(db: Database, over: threading.Event) -> None:
    """Stand for those who would work on what is accepted: without any the web process would accept nothing."""
    for role in ("prepare", "line"):
        db.write(executors.add_executor, role, role, now())
    while not over.wait(LOOK_SECONDS):
        for role in ("prepare", "line"):
            db.write(executors.beat, role)


def _is_up(url: str) -> bool:
    try:
        return httpx.get(url).is_success
    except httpx.TransportError:
        return False


def _accepting(world: World) -> Submit:
    """Return how a fax of Bob's is accepted without HTTP."""
    sending = world.sending()

    async def accept(number: int) -> bool:
        staged = world.blobs.stage()
        staged.write_bytes(b"This is fax %d\n" % number)
        asked = {"recipients": ["7778888"]}
        await sending.accept(world.bob.viewer, "@me", "210", asked, [Upload("fax.txt", staged, 20)])
        return True

    return accept


async def _rate(way: Way, clients: int, numbers: Iterator[int]) -> "Rate":
    """Return how many are accepted from clients that send one after the other."""
    began, before, done = time.perf_counter(), _cpu_seconds(), 0

    async def client() -> None:
        nonlocal done
        while time.perf_counter() - began < SECONDS:
            accepted = await way.submit(next(numbers))
            done += accepted

    await asyncio.gather(*(client() for _ in range(clients)))
    return Rate(done, time.perf_counter() - began, _cpu_seconds() - before)


def _cpu_seconds() -> float:
    """Return the processor time of this process and all below it, those that have ended among them."""
    here, seconds = psutil.Process(), 0.0
    for process in (here, *here.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            seconds += times.user + times.system + times.children_user + times.children_system
    return seconds


async def _at_half_load(way: Way, per_second: float, numbers: Iterator[int]) -> Row:
    """Send at a steady pace, whether answers have come or not, and say how long they took, the wait included."""
    loop, took = asyncio.get_running_loop(), list[float]()
    began, wanted = loop.time(), max(2, int(per_second * HALF_LOAD_SECONDS))

    async def one(at: int) -> None:
        due = began + at / per_second
        await asyncio.sleep(max(0.0, due - loop.time()))
        assert await way.submit(next(numbers))
        took.append(loop.time() - due)

    await asyncio.gather(*(one(at) for at in range(wanted)))
    return {
        "way": way.name,
        "faxes": wanted,
        "1/s": per_second,
        "median ms": statistics.median(took) * 1000,
        "p99 ms": statistics.quantiles(took, n=100)[98] * 1000,
    }


def _deliveries(folder: Path, as_json: bool) -> None:
    rows: list[Row] = []
    for engine in ("SQLite", "PostgreSQL"):
        with _engine(engine):
            delivered: Row = asyncio.run(_delivered(folder / f"sent-{engine}"))
            rows.append({"engine": engine, **delivered})
    show("Faxes of one page, sent to the sandbox by real calls", rows, as_json)


async def _delivered(data: Path) -> Row:
    """Send faxes, and return how many a second came to their end, the first to the last."""
    async with Service(read_settings(None, SETTINGS | NUMBERS | _database(data)), data) as service:
        first = service.first_accounts
        assert first is not None
        return await asyncio.to_thread(_sent, service.url, first.token, first.extension, data)


def _sent(url: str, token: str, extension: str, folder: Path) -> Row:
    with Client(url, token, extension) as client, ThreadPoolExecutor(PEOPLE) as people:

        def send(number: int) -> str:
            letter = folder / f"letter-{number}.txt"
            letter.write_text(f"This is fax {number}\n")
            return client.send([letter], [f"777{number:02}88"]).id

        began = time.monotonic()
        ids = list(people.map(send, range(DELIVERIES)))
        accepted, deadline = time.monotonic() - began, began + DELIVERY_SECONDS
        faxes = [client.fax(each) for each in ids]
        while any(fax.is_open for fax in faxes) and time.monotonic() < deadline:
            time.sleep(0.2)
            faxes = [client.fax(fax.id) if fax.is_open else fax for fax in faxes]
        seconds = time.monotonic() - began
    sent = sum(fax.state.value == "Sent" for fax in faxes)
    return {"faxes": len(faxes), "sent": sent, "all accepted after s": accepted, "sent/s": sent / seconds}


@contextmanager
def _engine(name: str) -> Iterator[None]:
    with postgres.server(fsync=True) if name == "PostgreSQL" else ExitStack():
        yield


def _database(folder: Path) -> dict[str, str]:
    url = postgres.database_url(folder)
    return {"UNIFAX_DATABASE__URL": url} if url else {}


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
