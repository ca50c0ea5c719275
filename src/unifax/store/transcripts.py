"""The transcripts of calls, for as long as they are kept. Must not know: who may see them, or what they tell."""

from datetime import datetime

from sqlalchemy import Connection, delete, select, tuple_
from sqlalchemy.dialects.sqlite import insert

from unifax.store.schema import call_records, deliveries


def keep_transcript(conn: Connection, delivery_id: int, number: int, blob: bytes, now: datetime) -> None:
    """Keep what was recorded of a call, in place of what was there."""
    values = {"kept_at": now, "blob": blob, "bytes": len(blob)}
    new = insert(call_records).values(delivery_id=delivery_id, number=number, **values)
    conn.execute(new.on_conflict_do_update(index_elements=["delivery_id", "number"], set_=values))


def transcript_of(conn: Connection, fax_id: int, position: int, number: int) -> bytes | None:
    """Return what was recorded of a call to a recipient of a fax, or None. Positions begin with 0, calls with 1."""
    return conn.execute(
        select(call_records.c.blob)
        .join(deliveries, deliveries.c.id == call_records.c.delivery_id)
        .where(deliveries.c.fax_id == fax_id, deliveries.c.position == position, call_records.c.number == number)
    ).scalar_one_or_none()


def forget_transcripts(conn: Connection, before: datetime, limit: int) -> int:
    """Forget so many transcripts, at most, that were kept before a moment; return how many."""
    old = select(call_records.c.delivery_id, call_records.c.number).where(call_records.c.kept_at < before).limit(limit)
    return conn.execute(delete(call_records).where(tuple_(*old.selected_columns).in_(old))).rowcount
