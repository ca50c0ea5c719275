"""The rows are the truth: whatever they say is open gets live work, whatever became of the work it had.

Must not know: why work was lost. (DBOS never tries again what has failed, nor what it could not load.)
"""

import logging
from datetime import datetime

from unifax.model.fax import OPEN, DeliveryState
from unifax.store.calls import priority_of, renew_call
from unifax.store.db import Connection, Database
from unifax.store.faxes import renew_preparing
from unifax.store.mails import MailWork, renew_mail, waiting_mails
from unifax.store.notices import NoticeWork, renew_notice, waiting_notices
from unifax.store.open_work import OpenWork, open_work
from unifax.work.jobs import (
    PREPARE,
    call_job,
    call_job_id,
    mail_job,
    mail_job_id,
    notify_job,
    notify_job_id,
    prepare_job,
)
from unifax.work.queue import Queue

log = logging.getLogger(__name__)

BATCH = 500
PAUSE_SECONDS = 2.0
"Before repaired work is done: what made it fail may need a moment to pass."


def reconcile(db: Database, queue: Queue, now: datetime, batch: int = BATCH) -> int:
    """Give live work to what has none: open deliveries, notices and mails that are due; return how many were repaired.

    The rows are read before the work: what moves on meanwhile has a new serial, and is left alone.
    """
    each = (_reconcile_deliveries, _reconcile_notices, _reconcile_mails)
    return sum(repair(db, queue, now, batch) for repair in each)


def _reconcile_deliveries(db: Database, queue: Queue, now: datetime, batch: int) -> int:
    repaired = 0
    for state in sorted(OPEN):
        last: OpenWork | None = None
        while rows := db.read(open_work, state, last, batch, now):
            last = rows[-1]
            live = queue.live({job_id(row) for row in rows})
            dead = {job_id(row): row for row in rows if job_id(row) not in live}
            repaired += sum(db.write(_repair, queue, row) for row in dead.values())
    return repaired


def _reconcile_notices(db: Database, queue: Queue, now: datetime, batch: int) -> int:
    repaired, last = 0, None
    while rows := db.read(waiting_notices, last, batch, now):
        last = rows[-1]
        live = queue.live({notify_job_id(row) for row in rows})
        dead = [row for row in rows if notify_job_id(row) not in live]
        repaired += sum(db.write(_repair_notice, queue, row) for row in dead)
    return repaired


def _reconcile_mails(db: Database, queue: Queue, now: datetime, batch: int) -> int:
    repaired, after = 0, 0
    while rows := db.read(waiting_mails, after, batch, now):
        after = rows[-1].mail_id
        live = queue.live({mail_job_id(row) for row in rows})
        dead = [row for row in rows if mail_job_id(row) not in live]
        repaired += sum(db.write(_repair_mail, queue, row) for row in dead)
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


def _repair_notice(conn: Connection, queue: Queue, row: NoticeWork) -> bool:
    renewed = renew_notice(conn, row.notice_id, row.work)
    if renewed is None:
        return False
    queue.enqueue(conn, notify_job(renewed, PAUSE_SECONDS))
    log.warning("notice %d was waiting without work: repaired", row.notice_id)
    return True


def _repair_mail(conn: Connection, queue: Queue, row: MailWork) -> bool:
    renewed = renew_mail(conn, row.mail_id, row.work)
    if renewed is None:
        return False
    queue.enqueue(conn, mail_job(renewed, PAUSE_SECONDS))
    log.warning("mail %d was waiting without work: repaired", row.mail_id)
    return True
