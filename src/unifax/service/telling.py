"""What has happened to a fax is told, in the transaction in which it happened. Knows no HTTP."""

from collections.abc import Sequence
from datetime import datetime

from unifax.store import events
from unifax.store.db import Connection
from unifax.store.mails import add_mails_of
from unifax.store.notices import add_notices
from unifax.work.jobs import mail_job, notify_job
from unifax.work.queue import Queue


def tell(conn: Connection, queue: Queue, fax_id: int, now: datetime) -> None:
    """Call this last in every transaction that may have moved a fax: what is new becomes events, and work to tell the
    hooks of their extensions, and those who are told by mail."""
    tell_all(conn, queue, [fax_id], now)


def tell_all(conn: Connection, queue: Queue, fax_ids: Sequence[int], now: datetime) -> None:
    """Do as `tell` for several faxes."""
    _notify(conn, queue, events.settle(conn, fax_ids, now), now)


def tell_received(conn: Connection, queue: Queue, inbox_id: int, now: datetime) -> None:
    """Call this last in a transaction in which a fax has come in by a call."""
    _notify(conn, queue, [events.settle_received(conn, inbox_id, now)], now)


def _notify(conn: Connection, queue: Queue, event_ids: Sequence[int], now: datetime) -> None:
    for notice in add_notices(conn, event_ids, now):
        queue.enqueue(conn, notify_job(notice))
    for mail in add_mails_of(conn, event_ids, now):
        queue.enqueue(conn, mail_job(mail))
