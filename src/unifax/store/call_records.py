"""What was recorded of calls, for as long as they are kept. Must not know: who may see them, or what they tell."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, delete, select, tuple_

from unifax.store.db import insert_or_update
from unifax.store.schema import call_records, deliveries, inbox_records


def keep_record(conn: Connection, delivery_id: int, number: int, blob: bytes, packets: bytes, now: datetime) -> None:
    """Keep what was recorded of a call, in place of what was there. `packets` may be empty."""
    values = {"kept_at": now, "blob": blob, "packets": packets or None, "bytes": len(blob) + len(packets)}
    new = insert_or_update(conn, call_records).values(delivery_id=delivery_id, number=number, **values)
    conn.execute(new.on_conflict_do_update(index_elements=["delivery_id", "number"], set_=values))


def transcript_of(conn: Connection, fax_id: int, position: int, number: int) -> bytes | None:
    """Return the transcript of a call to a recipient of a fax, or None. Positions begin with 0, calls with 1."""
    return _of_call(conn, call_records.c.blob, fax_id, position, number)


def packets_of(conn: Connection, fax_id: int, position: int, number: int) -> bytes | None:
    """Return the packets of a call to a recipient of a fax, or None."""
    return _of_call(conn, call_records.c.packets, fax_id, position, number)


def _of_call(conn: Connection, column: ColumnElement[bytes], fax_id: int, position: int, number: int) -> bytes | None:
    found: bytes | None = conn.execute(
        select(column)
        .join(deliveries, deliveries.c.id == call_records.c.delivery_id)
        .where(deliveries.c.fax_id == fax_id, deliveries.c.position == position, call_records.c.number == number)
    ).scalar_one_or_none()
    return found


def keep_inbox_record(conn: Connection, inbox_id: int, blob: bytes, packets: bytes, now: datetime) -> None:
    """Keep what was recorded of the call that has brought a fax. `packets` may be empty."""
    values = {"inbox_id": inbox_id, "kept_at": now, "blob": blob, "packets": packets or None}
    conn.execute(insert_or_update(conn, inbox_records).values(values))


def transcript_received(conn: Connection, inbox_id: int) -> bytes | None:
    """Return the transcript of the call that has brought a fax, or None."""
    wanted = select(inbox_records.c.blob).where(inbox_records.c.inbox_id == inbox_id)
    found: bytes | None = conn.execute(wanted).scalar_one_or_none()
    return found


def packets_received(conn: Connection, inbox_id: int) -> bytes | None:
    """Return the packets of the call that has brought a fax, or None."""
    wanted = select(inbox_records.c.packets).where(inbox_records.c.inbox_id == inbox_id)
    found: bytes | None = conn.execute(wanted).scalar_one_or_none()
    return found


def forget_records(conn: Connection, before: datetime, limit: int) -> int:
    """Forget so many records, at most, of calls either way, that were kept before a moment; return how many."""
    old = select(call_records.c.delivery_id, call_records.c.number).where(call_records.c.kept_at < before).limit(limit)
    made = conn.execute(delete(call_records).where(tuple_(*old.selected_columns).in_(old))).rowcount
    oldest = select(inbox_records.c.inbox_id).where(inbox_records.c.kept_at < before).limit(limit - made)
    return made + conn.execute(delete(inbox_records).where(inbox_records.c.inbox_id.in_(oldest))).rowcount
