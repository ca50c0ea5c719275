"""Who sees what is known of numbers, and for how long it is."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.world import NOW, World, a_world
from unifax.model.call import CallReport, Media
from unifax.model.errors import AccessDenied, NotFound
from unifax.model.manner import BEST, Pin
from unifax.model.outcome import Outcome
from unifax.service import destinations
from unifax.service.destinations import Forgetting
from unifax.store.destinations import note_call
from unifax.store.manners import learn


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as made:
        yield made


def call(world: World, number: str) -> None:
    """Have called a number, in the best manner, and it worked."""
    world.db.write(lambda conn: note_call(conn, number, answered=True, now=NOW))
    world.db.write(learn, number, "carrier", BEST, CallReport(Outcome.SENT, 1, media=Media.T38), NOW)


def test_what_was_learnt_is_kept_for_its_days_and_what_was_decided_for_good(world: World) -> None:
    for number in ("7778801", "7778802"):
        call(world, number)
    world.db.write(destinations.pin, "7778802", Pin(ecm=False))

    def known_after(days: int) -> list[object]:
        world.run(Forgetting(world.db, 90, lambda: NOW + timedelta(days=days, seconds=1)).forget())
        return world.column("SELECT number FROM destinations ORDER BY number")

    assert known_after(89) == ["7778801", "7778802"]
    assert known_after(90) == ["7778802"]
    assert world.db.read(destinations.destination, "7778802").known == {}
    with pytest.raises(NotFound):
        world.db.read(destinations.destination, "7778801")


def test_an_administrator_alone_runs_the_line_and_by_a_trusted_app(world: World) -> None:
    world.db.read(destinations.runs_the_line, world.root.viewer)
    with pytest.raises(AccessDenied, match="Only an administrator"):
        world.db.read(destinations.runs_the_line, world.alice.viewer)
    world.execute("UPDATE apps SET trusted = 0")
    with pytest.raises(AccessDenied, match="trusted"):
        world.db.read(destinations.runs_the_line, world.root.viewer)
