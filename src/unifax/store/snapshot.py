"""A copy of a database that is in use, and what it says when it is put back. Must not know: files, or where they are.

A copy is one moment of the database (SQLite's online backup). What was under way at that moment may have been done
since: whoever was waiting for a call may have the fax, and that is what the rows are made to say.
"""

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, select, update

from unifax.model.content import FORGOTTEN, Content
from unifax.model.errors import Misconfigured
from unifax.model.fax import PENDING, DeliveryState
from unifax.model.outcome import Outcome
from unifax.store import events
from unifax.store.blobs import name_of
from unifax.store.forgetting import PLACES
from unifax.store.schema import deliveries

_AT_ONCE = 1000


def copy_database(source: Path, target: Path) -> None:
    """Copy a SQLite database that may be in use, whole, as of one moment. Raises Misconfigured when it is damaged."""
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)
        (said,) = copy.execute("PRAGMA integrity_check").fetchone()
        if said != "ok":
            raise Misconfigured(f"{source} is damaged: {said}")


def make_one_file(database: Path) -> None:
    """Have a database that nobody uses in one file, without a log beside it."""
    with closing(sqlite3.connect(database)) as conn:
        conn.execute("PRAGMA journal_mode = DELETE")


def contents(conn: Connection) -> Iterator[Content]:
    """Yield what rows say is kept; some of it more than once."""
    for place, sha256 in PLACES:
        wanted = select(sha256, place).where(sha256.is_not(None)).execution_options(yield_per=_AT_ONCE)
        for row in conn.execute(wanted):
            if row.place != FORGOTTEN:
                yield Content(row[0], row.place)


def name(content: Content) -> str:
    """Return the name of the file that a content is kept in."""
    return name_of(content.place or content.sha256)


def forget(conn: Connection, gone: Collection[Content]) -> None:
    """Say of contents that they are forgotten: they were, since the copy was made."""
    for content in gone:
        for place, sha256 in PLACES:
            of = place == content.place if content.place is not None else (sha256 == content.sha256) & place.is_(None)
            conn.execute(update(place.table).where(of).values(place=FORGOTTEN))


def doubt(conn: Connection, now: datetime) -> Sequence[int]:
    """Let nothing that was under way go on by itself; return the faxes.

    Who waited for a call, or was in one, is uncertain; what had no pages yet is cancelled.
    """
    called = (DeliveryState.WAITING, DeliveryState.CALLING)
    faxes: set[int] = set()
    for states, state, outcome in (
        (called, DeliveryState.UNCERTAIN, Outcome.UNCERTAIN),
        (PENDING - set(called), DeliveryState.CANCELLED, Outcome.CANCELLED),
    ):
        changed = conn.execute(
            update(deliveries)
            .where(deliveries.c.state.in_(states))
            .values(
                state=state.value,
                outcome=outcome.value,
                next_call_at=None,
                cancel_at=None,
                work=deliveries.c.work + 1,
            )
            .returning(deliveries.c.fax_id)
        )
        faxes.update(changed.scalars())
    events.settle(conn, sorted(faxes), now)
    return sorted(faxes)
