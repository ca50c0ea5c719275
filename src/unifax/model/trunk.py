"""How the trunks are doing: what one process knows of a server, and what all of them know together."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from unifax.model.call import T38Use


class Health(StrEnum):
    UP = "up"
    DOWN = "down"
    UNKNOWN = "unknown"
    "It is not asked, or has not answered yet."


@dataclass(frozen=True, slots=True)
class TrunkTerms:
    """What a trunk takes, as far as who decides about calls must know."""

    t38: T38Use = T38Use.ON
    channels: int | None = None
    "Calls at once, either way; None is no limit."


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one process knows of one server."""

    trunk: str
    server: str
    "Its address, and what carries SIP there: `192.0.2.1:5060 udp`."
    is_up: bool | None
    "None: this process does not ask it."
    since: datetime | None = None
    status: int | None = None
    "Of its last answer to OPTIONS or REGISTER; 408 is none."
    registered_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class SipCounts:
    """What one process has turned away at its SIP port since it began."""

    process: str
    began_at: datetime
    strangers: int
    "Datagrams of those who are no trunk: nobody has read them, but for the knocks."
    knocks: int
    "Calls of strangers that were asked for a password."
    floods: int
    "Calls of strangers that came in too great a number to be asked."
    malformed: int
    "Datagrams that were no SIP, or not enough of it."
    refused: int
    "Calls of trunks that were not answered."


@dataclass(frozen=True, slots=True)
class ServerState:
    server: str
    health: Health
    since: datetime | None
    status: int | None
    registered_until: datetime | None


@dataclass(frozen=True, slots=True)
class TrunkState:
    trunk: str
    health: Health
    "Up while one of its servers is."
    calls_up: int
    channels: int
    servers: Sequence[ServerState]


def states(sightings: Iterable[Sighting], channels: Mapping[str, int], calls_up: Mapping[str, int]) -> list[TrunkState]:
    """Return the state of every trunk of the settings, from what the processes have seen."""
    seen: dict[str, dict[str, list[Sighting]]] = {trunk: {} for trunk in channels}
    for sighting in sightings:
        if sighting.trunk in seen:
            seen[sighting.trunk].setdefault(sighting.server, []).append(sighting)
    return [_trunk_state(trunk, calls_up.get(trunk, 0), channels[trunk], servers) for trunk, servers in seen.items()]


def _trunk_state(trunk: str, calls_up: int, channels: int, servers: Mapping[str, Sequence[Sighting]]) -> TrunkState:
    states = [_server_state(server, sightings) for server, sightings in servers.items()]
    return TrunkState(trunk, _together({state.health for state in states}), calls_up, channels, states)


def _server_state(server: str, sightings: Sequence[Sighting]) -> ServerState:
    """One process that reaches it is enough: the others may be younger."""
    asking = [each for each in sightings if each.is_up is not None]
    health = _together({Health.UP if each.is_up else Health.DOWN for each in asking})
    told = [each for each in asking if each.is_up is (health is Health.UP)] or sightings
    return ServerState(
        server,
        health,
        since=min((each.since for each in told if each.since is not None), default=None),
        status=told[0].status,
        registered_until=max((each.registered_until for each in sightings if each.registered_until), default=None),
    )


def _together(healths: set[Health]) -> Health:
    return next((health for health in (Health.UP, Health.DOWN) if health in healths), Health.UNKNOWN)
