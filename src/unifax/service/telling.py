"""What has happened to a fax is told, in the transaction in which it happened. Knows no HTTP."""

from datetime import datetime

from unifax.store import events
from unifax.store.db import Connection
from unifax.work.queue import Queue


def tell(conn: Connection, queue: Queue, fax_id: int, now: datetime) -> None:
    """Call this last in every transaction that may have moved a fax."""
    events.settle(conn, fax_id, now)
