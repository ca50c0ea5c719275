"""The rows are the truth: whatever they say is open gets live work, whatever became of the work it had.

Must not know: why work was lost. (DBOS never tries again what has failed, nor what it could not load.)
"""

import logging
from datetime import datetime

from unifax.model.fax import DeliveryState
from unifax.store.calls import OpenWork, open_work, priority_of, renew_call
from unifax.store.db import Connection, Database
from unifax.store.faxes import renew_preparing
from unifax.work.jobs import PREPARE, call_job, call_job_id, prepare_job
from unifax.work.queue import Queue

log = logging.getLogger(__name__)

BATCH = 500
PAUSE_SECONDS = 2.0
"Before repaired work is done: what made it fail may need a moment to pass."


def reconcile(db: Database, queue: Queue, now: datetime, batch: int = BATCH) -> int:
    """Give live work to every open delivery that has none; return how many were repaired.

    The rows are read before the work: a delivery that moves on meanwhile has a new serial, and is left alone.
    """
    repaired, after = 0, 0
    while rows := db.read(open_work, after, batch, now):
        after = rows[-1].delivery_id
        live = queue.live({job_id(row) for row in rows})
        dead = {job_id(row): row for row in rows if job_id(row) not in live}
        repaired += sum(db.write(_repair, queue, row) for row in dead.values())
    return repaired


def job_id(row: OpenWork) -> str:
    """Return the name of the work that an open delivery must have."""
    if row.state is DeliveryState.PREPARING:
        return f"{PREPARE}.{row.fax_id}.{row.work}"
    return call_job_id(row.delivery_id, row.work, row.trunk)


def _repair(conn: Connection, queue: Queue, row: OpenWork) -> bool:
    if row.state is DeliveryState.PREPARING:
        work = renew_preparing(conn, row.fax_id, row.work)
        if work is None:
            return False
        queue.enqueue(conn, prepare_job(row.fax_id, work, PAUSE_SECONDS, priority_of(conn, row.fax_id)))
    else:
        call = renew_call(conn, row.delivery_id, row.work)
        if call is None:
            return False
        queue.enqueue(conn, call_job(call, PAUSE_SECONDS))
    log.warning("fax %d delivery %d was %s without work: repaired", row.fax_id, row.delivery_id, row.state)
    return True
