"""What calls have taught about manners, and which one the next call takes."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.world import NOW, World, a_world
from unifax.model.call import CallReport, Media
from unifax.model.destination import Destination
from unifax.model.ladder import Failure
from unifax.model.manner import ABLE, BEST, Manner, Pin
from unifax.model.outcome import Outcome
from unifax.store import destinations, manners

LATER = NOW + timedelta(hours=1)
SENT = CallReport(Outcome.SENT, 1, media=Media.T38, far_station_id="+49 7778888", bits_per_second=14_400)
BROKEN = CallReport(Outcome.PROTOCOL, media=Media.T38)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as made:
        yield made


def learn(world: World, report: CallReport, manner: Manner = BEST, trunk: str = "a", hours: int = 0) -> Destination:
    now = NOW + timedelta(hours=hours)
    world.db.write(lambda conn: destinations.note_call(conn, "7778888", answered=True, now=now))
    world.db.write(manners.learn, "7778888", trunk, manner, report, now)
    known = world.db.read(destinations.destination, "7778888")
    assert known is not None
    return known


def test_failures_are_counted_from_the_last_time_it_worked(world: World) -> None:
    learn(world, SENT)
    learn(world, BROKEN, hours=1)
    [known] = learn(world, BROKEN, hours=2).known["a"]
    assert (known.manner, known.worked_at, known.failures) == (BEST, NOW, 2)
    assert (known.failed_at, known.failure) == (
        NOW + timedelta(hours=2),
        Failure(BEST, Outcome.PROTOCOL, Media.T38),
    )
    assert known.bits_per_second == 14_400, "as agreed when it last came so far"
    [known] = learn(world, SENT, hours=3).known["a"]
    assert (known.worked_at, known.failures) == (NOW + timedelta(hours=3), 0)


def test_each_trunk_and_each_manner_is_known_by_itself(world: World) -> None:
    learn(world, BROKEN)
    learn(world, SENT, Manner(ecm=False))
    known = learn(world, SENT, trunk="b").known
    assert {(trunk, each.manner, each.failures) for trunk in known for each in known[trunk]} == {
        ("a", BEST, 1),
        ("a", Manner(ecm=False), 0),
        ("b", BEST, 0),
    }


@pytest.mark.parametrize("outcome", [Outcome.BUSY, Outcome.UNCERTAIN, Outcome.LOST])
def test_what_says_nothing_of_the_manner_teaches_nothing_but_who_is_there(world: World, outcome: Outcome) -> None:
    known = learn(world, CallReport(outcome, far_station_id="+49 1", far_ability=ABLE))
    assert (known.known, known.far_station_id, known.far_ability, known.pin) == ({}, "+49 1", ABLE, Pin())
    again = learn(world, BROKEN)
    assert (again.far_station_id, again.far_ability) == ("+49 1", ABLE), (
        "a call that did not come so far changes nothing"
    )


def test_what_was_learnt_long_ago_is_forgotten_though_the_number_is_still_called(world: World) -> None:
    learn(world, BROKEN)
    learn(world, SENT, Manner(t38=False), hours=2)
    assert world.db.write(destinations.forget_destinations, LATER) == 0
    known = world.db.read(destinations.destination, "7778888")
    assert known is not None
    assert [each.manner for each in known.known["a"]] == [Manner(t38=False)]
    assert world.db.write(destinations.forget_destinations, LATER + timedelta(hours=2)) == 1
    assert not world.column("SELECT trunk FROM manners")
