"""What calling a number has taught us. Must not know: who wanted it called, or what is made of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, RowMapping, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from unifax.model.destination import Destination
from unifax.model.ladder import Experience
from unifax.model.manner import Modem, Pin
from unifax.model.retry import SUCCESSIVE_SECONDS
from unifax.store.manners import experiences
from unifax.store.schema import destinations, manners


def destination(conn: Connection, number: str) -> Destination | None:
    """Return what is known of a number, or None when it was never called, or is forgotten."""
    row = conn.execute(select(destinations).where(destinations.c.number == number)).mappings().one_or_none()
    if row is None:
        return None
    return _destination(row, experiences(conn, row["id"]))


def note_call(conn: Connection, number: str, *, answered: bool, now: datetime) -> None:
    """Learn from a call that has ended at `now` whether anybody answers."""
    kept = conn.execute(select(destinations).where(destinations.c.number == number)).mappings().one_or_none()
    successive = (
        kept is not None
        and kept["tried_at"] is not None
        and now - kept["tried_at"] < timedelta(seconds=SUCCESSIVE_SECONDS)
    )
    before = kept["unanswered"] if kept is not None and successive else 0
    learnt = {"unanswered": 0 if answered else before + 1, "tried_at": now}
    new = insert(destinations).values(number=number, **learnt)
    conn.execute(new.on_conflict_do_update(index_elements=["number"], set_=learnt))


def forget_destinations(conn: Connection, before: datetime) -> int:
    """Forget what was learnt before a moment, and the numbers that were last called before it; return how many.

    What somebody has decided for a number stays.
    """
    conn.execute(delete(manners).where(manners.c.learnt_at < before))
    pins = func.coalesce(destinations.c.pin_t38, destinations.c.pin_ecm, destinations.c.pin_modem)
    return conn.execute(delete(destinations).where(destinations.c.tried_at < before, pins.is_(None))).rowcount


def _destination(row: RowMapping, known: Mapping[str, Sequence[Experience]]) -> Destination:
    t38, ecm, modem = row["pin_t38"], row["pin_ecm"], row["pin_modem"]
    pin = Pin(
        None if t38 is None else bool(t38), None if ecm is None else bool(ecm), None if modem is None else Modem(modem)
    )
    return Destination(row["number"], row["unanswered"], row["tried_at"], row["far_station_id"], pin, known)
