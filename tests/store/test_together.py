"""Writes that arrive together: one transaction, and each with an end of its own."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import event

from tests.postgres import opened
from tests.world import NOW
from unifax.model.accounts import AccountKind
from unifax.model.errors import Conflict, Unavailable
from unifax.store.accounts import add_account
from unifax.store.db import Connection, Database
from unifax.store.together import AT_ONCE, Together


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    made = opened(tmp_path)
    yield made
    made.close()


def add(conn: Connection, names: Sequence[str]) -> list[int]:
    made = []
    for name in names:
        made.append(add_account(conn, AccountKind.ADMINISTRATOR, None, name, NOW))
        match name:
            case "refused":
                raise Conflict("This one is not wanted.")
            case "broken":
                conn.exec_driver_sql("INSERT INTO accounts (id) VALUES (0)")  # its name is missing
            case "a bug":
                raise ZeroDivisionError
            case "full":
                raise Unavailable("the disk is full")
    return made


def names(db: Database) -> list[str]:
    return db.read(lambda conn: list(conn.exec_driver_sql("SELECT name FROM accounts ORDER BY id").scalars()))


def commits(db: Database) -> list[None]:
    counted: list[None] = []
    event.listen(db.engine, "commit", lambda conn: counted.append(None))
    return counted


def while_the_writer_is_busy(db: Database, begin: Callable[[], Sequence[Awaitable[int]]]) -> list[object]:
    """Begin writes that all wait for their turn, and return what became of each."""

    async def together() -> list[object]:
        free = threading.Event()
        db.in_turn(lambda: free.wait())
        tasks = [asyncio.ensure_future(each) for each in begin()]
        await asyncio.sleep(0)  # each has got as far as to wait
        free.set()
        return list(await asyncio.gather(*tasks, return_exceptions=True))

    return asyncio.run(together())


def test_those_that_wait_share_one_commit(db: Database) -> None:
    counted, writes = commits(db), Together(db, add)
    wanted = [f"number {each}" for each in range(AT_ONCE)]
    done = while_the_writer_is_busy(db, lambda: [writes.write(name) for name in wanted])
    assert len(counted) == 1
    assert names(db) == wanted
    assert done == [each + 1 for each in range(AT_ONCE)]


def test_no_transaction_is_without_end(db: Database) -> None:
    counted, writes = commits(db), Together(db, add)
    while_the_writer_is_busy(db, lambda: [writes.write(f"number {each}") for each in range(AT_ONCE + 1)])
    assert len(counted) == 2
    assert len(names(db)) == AT_ONCE + 1


@pytest.mark.parametrize("bad", ["refused", "broken", "a bug"])
def test_what_fails_for_one_is_done_for_the_others(db: Database, bad: str) -> None:
    writes = Together(db, add)
    done = while_the_writer_is_busy(db, lambda: [writes.write(name) for name in ("a", bad, "b")])
    assert isinstance(done[1], Exception)
    assert names(db) == ["a", "b"]
    assert all(isinstance(each, int) for each in (done[0], done[2]))


def test_when_nothing_can_be_written_all_are_told(db: Database) -> None:
    writes = Together(db, add)
    done = while_the_writer_is_busy(db, lambda: [writes.write(name) for name in ("a", "full", "b")])
    assert [type(each) for each in done] == [Unavailable] * 3
    assert names(db) == []


def test_who_is_alone_waits_for_nobody(db: Database) -> None:
    writes = Together(db, add)
    assert asyncio.run(writes.write("alone")) == 1
    with pytest.raises(Conflict):
        asyncio.run(writes.write("refused"))
    assert names(db) == ["alone"]


def test_a_caller_who_has_gone_before_it_was_his_turn_leaves_nothing(db: Database) -> None:
    writes = Together(db, add)

    async def going() -> None:
        free = threading.Event()
        db.in_turn(lambda: free.wait())
        gone, stays = (asyncio.ensure_future(writes.write(name)) for name in ("gone", "stays"))
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.wait({gone})
        free.set()
        await stays

    asyncio.run(going())
    assert names(db) == ["stays"]
