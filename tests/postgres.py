"""A PostgreSQL server for the tests: a cluster in a temporary folder, on loopback, gone with the tests.

`pytest --postgres` runs every test that opens a database on it; without, they run on SQLite. A folder stands for a
database of its own, so tests and the processes that they start open the same one by the same folder.
"""

import hashlib
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import psycopg
from psycopg import sql

from unifax.store.db import Database, open_database
from unifax.work.queue import Queue

VARIABLE = "UNIFAX_TEST_POSTGRES"
"Where the server is, for the tests and their processes."
_TEMPLATE = "unifax_template"


def opened(folder: Path) -> Database:
    """Open the database that goes with a folder, made if it is not there."""
    url, file = database_url(folder), folder / "unifax.db"
    if not url and not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        file.write_bytes(_no_rows())
    return open_database(folder, url)


@cache
def _no_rows() -> bytes:
    """Return a SQLite database with all tables and nothing in them, as `_template` does on the other engine."""
    with tempfile.TemporaryDirectory() as folder:
        with closing(open_database(Path(folder))) as made:
            Queue(made).close()
        return (Path(folder) / "unifax.db").read_bytes()


def database_url(folder: Path) -> str:
    """Return the address of the database that goes with a folder, made if it is not there; empty on SQLite."""
    server = os.environ.get(VARIABLE)
    if server is None:
        return ""
    name = "unifax_" + hashlib.sha256(bytes(folder.absolute())).hexdigest()[:16]
    with psycopg.connect(f"{server}/postgres", autocommit=True) as conn:
        conn.execute("SELECT pg_advisory_lock(1)")  # processes of one test come at once
        if not _is_there(conn, name):
            database = sql.Identifier(name)
            conn.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(database, _template(conn, server)))
            # The queue's tables have a schema of their own there: tests that look into them need not know.
            conn.execute(sql.SQL("ALTER DATABASE {} SET search_path = public, dbos").format(database))
    return f"{server}/{name}"


def empty_database_url(folder: Path) -> str:
    """Return the address of the database that goes with a folder, as `database_url` does, with no table in it."""
    url = database_url(folder)
    with psycopg.connect(url, autocommit=True) as conn:
        for schema in ("dbos", "public"):
            conn.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(schema)))
        conn.execute("CREATE SCHEMA public")
    return url


@dataclass(frozen=True, slots=True)
class Cluster:
    """A server of one's own, to be stopped and started."""

    url: str
    run: Callable[..., None]
    "Runs one of its programs, with arguments."
    data: str
    start_with: Sequence[str]

    def start(self) -> None:
        self.run("pg_ctl", "-D", self.data, "-w", *self.start_with, "start")

    def kill(self) -> None:
        """End it as a power cut would."""
        self.run("pg_ctl", "-D", self.data, "-w", "-m", "immediate", "stop")


@contextmanager
def cluster(fsync: bool = False) -> Iterator[Cluster]:
    """Run a server. Only with `fsync` would a power cut leave it whole."""
    folder = Path(tempfile.mkdtemp(prefix="unifax-postgres-"))
    # As root the server will not run: it gets a user of its own, as Debian's does.
    user = group = None
    if os.getuid() == 0:
        user, group = "nobody", "nogroup"
        shutil.chown(folder, user, group)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    def run(command: str, *arguments: str) -> None:
        line = [binary(command), *arguments]
        subprocess.run(line, check=True, stdout=subprocess.DEVNULL, cwd="/", user=user, group=group)

    data = str(folder / "data")
    flushes = f"-c fsync={'on' if fsync else 'off'}"
    options = f"-p {port} -h 127.0.0.1 -k {folder} {flushes} -c max_connections=300"
    run("initdb", "-D", data, "-U", "unifax", "-A", "trust", "--locale=C.UTF-8", "--no-sync")
    made = Cluster(f"postgresql://unifax@127.0.0.1:{port}", run, data, ("-l", str(folder / "log"), "-o", options))
    made.start()
    try:
        yield made
    finally:
        made.kill()
        shutil.rmtree(folder)


@contextmanager
def server(fsync: bool = False) -> Iterator[None]:
    """Run a server, and let VARIABLE say where."""
    with cluster(fsync) as made:
        os.environ[VARIABLE] = made.url
        try:
            yield
        finally:
            del os.environ[VARIABLE]


def _template(conn: psycopg.Connection, server: str) -> sql.Identifier:
    """Return a database with all tables and nothing in them: to copy it takes a tenth of the time to make it."""
    name = sql.Identifier(_TEMPLATE)
    if not _is_there(conn, _TEMPLATE):
        conn.execute(sql.SQL("CREATE DATABASE {}").format(name))
        with (
            tempfile.TemporaryDirectory() as folder,
            closing(open_database(Path(folder), f"{server}/{_TEMPLATE}")) as made,
        ):
            Queue(made).close()
    return name


def _is_there(conn: psycopg.Connection, name: str) -> bool:
    return conn.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone() is not None


def binary(command: str) -> str:
    """Return where Debian, or whoever else, has put a program of the server."""
    places: Sequence[Path] = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{command}"))
    return str(places[-1]) if places else command
