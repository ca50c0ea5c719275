"""SQLite and PostgreSQL, made to keep the same promises. Must not know: what the tables hold.

On either, writes come one at a time, and a commit that has returned survives the loss of power. Readers wait for
nobody and see one moment. So ids are in the order of commits: who has seen an event has seen all before it.
"""

import fcntl
import sqlite3
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from unifax.model.errors import Misconfigured

BUSY_SECONDS = 30
"How long a statement waits for another process's write. DBOS's own engine waits as long."

SILENT_SECONDS = 3
"""How long a transaction may say nothing on PostgreSQL. A host that is stopped or cut off in the middle of a write
holds up all others, until the server ends it: in less time than it takes them to be thought dead."""

_AGAIN_SECONDS = 0.1
_POOL = {"pool_size": 8, "max_overflow": 56, "pool_timeout": 30}
_WRITES, _MIGRATIONS = 0x0FA_0001, 0x0FA_0002
"Keys of PostgreSQL's advisory locks."


class Store(Protocol):
    """An engine, and how its transactions begin."""

    @property
    def engine(self) -> Engine: ...

    def reading(self) -> Connection:
        """Return a connection whose transaction sees one moment."""

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Be the only writer, in one transaction that is committed unless something is raised."""

    def writing_beside(self) -> AbstractContextManager[Connection]:
        """Write without waiting for other writers where that can be: for what nobody reads in the order of commits."""

    @contextmanager
    def migrating(self) -> Iterator[None]:
        """Be the only one, of all processes, who changes the schema."""


@dataclass(frozen=True, slots=True)
class SqliteStore:
    """A file, in WAL mode with `synchronous=FULL`."""

    engine: Engine
    folder: Path

    @classmethod
    def open(cls, folder: Path) -> "SqliteStore":
        """Open `folder/unifax.db`, made when it is first used."""
        engine = create_engine(f"sqlite:///{folder / 'unifax.db'}", **_POOL)
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "begin", _begin_at_once)
        return cls(engine, folder)

    def reading(self) -> Connection:
        return self.engine.connect().execution_options(unifax_reads=True)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with self.engine.begin() as conn:
            yield conn

    def writing_beside(self) -> AbstractContextManager[Connection]:
        return self.writing()

    @contextmanager
    def migrating(self) -> Iterator[None]:
        with open(self.folder / "migrations.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


@dataclass(frozen=True, slots=True)
class PostgresStore:
    """A PostgreSQL database."""

    engine: Engine

    @classmethod
    def open(cls, url: str) -> "PostgresStore":
        """Raises Misconfigured when the address cannot be read."""
        try:
            parsed = make_url(url)
        except ArgumentError:
            raise Misconfigured("database.url: is no address as in postgresql://user:password@host/name") from None
        if parsed.get_backend_name() != "postgresql":
            raise Misconfigured("database.url: only postgresql:// is known; SQLite needs no address")
        engine = create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            # A server that goes away is noticed when a connection is taken, not in the middle of a promise.
            pool_pre_ping=True,
            connect_args={
                "connect_timeout": 10,
                "application_name": "unifax",
                "options": f"-c lock_timeout={BUSY_SECONDS}s -c synchronous_commit=on"
                f" -c idle_in_transaction_session_timeout={SILENT_SECONDS}s -c timezone=UTC",
            },
            **_POOL,
        )
        return cls(engine)

    def reading(self) -> Connection:
        return self.engine.connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with self.engine.begin() as conn:
            conn.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITES})")
            yield conn

    def writing_beside(self) -> AbstractContextManager[Connection]:
        return self.engine.begin()

    @contextmanager
    def migrating(self) -> Iterator[None]:
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
            # Asked again and again: a statement that waits would hold up those of DBOS's migration that wait for all
            # transactions to end (CREATE INDEX CONCURRENTLY).
            while not conn.exec_driver_sql(f"SELECT pg_try_advisory_lock({_MIGRATIONS})").scalar_one():
                time.sleep(_AGAIN_SECONDS)
            try:
                yield
            finally:
                conn.exec_driver_sql(f"SELECT pg_advisory_unlock({_MIGRATIONS})")


def _set_pragmas(connection: sqlite3.Connection, entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself; _begin_at_once does
    for pragma in (
        f"busy_timeout = {1000 * BUSY_SECONDS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "secure_delete = FAST",  # what is deleted from a page is overwritten: keys of files that are forgotten
        "foreign_keys = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_at_once(conn: Connection) -> None:
    # A transaction that reads first and writes later could act on what another process has changed meanwhile: with
    # the driver's late BEGIN, DBOS exceeded its concurrency limits whenever several processes shared the file.
    reads = conn.get_execution_options().get("unifax_reads", False)
    conn.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
