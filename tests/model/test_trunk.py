"""What the processes know of a trunk, put together."""

from datetime import UTC, datetime, timedelta

import pytest

from unifax.model.trunk import Health, Sighting, states

NOW = datetime(2026, 2, 3, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)


def test_every_trunk_of_the_settings_is_shown_and_no_other() -> None:
    (only,) = states([Sighting("gone", "a", True, NOW)], {"carrier": 30}, {"carrier": 2, "gone": 1})
    assert (only.trunk, only.health, only.calls_up, only.channels, only.servers) == (
        *("carrier", Health.UNKNOWN),
        *(2, 30, []),
    )


@pytest.mark.parametrize(
    ("seen", "health"),
    [
        ([True, True], Health.UP),
        ([True, False], Health.UP),
        ([False, None], Health.DOWN),
        ([None], Health.UNKNOWN),
    ],
)
def test_one_process_that_reaches_a_server_is_enough(seen: list[bool | None], health: Health) -> None:
    (trunk,) = states([Sighting("c", "a", each, each if each is None else NOW) for each in seen], {"c": 1}, {})
    assert (trunk.health, [server.health for server in trunk.servers]) == (health, [health])


def test_a_trunk_is_up_while_one_of_its_servers_is() -> None:
    (trunk,) = states([Sighting("c", "a", False, NOW, 408), Sighting("c", "b", True, LATER, 200)], {"c": 1}, {})
    assert trunk.health is Health.UP
    assert [(server.health, server.since, server.status) for server in trunk.servers] == [
        (Health.DOWN, NOW, 408),
        (Health.UP, LATER, 200),
    ]


def test_what_a_server_is_and_since_when_is_told_by_those_who_see_it_so() -> None:
    seen = [
        Sighting("c", "a", None, None, 403, LATER),
        Sighting("c", "a", False, NOW, 408),
        Sighting("c", "a", True, LATER, 200),
    ]
    (trunk,) = states(seen, {"c": 1}, {})
    (server,) = trunk.servers
    assert (server.since, server.status, server.registered_until) == (LATER, 200, LATER)
    (trunk,) = states(seen[:1], {"c": 1}, {})
    assert (trunk.servers[0].status, trunk.servers[0].since) == (403, None)
