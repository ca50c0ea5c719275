"""Faxes cancelled, and sent again. Must not know: who may ask for it, or what the queue is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, case, update

from unifax.model.evidence import Decision
from unifax.model.fax import DeliveryState
from unifax.model.outcome import Outcome
from unifax.model.terms import Terms
from unifax.store.calls import CallNext, may_have_arrived
from unifax.store.schema import deliveries, faxes


@dataclass(frozen=True, slots=True)
class Again:
    """The work that sending again calls for."""

    prepare: int | None
    "Serial of the work that makes the pages, when they were never made."
    calls: Sequence[CallNext]


def cancel(conn: Connection, fax_id: int, now: datetime) -> None:
    """Cancel what has not begun, and note for the calls that are up that they are to end.

    What may have arrived is uncertain.
    """
    doubt = may_have_arrived()
    ours = update(deliveries).where(deliveries.c.fax_id == fax_id)
    not_begun = (DeliveryState.UPLOADING, DeliveryState.PREPARING, DeliveryState.WAITING)
    conn.execute(
        ours.where(deliveries.c.state.in_(not_begun)).values(
            state=case((doubt, DeliveryState.UNCERTAIN.value), else_=DeliveryState.CANCELLED.value),
            outcome=case((doubt, Outcome.UNCERTAIN.value), else_=Outcome.CANCELLED.value),
            next_call_at=None,
            work=deliveries.c.work + 1,
        )
    )
    up = ours.where(deliveries.c.state == DeliveryState.CALLING, deliveries.c.cancel_at.is_(None))
    conn.execute(up.values(cancel_at=now))


def send_again(conn: Connection, fax_id: int, positions: Sequence[int], terms: Terms, now: datetime) -> Again:
    """Have a fax sent again, from its first page, to recipients who have come to an end."""
    fax = conn.execute(
        update(faxes)
        .where(faxes.c.id == fax_id)
        .values(
            priority=terms.priority.value,
            send_after=terms.send_after,
            give_up_at=terms.give_up_at,
            work=faxes.c.work + 1,
        )
        .returning(faxes.c.document, faxes.c.work)
    ).one()
    made = fax.document is not None
    state = DeliveryState.WAITING if made else DeliveryState.PREPARING
    rows = conn.execute(
        update(deliveries)
        .where(deliveries.c.fax_id == fax_id, deliveries.c.position.in_(positions))
        .values(
            state=state.value,
            outcome=None,
            decision=None,
            decided_at=None,
            pages_confirmed=0,
            calls_before=deliveries.c.calls,
            next_call_at=max(now, terms.send_after or now) if made else None,
            work=deliveries.c.work + 1,
        )
        .returning(deliveries.c.id, deliveries.c.calls, deliveries.c.work, deliveries.c.trunk)
    ).all()
    if not made:
        return Again(fax.work, ())
    return Again(None, [CallNext(fax_id, row.id, row.calls + 1, row.work, row.trunk, terms.priority) for row in rows])


def decide(conn: Connection, fax_id: int, position: int, decision: Decision, now: datetime) -> bool:
    """Write down what somebody says of an uncertain recipient; False when it is not uncertain (any more)."""
    decided = conn.execute(
        update(deliveries)
        .where(deliveries.c.fax_id == fax_id, deliveries.c.position == position)
        .where(deliveries.c.state == DeliveryState.UNCERTAIN)
        .values(decision=decision.value, decided_at=now, told="")  # so that it is told once more
    )
    return decided.rowcount > 0
