"""What must have live work now: deliveries that are open. Must not know: calls, or what the queue is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, or_, select, text

from unifax.model.fax import OPEN, DeliveryState
from unifax.store.schema import deliveries, faxes
from unifax.store.schema.base import words


@dataclass(frozen=True, slots=True)
class OpenWork:
    """A delivery that must have live work now, and the serial of that work."""

    fax_id: int
    delivery_id: int
    state: DeliveryState
    work: int
    "Of the fax while it is preparing, of the delivery after that."
    trunk: str | None
    due_at: datetime | None
    "Of the call that it waits for."


def open_work(
    conn: Connection, state: DeliveryState, after: OpenWork | None, limit: int, now: datetime
) -> Sequence[OpenWork]:
    """Return open deliveries in a state, those after the last one that was seen; of those that wait, what is due.

    What is not due costs nothing: there may be any number of retries that wait for hours.
    """
    found = (
        select(
            deliveries.c.fax_id,
            deliveries.c.id,
            (faxes.c.work if state is DeliveryState.PREPARING else deliveries.c.work).label("work"),
            deliveries.c.trunk,
            deliveries.c.next_call_at,
        )
        .join(faxes, faxes.c.id == deliveries.c.fax_id)
        .where(deliveries.c.state == state.value)
        .where(text(f"deliveries.state IN ({words(OPEN)})"))  # SQLite needs to hear it to use the index
        .order_by(deliveries.c.next_call_at, deliveries.c.id)
        .limit(limit)
    )
    if state is DeliveryState.WAITING:
        found = found.where(deliveries.c.next_call_at <= now)
        if after is not None:
            same = and_(deliveries.c.next_call_at == after.due_at, deliveries.c.id > after.delivery_id)
            found = found.where(
                deliveries.c.next_call_at >= after.due_at, or_(deliveries.c.next_call_at > after.due_at, same)
            )
    else:
        found = found.where(deliveries.c.next_call_at.is_(None))
        if after is not None:
            found = found.where(deliveries.c.id > after.delivery_id)
    return [OpenWork(row.fax_id, row.id, state, row.work, row.trunk, row.next_call_at) for row in conn.execute(found)]
