"""What is counted, and how things stand."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.desk import Desk, ends
from tests.world import NOW, World, a_world
from unifax.model.outcome import Outcome
from unifax.store import tallies
from unifax.store.tallies import Standing, What


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_world(tmp_path) as world:
        yield Desk(world)


def standing(world: World, after: timedelta = timedelta()) -> Standing:
    return world.db.read(tallies.standing, NOW + after)


def waiting(stands: Standing) -> dict[str, tuple[int, float]]:
    return {it.reason: (it.count, it.oldest_seconds) for it in stands.waiting if it.count}


def test_where_nothing_happens_every_reason_is_told_with_nothing(desk: Desk) -> None:
    stands = standing(desk.world)
    assert waiting(stands) == {}
    assert {"preparing", "waiting", "later", "calling", "notice"} <= {it.reason for it in stands.waiting}
    assert stands.strangers["strangers"] == 0


def test_a_fax_is_counted_from_its_pages_to_its_last_call(desk: Desk) -> None:
    """Busy at first; then it is sent, and its three pages are confirmed."""
    desk.far_ends["7778888"] = [ends(Outcome.BUSY), ends(Outcome.SENT, 3)]
    fax_id = desk.send("7778888")
    assert waiting(standing(desk.world, timedelta(seconds=90))) == {"preparing": (1, 90.0)}
    desk.step()
    assert waiting(standing(desk.world, timedelta(seconds=5))) == {"waiting": (1, 5.0)}
    desk.step()
    assert waiting(standing(desk.world)) == {"later": (1, 0.0)}
    desk.finish(fax_id)
    stands = standing(desk.world)
    assert waiting(stands) == {}
    counted = {(it.what, it.trunk, it.outcome): (it.times, it.pages) for it in stands.tallies}
    assert counted == {
        (What.PAPER, "", "made"): (1, 3),
        (What.CALL, "sandbox", "busy"): (1, 0),
        (What.CALL, "sandbox", "sent"): (1, 3),
    }


def test_a_clock_that_is_set_back_takes_nothing_away(desk: Desk) -> None:
    def twice(seconds: float) -> None:
        desk.world.db.write(tallies.count, What.CALL, "sent", trunk="a", pages=2, seconds=seconds)

    twice(1.5)
    twice(-3600.0)
    [tally] = standing(desk.world).tallies
    assert (tally.times, tally.pages, tally.seconds) == (2, 4, 1.5)
