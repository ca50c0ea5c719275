"""What calling a number has taught us. Must not know: who wanted it called, or what is made of it."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from unifax.model.destination import Destination
from unifax.model.retry import SUCCESSIVE_SECONDS
from unifax.store.schema import destinations


def destination(conn: Connection, number: str) -> Destination | None:
    """Return what is known of a number, or None when it was never called, or is forgotten."""
    row = conn.execute(select(destinations).where(destinations.c.number == number)).one_or_none()
    return None if row is None else Destination(row.number, row.unanswered, row.tried_at)


def note_call(conn: Connection, number: str, *, answered: bool, now: datetime) -> None:
    """Learn from a call that has ended at `now`."""
    known = destination(conn, number)
    successive = known is not None and now - known.tried_at < timedelta(seconds=SUCCESSIVE_SECONDS)
    before = known.unanswered if known is not None and successive else 0
    learnt = {"unanswered": 0 if answered else before + 1, "tried_at": now}
    new = insert(destinations).values(number=number, **learnt)
    conn.execute(new.on_conflict_do_update(index_elements=["number"], set_=learnt))


def forget_destinations(conn: Connection, before: datetime) -> int:
    """Forget the numbers that were last called before a moment; return how many."""
    return conn.execute(delete(destinations).where(destinations.c.tried_at < before)).rowcount
