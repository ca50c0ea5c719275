"""The queue as its clients see it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from unifax.store.db import Connection, Database
from unifax.work.jobs import Job
from unifax.work.queue import Claimed, Queue

JOB = Job("count", "count.1", "numbers", (1,))
LATER = Job("count", "count.2", "numbers", (2,), delay_seconds=3600)
ITS_OWN = {
    *("workflow_uuid", "creator_xid", "created_at", "updated_at"),
    *("delay_until_epoch_ms", "retention_timestamp"),
}
"Columns of the queue in which no two pieces of work agree."
FAR_FUTURE = datetime(2200, 1, 1, tzinfo=UTC)


def pretend(db: Database, status: str, executor: str | None = None) -> None:
    """Have all work stand as if an executor had taken it."""
    claim = text("UPDATE workflow_status SET status = :status, executor_id = :executor, completed_at = 1")
    db.write(lambda conn: conn.execute(claim, {"status": status, "executor": executor}))


def column(db: Database, query: str) -> list[object]:
    return db.read(lambda conn: list(conn.exec_driver_sql(query).scalars()))


def test_work_enters_with_the_transaction_it_belongs_to(db: Database, queue: Queue) -> None:
    db.write(queue.enqueue, JOB)
    db.write(queue.enqueue, LATER)
    assert queue.live(["count.1", "count.2", "count.3"]) == {"count.1", "count.2"}
    assert queue.live([]) == set()


def test_a_transaction_that_fails_leaves_no_work(db: Database, queue: Queue) -> None:
    def fail(conn: Connection) -> None:
        queue.enqueue(conn, JOB)
        raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        db.write(fail)
    assert queue.live(["count.1"]) == set()


def test_work_enqueued_twice_is_there_once(db: Database, queue: Queue) -> None:
    db.write(queue.enqueue, JOB)
    db.write(queue.enqueue, JOB)
    assert column(db, "SELECT workflow_uuid FROM workflow_status") == ["count.1"]


def test_work_that_enters_together_is_as_what_enters_alone(db: Database, queue: Queue) -> None:
    """A delay and a partition, each of them for one alone, too: the rows need not have the same columns."""
    alike = [replace(job, partition=partition) for job in (JOB, LATER) for partition in (None, "a")]
    alone, together = (
        [replace(job, id=f"{way}.{at}") for at, job in enumerate(alike)] for way in ("alone", "together")
    )
    for job in alone:
        db.write(queue.enqueue, job)
    db.write(queue.enqueue_all, together)
    assert queue.live(job.id for job in together) == {job.id for job in together}

    def rows(table: str, way: str) -> list[dict[str, object]]:
        query = f"SELECT * FROM {table} WHERE substr(workflow_uuid, 1, {len(way)}) = '{way}' ORDER BY workflow_uuid"
        found = db.read(lambda conn: list(conn.exec_driver_sql(query).mappings()))
        return [{name: row[name] for name in row if name not in ITS_OWN} for row in found]

    for table in ("workflow_status", "workflow_input"):
        assert rows(table, "together") == rows(table, "alone")
        assert len(rows(table, "together")) == len(alike)


def test_work_is_kept_as_json_with_a_priority(db: Database, queue: Queue) -> None:
    db.write(queue.enqueue, JOB)
    assert column(db, "SELECT serialization FROM workflow_status") == ["portable_json"]
    assert column(db, "SELECT priority FROM workflow_status") == [JOB.priority]


def test_only_whoever_holds_work_can_lose_it(db: Database, queue: Queue) -> None:
    db.write(queue.enqueue, JOB)
    assert queue.claimed() == []
    pretend(db, "PENDING", "dead")
    [work] = queue.claimed()
    assert work == Claimed("count.1", "dead")
    assert not queue.release(Claimed("count.1", "alive"))
    assert queue.release(work)
    assert not queue.release(work)
    assert queue.live(["count.1"]) == {"count.1"}
    assert column(db, "SELECT queue_name FROM workflow_status") == ["numbers"]


@pytest.mark.parametrize("status", ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"])
def test_finished_work_is_not_live_and_forgotten_after_a_while(db: Database, queue: Queue, status: str) -> None:
    db.write(queue.enqueue, JOB)
    pretend(db, status)
    assert queue.live(["count.1"]) == set()
    assert queue.forget_finished(datetime(1970, 1, 1, tzinfo=UTC)) == 0
    assert queue.forget_finished(FAR_FUTURE) == 1
    assert column(db, "SELECT workflow_uuid FROM workflow_status") == []


def test_live_work_is_never_forgotten(db: Database, queue: Queue) -> None:
    db.write(queue.enqueue, JOB)
    db.write(queue.enqueue, LATER)
    assert queue.forget_finished(FAR_FUTURE) == 0


def test_a_queue_declared_again_has_the_new_limits(db: Database, queue: Queue) -> None:
    queue.declare("numbers", 10, 20, 0.5)
    assert column(db, "SELECT concurrency FROM queues") == [10]
    assert column(db, "SELECT worker_concurrency FROM queues") == [10], "one process cannot do more than all"
    queue.declare("numbers", None, 3, 0.5)
    assert column(db, "SELECT concurrency FROM queues") == [None]


@pytest.mark.parametrize(
    ("per_second", "limit"), [(0.0, (None, None)), (0.5, (1, 2.0)), (1.0, (1, 1.0)), (2.5, (2, 0.8)), (20.0, (20, 1.0))]
)
def test_a_rate_is_whole_pieces_in_a_window_and_goes_when_it_is_set_no_more(
    db: Database, queue: Queue, per_second: float, limit: tuple[int | None, float | None]
) -> None:
    queue.declare("numbers", 2, None, 0.25, per_second=7)
    queue.declare("numbers", 2, None, 0.25, per_second=per_second)
    columns = ("rate_limit_max", "rate_limit_period_sec")
    assert tuple(column(db, f"SELECT {name} FROM queues")[0] for name in columns) == limit
