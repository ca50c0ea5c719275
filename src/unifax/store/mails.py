"""Mails: each to one address, until it is sent or given up. Must not know: SMTP, or what is written in them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BindParameter, ColumnElement, Connection, bindparam, delete, insert, or_, select, update

from unifax.model.event import EventKind
from unifax.model.fax import FaxState
from unifax.model.mail import Letter, MailKind, MailState, Posted
from unifax.store.schema import events, extensions, faxes, mails

FIRST_WORK = 1
"Serial of the first piece of work of a mail."

_ENDS = frozenset(
    {FaxState.SENT, FaxState.PARTIALLY_SENT, FaxState.SEND_FAILED, FaxState.UNCERTAIN, FaxState.CANCELLED}
)
_THESE: BindParameter[Sequence[int]] = bindparam("ids", expanding=True)
_WANTED = (
    select(
        events.c.kind,
        events.c.extension_id,
        events.c.inbox_id,
        events.c.fax_id,
        events.c.facts,
        extensions.c.mail_received,
        extensions.c.mail_reports,
        faxes.c.reply_to,
    )
    .join(extensions, extensions.c.id == events.c.extension_id)
    .outerjoin(faxes, faxes.c.id == events.c.fax_id)
    .where(events.c.id.in_(_THESE), events.c.kind.in_([EventKind.RECEIVED.value, EventKind.FAX.value]))
    .where(or_(extensions.c.mail_received != "", extensions.c.mail_reports != "", faxes.c.reply_to != ""))
    .order_by(events.c.id)
)
"Made once: it is asked in every transaction that tells something, and nearly always finds nothing."


@dataclass(frozen=True, slots=True)
class MailWork:
    """A mail that waits, and the serial of the work that may send it."""

    mail_id: int
    work: int


def add_mails_of(conn: Connection, event_ids: Sequence[int], now: datetime) -> Sequence[MailWork]:
    """Write down who is to be told by mail of some new events: of a fax that has come in, or has come to its end."""
    added: list[MailWork] = []
    for row in conn.execute(_WANTED, {"ids": event_ids}) if event_ids else ():
        if row.kind == EventKind.RECEIVED.value:
            for address in row.mail_received.split():
                added.append(add_mail(conn, row.extension_id, MailKind.RECEIVED, address, now, inbox_id=row.inbox_id))
        elif json.loads(row.facts)["state"] in _ENDS:
            for address in dict.fromkeys([*row.mail_reports.split(), *row.reply_to.split()]):
                added.append(add_mail(conn, row.extension_id, MailKind.REPORT, address, now, fax_id=row.fax_id))
    return added


def add_mail(
    conn: Connection,
    extension_id: int,
    kind: MailKind,
    address: str,
    now: datetime,
    *,
    inbox_id: int | None = None,
    fax_id: int | None = None,
    note: str = "",
) -> MailWork:
    """Write down a mail that is to be sent."""
    new = {
        "extension_id": extension_id,
        "kind": kind.value,
        "address": address,
        "made_at": now,
        "inbox_id": inbox_id,
        "fax_id": fax_id,
        "note": note,
        "state": MailState.WAITING.value,
        "tries": 0,
        "work": FIRST_WORK,
        "next_try_at": now,
    }
    return MailWork(conn.execute(insert(mails).values(new).returning(mails.c.id)).scalar_one(), FIRST_WORK)


def due_mail(conn: Connection, mail_id: int, work: int) -> Letter | None:
    """Return a mail that waits for this piece of work, or None when the work is stale."""
    row = conn.execute(
        select(mails, extensions.c.number)
        .join(extensions, extensions.c.id == mails.c.extension_id)
        .where(*_mine(mail_id, work))
    ).one_or_none()
    if row is None:
        return None
    return Letter(
        id=row.id,
        extension=row.number,
        kind=MailKind(row.kind),
        address=row.address,
        made_at=row.made_at,
        inbox_id=row.inbox_id,
        fax_id=row.fax_id,
        note=row.note,
        work=row.work,
        tries=row.tries,
    )


def record_posting(
    conn: Connection, letter: Letter, posted: Posted, next_try_at: datetime | None, now: datetime
) -> MailWork | None:
    """Write down what came of a try; return the work of the next, or None when there is none.

    Nothing is written when the work has become stale meanwhile.
    """
    failed = MailState.GIVEN_UP if next_try_at is None else MailState.WAITING
    state = MailState.SENT if posted.trouble is None else failed
    values = {
        "state": state.value,
        "tries": letter.tries + 1,
        "work": letter.work + 1,
        "next_try_at": next_try_at,
        "tried_at": now,
        "trouble": posted.trouble,
    }
    ours = conn.execute(update(mails).where(*_mine(letter.id, letter.work)).values(values)).rowcount == 1
    return MailWork(letter.id, letter.work + 1) if ours and state is MailState.WAITING else None


def renew_mail(conn: Connection, mail_id: int, work: int) -> MailWork | None:
    """Take a mail from one piece of work and return the next, or None when that is stale."""
    changed = conn.execute(update(mails).where(*_mine(mail_id, work)).values(work=work + 1)).rowcount
    return MailWork(mail_id, work + 1) if changed else None


def waiting_mails(conn: Connection, after_mail_id: int, limit: int, now: datetime) -> Sequence[MailWork]:
    """Return mails that must have live work now, by id."""
    rows = conn.execute(
        select(mails.c.id, mails.c.work)
        .where(mails.c.state == MailState.WAITING.value, mails.c.next_try_at <= now, mails.c.id > after_mail_id)
        .order_by(mails.c.id)
        .limit(limit)
    )
    return [MailWork(row.id, row.work) for row in rows]


def forget_mails(conn: Connection, before: datetime, limit: int) -> int:
    """Forget some of the mails made before a moment that wait no more; return how many."""
    old = select(mails.c.id).where(mails.c.made_at < before, mails.c.state != MailState.WAITING.value)
    return conn.execute(delete(mails).where(mails.c.id.in_(old.order_by(mails.c.id).limit(limit)))).rowcount


def _mine(mail_id: int, work: int) -> tuple[ColumnElement[bool], ...]:
    return (mails.c.id == mail_id, mails.c.work == work, mails.c.state == MailState.WAITING.value)
