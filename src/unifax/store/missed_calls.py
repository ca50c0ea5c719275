"""Calls from outside that have brought no page, for as long as they are kept. Must not know: who may see them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, true, update

from unifax.model.collection import Kind, Listing, Window
from unifax.model.incoming import IncomingCall, MissedCall
from unifax.store.collections import Field, Source, page_of
from unifax.store.receptions import CHARACTERS
from unifax.store.schema import missed_calls

KEPT_AT_MOST = 10_000
"A carrier that tries number after number is not to fill the disk."

_MISSED = Source(
    missed_calls.c.id,
    missed_calls.c.id,
    {
        "missedAt": Field(Kind.MOMENT, missed_calls.c.missed_at),
        "trunk": Field(Kind.TEXT, missed_calls.c.trunk),
        "caller": Field(Kind.TEXT, missed_calls.c.sender),
        "called": Field(Kind.TEXT, missed_calls.c.called),
        "reason": Field(Kind.TEXT, missed_calls.c.reason),
    },
)
MISSED_FILTERS = {name: field.kind for name, field in _MISSED.fields.items()}
"What the collection can be filtered by."


def add_missed(conn: Connection, call: IncomingCall, reason: str, begun_at: datetime, now: datetime) -> int:
    """Write down a call that has brought nothing; return its id."""
    values = {
        "trunk": call.trunk,
        "sender": call.caller[:CHARACTERS],
        "called": call.called[:CHARACTERS],
        "sip_call_id": call.sip_call_id[:CHARACTERS],
        "begun_at": begun_at,
        "missed_at": now,
        "reason": reason,
    }
    new_id: int = conn.execute(insert(missed_calls).values(values).returning(missed_calls.c.id)).scalar_one()
    return new_id


def keep_missed_record(conn: Connection, missed_id: int, blob: bytes, packets: bytes, now: datetime) -> None:
    """Keep what was recorded of a call that has brought nothing. `packets` may be empty."""
    kept = {"blob": blob, "packets": packets or None, "missed_at": now}
    conn.execute(update(missed_calls).where(missed_calls.c.id == missed_id).values(kept))


def missed_page(conn: Connection, window: Window) -> tuple[Listing, Sequence[MissedCall]]:
    """Return a page of all calls that have brought nothing."""
    listing = page_of(conn, _MISSED, [true()], window)
    rows = conn.execute(select(missed_calls).where(missed_calls.c.id.in_(listing.ids))).mappings()
    found = {row["id"]: _missed(row) for row in rows}
    return listing, [found[each] for each in listing.ids]


def missed_call(conn: Connection, missed_id: int) -> MissedCall | None:
    """Return one of them, or None when there is none."""
    row = conn.execute(select(missed_calls).where(missed_calls.c.id == missed_id)).mappings().one_or_none()
    return None if row is None else _missed(row)


def missed_record(conn: Connection, missed_id: int) -> tuple[bytes | None, bytes | None]:
    """Return the transcript and the packets of a call, as far as there are any."""
    row = conn.execute(
        select(missed_calls.c.blob, missed_calls.c.packets).where(missed_calls.c.id == missed_id)
    ).one_or_none()
    return (None, None) if row is None else (row.blob, row.packets)


def forget_missed(conn: Connection, before: datetime, limit: int) -> int:
    """Forget so many, at most, that are older or more than are kept; return how many."""
    newest = select(func.max(missed_calls.c.id)).scalar_subquery()
    old = (missed_calls.c.missed_at < before) | (missed_calls.c.id <= newest - KEPT_AT_MOST)
    forgotten = select(missed_calls.c.id).where(old).limit(limit)
    return conn.execute(delete(missed_calls).where(missed_calls.c.id.in_(forgotten))).rowcount


def _missed(row: RowMapping) -> MissedCall:
    return MissedCall(
        id=row["id"],
        trunk=row["trunk"],
        caller=row["sender"],
        called=row["called"],
        sip_call_id=row["sip_call_id"],
        begun_at=row["begun_at"],
        missed_at=row["missed_at"],
        reason=row["reason"],
        recorded=row["blob"] is not None,
    )
