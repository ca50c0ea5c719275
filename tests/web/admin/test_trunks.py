"""The trunks, as administrators see them."""

from dataclasses import replace
from datetime import timedelta

from tests.world import NOW, World
from unifax.model.trunk import Sighting, SipCounts
from unifax.store.trunks import GOOD_FOR, count, sight


def test_a_trunk_of_which_nothing_is_known_is_shown(world: World) -> None:
    assert world.ask("GET", "/admin/trunks", world.root).json() == {
        "trunks": [{"name": "carrier", "health": "unknown", "callsUp": 0, "channels": 30, "servers": []}],
        "turnedAway": [],
    }


def test_its_servers_are_shown_as_the_processes_see_them(world: World) -> None:
    server = "192.0.2.1:5060 udp"
    world.db.write(sight, "line.1", [Sighting("carrier", server, True, NOW, 200)], NOW)
    registered = Sighting("carrier", server, None, None, 200, NOW + timedelta(hours=1))
    world.db.write(sight, "receive.1", [registered], NOW)
    (trunk,) = world.ask("GET", "/admin/trunks", world.root).json()["trunks"]
    assert trunk["health"] == "up"
    assert trunk["servers"] == [
        {
            "server": server,
            "health": "up",
            "since": "2026-02-03T04:05:06Z",
            "status": 200,
            "registeredUntil": "2026-02-03T05:05:06Z",
        }
    ]


def test_what_each_process_has_turned_away_is_shown_while_it_lives(world: World) -> None:
    counts = SipCounts("receive.1", NOW, strangers=400, knocks=30, floods=20, malformed=1, refused=2)
    world.db.write(count, "receive.1", counts, NOW)
    world.db.write(count, "receive.2", replace(counts, process="receive.2"), NOW - GOOD_FOR * 2)
    (shown,) = world.ask("GET", "/admin/trunks", world.root).json()["turnedAway"]
    assert shown == {
        "process": "receive.1",
        "beganAt": "2026-02-03T04:05:06Z",
        "strangers": 400,
        "knocks": 30,
        "floods": 20,
        "malformed": 1,
        "refused": 2,
    }
    world.db.write(count, "receive.1", None, NOW)
    assert world.ask("GET", "/admin/trunks", world.root).json()["turnedAway"] == []
