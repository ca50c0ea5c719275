"""Whose turn it is: how much an organization has waiting before a piece of its own work. Knows nothing of the queue."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, Select, case, func, literal, or_, select

from unifax.model.accounts import AccountKind
from unifax.model.fax import DeliveryState
from unifax.store.schema import accounts, deliveries

MOST_COUNTED = 10_000
"Whoever has more than that waiting waits behind all of it anyway."


@dataclass(frozen=True, slots=True)
class Before:
    """What waits before a piece of work."""

    organization_id: int
    "Whose it is; 0 is nobody's."
    waiting: int
    "Pieces of the same organization."


NOBODYS = Before(0, 0)


def organizations(conn: Connection, account_ids: Iterable[int]) -> Mapping[int, int]:
    """Return whose share of the lines each account takes: its organization's; an administrator's own."""
    above = case((accounts.c.kind == AccountKind.USER.value, accounts.c.parent_id), else_=accounts.c.id)
    rows = conn.execute(select(accounts.c.id, above.label("above")).where(accounts.c.id.in_(set(account_ids))))
    return {row.id: row.above for row in rows}


def faxes_before(conn: Connection, fax_id: int) -> Before:
    """Return how many recipients of an organization wait for their pages before those of a fax of it."""
    own = select(deliveries.c.organization_id, func.min(deliveries.c.id)).where(deliveries.c.fax_id == fax_id)
    of = conn.execute(own.group_by(deliveries.c.organization_id)).first()
    if of is None or of[0] is None:
        return NOBODYS
    before = select(literal(1)).where(
        deliveries.c.state == DeliveryState.PREPARING.value,
        deliveries.c.organization_id == of[0],
        deliveries.c.id < of[1],
    )
    return Before(of[0], _counted(conn, before))


def calls_before(conn: Connection, delivery_id: int) -> Before:
    """Return how many calls of an organization by the trunk of a delivery of it wait, and are due before that one's."""
    of = conn.execute(
        select(deliveries.c.organization_id, deliveries.c.trunk, deliveries.c.next_call_at).where(
            deliveries.c.id == delivery_id
        )
    ).one_or_none()
    if of is None or of.organization_id is None or of.next_call_at is None:
        return NOBODYS
    before = select(literal(1)).where(
        deliveries.c.state == DeliveryState.WAITING.value,
        deliveries.c.organization_id == of.organization_id,
        deliveries.c.trunk == of.trunk,
        deliveries.c.next_call_at <= of.next_call_at,
        or_(deliveries.c.next_call_at < of.next_call_at, deliveries.c.id < delivery_id),
    )
    return Before(of.organization_id, _counted(conn, before))


def _counted(conn: Connection, rows: Select[int]) -> int:
    counted: int = conn.execute(select(func.count()).select_from(rows.limit(MOST_COUNTED).subquery())).scalar_one()
    return counted
