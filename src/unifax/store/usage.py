"""How much an organization has sent. Must not know: what it may send."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, or_, select

from unifax.model.accounts import AccountKind
from unifax.store.schema import accounts, deliveries, faxes


@dataclass(frozen=True, slots=True)
class Usage:
    """What was accepted to be called since some moment."""

    recipients: int
    pages: int
    "Pages of each fax as often as it has recipients; of faxes whose pages are made."
    first_at: datetime | None
    "When the first of these faxes was accepted."


def usage_since(conn: Connection, account_id: int, since: datetime) -> Usage | None:
    """Return what the organization of an account has had called since, or None for an account that is in none.

    Recipients reached without a trunk do not count.
    """
    account = conn.execute(select(accounts.c.kind, accounts.c.parent_id).where(accounts.c.id == account_id)).one()
    if account.kind == AccountKind.ADMINISTRATOR:
        return None
    organization = account_id if account.kind == AccountKind.ORGANIZATION else account.parent_id
    row = conn.execute(
        select(func.count(deliveries.c.id), func.coalesce(func.sum(faxes.c.pages), 0), func.min(faxes.c.accepted_at))
        .select_from(faxes)
        .join(deliveries, deliveries.c.fax_id == faxes.c.id)
        .join(accounts, accounts.c.id == faxes.c.account_id)
        .where(or_(accounts.c.id == organization, accounts.c.parent_id == organization))
        .where(faxes.c.accepted_at > since, deliveries.c.trunk.is_not(None))
    ).one()
    return Usage(*row)
