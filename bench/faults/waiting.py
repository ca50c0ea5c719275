"""Many retries that wait: what an idle service costs beside them, and how long it takes to claim what is due."""

import statistics
import tempfile
import time
from collections.abc import Mapping
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path

import psutil

from bench.faults.engines import database
from bench.faults.ledger import Result
from bench.faults.stock import ANY_PAGES, TRUNK, add_waiting
from tests.e2e.running import Running, running
from unifax.here import now
from unifax.service.accounts import bootstrap
from unifax.store.db import Database, open_database
from unifax.work.executor import VERSION
from unifax.work.jobs import trunk_queue
from unifax.work.queue import Queue

STAGE = "waiting"
WAITING = 100_000
BATCH = 200
SETTLE_SECONDS = 20.0
IDLE_SECONDS = 60.0
CLAIMS = 300
IDLE_LIMIT = 0.02
CLAIM_LIMIT_MS = 50.0


def stage(engine: str, seconds: float, seed: int) -> Result:
    with tempfile.TemporaryDirectory(prefix="unifax-waiting-") as name, database(engine) as environment:
        data = Path(name) / "data"
        with (
            closing(open_database(data, environment.get("UNIFAX_DATABASE__URL", ""))) as db,
            closing(Queue(db)) as queue,
        ):
            bootstrap(db, now())
            empty = _idle(data, environment, seconds or IDLE_SECONDS)
            last = now() + timedelta(hours=6)
            for n in range(WAITING // BATCH):  # the last first: who comes is told apart from all that is due before
                db.write(add_waiting, queue, BATCH, last - timedelta(seconds=n), ANY_PAGES)
            claims = sorted(_claims(db, queue))
            idle = _idle(data, environment, seconds or IDLE_SECONDS)
    p99 = statistics.quantiles(claims, n=100)[98] * 1000
    return Result(
        STAGE,
        engine,
        {"claims": len(claims)},
        {
            "idle, % of a core": idle * 100,
            "with none waiting, %": empty * 100,
            "claim, median ms": statistics.median(claims) * 1000,
            "claim, p99 ms": p99,
        },
        int(idle >= IDLE_LIMIT) + int(p99 >= CLAIM_LIMIT_MS),
    )


def _claims(db: Database, queue: Queue) -> list[float]:
    """Return how long it took to claim calls that are due, one at a time, by what DBOS does at each poll."""
    queue.declare(trunk_queue(TRUNK), None, None, 0.25)
    client = queue._client
    listened = client.retrieve_queue(trunk_queue(TRUNK))
    assert listened is not None
    took = []
    for _ in range(CLAIMS):
        db.write(add_waiting, queue, 1, now(), ANY_PAGES)
        began = time.perf_counter()
        claimed, _ = client._sys_db.start_queued_workflows(listened, "bench", VERSION, None)
        took.append(time.perf_counter() - began)
        assert len(claimed) == 1, claimed
        client.cancel_workflow(claimed[0])
    return took


def _idle(data: Path, environment: Mapping[str, str], seconds: float) -> float:
    """Return the part of a core that a service takes in which nothing is done."""
    with running(data, {**environment, "UNIFAX_SANDBOX__NUMBERS": "777*"}, "none") as service:
        time.sleep(SETTLE_SECONDS)
        before, began = _cpu_seconds(service), time.monotonic()
        time.sleep(seconds)
        after = _cpu_seconds(service)
        for process, spent in after.items():
            print(f"  {process}: {(spent - before.get(process, 0.0)) / (time.monotonic() - began):.2%}")
        return (sum(after.values()) - sum(before.values())) / (time.monotonic() - began)


def _cpu_seconds(service: Running) -> dict[str, float]:
    """Return the processor time of each process of a service."""
    found, supervisor = dict[str, float](), psutil.Process(service.process.pid)
    for process in (supervisor, *supervisor.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            found[f"{process.pid} {' '.join(process.cmdline()[2:4])}"] = times.user + times.system
    return found
