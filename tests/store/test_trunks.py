"""What the processes say of the servers of trunks."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.world import NOW, World, a_world
from unifax.model.trunk import Sighting
from unifax.store.trunks import GOOD_FOR, sight, sightings

UP = Sighting("carrier", "192.0.2.1:5060 udp", True, NOW, 200)
DOWN = Sighting("carrier", "192.0.2.2:5060 udp", False, NOW, 408)
BOUND = Sighting("carrier", "192.0.2.1:5060 udp", None, None, 200, NOW)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as world:
        yield world


def test_what_a_process_says_replaces_what_it_said(world: World) -> None:
    world.db.write(sight, "line.1", [UP, DOWN], NOW)
    world.db.write(sight, "receive.2", [BOUND], NOW + timedelta(seconds=1))
    assert world.db.read(sightings, NOW) == [BOUND, UP, DOWN]
    world.db.write(sight, "line.1", [DOWN], NOW)
    assert world.db.read(sightings, NOW) == [BOUND, DOWN]
    world.db.write(sight, "line.1", [], NOW)
    assert world.db.read(sightings, NOW) == [BOUND]


def test_what_was_said_long_ago_is_not_shown_and_goes(world: World) -> None:
    world.db.write(sight, "line.1", [UP], NOW)
    later = NOW + GOOD_FOR + timedelta(seconds=1)
    assert world.db.read(sightings, later) == []
    world.db.write(sight, "line.2", [], later)
    assert world.db.read(sightings, NOW) == []
