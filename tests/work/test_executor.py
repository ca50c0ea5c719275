"""A real executor on a real queue, in this process. Waiting is for a condition, with a deadline."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from tests.world import NOW
from unifax.store import executors
from unifax.store.db import Connection, Database
from unifax.work.executor import Executor, Listen, Perform, Pulse
from unifax.work.jobs import Job
from unifax.work.queue import Queue

PULSE = Pulse(
    beat_seconds=0.1, limit_seconds=60.0, poll_seconds=0.05, reconcile_seconds=0.3, grace_seconds=0.2, keep_seconds=0.0
)
SHORT = replace(PULSE, limit_seconds=8.0)
"For tests of who is silent for too long; a busy machine must not make the others so."
NUMBERS = Listen("numbers")


def job(number: int, delay_seconds: float | None = None) -> Job:
    return Job("count", f"count.{number}", "numbers", (number,), delay_seconds)


async def until(true: Callable[[], bool]) -> None:
    """Wait for a condition. Raises TimeoutError when it does not come true."""
    async with asyncio.timeout(30):
        while not true():  # noqa: ASYNC110  # what is waited for happens in threads and in the database
            await asyncio.sleep(0.02)


@asynccontextmanager
async def working(
    db: Database, queue: Queue, count: Perform, listen: Listen = NUMBERS, pulse: Pulse = PULSE
) -> AsyncIterator[Executor]:
    clock = datetime.now  # noqa: TID251  # finished work is stamped by DBOS's own clock
    async with Executor(db, queue, "test", {"count": count}, [listen], lambda: clock(UTC), pulse) as executor:
        yield executor


def statuses(db: Database) -> list[tuple[str, str]]:
    rows = db.read(lambda conn: conn.exec_driver_sql("SELECT workflow_uuid, status FROM workflow_status").all())
    return [(row[0], row[1]) for row in rows]


def test_work_is_done_in_this_loop_with_its_arguments_and_forgotten(db: Database, queue: Queue) -> None:
    async def go() -> None:
        done: list[tuple[str, int, bool]] = []
        here = asyncio.get_running_loop()

        async def count(run: str, number: int) -> None:
            done.append((run, number, asyncio.get_running_loop() is here))

        async with working(db, queue, count) as executor:
            for number in range(3):
                await db.awrite(queue.enqueue, job(number, delay_seconds=0.5 if number == 2 else None))
            await until(lambda: len(done) == 3)
            await until(lambda: not statuses(db))
        assert {number for _, number, _ in done} == {0, 1, 2}
        assert all(here for _, _, here in done)
        assert len({run for run, _, _ in done}) == 3
        assert all(run.startswith(executor.id) for run, _, _ in done)
        assert db.read(executors.beats) == {}
        assert list((db.folder / "executors").iterdir()) == []

    asyncio.run(go())


def test_no_more_is_done_at_once_than_the_queue_allows(db: Database, queue: Queue) -> None:
    async def go() -> None:
        now = most = done = 0

        async def count(run: str, number: int) -> None:
            nonlocal now, most, done
            now += 1
            most = max(most, now)
            await asyncio.sleep(0.05)
            now -= 1
            done += 1

        for number in range(6):
            await db.awrite(queue.enqueue, job(number))
        async with working(db, queue, count, Listen("numbers", at_once=2)):
            await until(lambda: done == 6)
        assert most == 2

    asyncio.run(go())


def test_a_process_that_drains_finishes_what_it_does_and_leaves_the_rest_in_the_queue(
    db: Database, queue: Queue
) -> None:
    async def go() -> None:
        begun: list[int] = []
        finished: list[int] = []
        may_finish = asyncio.Event()

        async def count(run: str, number: int) -> None:
            begun.append(number)
            await may_finish.wait()
            finished.append(number)

        keeping = replace(PULSE, keep_seconds=3600.0)
        async with working(db, queue, count, pulse=keeping) as executor:
            await db.awrite(queue.enqueue, job(1))
            await until(lambda: begun == [1])
            draining = asyncio.ensure_future(executor.drain(30.0))
            await asyncio.sleep(0)  # it begins
            await db.awrite(queue.enqueue, job(2))
            assert not draining.done()
            may_finish.set()
            await draining
            assert (begun, finished) == ([1], [1])
        assert sorted(statuses(db)) == [("count.1", "SUCCESS"), ("count.2", "ENQUEUED")]
        async with working(db, queue, count):
            await until(lambda: finished == [1, 2])

    asyncio.run(go())


def test_a_process_drains_no_longer_than_it_may(db: Database, queue: Queue) -> None:
    async def go() -> None:
        begun: list[int] = []
        cancelled: list[int] = []

        async def count(run: str, number: int) -> None:
            begun.append(number)
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                cancelled.append(number)
                raise

        async with working(db, queue, count) as executor:
            await db.awrite(queue.enqueue, job(1))
            await until(lambda: begun == [1])
            await executor.drain(0.1)
            assert cancelled == []
        assert cancelled == [1], "when it is left, with its moment of grace"

    asyncio.run(go())


def test_work_of_the_dead_is_taken_over(db: Database, queue: Queue) -> None:
    """Both kinds of dead: one that never signed on or has been buried, and one whose beats have stopped."""
    db.write(queue.enqueue, job(1))
    db.write(queue.enqueue, job(2))
    db.write(executors.add_executor, "silent", "test", NOW)
    claim = text("UPDATE workflow_status SET status = 'PENDING', executor_id = :owner WHERE workflow_uuid = :name")

    def pretend(conn: Connection, owner: str, name: str) -> None:
        conn.execute(claim, {"owner": owner, "name": name})

    db.write(pretend, "unknown", "count.1")
    db.write(pretend, "silent", "count.2")

    async def go() -> None:
        done: list[int] = []

        async def count(run: str, number: int) -> None:
            done.append(number)

        async with working(db, queue, count, pulse=SHORT):
            await until(lambda: len(done) == 2)
        assert done == [1, 2], "the unknown at once, the silent after the limit"

    asyncio.run(go())


def test_work_claimed_and_never_begun_is_begun_in_the_end(db: Database, queue: Queue) -> None:
    """DBOS claims work, cannot load it, and leaves it claimed by a process that is alive and well."""

    async def go() -> None:
        done: list[int] = []

        async def count(run: str, number: int) -> None:
            done.append(number)

        async with working(db, queue, count, pulse=SHORT) as executor:
            await db.awrite(queue.enqueue, replace(job(1), delay_seconds=3600))
            claim = text("UPDATE workflow_status SET status = 'PENDING', executor_id = :owner")
            await db.awrite(lambda conn: conn.execute(claim, {"owner": executor.id}))
            await until(lambda: done == [1])

    asyncio.run(go())


def test_work_that_fails_is_left_to_the_reconciler(
    db: Database, queue: Queue, caplog: pytest.LogCaptureFixture
) -> None:
    async def go() -> None:
        tried = 0

        async def count(run: str, number: int) -> None:
            nonlocal tried
            tried += 1
            raise RuntimeError("a bug")

        async with working(db, queue, count, pulse=replace(PULSE, keep_seconds=3600)):
            await db.awrite(queue.enqueue, job(1))
            await until(lambda: statuses(db) == [("count.1", "ERROR")])
        assert tried == 1

    asyncio.run(go())
    assert "the reconciler will see to it" in caplog.text


def test_work_in_hand_when_the_process_stops_goes_back(db: Database, queue: Queue) -> None:
    async def go() -> None:
        begun, done = asyncio.Event(), []

        async def hang(run: str, number: int) -> None:
            begun.set()
            await asyncio.sleep(3600)

        async def count(run: str, number: int) -> None:
            done.append(number)

        await db.awrite(queue.enqueue, job(1))
        async with working(db, queue, hang):
            await begun.wait()
        assert statuses(db) == [("count.1", "PENDING")]
        async with working(db, queue, count):
            await until(lambda: done == [1])

    asyncio.run(go())


def test_an_executor_told_to_stop_begins_nothing_more(db: Database, queue: Queue) -> None:
    async def go() -> None:
        done: list[int] = []

        async def count(run: str, number: int) -> None:
            done.append(number)

        async with working(db, queue, count) as executor:
            executor.stop()
            await db.awrite(queue.enqueue, job(1))
            await until(lambda: statuses(db) == [("count.1", "PENDING")])
        assert done == []

    asyncio.run(go())


def test_an_executor_given_up_by_the_others_hangs_up(db: Database, queue: Queue) -> None:
    async def go() -> None:
        begun = asyncio.Event()
        ended: list[str] = []

        async def hang(run: str, number: int) -> None:
            begun.set()
            try:
                await asyncio.sleep(3600)
            finally:
                ended.append("hung up")

        await db.awrite(queue.enqueue, job(1))
        async with Executor(
            db, queue, "test", {"count": hang}, [NUMBERS], lambda: NOW, PULSE, lambda: ended.append("told")
        ) as executor:
            await begun.wait()
            assert await db.awrite(executors.remove_executor, executor.id)
            await asyncio.wait_for(executor.fenced.wait(), 30)
            await until(lambda: len(ended) == 2)
        assert ended == ["told", "hung up"]

    asyncio.run(go())


def test_an_executor_that_cannot_write_its_heartbeat_stops_by_itself(db: Database, queue: Queue) -> None:
    async def go() -> None:
        async def count(run: str, number: int) -> None:
            pass

        async with working(db, queue, count, pulse=SHORT) as executor:
            holding, release = asyncio.Event(), asyncio.Event()
            loop = asyncio.get_running_loop()

            def hold(conn: Connection) -> None:
                if conn.dialect.name == "postgresql":  # which would end it before it is missed
                    conn.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
                conn.exec_driver_sql("UPDATE executors SET role = role")  # PostgreSQL locks what is written alone
                loop.call_soon_threadsafe(holding.set)
                asyncio.run_coroutine_threadsafe(release.wait(), loop).result()

            held = asyncio.ensure_future(db.awrite(hold))
            await holding.wait()
            await asyncio.wait_for(executor.fenced.wait(), 30)
            release.set()
            await held

    asyncio.run(go())


def test_a_partition_whose_work_is_slow_holds_up_itself_only(db: Database, queue: Queue) -> None:
    async def go() -> None:
        slow, over = 0, asyncio.Event()
        quick: list[int] = []

        async def count(run: str, number: int) -> None:
            nonlocal slow
            if number % 2:
                quick.append(number)
                return
            slow += 1
            await over.wait()

        async with working(db, queue, count, Listen("numbers", here_at_once=4, each_here_at_once=2)):
            for number in range(0, 20, 2):
                await db.awrite(queue.enqueue, replace(job(number), partition="slow"))
            await until(lambda: slow == 2)
            for number in range(1, 21, 2):
                await db.awrite(queue.enqueue, replace(job(number), partition="quick"))
            await until(lambda: len(quick) == 10)
            assert slow == 2
            over.set()
            await until(lambda: slow == 10)

    asyncio.run(go())
