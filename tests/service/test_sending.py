"""Accepting a fax: whole or not at all, and in the documented order of checks."""

import asyncio
import threading
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.kept import kept
from tests.world import World, a_world, glance
from unifax.documents.intake import Found, Kind
from unifax.model.cover import Cover
from unifax.model.errors import (
    AccessDenied,
    ExtensionInvalid,
    FileInvalid,
    InFlight,
    NothingToSend,
    RecipientsInvalid,
    Refused,
    TooManyFiles,
    UserInvalid,
)
from unifax.service.idempotency import Key, Once
from unifax.service.sending import INSPECTIONS_AT_ONCE, Accepted, Upload, sender
from unifax.store.db import Connection
from unifax.store.faxes import unprepared
from unifax.work.jobs import Job
from unifax.work.queue import Queue


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as made:
        yield made


def uploads(world: World, *contents: bytes) -> list[Upload]:
    made = []
    for at, content in enumerate(contents, 1):
        path = world.blobs.stage()
        path.write_bytes(content)
        made.append(Upload(f"{at}.txt", path, len(content)))
    return made


def accept(
    world: World, recipients: object, files: list[Upload], user: str = "@me", extension: str = "0003*210"
) -> Accepted:
    return world.run(world.sending().accept(world.bob.viewer, user, extension, {"recipients": recipients}, files))


def test_what_is_accepted_is_whole_on_disk_with_its_work(world: World) -> None:
    accepted = accept(world, ["7778888", "211"], uploads(world, b"one", b"one", b"two"))
    assert accepted == Accepted(1, "0" * 31 + "1")
    assert world.queue.live(["prepare.1.1"]) == {"prepare.1.1"}
    blobs = [str(blob) for blob in world.column("SELECT blob FROM fax_files ORDER BY position")]
    assert [kept(world.folder, blob).read_bytes() for blob in blobs] == [b"one", b"one", b"two"]
    assert world.column("SELECT bytes FROM fax_files ORDER BY position") == [3, 3, 3]
    assert world.column("SELECT number FROM deliveries ORDER BY position") == ["7778888", "0003*211"]
    assert world.staged() == []


def test_a_short_number_is_one_of_the_user_who_is_named(world: World) -> None:
    """Bob and Charlie both have a 210: an administrator means that of whom he acts for, or of nobody."""
    root, (alice, bob, charlie) = world.root.viewer, (world.alice, world.bob, world.charlie)
    assert [world.db.read(sender, root, str(who.id), "210").extension for who in (alice, bob, charlie)] == [
        bob.extension,
        bob.extension,
        charlie.extension,
    ]
    assert world.db.read(sender, alice.viewer, "@me", "210").account_id == alice.id
    for user in ("@me", "@owner", str(world.beth.id)):
        with pytest.raises(ExtensionInvalid):
            world.db.read(sender, root, user, "210")
    with pytest.raises(AccessDenied):
        world.db.read(sender, alice.viewer, str(world.beth.id), "210")


def test_checks_come_in_the_documented_order(world: World) -> None:
    """Each request is wrong in everything that comes later, too."""
    many = uploads(world, *[b"\x00%!PS"] * 6)
    wrong: list[tuple[type[Refused], str, str, object, list[Upload]]] = [
        (UserInvalid, "nobody", "@self", None, many),
        (ExtensionInvalid, str(world.charlie.id), "@self", None, many),
        (AccessDenied, str(world.charlie.id), "0003*210", None, many),
        (AccessDenied, "@me", "0003*211", None, many),
        (RecipientsInvalid, "@me", "0003*210", [], many),
        (TooManyFiles, "@me", "0003*210", ["7778888"], many),
        (FileInvalid, "@me", "0003*210", ["7778888"], uploads(world, b"%!PS")),
        (NothingToSend, "@me", "0003*210", ["7778888"], []),
    ]
    for error, user, extension, recipients, files in wrong:
        with pytest.raises(error):
            accept(world, recipients, files, user, extension)
    assert world.faxes() == 0


def test_a_cover_page_goes_without_a_file(world: World) -> None:
    asked = {"recipients": ["7778888"], "cover": {"to": "Ann"}}
    accepted = world.run(world.sending().accept(world.bob.viewer, "@me", "0003*210", asked, []))
    assert world.queue.live(["prepare.1.1"]) == {"prepare.1.1"}
    assert world.column("SELECT state FROM deliveries") == ["preparing"]
    waiting = world.db.read(unprepared, accepted.id, 1)
    assert waiting is not None
    assert (waiting.files, waiting.paper.cover) == ((), Cover(to="Ann"))


def test_what_the_address_alone_tells_is_refused_without_a_body(world: World) -> None:
    sending = world.sending()
    with pytest.raises(ExtensionInvalid):
        world.run(sending.admit(world.bob.viewer, "@me", "@self"))
    with pytest.raises(AccessDenied):
        world.run(sending.admit(world.charlie.viewer, "@me", "0003*210"))
    world.run(sending.admit(world.bob.viewer, "@me", "0003*210"))


def test_files_are_looked_at_side_by_side(world: World) -> None:
    """Nobody passes until as many have come as may be inside at once."""
    together = threading.Barrier(INSPECTIONS_AT_ONCE)

    def inspect(path: Path, name: str) -> Found:
        together.wait(60)
        return Found(Kind.TXT, 1)

    world.inspect = inspect
    accept(world, ["7778888"], uploads(world, *[b"a"] * INSPECTIONS_AT_ONCE))


def test_of_several_bad_files_the_first_is_named_whichever_is_found_first(world: World) -> None:
    second_is_found = threading.Event()

    def inspect(path: Path, name: str) -> Found:
        if name == "1.txt":
            assert second_is_found.wait(60)
            raise FileInvalid(name, "is bad")
        second_is_found.set()
        raise FileInvalid(name, "is worse")

    world.inspect = inspect
    with pytest.raises(FileInvalid, match=r"'1\.txt' is bad"):
        accept(world, ["7778888"], uploads(world, b"a", b"b"))


def test_a_refused_fax_keeps_no_file(world: World) -> None:
    files = uploads(world, b"good", b"%!PS")
    with pytest.raises(FileInvalid):
        accept(world, ["7778888"], files)
    assert sorted(world.staged()) == sorted(file.path for file in files)  # the caller's to remove
    kept = [path for path in (world.folder / "blobs").rglob("*") if path.is_file() and path not in world.staged()]
    assert kept == []


def test_a_fax_whose_work_cannot_be_written_is_not_there(world: World) -> None:
    class Broken(Queue):
        def enqueue_all(self, conn: Connection, jobs: Iterable[Job]) -> None:
            raise RuntimeError("the power went")

    whole, world.queue = world.queue, Broken(world.db)
    with pytest.raises(RuntimeError):
        accept(world, ["7778888"], uploads(world, b"a"))
    world.queue.close()
    world.queue = whole
    assert world.faxes() == 0
    assert world.column("SELECT id FROM deliveries") == []
    assert accept(world, ["7778888"], uploads(world, b"a"))
    assert world.faxes() == 1


def test_pages_of_all_files_together_are_limited(world: World) -> None:
    world.limits = replace(world.limits, pages=3)
    accept(world, ["7778888"], uploads(world, b"\n" * 60, b"a"))
    with pytest.raises(FileInvalid, match=r"'2\.txt' makes the fax longer than 3 pages"):
        accept(world, ["7778888"], uploads(world, b"\n" * 60, b"\n" * 60))


def test_the_cast_glances_at_real_files(world: World) -> None:
    (file,) = uploads(world, b"\n" * 119)
    assert glance(file.path, file.name) == Found(Kind.TXT, 2)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inside: st.lists(inside, max_size=7) | st.dictionaries(st.text(max_size=5), inside, max_size=3),
    max_leaves=8,
)
numbers = st.from_regex(r"\+?[0-9*() .-]{1,14}", fullmatch=True) | st.sampled_from(["0003*211", "211", "0004*210"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(recipients=json_values | st.lists(numbers, max_size=6), user=st.text(max_size=6), extension=st.text(max_size=6))
def test_any_value_is_refused_or_leads_to_files(world: World, recipients: object, user: str, extension: str) -> None:
    """There are no files, so that whoever passes the recipients ends at NothingToSend."""
    for who, number in (("@me", "0003*210"), (user, extension), ("@owner", extension)):
        with pytest.raises(Refused):
            accept(world, recipients, [], who, number)


def test_one_that_is_refused_at_the_last_moment_harms_none_of_those_beside_it(world: World) -> None:
    """Bob sends three at once; the second under a key that another process has answered meanwhile."""
    sending, once = world.sending(), Once(Key.of(world.bob.viewer, "a-key"), "0" * 64)
    world.db.write(lambda conn: sending.keys.keep(conn, once, "{}"))

    async def together() -> list[Accepted | BaseException]:
        bob, asked = world.bob.viewer, {"recipients": ["7778888"]}
        accepts = [sending.accept(bob, "@me", "210", asked, uploads(world, b"a"), key) for key in (None, once, None)]
        return await asyncio.gather(*accepts, return_exceptions=True)

    first, refused, third = world.run(together())
    assert isinstance(refused, InFlight)
    assert isinstance(first, Accepted)
    assert isinstance(third, Accepted)
    assert {first.id, third.id} == set(world.column("SELECT id FROM faxes"))
    works = {f"prepare.{accepted.id}.1" for accepted in (first, third)}
    assert world.queue.live(works) == works
