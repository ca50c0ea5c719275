"""What has happened to a fax is told, in the transaction in which it happened. Knows no HTTP."""

from datetime import datetime

from unifax.store import events
from unifax.store.db import Connection
from unifax.store.notices import add_notices
from unifax.work.jobs import notify_job
from unifax.work.queue import Queue


def tell(conn: Connection, queue: Queue, fax_id: int, now: datetime) -> None:
    """Call this last in every transaction that may have moved a fax: what is new becomes events, and work to tell the
    hooks of their extensions."""
    for notice in add_notices(conn, events.settle(conn, fax_id, now), now):
        queue.enqueue(conn, notify_job(notice))
