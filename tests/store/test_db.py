"""Transactions, and several processes that open one folder."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import event

from tests.postgres import opened
from tests.world import NOW
from unifax.model.accounts import AccountKind
from unifax.model.errors import Unavailable
from unifax.store.accounts import add_account, any_account
from unifax.store.db import Connection


def test_what_raises_leaves_nothing(tmp_path: Path) -> None:
    db = opened(tmp_path)

    def fail(conn: Connection) -> None:
        add_account(conn, AccountKind.ADMINISTRATOR, None, "root", NOW)
        raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        db.write(fail)
    assert not db.read(any_account)
    db.close()


def test_a_reader_waits_for_no_writer_and_sees_one_moment(tmp_path: Path) -> None:
    db = opened(tmp_path)

    def write(conn: Connection) -> bool:
        add_account(conn, AccountKind.ADMINISTRATOR, None, "root", NOW)
        return db.read(any_account)

    assert db.write(write) is False
    assert db.read(any_account)
    db.close()


def test_the_loop_goes_on_while_the_database_works(tmp_path: Path) -> None:
    db = opened(tmp_path)

    async def work() -> tuple[int, bool]:
        added = await db.awrite(add_account, AccountKind.ADMINISTRATOR, None, "root", NOW)
        return added, await db.aread(any_account)

    assert asyncio.run(work()) == (1, True)
    db.close()


def test_a_database_locked_for_too_long_is_unavailable(tmp_path: Path) -> None:
    other, db = opened(tmp_path), opened(tmp_path)
    soon = {"sqlite": "PRAGMA busy_timeout = 20", "postgresql": "SET lock_timeout = 20"}[db.engine.dialect.name]
    event.listen(db.engine, "checkout", lambda dbapi, *_: dbapi.execute(soon))

    def hold(conn: Connection) -> None:
        with pytest.raises(Unavailable):
            db.write(any_account)

    other.write(hold)
    assert db.write(any_account) is False
    db.close()
    other.close()


OPEN = """
import sys
from pathlib import Path
from tests.postgres import opened
from unifax.work.queue import Queue
db = opened(Path(sys.argv[1]))
Queue(db).close()
db.close()
"""


def test_several_processes_may_open_an_empty_folder_at_once(tmp_path: Path) -> None:
    started = [subprocess.Popen([sys.executable, "-c", OPEN, str(tmp_path)]) for _ in range(3)]
    assert [process.wait(timeout=60) for process in started] == [0, 0, 0]
