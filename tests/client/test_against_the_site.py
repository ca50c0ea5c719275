"""Both clients against the real site on loopback; over connections that break where it hurts most, too."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import pytest
from PIL import Image

from tests.client.conftest import Makes
from tests.desk import Desk, ends, give_pages
from tests.kept import kept
from tests.web.loopback import serving
from tests.world import NOW, World, a_world
from unifax.client import ApiError, App, Client, Hook, HookMethod, HookType, Paper, Terms
from unifax.model.fax import FaxState
from unifax.model.outcome import Outcome

T = TypeVar("T")

NO_BYTES, SOME_BYTES, ALL_BYTES = 0, 60, 1 << 30


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as made:
        yield made


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    (tmp_path / "letter.txt").write_text("Dear reader")
    return tmp_path / "letter.txt"


@asynccontextmanager
async def cutting(port: int, *answers: int) -> AsyncIterator[int]:
    """Stand before the site, and let so many bytes of each answer through; then the connection breaks."""
    left = list(answers)

    async def stand_between(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", port)
        async with asyncio.TaskGroup() as tasks:
            asking = tasks.create_task(pass_on(reader, back, [ALL_BYTES]))
            await pass_on(there, writer, left)
            asking.cancel()
        back.close()
        writer.close()

    server = await asyncio.start_server(stand_between, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, left: list[int]) -> None:
    while data := await reader.read(1 << 16):
        allowed = left[0] if left else ALL_BYTES
        if len(data) > allowed:
            left.pop(0)
            writer.write(data[:allowed])
            return
        writer.write(data)


def asked(world: World, ask: Callable[[str], T], *answers: int) -> T:
    """Return what `ask` returns, which is given the address of the site, and runs beside it."""

    async def act() -> T:
        async with serving(world.site()) as port, cutting(port, *answers) as cut:
            return await asyncio.to_thread(ask, f"http://127.0.0.1:{cut}")

    return world.run(act())


def bobs(world: World, client_at: Makes, url: str) -> Client:
    return client_at(url, world.bob.token, patience_seconds=20)


@pytest.mark.parametrize("cut", [NO_BYTES, SOME_BYTES])
def test_a_fax_whose_answers_are_lost_is_sent_once(world: World, client_at: Makes, letter: Path, cut: int) -> None:
    accepted = asked(world, lambda url: bobs(world, client_at, url).send([letter], ["7778888"]), cut, cut)
    assert (accepted.id, world.faxes()) == ("1", 1)
    assert not world.staged()


@pytest.mark.parametrize("answers", [(NO_BYTES,), (SOME_BYTES, SOME_BYTES)])
def test_uploads_whose_answers_are_lost_make_one_fax(
    world: World, client_at: Makes, letter: Path, answers: tuple[int, ...]
) -> None:
    def ask(url: str) -> Client:
        client = bobs(world, client_at, url)
        assert client.send_uploads([letter, letter], ["7778888"], Terms(priority="low")).id == "1"
        return client

    asked(world, ask, *answers)
    assert world.faxes() == 1
    assert world.column("SELECT state FROM faxes") == [FaxState.PRE_APPROVED]


def test_a_fax_that_is_sent_again_is_sent_again_once(world: World, client_at: Makes) -> None:
    desk = Desk(world)
    desk.far_ends["7778888"] = [ends(Outcome.NO_SUCH_NUMBER)]
    desk.finish(desk.send("7778888"))
    fax = asked(world, lambda url: bobs(world, client_at, url).resend("1"), SOME_BYTES)
    assert fax.recipients[0].is_open
    assert len(desk.open()) == 1


def test_a_document_that_breaks_off_is_asked_for_again_and_is_whole(
    world: World, client_at: Makes, tmp_path: Path
) -> None:
    desk = Desk(world)
    desk.finish(desk.send("0003*211"))
    give_pages(world)
    file = tmp_path / "fax.tif"
    asked(world, lambda url: bobs(world, client_at, url).document("1", file), 700, 2000)
    (document,) = world.column("SELECT document FROM faxes")
    assert file.read_bytes() == kept(world.folder, document).read_bytes()
    assert not list(tmp_path.glob(".*part"))


def test_a_page_comes_in_its_size_or_small(world: World, client_at: Makes, tmp_path: Path) -> None:
    desk = Desk(world)
    desk.finish(desk.send("0003*211"))
    give_pages(world)
    large, small = tmp_path / "large.png", tmp_path / "small.png"

    def ask(url: str) -> None:
        bobs(world, client_at, url).page("1", 2, large)
        client_at(url, world.beth.token, "0003*211").received_page("1", 2, small, small=True)

    asked(world, ask)
    widths = []
    for file in (large, small):
        with Image.open(file) as image:
            widths.append(image.width)
    assert widths == [1728, 200]


@pytest.mark.parametrize("cut", [NO_BYTES, SOME_BYTES])
def test_a_preview_whose_answer_is_lost_is_asked_for_again(
    world: World, client_at: Makes, letter: Path, cut: int
) -> None:
    paper = Paper("fine", page_treatments={1: "photo"})
    seen = asked(world, lambda url: bobs(world, client_at, url).preview([letter], ["7778888"], paper), cut)
    assert (seen.recipients, [page.png[1:4] for page in seen.pages]) == (("7778888",), [b"PNG"])
    assert world.nothing_is_left()


def test_an_app_sends_by_its_key_and_secret(world: World, client_at: Makes, letter: Path) -> None:
    app = App("key-bob", "secret-bob")
    assert asked(world, lambda url: client_at(url, app).send([letter], ["7778888"])).id == "1"
    with pytest.raises(ApiError, match="invalid_client"):
        asked(world, lambda url: client_at(url, App("key-bob", "secret-beth")).send([letter], ["7778888"]))


def test_all_faxes_are_gone_through_page_by_page(world: World, client_at: Makes) -> None:
    desk = Desk(world)
    for _ in range(5):
        desk.send("7778888")

    def ask(url: str) -> tuple[list[str], list[str]]:
        client = bobs(world, client_at, url)
        client.api.entries_a_page = 2
        return [fax.id for fax in client.faxes()], [
            fax.id for fax in client.faxes("id", "2", "greaterThan", oldest_first=True)
        ]

    newest_first, some = asked(world, ask)
    assert newest_first == ["5", "4", "3", "2", "1"]
    assert some == ["3", "4", "5"]


def test_recipients_and_calls_are_listed(world: World, client_at: Makes) -> None:
    desk = Desk(world)
    desk.far_ends["7778888"] = [ends(Outcome.DROPPED, pages=1), ends(Outcome.SENT, pages=2)]
    desk.finish(desk.send("0003*211", "7778888"))

    def ask(url: str) -> tuple[list[str], list[Outcome | None]]:
        client = bobs(world, client_at, url)
        return [one.number for one in client.recipients("1")], [call.outcome for call in client.calls("1", 2)]

    assert asked(world, ask) == (["0003*211", "7778888"], [Outcome.DROPPED, Outcome.SENT])


def test_what_came_in_is_read(world: World, client_at: Makes) -> None:
    desk = Desk(world)
    desk.finish(desk.send("0003*211"))

    def ask(url: str) -> tuple[list[bool], list[str]]:
        client = client_at(url, world.beth.token, "0003*211")
        states = [client.mark_read("1").read, client.received("1").read, client.mark_read("1", read_by_now=False).read]
        return states, [fax.id for fax in client.inbox(unread=True)]

    assert asked(world, ask) == ([True, True, False], ["1"])


def test_a_fax_is_watched_by_the_events_of_the_service(world: World, client_at: Makes) -> None:
    desk = Desk(world)
    desk.send("0003*211")

    def ask(url: str) -> list[FaxState]:
        client = bobs(world, client_at, url)
        states = []
        for fax in client.watch("1"):
            states.append(fax.state)
            if len(states) == 1:
                client.cancel("1")
        return states

    assert asked(world, ask) == [FaxState.PRE_APPROVED, FaxState.CANCELLED]


def test_hooks_are_kept(world: World, client_at: Makes) -> None:
    def ask(url: str) -> list[Hook]:
        client = bobs(world, client_at, url)
        hook = client.add_hook(HookType.FAX_IN, "https://you.example/fax", method=HookMethod.FORM)
        assert client.replay_hook(HookType.FAX_IN, hook.id, since=NOW).notices == 0
        renewed = client.renew_hook_secret(HookType.FAX_IN, hook.id)
        changed = client.change_hook(HookType.FAX_IN, hook.id, is_on=False, note="off")
        shown = [client.hook(HookType.FAX_IN, hook.id), *client.hooks()]
        return [hook, renewed, changed, *shown, client.remove_hook(HookType.FAX_IN, hook.id), *client.hooks()]

    hook, renewed, changed, *shown = asked(world, ask)
    assert (hook.type, hook.method, hook.status) == (HookType.FAX_IN, HookMethod.FORM, 1)
    assert hook.secret != renewed.secret is not None
    assert (changed.status, changed.note, changed.secret) == (0, "off", None)
    assert shown == [changed] * 3
