"""What the processes that share the database are made of. Must not know: which of them does what."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from unifax.here import Layout
from unifax.settings import Settings
from unifax.store.blobs import Blobs
from unifax.store.db import Database, open_database
from unifax.work.queue import Queue


@dataclass(frozen=True, slots=True)
class Parts:
    """The database, the documents, the queue."""

    db: Database
    blobs: Blobs
    queue: Queue


@contextmanager
def opened(layout: Layout, settings: Settings) -> Iterator[Parts]:
    """Open everything, and close it in the end."""
    with closing(open_database(layout.data, settings.database.url)) as db, closing(Queue(db)) as queue:
        yield Parts(db, Blobs(layout.blobs), queue)
