"""Notices: one event, to be told to one hook, until it is told or given up. Must not know: how it is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    and_,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from unifax.model.collection import Kind, Listing, Window
from unifax.model.hook import TYPES, Answer, Due, HookStatus, NoticeState, NoticeView
from unifax.store.collections import Field, Source, page_of
from unifax.store.events import event
from unifax.store.hooks import hook_of
from unifax.store.schema import Instant, events, faxes, hooks, notices

FIRST_WORK = 1
"Serial of the first piece of work of a notice."

_NOTICES = Source(
    notices.c.id,
    hooks.c.extension_id,
    {
        "id": Field(Kind.NUMBER, notices.c.id),
        "event": Field(Kind.NUMBER, notices.c.event_id),
        "state": Field(Kind.TEXT, notices.c.state),
        "tries": Field(Kind.NUMBER, notices.c.tries),
        "nextTryAt": Field(Kind.MOMENT, notices.c.next_try_at),
        "triedAt": Field(Kind.MOMENT, notices.c.tried_at),
        "httpStatus": Field(Kind.NUMBER, notices.c.http_status),
    },
)
NOTICE_FILTERS = {name: field.kind for name, field in _NOTICES.fields.items()}
"What the collection can be filtered by."

_TYPE = case({kind.value: type.value for kind, type in TYPES.items()}, value=events.c.kind)


@dataclass(frozen=True, slots=True)
class NoticeWork:
    """A notice that waits, and the serial of the work that may tell it."""

    notice_id: int
    hook_id: int
    work: int
    due_at: datetime | None = None
    "Where what is due was looked for."


def add_notices(conn: Connection, event_ids: Sequence[int], now: datetime) -> Sequence[NoticeWork]:
    """Write down who must be told of some new events: the hooks of their extensions that are on."""
    if not event_ids:
        return []
    new = (
        select(hooks.c.id, events.c.id, literal(0), *_waiting(now))
        .join(events, and_(events.c.extension_id == hooks.c.extension_id, hooks.c.type == _TYPE))
        .where(hooks.c.status == HookStatus.ON.value, events.c.id.in_(event_ids))
        .order_by(events.c.id, hooks.c.id)
    )
    return _added(conn, new)


def add_replay(
    conn: Connection,
    hook_id: int,
    now: datetime,
    limit: int,
    since: datetime | None = None,
    after: int | None = None,
    event_id: int | None = None,
) -> tuple[Sequence[NoticeWork], int | None]:
    """Have a hook told again of events of its type: one, or those since a moment or after an event, the oldest first.

    Whether it was told of them before, or was there at all, does not matter. Returns the last of the events besides.
    """
    replay = select(func.max(notices.c.replay) + 1).where(
        notices.c.hook_id == hooks.c.id, notices.c.event_id == events.c.id
    )
    new = (
        select(hooks.c.id, events.c.id, func.coalesce(replay.scalar_subquery(), 0), *_waiting(now))
        .join(events, and_(events.c.extension_id == hooks.c.extension_id, hooks.c.type == _TYPE))
        .where(hooks.c.id == hook_id)
        .order_by(events.c.id)
        .limit(limit)
    )
    if since is not None:
        new = new.where(events.c.at >= since)
    if after is not None:
        new = new.where(events.c.id > after)
    if event_id is not None:
        new = new.where(events.c.id == event_id)
    added = _added(conn, new)
    ids = [notice.notice_id for notice in added]
    last = conn.execute(select(func.max(notices.c.event_id)).where(notices.c.id.in_(ids))).scalar_one()
    return added, last


def due_notice(conn: Connection, notice_id: int, work: int) -> Due | None:
    """Return a notice that waits for this piece of work, or None when the work is stale."""
    row = (
        conn.execute(
            select(hooks, notices.c.event_id, notices.c.tries, faxes.c.trace)
            .join(notices, notices.c.hook_id == hooks.c.id)
            .join(events, events.c.id == notices.c.event_id)
            .outerjoin(faxes, faxes.c.id == events.c.fax_id)
            .where(*_mine(notice_id, work))
        )
        .mappings()
        .one_or_none()
    )
    if row is None:
        return None
    of = event(conn, row["event_id"])
    assert of is not None  # a notice goes with its event
    return Due(notice_id, work, row["tries"], hook_of(row), of, row["trace"])


def record_try(conn: Connection, due: Due, answer: Answer, next_try_at: datetime | None, now: datetime) -> int | None:
    """Write down what came of a try. Returns the serial of the work for the next try, or None when there is none.

    Nothing is written when the work has become stale meanwhile.
    """
    failed = NoticeState.GIVEN_UP if next_try_at is None else NoticeState.WAITING
    state = NoticeState.TOLD if answer.is_told else failed
    values = {
        "state": state.value,
        "tries": due.tries + 1,
        "work": due.work + 1,
        "next_try_at": next_try_at,
        "tried_at": now,
        "http_status": answer.http_status,
        "trouble": answer.trouble,
    }
    ours = conn.execute(update(notices).where(*_mine(due.notice_id, due.work)).values(values)).rowcount == 1
    return due.work + 1 if ours and state is NoticeState.WAITING else None


def give_up(conn: Connection, due: Due, trouble: str) -> None:
    """Write down that a notice is not told any more, without another try."""
    values = {"state": NoticeState.GIVEN_UP.value, "work": due.work + 1, "next_try_at": None, "trouble": trouble}
    conn.execute(update(notices).where(*_mine(due.notice_id, due.work)).values(values))


def renew_notice(conn: Connection, notice_id: int, work: int) -> NoticeWork | None:
    """Take a notice from one piece of work and return the next, or None when that is stale."""
    row = conn.execute(
        update(notices).where(*_mine(notice_id, work)).values(work=work + 1).returning(notices.c.hook_id)
    ).one_or_none()
    return None if row is None else NoticeWork(notice_id, row.hook_id, work + 1)


def waiting_notices(conn: Connection, after: NoticeWork | None, limit: int, now: datetime) -> Sequence[NoticeWork]:
    """Return notices that must have live work now, those after the last one that was seen.

    Those that are not due cost nothing.
    """
    due = (
        select(notices.c.id, notices.c.hook_id, notices.c.work, notices.c.next_try_at)
        .where(notices.c.state == NoticeState.WAITING.value, notices.c.next_try_at <= now)
        .order_by(notices.c.next_try_at, notices.c.id)
        .limit(limit)
    )
    if after is not None:
        same = and_(notices.c.next_try_at == after.due_at, notices.c.id > after.notice_id)
        due = due.where(notices.c.next_try_at >= after.due_at, or_(notices.c.next_try_at > after.due_at, same))
    return [NoticeWork(row.id, row.hook_id, row.work, row.next_try_at) for row in conn.execute(due)]


def notice_page(conn: Connection, hook_id: int, window: Window) -> tuple[Listing, Sequence[NoticeView]]:
    """Return a page of what a hook was told, and is to be told."""
    listing = page_of(conn, _NOTICES, [notices.c.hook_id == hook_id], window)
    rows = conn.execute(select(notices).where(notices.c.id.in_(listing.ids))).mappings()
    found = {row["id"]: _view(row) for row in rows}
    return listing, [found[each] for each in listing.ids]


def count_waiting(conn: Connection, hook_id: int) -> int:
    """Return how many notices a hook is still to be told."""
    waiting = (notices.c.hook_id == hook_id, notices.c.state == NoticeState.WAITING.value)
    return conn.execute(select(func.count()).where(*waiting)).scalar_one()


def forget_events(conn: Connection, before: datetime, limit: int) -> int:
    """Forget some of the oldest events from before a moment, and what was told of them; return how many.

    One that is still to be told stays.
    """
    oldest = select(events.c.id, events.c.at).order_by(events.c.id).limit(limit).subquery()
    waits = exists().where(notices.c.event_id == oldest.c.id, notices.c.state == NoticeState.WAITING.value)
    old = select(oldest.c.id).where(oldest.c.at < before, ~waits)
    return conn.execute(delete(events).where(events.c.id.in_(old))).rowcount


def _view(row: RowMapping) -> NoticeView:
    return NoticeView(
        id=row["id"],
        event_id=row["event_id"],
        replay=row["replay"],
        state=NoticeState(row["state"]),
        tries=row["tries"],
        next_try_at=row["next_try_at"],
        tried_at=row["tried_at"],
        http_status=row["http_status"],
        trouble=row["trouble"],
    )


def _mine(notice_id: int, work: int) -> tuple[ColumnElement[bool], ...]:
    return (notices.c.id == notice_id, notices.c.work == work, notices.c.state == NoticeState.WAITING.value)


def _waiting(now: datetime) -> tuple[ColumnElement[object], ...]:
    return (literal(NoticeState.WAITING.value), literal(0), literal(FIRST_WORK), literal(now, Instant()))


def _added(conn: Connection, new: Select[*tuple[object, ...]]) -> Sequence[NoticeWork]:
    columns = ["hook_id", "event_id", "replay", "state", "tries", "work", "next_try_at"]
    added = insert(notices).from_select(columns, new).returning(notices.c.id, notices.c.hook_id, notices.c.work)
    return [NoticeWork(row.id, row.hook_id, row.work) for row in conn.execute(added)]
