"""The trunks, for those who run the line: what is asked, and how it is read. Knows no socket and no clock."""

from datetime import datetime

from unifax.client.api import Api
from unifax.client.shapes import Shape
from unifax.client.steps import Plan, read


class Server(Shape):
    """A SIP server of a trunk."""

    server: str
    health: str
    since: datetime | None = None
    status: int | None = None
    registered_until: datetime | None = None


class Trunk(Shape):
    """A way to numbers; see docs/line.md."""

    name: str
    health: str
    calls_up: int
    channels: int
    servers: tuple[Server, ...] = ()


class TurnedAway(Shape):
    """What one process has turned away at its SIP port since it began."""

    process: str
    began_at: datetime
    strangers: int
    knocks: int
    floods: int
    malformed: int
    refused: int


class Trunks(Shape):
    trunks: tuple[Trunk, ...]
    turned_away: tuple[TurnedAway, ...] = ()


def trunks(api: Api) -> Plan[Trunks]:
    """Show the trunks and how they are doing."""
    return read(Trunks, (yield from api.get("/admin/trunks")))
