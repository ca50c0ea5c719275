"""The database: one file, one engine, writes one at a time. Must not know: what the tables hold.

SQLite runs in WAL mode with `synchronous=FULL`: a commit that has returned survives the loss of power.
"""

import asyncio
import fcntl
import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import IntegrityError, OperationalError, TimeoutError
from sqlalchemy.pool import ConnectionPoolEntry

from unifax.model.errors import Conflict, Unavailable

__all__ = ["Connection", "Database", "open_database", "or_conflict"]

P = ParamSpec("P")
T = TypeVar("T")

BUSY_TIMEOUT_MS = 30_000
"How long a statement waits for another process's write. DBOS's own engine waits as long."

READERS = 4
_MIGRATIONS = Path(__file__).parent / "migrations"


class Database:
    """Runs store functions, each in one transaction of its own."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine = engine
        self.folder = folder
        self._one_writer = threading.Lock()
        # SQLite's busy wait is unfair: queueing here, within the process, spares waiting there.
        self._writer = ThreadPoolExecutor(1, "db-write")
        self._readers = ThreadPoolExecutor(READERS, "db-read")

    def write(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `fn` in one transaction that begins as a write, and commit it; whatever `fn` raises rolls it back.

        When this returns, the facts are on disk. Raises Unavailable when the database stays locked or the disk is full.
        """
        with self._one_writer, _unavailable(), self.engine.begin() as conn:
            return fn(conn, *args, **kwargs)

    def read(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `fn` on one consistent snapshot. It waits for no writer, and must not write."""
        with _unavailable(), self.engine.connect().execution_options(unifax_reads=True) as conn:
            return fn(conn, *args, **kwargs)

    async def awrite(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do `write` without holding up the loop. A caller that is cancelled meanwhile may find it done."""
        return await asyncio.get_running_loop().run_in_executor(self._writer, lambda: self.write(fn, *args, **kwargs))

    async def aread(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do `read` without holding up the loop."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, lambda: self.read(fn, *args, **kwargs))

    @contextmanager
    def migrating(self) -> Iterator[None]:
        """Keep all other processes from changing the schema: several start at once."""
        with open(self.folder / "migrations.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def close(self) -> None:
        """Wait for what runs, then let go of the file."""
        self._writer.shutdown()
        self._readers.shutdown()
        self.engine.dispose()


def open_database(folder: Path) -> Database:
    """Open `folder/unifax.db`, made if it is not there, with the schema brought up to date. Raises Unavailable."""
    folder.mkdir(parents=True, exist_ok=True)
    engine = create_engine(f"sqlite:///{folder / 'unifax.db'}", pool_size=8, max_overflow=56, pool_timeout=30)
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    db = Database(engine, folder)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    with db.migrating(), _unavailable(), engine.begin() as conn:
        config.attributes["connection"] = conn
        command.upgrade(config, "head")
    return db


@contextmanager
def or_conflict(conn: Connection, sentences: Mapping[str, str]) -> Iterator[None]:
    """Do something, or nothing of it: what the tables do not allow is a Conflict.

    `sentences` says what to tell, by a word of the constraint (a column, or "FOREIGN KEY"); other constraints are ours
    to keep, and are raised as they are.
    """
    try:
        with conn.begin_nested():
            yield
    except IntegrityError as error:
        for word, sentence in sentences.items():
            if word in str(error.orig):
                raise Conflict(sentence) from error
        raise


def _on_connect(connection: sqlite3.Connection, entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself; _on_begin does
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _on_begin(conn: Connection) -> None:
    # A transaction that reads first and writes later could act on what another process has changed meanwhile: with
    # the driver's late BEGIN, DBOS exceeded its concurrency limits whenever several processes shared the file.
    reads = conn.get_execution_options().get("unifax_reads", False)
    conn.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


@contextmanager
def _unavailable() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        raise Unavailable(f"the database cannot be used now: {error.orig}") from error
    except TimeoutError as error:  # SQLAlchemy's own: no connection was free
        raise Unavailable(f"the database cannot be used now: {error}") from error
