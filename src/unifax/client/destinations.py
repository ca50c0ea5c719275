"""Numbers that were called, for those who run the line: what is asked, and how it is read. Each is a plan.

Knows no socket and no clock.
"""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote

from unifax.client.api import Api
from unifax.client.shapes import Manner, Page, Shape
from unifax.client.steps import Plan, Showing, read

DESTINATIONS = "/admin/destinations"


class Pin(Shape):
    """What was decided for a number; None is left to the service."""

    t38: bool | None = None
    ecm: bool | None = None
    modem: str | None = None
    resolution: str | None = None


class Ability(Shape):
    """What a machine says it can do."""

    ecm: bool
    modem: str
    resolutions: tuple[str, ...] = ()


class Experience(Shape):
    """How faxes went in one manner, by one trunk."""

    trunk: str
    manner: Manner
    worked_at: datetime | None = None
    failed_at: datetime | None = None
    failures: int
    outcome: str | None = None
    media: str | None = None
    bits_per_second: int | None = None


class Destination(Shape):
    """A number, and what calling it has taught; see docs/line.md."""

    number: str
    unanswered: int
    tried_at: datetime | None = None
    far_station_id: str | None = None
    far_ability: Ability | None = None
    pin: Pin | None = None
    known: tuple[Experience, ...] = ()


def destinations(api: Api) -> Showing[Destination]:
    """Show the numbers of which anything is known."""
    return api.entries(Page[Destination], DESTINATIONS, {})


def destination(api: Api, number: str) -> Plan[Destination]:
    return read(Destination, (yield from api.get(_at(number))))


def pin_destination(api: Api, number: str, pin: Mapping[str, object]) -> Plan[Destination]:
    """Decide how a number is called; what `pin` does not say is left to the service."""
    return read(Destination, (yield from api.change("PUT", _at(number), pin, repeatable=True)))


def forget_destination(api: Api, number: str) -> Plan[None]:
    yield from api.change("DELETE", _at(number), None)


def _at(number: str) -> str:
    return f"{DESTINATIONS}/{quote(number, safe='*')}"
