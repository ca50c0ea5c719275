"""What a question costs: the steps of SQLite's machine, which are the same on any machine."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from unifax.store.db import Connection


@contextmanager
def steps_of(conn: Connection) -> Iterator[list[int]]:
    """Count the steps of SQLite's machine, in hundreds."""
    steps = [0]

    def step() -> int:
        steps[0] += 1
        return 0

    sqlite = conn.connection.driver_connection
    assert isinstance(sqlite, sqlite3.Connection)
    sqlite.set_progress_handler(step, 100)
    try:
        yield steps
    finally:
        sqlite.set_progress_handler(None, 100)
