"""Dry runs take no more of us than they may, and leave nothing."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.types import Message

from tests.world import World, a_world
from unifax.documents.order import Header
from unifax.model.errors import Unavailable
from unifax.model.paper import PageReport, PaperTerms
from unifax.service.previewing import Bounds, Preview, Previewing
from unifax.service.sending import Upload
from unifax.web.uapi.previews import PreviewResponse, told


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as made:
        yield made


async def preview(world: World, previewing: Previewing) -> Preview:
    letter = world.folder / "letter.txt"
    letter.write_text("Dear reader")
    return await previewing.preview(world.bob.viewer, "@me", "0003*210", {}, [Upload("letter.txt", letter, 11)])


def test_one_that_does_not_get_its_turn_is_told_to_come_again(world: World) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(files: Sequence[tuple[Path, str]], out: Path, header: Header, paper: PaperTerms) -> Sequence[PageReport]:
        begun.set()
        assert go_on.wait(60)
        return world.render(files, out, header, paper)

    async def crowd() -> None:
        previewing = Previewing(world.sending(), slow, bounds=Bounds(at_once=1, patience_seconds=0.01))
        async with asyncio.TaskGroup() as tasks:
            first = tasks.create_task(preview(world, previewing))
            await asyncio.to_thread(begun.wait, 60)
            with pytest.raises(Unavailable):
                await preview(world, previewing)
            go_on.set()
        previewing.forget(first.result())
        previewing.forget(await preview(world, previewing))

    world.run(crowd())
    assert world.staged() == []


def test_those_that_are_being_read_count_until_they_are_forgotten(world: World) -> None:
    async def crowd() -> None:
        previewing = Previewing(world.sending(), world.render, bounds=Bounds(open_at_once=1))
        first = await preview(world, previewing)
        assert [path.name for path in world.staged()] == [first.document.name]
        with pytest.raises(Unavailable):
            await preview(world, previewing)
        previewing.forget(first)
        previewing.forget(await preview(world, previewing))

    world.run(crowd())
    assert world.staged() == []


def test_one_whose_reader_leaves_is_forgotten(world: World) -> None:
    scope = {"type": "http", "method": "POST", "headers": []}

    async def nothing() -> Message:
        return {"type": "http.disconnect"}

    async def broken(message: Message) -> None:
        raise OSError("the client has gone")

    async def leave() -> None:
        previewing = Previewing(world.sending(), world.render)
        made = await preview(world, previewing)
        response = PreviewResponse(Request(scope, nothing), made, previewing, told(made), "application/json", {})
        with pytest.raises(OSError, match="gone"):
            await response(scope, nothing, broken)

    world.run(leave())
    assert world.staged() == []
