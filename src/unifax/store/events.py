"""What has happened to faxes, written down in the transaction in which it happened. Must not know: who is told.

`settle` is called at the end of every transaction that may have moved a delivery: it compares what the rows say with
what was told before, so no caller has to report what it did, and nothing is told twice or forgotten.
"""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Row, insert, select, update

from unifax.model.call import Progress
from unifax.model.event import Event, EventKind, Facts
from unifax.model.fax import DeliveryState, fax_state
from unifax.store.schema import deliveries, events, extensions, faxes, inbox


def settle(conn: Connection, fax_id: int, now: datetime) -> list[int]:
    """Write down what is new about a fax, its recipients and the inboxes it has reached; return the events' ids."""
    fax = conn.execute(select(faxes).where(faxes.c.id == fax_id)).one_or_none()
    if fax is None:
        return []
    rows = conn.execute(select(deliveries).where(deliveries.c.fax_id == fax_id).order_by(deliveries.c.position)).all()
    told = [_told_recipient(conn, fax, row, now) for row in rows if row.state != row.told]
    if told:
        moved = update(deliveries).where(deliveries.c.fax_id == fax_id).values(told=deliveries.c.state)
        conn.execute(moved.where(deliveries.c.told.is_distinct_from(deliveries.c.state)))
    state = fax_state(DeliveryState(row.state) for row in rows)
    is_new = all(row.told is None for row in rows)
    if state != fax.state or is_new:
        conn.execute(update(faxes).where(faxes.c.id == fax_id).values(state=state.value))
        facts: Facts = {"uid": fax.uid, "state": state.value, "pages": fax.pages}
        told.append(_add(conn, EventKind.FAX, fax.extension_id, now, facts, fax_id=fax_id))
    return told + [
        settle_received(conn, inbox_id, now)
        for inbox_id in conn.execute(select(inbox.c.id).where(inbox.c.fax_id == fax_id, inbox.c.told == 0)).scalars()
    ]


def settle_received(conn: Connection, inbox_id: int, now: datetime) -> int:
    """Write down that an extension has received a fax; return the event's id."""
    row = conn.execute(update(inbox).where(inbox.c.id == inbox_id).values(told=1).returning(inbox)).one()
    facts: Facts = {"sender": row.sender, "pages": row.pages, "complete": bool(row.complete)}
    return _add(conn, EventKind.RECEIVED, row.extension_id, now, facts, inbox_id=inbox_id)


def add_progress(conn: Connection, delivery_id: int, call_number: int, progress: Progress, now: datetime) -> None:
    """Write down a step of a call, for those who look on."""
    row = conn.execute(
        select(deliveries.c.fax_id, deliveries.c.position, deliveries.c.number, faxes.c.extension_id)
        .join(faxes, faxes.c.id == deliveries.c.fax_id)
        .where(deliveries.c.id == delivery_id)
    ).one()
    facts: Facts = {
        "recipient": row.number,
        "call": call_number,
        "step": progress.milestone.value,
        "pagesConfirmed": progress.pages_confirmed,
    }
    _add(conn, EventKind.PROGRESS, row.extension_id, now, facts, fax_id=row.fax_id, position=row.position)


def events_of(conn: Connection, ids: Sequence[int]) -> Sequence[Event]:
    """Return events by their ids, in their order."""
    wanted = select(events, extensions.c.number).join(extensions, extensions.c.id == events.c.extension_id)
    return [_event(row) for row in conn.execute(wanted.where(events.c.id.in_(ids)).order_by(events.c.id))]


def extensions_since(conn: Connection, after_id: int, limit: int) -> Sequence[tuple[int, int]]:
    """Return id and extension of the events that came after one, by id."""
    wanted = select(events.c.id, events.c.extension_id).where(events.c.id > after_id)
    return [(row.id, row.extension_id) for row in conn.execute(wanted.order_by(events.c.id).limit(limit))]


def event(conn: Connection, event_id: int) -> Event | None:
    """Return one event."""
    wanted = select(events, extensions.c.number).join(extensions, extensions.c.id == events.c.extension_id)
    row = conn.execute(wanted.where(events.c.id == event_id)).one_or_none()
    return None if row is None else _event(row)


def last_event(conn: Connection) -> int:
    """Return the id of the newest event of all, 0 when there is none."""
    return conn.execute(select(events.c.id).order_by(events.c.id.desc()).limit(1)).scalar_one_or_none() or 0


# What SQLAlchemy's rows hold is known to the schema only.
def _told_recipient(
    conn: Connection, fax: "Row[*tuple[object, ...]]", row: "Row[*tuple[object, ...]]", now: datetime
) -> int:
    facts: Facts = {
        "uid": fax.uid,
        "recipient": row.number,
        "state": row.state,
        "reason": row.outcome,
        "pagesConfirmed": row.pages_confirmed,
        "pages": fax.pages,
    }
    return _add(conn, EventKind.RECIPIENT, fax.extension_id, now, facts, fax_id=fax.id, position=row.position)


def _add(
    conn: Connection,
    kind: EventKind,
    extension_id: int,
    now: datetime,
    facts: Facts,
    *,
    fax_id: int | None = None,
    inbox_id: int | None = None,
    position: int | None = None,
) -> int:
    values = {
        "kind": kind.value,
        "extension_id": extension_id,
        "fax_id": fax_id,
        "inbox_id": inbox_id,
        "position": position,
        "at": now,
        "facts": json.dumps({name: value for name, value in facts.items() if value is not None}),
    }
    new_id: int = conn.execute(insert(events).values(values).returning(events.c.id)).scalar_one()
    return new_id


def _event(row: "Row[*tuple[object, ...]]") -> Event:
    return Event(
        id=row.id,
        kind=EventKind(row.kind),
        extension=row.number,
        fax_id=row.fax_id,
        inbox_id=row.inbox_id,
        at=row.at,
        facts=json.loads(row.facts),
    )
