"""What has happened to faxes, written down in the transaction in which it happened. Must not know: who is told.

`settle` is called at the end of every transaction that may have moved a delivery: it compares what the rows say with
what was told before, so no caller has to report what it did, and nothing is told twice or forgotten.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import BindParameter, Connection, Row, bindparam, insert, select, update

from unifax.model.call import Progress
from unifax.model.event import Event, EventKind, Facts
from unifax.model.fax import DeliveryState, FaxState, fax_state
from unifax.store.schema import deliveries, events, extensions, faxes, inbox

_Row: TypeAlias = "Row[*tuple[object, ...]]"
_Values: TypeAlias = dict[str, object]
"Of a row to be."

_THESE: BindParameter[Sequence[int]] = bindparam("ids", expanding=True)
_FAXES = select(faxes).where(faxes.c.id.in_(_THESE)).order_by(faxes.c.id)
_DELIVERIES = (
    select(deliveries).where(deliveries.c.fax_id.in_(_THESE)).order_by(deliveries.c.fax_id, deliveries.c.position)
)
_SET_TOLD = (
    update(deliveries)
    .where(deliveries.c.fax_id.in_(_THESE), deliveries.c.told.is_distinct_from(deliveries.c.state))
    .values(told=deliveries.c.state)
)
_RECEIVED = select(inbox.c.id).where(inbox.c.fax_id.in_(_THESE), inbox.c.told == 0).order_by(inbox.c.id)
_ADD = insert(events).returning(events.c.id, sort_by_parameter_order=True)
"Made once: that takes longer than asking."


def settle(conn: Connection, fax_ids: Sequence[int], now: datetime) -> list[int]:
    """Write down what is new about faxes, their recipients and the inboxes they reached; return the events' ids."""
    of_faxes = {row.id: row for row in conn.execute(_FAXES, {"ids": fax_ids})}
    recipients: dict[int, list[_Row]] = {fax_id: [] for fax_id in of_faxes}
    for row in conn.execute(_DELIVERIES, {"ids": fax_ids}):
        recipients[row.fax_id].append(row)
    new: list[_Values] = []
    for fax_id, fax in of_faxes.items():
        rows = recipients[fax_id]
        new += [_told_recipient(fax, row, now) for row in rows if row.state != row.told]
        state = fax_state(DeliveryState(row.state) for row in rows)
        if state != fax.state or all(row.told is None for row in rows):
            new.append(_told_fax(fax, state, now))
        if state != fax.state:
            conn.execute(update(faxes).where(faxes.c.id == fax_id).values(state=state.value))
    if new:
        conn.execute(_SET_TOLD, {"ids": fax_ids})
    received = conn.execute(_RECEIVED, {"ids": fax_ids}).scalars().all()
    return _add(conn, new) + [settle_received(conn, inbox_id, now) for inbox_id in received]


def settle_received(conn: Connection, inbox_id: int, now: datetime) -> int:
    """Write down that an extension has received a fax; return the event's id."""
    row = conn.execute(update(inbox).where(inbox.c.id == inbox_id).values(told=1).returning(inbox)).one()
    facts: Facts = {"sender": row.sender, "pages": row.pages, "complete": bool(row.complete)}
    return _add(conn, [_new(EventKind.RECEIVED, row.extension_id, now, facts, inbox_id=inbox_id)])[0]


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
    _add(conn, [_new(EventKind.PROGRESS, row.extension_id, now, facts, fax_id=row.fax_id, position=row.position)])


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
def _told_recipient(fax: _Row, row: _Row, now: datetime) -> _Values:
    facts: Facts = {
        "uid": fax.uid,
        "recipient": row.number,
        "state": row.state,
        "reason": row.outcome,
        "decision": row.decision,
        "pagesConfirmed": row.pages_confirmed,
        "pages": fax.pages,
    }
    return _new(EventKind.RECIPIENT, fax.extension_id, now, facts, fax_id=fax.id, position=row.position)


def _told_fax(fax: _Row, state: FaxState, now: datetime) -> _Values:
    facts: Facts = {"uid": fax.uid, "state": state.value, "pages": fax.pages}
    return _new(EventKind.FAX, fax.extension_id, now, facts, fax_id=fax.id)


def _new(
    kind: EventKind,
    extension_id: int,
    now: datetime,
    facts: Facts,
    *,
    fax_id: int | None = None,
    inbox_id: int | None = None,
    position: int | None = None,
) -> _Values:
    return {
        "kind": kind.value,
        "extension_id": extension_id,
        "fax_id": fax_id,
        "inbox_id": inbox_id,
        "position": position,
        "at": now,
        "facts": json.dumps({name: value for name, value in facts.items() if value is not None}),
    }


def _add(conn: Connection, new: Sequence[_Values]) -> list[int]:
    """Write events down, in their order, and return their ids."""
    return list(conn.execute(_ADD, new).scalars()) if new else []


def _event(row: _Row) -> Event:
    return Event(
        id=row.id,
        kind=EventKind(row.kind),
        extension=row.number,
        fax_id=row.fax_id,
        inbox_id=row.inbox_id,
        at=row.at,
        facts=json.loads(row.facts),
    )
