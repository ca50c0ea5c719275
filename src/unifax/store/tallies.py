"""What is counted, in the transaction in which it happens, and how things stand. Must not know: who watches.

Nothing here is of one number, account or fax.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, case, func, select

from unifax.model.fax import OPEN, DeliveryState
from unifax.model.hook import NoticeState
from unifax.store.db import insert_or_update
from unifax.store.schema import deliveries, executors, faxes, notices, sip_counts, tallies
from unifax.store.trunks import GOOD_FOR, calls_up


class What(StrEnum):
    """What is counted."""

    CALL = "call"
    "Calls that have ended, the pages confirmed in them, and how long they took."
    PAPER = "paper"
    "Faxes whose pages were made, or could not be; the pages, and how long it took."
    NOTICE = "notice"
    "Tries to tell a hook, and how long after the event."


@dataclass(frozen=True, slots=True)
class Tally:
    """One thing that was counted."""

    what: What
    trunk: str
    outcome: str
    times: int
    pages: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for one reason."""

    reason: str
    count: int
    oldest_seconds: float
    "Since the oldest was accepted, or became due. 0 when nothing is overdue."


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand."""

    tallies: Sequence[Tally]
    waiting: Sequence[Waiting]
    calls_up: Mapping[str, int]
    "By trunk."
    strangers: Mapping[str, int]
    "What was turned away at the SIP port, by how."
    processes: Mapping[str, int]
    "By role."


def count(conn: Connection, what: What, outcome: str, *, trunk: str = "", pages: int = 0, seconds: float = 0.0) -> None:
    """Count one."""
    seconds = max(0.0, seconds)  # clocks may be set back
    new = insert_or_update(conn, tallies).values(
        what=what.value, trunk=trunk, outcome=outcome, times=1, pages=pages, seconds=seconds
    )
    conn.execute(
        new.on_conflict_do_update(
            index_elements=["what", "trunk", "outcome"],
            set_={
                "times": tallies.c.times + 1,
                "pages": tallies.c.pages + pages,
                "seconds": tallies.c.seconds + seconds,
            },
        )
    )


def standing(conn: Connection, now: datetime) -> Standing:
    """Return how things stand. It costs as much as there are open deliveries and notices."""
    counted = [
        Tally(What(row.what), row.trunk, row.outcome, row.times, row.pages, row.seconds)
        for row in conn.execute(select(tallies))
    ]
    counts = [sip_counts.c[name] for name in ("strangers", "knocks", "floods", "malformed", "refused")]
    sums = [func.coalesce(func.sum(each), 0).label(each.name) for each in counts]
    fresh = sip_counts.c.seen_at >= now - GOOD_FOR
    turned_away = conn.execute(select(*sums).where(fresh)).one()
    roles = conn.execute(select(executors.c.role, func.count()).group_by(executors.c.role))
    return Standing(
        counted,
        [*_deliveries(conn, now), _notices(conn, now)],
        calls_up(conn),
        {name: int(value) for name, value in turned_away._mapping.items()},
        {row[0]: row[1] for row in roles},
    )


def _deliveries(conn: Connection, now: datetime) -> list[Waiting]:
    is_waiting = deliveries.c.state == DeliveryState.WAITING.value
    reason = case((is_waiting & (deliveries.c.next_call_at > now), "later"), else_=deliveries.c.state)
    since = case(
        (deliveries.c.state == DeliveryState.WAITING.value, deliveries.c.next_call_at), else_=faxes.c.accepted_at
    )
    each = (
        select(reason.label("reason"), since.label("since"))
        .join_from(deliveries, faxes, faxes.c.id == deliveries.c.fax_id)
        .where(deliveries.c.state.in_([state.value for state in OPEN]))
        .subquery()
    )
    rows = conn.execute(select(each.c.reason, func.count(), func.min(each.c.since)).group_by(each.c.reason)).all()
    found = {row[0]: Waiting(row[0], row[1], _age(row[2], now)) for row in rows}
    reasons = ["later", *sorted(state.value for state in OPEN)]
    return [found.get(name, Waiting(name, 0, 0.0)) for name in reasons]


def _notices(conn: Connection, now: datetime) -> Waiting:
    row = conn.execute(
        select(func.count(), func.min(notices.c.next_try_at)).where(notices.c.state == NoticeState.WAITING.value)
    ).one()
    return Waiting("notice", row[0], _age(row[1], now))


def _age(since: datetime | None, now: datetime) -> float:
    return 0.0 if since is None else max(0.0, (now - since).total_seconds())
