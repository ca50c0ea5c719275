"""What a fax needs: part by part, refused before anything of it is taken in, and taken again when it is back."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import event

from tests.world import NOW, World, a_world
from unifax.model.errors import Unavailable
from unifax.service.readiness import LOOK_SECONDS, PATIENCE_SECONDS, SILENT_SECONDS, Check, Crew, Part, Readiness, Store
from unifax.store import executors
from unifax.store.room import Room


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as made:
        yield made


@dataclass
class Shift:
    """A line process, and who watches it."""

    world: World
    now: float = 1000.0
    crew: Crew = field(init=False)

    def __post_init__(self) -> None:
        self.crew = Crew(self.world.db, ["line"], lambda: self.now)
        self.world.db.write(executors.add_executor, "line.1", "line", NOW)

    def passes(self, seconds: float, *, beating: bool) -> None:
        for _ in range(int(seconds / LOOK_SECONDS)):
            self.now += LOOK_SECONDS
            if beating:
                self.world.db.write(executors.beat, "line.1")
            self.world.run(self.crew.look())

    def is_there(self) -> bool:
        return self._holds(self.crew.part("line").check)

    def may_accept(self) -> bool:
        return self._holds(self.crew.part("line").may_accept)

    def _holds(self, check: Check) -> bool:
        try:
            check()
        except Unavailable:
            return False
        return True


def test_a_process_counts_while_its_heart_beats(world: World) -> None:
    shift = Shift(world)
    assert not shift.is_there()  # nobody has looked yet
    shift.passes(2 * SILENT_SECONDS, beating=True)
    assert shift.is_there()
    shift.passes(SILENT_SECONDS + LOOK_SECONDS, beating=False)
    assert not shift.is_there()
    shift.passes(LOOK_SECONDS, beating=True)
    assert shift.is_there()


def test_faxes_are_refused_only_when_nobody_has_been_there_for_a_while(world: World) -> None:
    """A process that is started again, or an upgrade, is no reason to."""
    shift = Shift(world)
    shift.passes(10, beating=True)
    shift.passes(PATIENCE_SECONDS, beating=False)
    assert not shift.is_there()
    assert shift.may_accept()  # its silence was noticed only after a while
    shift.passes(SILENT_SECONDS + LOOK_SECONDS, beating=False)
    assert not shift.may_accept()
    shift.passes(LOOK_SECONDS, beating=True)
    assert shift.may_accept()


def test_each_part_says_what_it_is_short_of(world: World) -> None:
    def missing() -> None:
        raise Unavailable("it is gone")

    readiness = Readiness([Part("here", lambda: None), Part("gone", missing)])
    assert world.run(readiness.troubles()) == {"here": None, "gone": "it is gone"}
    readiness.may_accept()  # it is asked for when it is needed


def test_a_disk_without_its_reserve_takes_nothing_new(tmp_path: Path) -> None:
    free = [50]
    room = Room(tmp_path, 100, lambda folder: free[0])
    with pytest.raises(Unavailable, match="full: 50 bytes are free, and 100 must be"):
        room.check()
    free[0] = 100
    room.check()


def test_a_folder_that_is_gone_takes_nothing(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="No such file"):
        Room(tmp_path / "gone", 0).check()


def post(world: World) -> tuple[int, int]:
    """Send a fax as Bob; return the status, and after how many seconds to try again."""
    answer = world.ask(
        "POST",
        "/uapi/faxes/@me/210",
        world.bob,
        files={"files": ("letter.txt", os.urandom(8).hex().encode())},
        data={"request": '{"recipients": ["7778888"]}'},
    )
    if answer.status_code != 200:
        assert answer.json()["error"]["code"] == "service_unavailable"
    return answer.status_code, int(answer.headers.get("retry-after", "0"))


def test_what_cannot_be_kept_is_refused_whole_and_taken_when_there_is_room(world: World) -> None:
    full = Room(world.folder, 1 << 62)
    world.parts = [Part("disk", full.check, full.check)]
    status, again = post(world)
    assert (status, again > 0) == (503, True)
    assert world.nothing_is_left()
    assert world.ask("GET", "/readyz").status_code == 503
    world.parts = []
    assert post(world) == (200, 0)


def test_a_store_that_has_gone_refuses_and_leaves_no_row(world: World) -> None:
    """The folder of the blobs is lost in the middle: what was staged cannot be put in its place."""
    blobs = world.folder / "blobs"
    away = [folder.rename(folder.with_name(f"{folder.name}-away")) for folder in blobs.glob("??")]
    assert post(world)[0] == 503
    assert world.nothing_is_left()
    for folder in away:
        folder.rename(folder.with_name(folder.name.removesuffix("-away")))
    assert post(world)[0] == 200
    shutil.rmtree(blobs / "staging")
    assert post(world)[0] == 503
    (blobs / "staging").mkdir()
    assert post(world)[0] == 200
    assert world.faxes() == 2


def test_a_database_that_cannot_be_written_refuses_and_leaves_no_file_behind(world: World) -> None:
    engine = world.db.engine
    read_only = True

    def say(dbapi: sqlite3.Connection | psycopg.Connection, *_: object) -> None:
        if isinstance(dbapi, sqlite3.Connection):
            dbapi.execute(f"PRAGMA query_only = {int(read_only)}")
        else:
            dbapi.read_only = read_only  # as on a standby

    event.listen(engine, "checkout", say)
    assert post(world)[0] == 503
    read_only = False
    assert world.nothing_is_left()
    assert post(world)[0] == 200


def test_a_store_that_could_not_be_used_twice_in_a_row_takes_nothing_until_it_can(world: World, tmp_path: Path) -> None:
    store = Store(world.db, world.blobs)
    part = store.part()
    folder, gone = tmp_path / "blobs", tmp_path / "gone"
    folder.rename(gone)
    with pytest.raises(Unavailable, match=r"^their store cannot be used now$"):
        part.check()
    world.run(store.look())
    part.may_accept()
    world.run(store.look())
    with pytest.raises(Unavailable):
        part.may_accept()
    gone.rename(folder)
    world.run(store.look())
    part.may_accept()
    part.check()
