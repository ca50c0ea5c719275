"""The queue as those see it who put work in and watch it. Must not know: how work is done.

Work enters in the transaction of the fact that calls for it, so neither exists without the other.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

import sqlalchemy as sa
from dbos import DBOS, DBOSClient, DBOSPortableJSONSerializer, EnqueueOptions, WorkflowStatus
from sqlalchemy import Insert

from unifax.store.db import Connection, Database
from unifax.work.jobs import Job, work_before
from unifax.work.shares import Shares

APPLICATION = "unifax"
LIVE = frozenset({"ENQUEUED", "DELAYED", "PENDING"})
_IN_FLIGHT = "status IN ('ENQUEUED', 'PENDING')"
"SQLite needs to hear it to use the index."
FINISHED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]


@dataclass(frozen=True, slots=True)
class Claimed:
    """Work that a process has taken and not finished, as far as the queue knows."""

    id: str
    executor: str


class Queue:
    """The client side of the queue, on the database that holds the faxes."""

    def __init__(self, db: Database) -> None:
        """Open the queue; its tables are made when they are not there."""
        self._db = db
        # A handler of its own keeps DBOS from adding one for the console: its lines go where ours go.
        logger = logging.getLogger("dbos")
        logger.addHandler(logging.NullHandler())
        logger.setLevel(logging.WARNING)
        with db.migrating():
            # On an engine of its own: this migration issues its own BEGIN, which ours has done already.
            DBOS.migrate(db.engine.url.render_as_string(hide_password=False))
        self._client = DBOSClient(
            system_database_engine=db.engine,
            serializer=DBOSPortableJSONSerializer(),
            application_name=APPLICATION,
            lazy=True,
        )

    def declare(
        self,
        name: str,
        at_once: int | None,
        here_at_once: int | None,
        poll_seconds: float,
        each_here_at_once: int | None = None,
        per_second: float = 0.0,
    ) -> None:
        """Make a queue, or change its limits: pieces of work being done at once, by all processes and by each.

        With `each_here_at_once` they are limited for each partition, too, and every job must name one. Its priority
        then means nothing. `per_second` limits how many are begun by all processes; 0 does not.
        """
        pieces = max(1, int(per_second))  # DBOS counts whole ones in a window
        if at_once is not None and here_at_once is not None:
            here_at_once = min(at_once, here_at_once)
        self._client.register_queue(
            name,
            global_concurrency=at_once,
            worker_concurrency=here_at_once,
            partition_worker_concurrency=each_here_at_once,
            polling_interval_sec=poll_seconds,
            limiter={"limit": pieces, "period": pieces / per_second} if per_second else None,
        )

    def enqueue(self, conn: Connection, job: Job) -> None:
        """Put work into the queue, in the caller's transaction. What it is about must be in the rows by then."""
        self._enqueue(conn, self._placed(conn, [job])[0])

    def enqueue_all(self, conn: Connection, jobs: Sequence[Job]) -> None:
        """Put several pieces of work into the queue, which must not be in it, as `enqueue` does, in this order.

        DBOS writes them one by one, at the cost of all else that accepting a fax takes. Its inner function says what it
        would write; it is written at once.
        """
        placed = self._placed(conn, jobs)
        if len(placed) == 1:
            self._enqueue(conn, placed[0])
            return
        gathering = _Gathering()
        for each in placed:
            _, status = self._client._build_enqueue_status(_options(each), *each.job.args)
            self._client._sys_db._insert_workflow_status(
                status,
                gathering,  # type: ignore[arg-type]  # of a connection it uses what is there
                creator_xid=each.job.id,
            )
        self._client._sys_db._apply_caller_schema(conn)
        for statement, rows in gathering.tables():
            conn.execute(statement, rows)

    def _enqueue(self, conn: Connection, placed: "_Placed") -> None:
        self._client.enqueue_in_transaction(conn, _options(placed), *placed.job.args)

    def _placed(self, conn: Connection, jobs: Sequence[Job]) -> "Sequence[_Placed]":
        shares = Shares(lambda queue, places: self._head(conn, queue, places))
        placed = []
        for job in jobs:
            before = work_before(conn, job)
            place = job.priority.value if before is None else shares.place(job.queue, job.priority, before)
            placed.append(_Placed(job, place))
        return placed

    def live(self, ids: Iterable[str]) -> set[str]:
        """Return those of some pieces of work that wait or are being done."""
        # DBOS would read and make an object of all that it knows of each: too much for what is looked at all the time.
        work = _work(self._db.engine.dialect.name)
        found = sa.select(work.c.workflow_uuid).where(work.c.workflow_uuid.in_(list(ids)), work.c.status.in_(LIVE))
        return set(self._db.read(lambda conn: conn.execute(found).scalars().all()))

    def waiting_in(self, queues: Sequence[str]) -> Callable[[], set[str]]:
        """Return what tells in which of some queues something is due, and waits to be claimed."""
        table = "dbos.workflow_status" if self._db.engine.dialect.name == "postgresql" else "workflow_status"
        waits = (
            f"EXISTS (SELECT 1 FROM {table} WHERE queue_name = :queue{{0}} AND status = 'ENQUEUED' AND {_IN_FLIGHT})"
        )
        # Made once: it is asked several times a second, and to make it takes longer than to ask.
        asked = sa.text("SELECT " + ", ".join(waits.format(n) for n in range(len(queues))))
        names = {f"queue{n}": queue for n, queue in enumerate(queues)}

        def told(conn: Connection) -> set[str]:
            return {queue for queue, is_so in zip(queues, conn.execute(asked, names).one(), strict=True) if is_so}

        return lambda: self._db.read(told)

    def claimed(self) -> list[Claimed]:
        """Return all work that some process has taken and not finished."""
        return [Claimed(work.workflow_id, work.executor_id or "") for work in self._list(status=["PENDING"])]

    def release(self, work: Claimed) -> bool:
        """Put claimed work back into its queue, if that executor still holds it; whether it did.

        DBOS offers this to nobody: its own recovery takes all of an executor's work, and the public `resume_workflow`
        asks nobody who holds it. Its inner function is guarded by executor, so any number of processes may try.
        """
        return self._client._sys_db.reenqueue_for_recovery(work.id, [work.executor], "")

    def forget_finished(self, before: datetime, limit: int = 500) -> int:
        """Delete finished work that ended before a moment, at most `limit` pieces; return how many."""
        done = self._list(status=FINISHED, completed_before=before.isoformat(), limit=limit)
        if done:
            self._client.delete_workflows([work.workflow_id for work in done])
        return len(done)

    def _head(self, conn: Connection, queue: str, places: range) -> int | None:
        """Return the first of some places at which there is work that is due. DBOS says this to nobody."""
        work = _work(conn.dialect.name)
        first = sa.select(work.c.priority).where(
            work.c.queue_name == queue,
            work.c.status == "ENQUEUED",
            sa.text(_IN_FLIGHT),
            work.c.priority.between(places.start, places.stop - 1),
        )
        head: int | None = conn.execute(first.order_by(work.c.priority).limit(1)).scalar_one_or_none()
        return head

    def close(self) -> None:
        self._client.destroy()

    def _list(
        self,
        status: list[str] | None = None,
        completed_before: str | None = None,
        limit: int | None = None,
    ) -> list[WorkflowStatus]:
        return self._client.list_workflows(
            status=status,
            completed_before=completed_before,
            limit=limit,
            application_name=APPLICATION,
            load_input=False,
            load_output=False,
        )


@dataclass(frozen=True, slots=True)
class _Placed:
    """A piece of work, and its place in its queue."""

    job: Job
    place: int


def _work(dialect: str) -> sa.TableClause:
    """Return DBOS's table of the work."""
    names = ("workflow_uuid", "queue_name", "status", "priority")
    columns: list[sa.ColumnClause[object]] = [sa.column(name) for name in names]
    return sa.table("workflow_status", *columns, schema="dbos" if dialect == "postgresql" else None)


def _options(placed: _Placed) -> EnqueueOptions:
    job = placed.job
    options = EnqueueOptions(
        workflow_name=job.kind,
        queue_name=job.queue,
        workflow_id=job.id,
        priority=placed.place,
        application_name=APPLICATION,
    )
    if job.delay_seconds is not None and job.delay_seconds > 0:
        options["delay_seconds"] = job.delay_seconds
    if job.partition is not None:
        options["queue_partition_key"] = job.partition
    return options


class _Gathering:
    """Takes what DBOS would write for each piece of work, in place of a connection."""

    dialect = None  # none that DBOS has statements for: it builds them, and they come here

    def __init__(self) -> None:
        self._said: list[tuple[Insert, Mapping[str, object]]] = []

    def execute(self, statement: Insert, values: Mapping[str, object]) -> Self:
        self._said.append((statement, values))
        return self

    def fetchone(self) -> None:
        """Say that the work was not there before."""

    def tables(self) -> Iterator[tuple[Insert, Sequence[Mapping[str, object]]]]:
        """Yield a statement for each table, with its rows."""
        statements = {statement.table.name: statement for statement, _ in self._said}
        for name, statement in statements.items():
            yield statement, [values for said, values in self._said if said.table.name == name]
