"""What those who run the service look at: who is at work, what is up, what waits, how calls ended, what was used.

Must not know: who may look. Each question costs what it tells of, not what is stored.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Text,
    and_,
    case,
    column,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    union_all,
    values,
)

from unifax.model.accounts import AccountKind
from unifax.model.fax import OPEN, DeliveryState
from unifax.model.outcome import Outcome
from unifax.store.schema import (
    accounts,
    call_records,
    calls,
    deliveries,
    executors,
    extensions,
    faxes,
    receptions,
)
from unifax.store.schema.base import Instant, words

AGES = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(days=1))
"What waits is told apart by these; the last group is what has waited longer than all of them."

# Written out, so that the partial indexes are used.
_IS_CALLING: ColumnElement[bool] = deliveries.c.state == literal_column(f"'{DeliveryState.CALLING}'")
_IS_OPEN: ColumnElement[bool] = literal_column(f"deliveries.state IN ({words(OPEN)})")


@dataclass(frozen=True, slots=True)
class Process:
    """A process that does work, on any host."""

    id: str
    role: str
    host: str
    started_at: datetime


@dataclass(frozen=True, slots=True)
class CallNow:
    """A call that is up, either way."""

    incoming: bool
    process: str
    "Who makes it; of one that comes in, the host."
    trunk: str
    extension: str
    "Of ours."
    number: str
    "Of the other side."
    fax_id: int | None
    "None of a call that comes in: it has brought no fax yet."
    position: int
    call_number: int
    started_at: datetime
    answered_at: datetime | None
    t38: bool
    pages_confirmed: int
    pages: int | None
    "In all; nobody knows how many will come."


@dataclass(frozen=True, slots=True)
class Queued:
    """Recipients that wait for one thing, and how long ago their faxes were accepted."""

    state: DeliveryState
    due: bool
    "It could be called now."
    outcome: Outcome | None
    "Of the last call; None before the first."
    by_age: tuple[int, ...]
    "How many, by `AGES`."
    oldest: datetime
    "When the oldest fax of them was accepted."


@dataclass(frozen=True, slots=True)
class DayOutcome:
    """How many calls have ended in one way on one day, UTC."""

    day: date
    outcome: Outcome
    calls: int


@dataclass(frozen=True, slots=True)
class OrganizationUse:
    """What an organization has had called since a moment."""

    account_id: int
    name: str
    recipients: int
    pages: int


@dataclass(frozen=True, slots=True)
class CallEnded:
    """A call that we made and that has ended."""

    fax_id: int
    position: int
    call_number: int
    delivery_id: int
    extension: str
    number: str
    started_at: datetime
    ended_at: datetime
    outcome: Outcome
    pages_confirmed: int
    sip_status: int | None
    is_recorded: bool
    "Its transcript is kept."


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of ended calls begins: after this one."""

    ended_at: datetime
    delivery_id: int
    call_number: int


def processes(conn: Connection) -> Sequence[Process]:
    """Return all processes that have not been given up, by role and host."""
    rows = conn.execute(select(executors).order_by(executors.c.role, executors.c.host, executors.c.started_at))
    return [Process(row.id, row.role, row.host or "", row.started_at) for row in rows]


def calls_now(conn: Connection) -> Sequence[CallNow]:
    """Return the calls that are up, the oldest first: never more than there are channels."""
    made = conn.execute(
        select(
            calls.c.run,
            calls.c.number.label("call_number"),
            calls.c.started_at,
            calls.c.answered_at,
            calls.c.t38_at,
            (calls.c.first_page + calls.c.pages_confirmed).label("confirmed"),
            deliveries.c.trunk,
            deliveries.c.number,
            deliveries.c.position,
            deliveries.c.fax_id,
            faxes.c.pages,
            extensions.c.number.label("extension"),
        )
        .select_from(deliveries)
        .join(calls, and_(calls.c.delivery_id == deliveries.c.id, calls.c.number == deliveries.c.calls))
        .join(faxes, faxes.c.id == deliveries.c.fax_id)
        .join(extensions, extensions.c.id == faxes.c.extension_id)
        .where(_IS_CALLING, calls.c.ended_at.is_(None))
    )
    up = [
        CallNow(
            incoming=False,
            process=row.run.rpartition(".")[0],
            trunk=row.trunk,
            extension=row.extension,
            number=row.number,
            fax_id=row.fax_id,
            position=row.position,
            call_number=row.call_number,
            started_at=row.started_at,
            answered_at=row.answered_at,
            t38=row.t38_at is not None,
            pages_confirmed=row.confirmed,
            pages=row.pages,
        )
        for row in made
    ]
    coming = conn.execute(
        select(receptions, extensions.c.number.label("extension")).join(
            extensions, extensions.c.id == receptions.c.extension_id
        )
    )
    up += [
        CallNow(
            incoming=True,
            process=row.host or "",
            trunk=row.trunk,
            extension=row.extension,
            number=row.sender,
            fax_id=None,
            position=0,
            call_number=0,
            started_at=row.begun_at,
            answered_at=row.begun_at,
            t38=False,
            pages_confirmed=row.pages,
            pages=None,
        )
        for row in coming
    ]
    return sorted(up, key=lambda call: call.started_at)


def queued(conn: Connection, now: datetime) -> Sequence[Queued]:
    """Return what has a next step of ours, by what it waits for. It costs as much as there is."""
    is_due = case((or_(deliveries.c.next_call_at.is_(None), deliveries.c.next_call_at <= now), 1), else_=0)
    age = case(
        *[(faxes.c.accepted_at > literal(now - most, faxes.c.accepted_at.type), at) for at, most in enumerate(AGES)],
        else_=len(AGES),
    )
    each = (
        select(
            deliveries.c.state,
            is_due.label("due"),
            deliveries.c.outcome,
            age.label("age"),
            faxes.c.accepted_at.label("since"),
        )
        .join_from(deliveries, faxes, faxes.c.id == deliveries.c.fax_id)
        .where(_IS_OPEN)
        .subquery()
    )
    kinds = (each.c.state, each.c.due, each.c.outcome)
    found: dict[tuple[str, bool, str | None], tuple[list[int], datetime]] = {}
    for row in conn.execute(
        select(*kinds, each.c.age, func.count().label("times"), func.min(each.c.since).label("oldest")).group_by(
            *kinds, each.c.age
        )
    ):
        by_age, oldest = found.setdefault((row.state, bool(row.due), row.outcome), ([0] * (len(AGES) + 1), row.oldest))
        by_age[row.age] += row.times
        found[row.state, bool(row.due), row.outcome] = (by_age, min(oldest, row.oldest))
    return [
        Queued(DeliveryState(state), due, None if outcome is None else Outcome(outcome), tuple(by_age), oldest)
        for (state, due, outcome), (by_age, oldest) in found.items()
    ]


def ended_by_day(conn: Connection, days: Sequence[date]) -> Sequence[DayOutcome]:
    """Return how many calls have ended on some days (UTC), by day and outcome, in the order of both.

    Each number is a range of an index, counted by itself: to group all of them by day takes ten times as long.
    """
    began = [datetime.combine(day, time(), UTC) for day in days]
    spans = values(column("day", Text), column("first", Instant), column("after", Instant), name="spans").data(
        [(day.isoformat(), first, first + timedelta(days=1)) for day, first in zip(days, began, strict=True)]
    )
    ends = values(column("outcome", Text), name="ends").data([(outcome.value,) for outcome in Outcome])
    span, end = spans.cte("spans"), ends.cte("ends")
    times = (
        select(func.count())
        .select_from(calls)
        .where(calls.c.outcome == end.c.outcome, calls.c.ended_at >= span.c.first, calls.c.ended_at < span.c.after)
        .scalar_subquery()
    )
    counted = select(span.c.day, end.c.outcome, times.label("times")).select_from(span).join(end, true()).subquery()
    rows = conn.execute(select(counted).where(counted.c.times > 0).order_by(counted.c.day, counted.c.outcome))
    return [DayOutcome(date.fromisoformat(row.day), Outcome(row.outcome), row.times) for row in rows]


def use_since(conn: Connection, since: datetime) -> Sequence[OrganizationUse]:
    """Return what each organization has had called since a moment, as `usage.usage_since` counts; most first."""
    organization = case((accounts.c.kind == AccountKind.USER.value, accounts.c.parent_id), else_=accounts.c.id)
    used = (
        select(
            organization.label("id"),
            func.count(deliveries.c.id).label("recipients"),
            func.coalesce(func.sum(faxes.c.pages), 0).label("pages"),
        )
        .select_from(faxes)
        .join(deliveries, deliveries.c.fax_id == faxes.c.id)
        .join(accounts, accounts.c.id == faxes.c.account_id)
        .where(faxes.c.accepted_at > since, deliveries.c.trunk.is_not(None))
        .group_by(organization)
        .subquery()
    )
    rows = conn.execute(
        select(used, accounts.c.name)
        .join(accounts, accounts.c.id == used.c.id)
        .where(accounts.c.kind == AccountKind.ORGANIZATION.value)
        .order_by(used.c.recipients.desc(), used.c.id)
    )
    return [OrganizationUse(row.id, row.name, row.recipients, row.pages) for row in rows]


def calls_ended(
    conn: Connection, after: Place | None, count: int, outcomes: Sequence[Outcome], number: str = ""
) -> Sequence[CallEnded]:
    """Return so many calls that have ended in one of these ways, the latest first, after a place among them.

    With a number, only calls to it.
    """
    if number:
        wanted = _ended(after).where(
            calls.c.outcome.in_([outcome.value for outcome in outcomes]), deliveries.c.number == number
        )
        keys = wanted.order_by(*_LATEST).limit(count).subquery()
    else:
        # Merged from as many of each: every one is read from the index in the order of time.
        each = [_ended(after).where(calls.c.outcome == outcome.value) for outcome in outcomes]
        keys = union_all(*(select(part.order_by(*_LATEST).limit(count).subquery()) for part in each)).subquery()
    rows = conn.execute(
        select(
            calls,
            deliveries.c.fax_id,
            deliveries.c.position,
            deliveries.c.number.label("callee"),
            extensions.c.number.label("extension"),
            call_records.c.delivery_id.is_not(None).label("is_recorded"),
        )
        .select_from(keys)
        .join(calls, and_(calls.c.delivery_id == keys.c.delivery_id, calls.c.number == keys.c.number))
        .join(deliveries, deliveries.c.id == calls.c.delivery_id)
        .join(faxes, faxes.c.id == deliveries.c.fax_id)
        .join(extensions, extensions.c.id == faxes.c.extension_id)
        .outerjoin(
            call_records,
            and_(call_records.c.delivery_id == calls.c.delivery_id, call_records.c.number == calls.c.number),
        )
        .order_by(*_LATEST)
        .limit(count)
    )
    return [_call_ended(row) for row in rows]


_LATEST = (calls.c.ended_at.desc(), calls.c.delivery_id.desc(), calls.c.number.desc())


def _ended(after: Place | None) -> Select[tuple[int, int]]:
    wanted = select(calls.c.delivery_id, calls.c.number).join(deliveries, deliveries.c.id == calls.c.delivery_id)
    if after is None:
        return wanted.where(calls.c.ended_at.is_not(None))
    same_call = and_(calls.c.delivery_id == after.delivery_id, calls.c.number < after.call_number)
    before_it = or_(calls.c.delivery_id < after.delivery_id, same_call)
    return wanted.where(calls.c.ended_at <= after.ended_at, or_(calls.c.ended_at < after.ended_at, before_it))


# What SQLAlchemy's rows hold is known to the schema only.
def _call_ended(row: "Row[*tuple[object, ...]]") -> CallEnded:
    return CallEnded(
        fax_id=row.fax_id,
        position=row.position,
        call_number=row.number,
        delivery_id=row.delivery_id,
        extension=row.extension,
        number=row.callee,
        started_at=row.started_at,
        ended_at=row.ended_at,
        outcome=Outcome(row.outcome),
        pages_confirmed=row.pages_confirmed,
        sip_status=row.sip_status,
        is_recorded=bool(row.is_recorded),
    )
