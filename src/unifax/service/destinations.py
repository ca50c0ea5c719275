"""What calling numbers has taught us and what was decided for them: for how long it holds, and who may see it.

It is of the installation, whoever wanted the numbers called: administrators see and change it. Knows no HTTP.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from unifax.model.accounts import AccountKind, Viewer
from unifax.model.destination import Destination
from unifax.model.errors import AccessDenied, NotFound
from unifax.model.manner import Pin
from unifax.service.administration import administers
from unifax.store import destinations
from unifax.store.db import Connection, Database


class Forgetting:
    """Forgets in time: machines are replaced, and numbers are given to others."""

    def __init__(self, db: Database, remember_days: int, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._remember = timedelta(days=remember_days)
        self._clock = clock

    async def forget(self) -> None:
        """Forget what is older than we remember it. To be done every hour or so."""
        await self._db.awrite(destinations.forget_destinations, self._clock() - self._remember)


def runs_the_line(conn: Connection, viewer: Viewer) -> None:
    """Raise AccessDenied unless the viewer is an administrator, by an App that may administer."""
    administers(conn, viewer)
    if viewer.kind is not AccountKind.ADMINISTRATOR:
        raise AccessDenied("Only an administrator sees what is known of the numbers that are called.")


def destination(conn: Connection, number: str) -> Destination:
    """Return what is known of a number. Raises NotFound."""
    found = destinations.destination(conn, number)
    if found is None:
        raise NotFound("Nothing is known of this number.")
    return found


def pin(conn: Connection, number: str, pin: Pin) -> Destination:
    """Decide how a number is called, and return what is known of it."""
    destinations.pin(conn, number, pin)
    return destination(conn, number)


def forget(conn: Connection, number: str) -> None:
    """Forget what is known and was decided for a number. Raises NotFound."""
    destination(conn, number)
    destinations.forget(conn, number)
