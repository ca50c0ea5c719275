"""A second host of a name is told apart from what is left of the first."""

import asyncio
from pathlib import Path

from tests.world import NOW
from unifax.store import executors
from unifax.store.db import Database
from unifax.work.namesakes import has_namesake

OTHER = "line.berlin.7.abc"
FOREVER = 3600.0


def asked(db: Database, lifelines: Path, silent_seconds: float, host: str = "berlin") -> bool:
    """Ask while the other host's process goes on saying that it lives."""

    async def ask() -> bool:
        async with asyncio.TaskGroup() as tasks:
            beating = tasks.create_task(beat())
            found = await has_namesake(db, host, lifelines, silent_seconds, 0.01)
            beating.cancel()
        return found

    async def beat() -> None:
        while True:
            await db.awrite(executors.beat, OTHER)
            await asyncio.sleep(0.01)

    db.write(executors.add_executor, OTHER, "line", NOW, "berlin")
    return asyncio.run(ask())


def test_a_host_at_work_elsewhere_is_a_namesake(db: Database, tmp_path: Path) -> None:
    assert asked(db, tmp_path / "executors", FOREVER)


def test_one_of_another_name_is_not(db: Database, tmp_path: Path) -> None:
    assert not asked(db, tmp_path / "executors", FOREVER, "hamburg")


def test_what_an_earlier_start_of_our_own_has_left_is_not(db: Database, tmp_path: Path) -> None:
    (tmp_path / "executors").mkdir()
    (tmp_path / "executors" / OTHER).touch()
    assert not asked(db, tmp_path / "executors", FOREVER)


def test_a_host_that_is_dead_gives_its_name_up(db: Database, tmp_path: Path) -> None:
    db.write(executors.add_executor, OTHER, "line", NOW, "berlin")
    assert not asyncio.run(has_namesake(db, "berlin", tmp_path / "executors", 0.1, 0.01))
