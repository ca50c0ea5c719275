"""What is remembered of a number that was called."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.world import NOW, World, a_world
from unifax.model.retry import SUCCESSIVE_SECONDS
from unifax.store import destinations

HOUR = timedelta(seconds=SUCCESSIVE_SECONDS)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as made:
        yield made


def note(world: World, now: datetime, *, answered: bool) -> int:
    world.db.write(lambda conn: destinations.note_call(conn, "7778888", answered=answered, now=now))
    known = world.db.read(destinations.destination, "7778888")
    assert known is not None
    assert known.tried_at == now
    return known.unanswered


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.sampled_from([1, 59, 60, 61])), max_size=12))
def test_calls_in_a_row_are_those_since_an_answer_or_an_hour_of_rest(
    world: World, story: list[tuple[bool, int]]
) -> None:
    world.execute("DELETE FROM destinations")
    now, row = NOW, 0
    for answered, minutes in story:
        now += timedelta(minutes=minutes)
        row = 0 if answered else (row if minutes < 60 else 0) + 1
        assert note(world, now, answered=answered) == row


def test_numbers_not_called_for_long_are_forgotten(world: World) -> None:
    note(world, NOW, answered=False)
    assert world.db.write(destinations.forget_destinations, NOW) == 0
    assert world.db.write(destinations.forget_destinations, NOW + timedelta(seconds=1)) == 1
    assert world.db.read(destinations.destination, "7778888") is None
