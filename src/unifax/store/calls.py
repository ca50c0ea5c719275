"""Calls and what they do to a delivery: begun, watched, ended. Must not know: telephony, or what the queue is.

Every write names the state it leaves, the call it belongs to and the run that makes the call; when no row matches, the
fact came too late and is not written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, case, exists, func, insert, select, update

from unifax.model.call import CallReport, Milestone, Progress
from unifax.model.content import Content
from unifax.model.evidence import Decision, WhenUncertain
from unifax.model.fax import OPEN, DeliveryState
from unifax.model.ladder import finest_of
from unifax.model.manner import Ability, Manner
from unifax.model.outcome import Outcome
from unifax.model.paper import Resolution
from unifax.model.retry import RetryPolicy, rests_until
from unifax.model.terms import Priority, Terms
from unifax.model.trunk import TrunkTerms
from unifax.store.destinations import destination
from unifax.store.events import add_progress
from unifax.store.evidence import add_evidence
from unifax.store.manners import ability_of, columns_of, manner_of, next_manner
from unifax.store.schema import calls, deliveries, destinations, extensions, faxes
from unifax.store.trunks import is_free


@dataclass(frozen=True, slots=True)
class CallUp:
    """A call that was begun and has not ended, with what is known of it."""

    fax_id: int
    delivery_id: int
    call_number: int
    run: str
    "Who makes it."
    trunk: str
    number: str
    caller: str
    station_id: str
    document: Content
    pages: int
    first_page: int
    "Pages confirmed by earlier calls."
    manner: Manner
    started_at: datetime
    pages_confirmed: int
    "Pages confirmed in this call, as far as was written down."
    answered: bool
    last_page_out: bool
    "The last page may have left: a lost confirmation is then an uncertain fax."
    calls_before: int
    "Calls made before the fax was last sent again: the retry policy does not count them."
    cancelling: bool
    "Its sender wants it to end."
    terms: Terms
    far_ability: Ability | None = None
    "What the machine there has said it can do; None when that is not known."
    finest: Resolution | None = None
    "The finest pages that it is to be sent; None for those of the fax."
    when_uncertain: WhenUncertain = WhenUncertain.HOLD
    "What its extension does about a recipient who may have the fax already."
    trace: str | None = None
    "W3C traceparent of the request that brought the fax."


@dataclass(frozen=True, slots=True)
class NumberTaken:
    """Another fax is calling this number now."""


@dataclass(frozen=True, slots=True)
class TrunkTaken:
    """Calls from outside have the last channels of the trunk: the queue counts only our own."""


@dataclass(frozen=True, slots=True)
class Resting:
    """This number was called too often without an answer, and is not called before `until`."""

    until: datetime


@dataclass(frozen=True, slots=True)
class TimeIsUp:
    """This was not sent in the time it was given; now it has failed."""

    fax_id: int


@dataclass(frozen=True, slots=True)
class Following:
    """What comes after a call."""

    state: DeliveryState
    next_call_at: datetime | None
    trunk: str
    "By which the next call goes, if there is one."
    passed_on: bool = False
    "The trunk failed, and another one is to do at once what it did not: the call does not count."


@dataclass(frozen=True, slots=True)
class CallNext:
    """The call that a delivery waits for, and the serial of the work that may make it."""

    fax_id: int
    delivery_id: int
    call_number: int
    work: int
    trunk: str | None
    "None for an extension of our own: no call is made, the fax is handed over."
    priority: Priority


def begin_call(
    conn: Connection,
    delivery_id: int,
    call_number: int,
    work: int,
    run: str,
    now: datetime,
    policy: RetryPolicy,
    terms: Mapping[str, TrunkTerms],
) -> CallUp | NumberTaken | TrunkTaken | Resting | TimeIsUp | None:
    """Begin a call: the delivery is calling, and the call belongs to `run`. `terms` are those of the trunks.

    Returns None when this work is stale. Returns a call of *another* run when that one was begun and never ended:
    its process is gone, and the call must be settled by what was written down, never dialled again.
    """
    row = conn.execute(
        select(deliveries, faxes.c.give_up_at, extensions.c.resume)
        .join(faxes, faxes.c.id == deliveries.c.fax_id)
        .join(extensions, extensions.c.id == faxes.c.extension_id)
        .where(deliveries.c.id == delivery_id, deliveries.c.work == work)
    ).one_or_none()
    if row is None:
        return None
    if row.state == DeliveryState.CALLING and row.calls == call_number:
        return call_up(conn, delivery_id, call_number)
    if row.state != DeliveryState.WAITING or row.calls != call_number - 1:
        return None
    if row.give_up_at is not None and row.give_up_at <= now:
        give_up(conn, row.fax_id)
        return TimeIsUp(row.fax_id)
    same_number = (deliveries.c.number == row.number, deliveries.c.state == DeliveryState.CALLING)
    if conn.execute(select(exists().where(*same_number))).scalar_one():
        return NumberTaken()
    trunk = terms.get(row.trunk, TrunkTerms())
    if not is_free(conn, row.trunk, trunk.channels):
        return TrunkTaken()
    known = destination(conn, row.number)
    if known is not None and known.tried_at is not None:
        until = rests_until(policy, row.trunk, known.unanswered, known.tried_at)
        if until is not None and until > now:
            return Resting(until)
    manner = next_manner(conn, delivery_id, row.calls_before, row.trunk, known, trunk.t38)
    first_page = row.pages_confirmed if row.resume else 0
    conn.execute(
        update(deliveries)
        .where(deliveries.c.id == delivery_id, deliveries.c.state == DeliveryState.WAITING)
        .values(state=DeliveryState.CALLING.value, calls=call_number, next_call_at=None, pages_confirmed=first_page)
    )
    conn.execute(
        insert(calls).values(
            delivery_id=delivery_id,
            number=call_number,
            run=run,
            first_page=first_page,
            started_at=now,
            **columns_of(manner),
            pages_confirmed=0,
            passed_on=0,
        )
    )
    return call_up(conn, delivery_id, call_number)


def call_up(conn: Connection, delivery_id: int, call_number: int) -> CallUp | None:
    """Return a call that is up, or None when it has ended."""
    row = conn.execute(
        select(
            destinations.c.far_ecm,
            destinations.c.far_modem,
            destinations.c.far_resolutions,
            destinations.c.pin_resolution,
            deliveries.c.fax_id,
            deliveries.c.trunk,
            deliveries.c.number.label("callee"),
            extensions.c.number.label("caller"),
            extensions.c.station_id,
            extensions.c.when_uncertain,
            faxes.c.document,
            faxes.c.place,
            faxes.c.pages,
            calls.c.run,
            calls.c.t38,
            calls.c.ecm,
            calls.c.modem,
            calls.c.first_page,
            calls.c.started_at,
            calls.c.pages_confirmed,
            calls.c.answered_at,
            calls.c.last_page_out_at,
            deliveries.c.calls_before,
            deliveries.c.cancel_at,
            faxes.c.priority,
            faxes.c.send_after,
            faxes.c.give_up_at,
            faxes.c.trace,
        )
        .select_from(calls)
        .join(deliveries, deliveries.c.id == calls.c.delivery_id)
        .join(faxes, faxes.c.id == deliveries.c.fax_id)
        .join(extensions, extensions.c.id == faxes.c.extension_id)
        .outerjoin(destinations, destinations.c.number == deliveries.c.number)
        .where(calls.c.delivery_id == delivery_id, calls.c.number == call_number, calls.c.ended_at.is_(None))
        .where(deliveries.c.state == DeliveryState.CALLING, deliveries.c.calls == call_number)
    ).one_or_none()
    if row is None:
        return None
    return CallUp(
        fax_id=row.fax_id,
        delivery_id=delivery_id,
        call_number=call_number,
        run=row.run,
        trunk=row.trunk,
        number=row.callee,
        caller=row.caller,
        station_id=row.station_id,
        document=Content(row.document, row.place),
        pages=row.pages,
        first_page=row.first_page,
        manner=manner_of(row._mapping),
        started_at=row.started_at,
        pages_confirmed=row.pages_confirmed,
        answered=row.answered_at is not None,
        last_page_out=row.last_page_out_at is not None,
        calls_before=row.calls_before,
        cancelling=row.cancel_at is not None,
        terms=Terms(Priority(row.priority), row.send_after, row.give_up_at),
        far_ability=ability_of(row._mapping),
        finest=finest_of(manner_of(row._mapping), row.pin_resolution and Resolution(row.pin_resolution)),
        when_uncertain=WhenUncertain(row.when_uncertain),
        trace=row.trace,
    )


def document_to_send(conn: Connection, delivery_id: int, work: int) -> Content | None:
    """Return the pages that a delivery waits to have sent; None when it does not, or when this work is stale."""
    row = conn.execute(
        select(faxes.c.document, faxes.c.place)
        .join(deliveries, deliveries.c.fax_id == faxes.c.id)
        .where(deliveries.c.id == delivery_id, deliveries.c.work == work)
        .where(deliveries.c.state == DeliveryState.WAITING)
    ).one_or_none()
    return None if row is None or row.document is None else Content(row.document, row.place)


def outcomes_before(conn: Connection, up: CallUp) -> Sequence[Outcome]:
    """Return how the calls of a delivery ended that count, of those before this one, since it was last sent again."""
    rows = conn.execute(
        select(calls.c.outcome)
        .where(calls.c.delivery_id == up.delivery_id)
        .where(calls.c.number > up.calls_before, calls.c.number < up.call_number)
        .where(calls.c.passed_on == 0)
        .order_by(calls.c.number)
    )
    return [Outcome(outcome) for outcome in rows.scalars()]


def record_progress(conn: Connection, up: CallUp, progress: Progress, now: datetime) -> bool:
    """Write down one step of a call; False when the call is not this run's any more. Confirmed pages only grow."""
    mine = (calls.c.delivery_id == up.delivery_id, calls.c.number == up.call_number, calls.c.run == up.run)
    values: dict[str, object] = {}
    if progress.sip_call_id:
        values["sip_call_id"] = progress.sip_call_id
    match progress.milestone:
        case Milestone.RINGING:
            values["ringing_at"] = now
        case Milestone.ANSWERED:
            values["answered_at"] = now
        case Milestone.T38_AGREED:
            values["t38_at"] = now
        case Milestone.LAST_PAGE_OUT:
            values["last_page_out_at"] = now
        case Milestone.PAGE_CONFIRMED:
            grown = calls.c.pages_confirmed < progress.pages_confirmed
            values["pages_confirmed"] = case((grown, progress.pages_confirmed), else_=calls.c.pages_confirmed)
    recorded = conn.execute(update(calls).where(*mine, calls.c.ended_at.is_(None)).values(values))
    if recorded.rowcount == 0:
        return False
    add_progress(conn, up.delivery_id, up.call_number, progress, now)
    if progress.evidence is not None:
        add_evidence(conn, up.delivery_id, up.call_number, progress.evidence, now)
    if progress.milestone is Milestone.PAGE_CONFIRMED:
        confirmed = up.first_page + progress.pages_confirmed
        conn.execute(
            update(deliveries)
            .where(deliveries.c.id == up.delivery_id, deliveries.c.state == DeliveryState.CALLING)
            .where(deliveries.c.calls == up.call_number, deliveries.c.pages_confirmed < confirmed)
            .values(pages_confirmed=confirmed)
        )
    return True


def end_call(
    conn: Connection,
    up: CallUp,
    report: CallReport,
    following: Following,
    now: datetime,
) -> CallNext | None:
    """Write down how a call ended and where its delivery stands now. `report` holds the final outcome.

    Returns the next call to enqueue while the delivery waits for one, else None. Raises LookupError when the call
    has ended before or belongs to another run: then nothing was written.
    """
    mine = (calls.c.delivery_id == up.delivery_id, calls.c.number == up.call_number, calls.c.run == up.run)
    ended = conn.execute(
        update(calls)
        .where(*mine, calls.c.ended_at.is_(None))
        .values(
            ended_at=now,
            passed_on=int(following.passed_on),
            outcome=report.outcome.value,
            pages_confirmed=report.pages_confirmed,
            sip_status=report.sip_status,
            t30_code=report.t30_code,
            media=report.media,
            far_station_id=report.far_station_id,
            bits_per_second=report.bits_per_second,
            sip_call_id=calls.c.sip_call_id if report.sip_call_id is None else report.sip_call_id,
        )
    )
    if ended.rowcount == 0:
        raise LookupError(f"call {up.call_number} of delivery {up.delivery_id} is not up for {up.run}")
    asks = following.state is DeliveryState.UNCERTAIN and up.when_uncertain is WhenUncertain.ASK
    row = conn.execute(
        update(deliveries)
        .where(deliveries.c.id == up.delivery_id)
        .where(deliveries.c.state == DeliveryState.CALLING, deliveries.c.calls == up.call_number)
        .values(
            state=following.state.value,
            trunk=following.trunk,
            outcome=_outcome_of(following.state, report.outcome),
            decision=Decision.WANTED.value if asks else None,
            pages_confirmed=up.first_page + report.pages_confirmed,
            next_call_at=following.next_call_at,
            cancel_at=None,
            work=deliveries.c.work + 1,
        )
        .returning(deliveries.c.work)
    ).one()
    if following.state is not DeliveryState.WAITING:
        return None
    return CallNext(up.fax_id, up.delivery_id, up.call_number + 1, row.work, following.trunk, up.terms.priority)


def _outcome_of(state: DeliveryState, outcome: Outcome) -> str | None:
    """Return what a delivery says of its last call: uncertain as long as it is uncertain itself, and only then."""
    if state is DeliveryState.UNCERTAIN:
        return Outcome.UNCERTAIN.value
    return None if outcome is Outcome.UNCERTAIN else outcome.value


def may_have_arrived() -> ColumnElement[bool]:
    """Whether a call of a delivery has ended uncertain since somebody sent the fax; for queries of deliveries."""
    return exists().where(
        calls.c.delivery_id == deliveries.c.id,
        calls.c.number > deliveries.c.calls_before,
        calls.c.outcome == Outcome.UNCERTAIN,
    )


def renew_call(conn: Connection, delivery_id: int, work: int, next_call_at: datetime | None = None) -> CallNext | None:
    """Take an open delivery from one piece of work and return the call for the next, or None when that is stale.

    `next_call_at` puts off a delivery that waits.
    """
    values: dict[str, object] = {"work": work + 1}
    states = [DeliveryState.WAITING, DeliveryState.CALLING]
    if next_call_at is not None:
        values["next_call_at"] = next_call_at
        states = [DeliveryState.WAITING]
    row = conn.execute(
        update(deliveries)
        .where(deliveries.c.id == delivery_id, deliveries.c.work == work, deliveries.c.state.in_(states))
        .values(values)
        .returning(deliveries.c.fax_id, deliveries.c.state, deliveries.c.calls, deliveries.c.trunk)
    ).one_or_none()
    if row is None:
        return None
    call_number = row.calls if row.state == DeliveryState.CALLING else row.calls + 1
    return CallNext(row.fax_id, delivery_id, call_number, work + 1, row.trunk, priority_of(conn, row.fax_id))


def priority_of(conn: Connection, fax_id: int) -> Priority:
    """Return how urgent a fax is."""
    return Priority(conn.execute(select(faxes.c.priority).where(faxes.c.id == fax_id)).scalar_one())


def give_up(conn: Connection, fax_id: int) -> None:
    """Fail what has not been sent in the time it was given: with the outcome of its last call, else `expired`.

    What may have arrived is uncertain.
    """
    doubt = may_have_arrived()
    failed = func.coalesce(deliveries.c.outcome, Outcome.EXPIRED.value)
    conn.execute(
        update(deliveries)
        .where(deliveries.c.fax_id == fax_id)
        .where(deliveries.c.state.in_(_NOT_BEGUN))
        .values(
            state=case((doubt, DeliveryState.UNCERTAIN.value), else_=DeliveryState.FAILED.value),
            outcome=case((doubt, Outcome.UNCERTAIN.value), else_=failed),
            next_call_at=None,
            work=deliveries.c.work + 1,
        )
    )


def time_is_up(conn: Connection, now: datetime) -> Sequence[int]:
    """Return the faxes that wait although their time is up."""
    late = select(faxes.c.id).join(deliveries, deliveries.c.fax_id == faxes.c.id)
    late = late.where(deliveries.c.state.in_(_NOT_BEGUN), faxes.c.give_up_at <= now)
    return conn.execute(late.distinct()).scalars().all()


_NOT_BEGUN = (DeliveryState.UPLOADING, DeliveryState.PREPARING, DeliveryState.WAITING)


def calls_to_end(conn: Connection) -> set[int]:
    """Return the deliveries whose sender wants the call that is up to end."""
    return set(conn.execute(select(deliveries.c.id).where(deliveries.c.cancel_at.is_not(None))).scalars())


def open_trunks(conn: Connection) -> set[str]:
    """Return the trunks by which open deliveries are to go."""
    rows = conn.execute(select(deliveries.c.trunk).where(_is_open(), deliveries.c.trunk.is_not(None)).distinct())
    return set(rows.scalars())


def _is_open() -> ColumnElement[bool]:
    return deliveries.c.state.in_(sorted(OPEN))
