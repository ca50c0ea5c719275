"""The database: transactions of store functions, writes one at a time. Must not know: what the tables hold."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from contextvars import copy_context
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError, TimeoutError

from unifax.model.errors import Conflict, RequestInvalid, Unavailable
from unifax.store.engines import PostgresStore, SqliteStore, Store

__all__ = ["Connection", "Database", "insert_or_update", "open_database", "or_conflict"]

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

READERS = 4
_READ_ONLY = "25006"
"What PostgreSQL says to who would write where only the standby is left."
_MIGRATIONS = Path(__file__).parent / "migrations"


class Database:
    """Runs store functions, each in one transaction of its own."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.folder = folder
        self._store = store
        self.heed: Callable[[str, float], None] = lambda kind, seconds: None
        "Hears how long each transaction took, the wait for its turn included."
        self._one_writer = threading.Lock()
        # The wait for other processes is unfair (SQLite), or holds a connection (PostgreSQL): queueing here, within
        # the process, spares waiting there.
        self._writer = ThreadPoolExecutor(1, "db-write")
        self._readers = ThreadPoolExecutor(READERS, "db-read")

    @property
    def engine(self) -> Engine:
        return self._store.engine

    def write(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `fn` in one transaction that begins as a write, and commit it; whatever `fn` raises rolls it back.

        When this returns, the facts are on disk. Raises Unavailable when the database stays locked, is not there, or
        its disk is full.
        """
        with self._timed("write"), self._one_writer, _as_ours(), self._store.writing() as conn:
            return fn(conn, *args, **kwargs)

    def read(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `fn` on one consistent snapshot. It waits for no writer, and must not write."""
        with self._timed("read"), _as_ours(), self._store.reading() as conn:
            return fn(conn, *args, **kwargs)

    @contextmanager
    def _timed(self, kind: str) -> Iterator[None]:
        began = time.perf_counter()
        try:
            yield
        finally:
            self.heed(kind, time.perf_counter() - began)

    async def awrite(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do `write` without holding up the loop. A caller that is cancelled meanwhile may find it done."""
        context = copy_context()  # what is logged there is about the same
        return await asyncio.get_running_loop().run_in_executor(
            self._writer, lambda: context.run(lambda: self.write(fn, *args, **kwargs))
        )

    def in_turn(self, do: Callable[[], object]) -> None:
        """Have something done in the thread that writes for the loop, after what waits for it already."""
        self._writer.submit(do)

    @contextmanager
    def nested(self, conn: Connection) -> Iterator[None]:
        """Do a part of a transaction wholly or not at all. Raises as `write` does; after Unavailable all is lost."""
        with _as_ours(), conn.begin_nested():
            yield

    async def aread(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do `read` without holding up the loop."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, lambda: self.read(fn, *args, **kwargs))

    async def abeside(self, fn: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do `awrite` without waiting for other writes, ours or anybody's, where the engine can: for signs of life."""

        def beside() -> T:
            with _as_ours(), self._store.writing_beside() as conn:
                return fn(conn, *args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(self._readers, beside)

    def migrating(self) -> AbstractContextManager[None]:
        """Keep all other processes from changing the schema: several start at once."""
        return self._store.migrating()

    def close(self) -> None:
        """Wait for what runs, then let go of the database."""
        self._writer.shutdown()
        self._readers.shutdown()
        self.engine.dispose()


def open_database(folder: Path, url: str = "") -> Database:
    """Open the PostgreSQL database at `url`, or without one `folder/unifax.db`, with the schema brought up to date.

    Raises Misconfigured for an address that is none, Unavailable.
    """
    folder.mkdir(parents=True, exist_ok=True)
    store: Store = PostgresStore.open(url) if url else SqliteStore.open(folder)
    db = Database(store, folder)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    with _as_ours(), db.migrating(), db.engine.begin() as conn:
        config.attributes["connection"] = conn
        if _is_newer(conn, config):
            # Schemas only grow from one release to the next, so the one before goes on: hosts are upgraded in turn.
            log.warning("the schema is that of a newer release")
        else:
            command.upgrade(config, "head")
    return db


def _is_newer(conn: Connection, config: Config) -> bool:
    """Whether the schema has a revision that comes after all that we know."""
    found = MigrationContext.configure(conn).get_current_revision()
    known = [step.revision for step in ScriptDirectory.from_config(config).walk_revisions()]
    return found is not None and found not in known and found > max(known)


def insert_or_update(conn: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """Return an INSERT that takes `on_conflict_do_update`: both engines have it, under two names."""
    return postgresql.insert(table) if conn.dialect.name == "postgresql" else sqlite.insert(table)


@contextmanager
def or_conflict(conn: Connection, sentences: Mapping[str, str]) -> Iterator[None]:
    """Do something, or nothing of it: what the tables do not allow is a Conflict.

    `sentences` says what to tell, by a word of the constraint (a column, or "foreign key"); other constraints are ours
    to keep, and are raised as they are.
    """
    try:
        with conn.begin_nested():
            yield
    except IntegrityError as error:
        for word, sentence in sentences.items():
            if word in str(error.orig).lower():
                raise Conflict(sentence) from error
        raise


@contextmanager
def _as_ours() -> Iterator[None]:
    try:
        yield
    except DataError as error:
        # PostgreSQL keeps no NUL in a text and no integer of any size. Where somebody may say one we refuse it, or do
        # not find what he names; this is for the places that were not thought of.
        raise RequestInvalid("A text with the character NUL, or a number that is too large, cannot be kept.") from error
    except DBAPIError as error:
        is_standby = getattr(error.orig, "sqlstate", None) == _READ_ONLY
        if isinstance(error, OperationalError) or error.connection_invalidated or is_standby:
            raise Unavailable(f"the database cannot be used now: {error.orig}") from error
        raise
    except TimeoutError as error:  # SQLAlchemy's own: no connection was free
        raise Unavailable(f"the database cannot be used now: {error}") from error
