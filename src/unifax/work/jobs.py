"""The pieces of work there are, as values. Must not know: who does them, or how the queue keeps them."""

from dataclasses import dataclass

from unifax.model.terms import Priority
from unifax.store.calls import CallNext
from unifax.store.db import Connection
from unifax.store.mails import MailWork
from unifax.store.notices import NoticeWork
from unifax.store.turns import Before, calls_before, faxes_before

PREPARE = "prepare"
"Kind of work that makes a fax's pages, and the queue it stands in. Arguments: fax id, serial."

CALL = "call"
"Kind of work that makes one call. Arguments: delivery id, call number, serial."

HAND_OVER = "hand_over"
"""Kind of work that gives a fax to an extension of our own, when it was to be sent later. It stands in the queue of
`prepare`. Arguments: delivery id, serial."""

NOTIFY = "notify"
"Kind of work that tells one hook of one event, once, and the queue it stands in. Arguments: notice id, serial."

MAIL = "mail"
"Kind of work that sends one mail, once, and the queue it stands in. Arguments: mail id, serial."

FORGET = "forget"
"Kind of work that deletes what was kept long enough, and the queue it stands in. Argument: the day."


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work."""

    kind: str
    id: str
    "Unique for ever: enqueued twice, it is done once."
    queue: str
    args: tuple[int, ...]
    delay_seconds: float | None = None
    priority: Priority = Priority.NORMAL
    "It is always given: DBOS puts work without one ahead of everything."
    partition: str | None = None
    "In a queue whose work is limited for each of something besides: which one."


def work_before(conn: Connection, job: Job) -> Before | None:
    """Return whose share a piece of work takes, and how much of it waits before; None for work that is not shared."""
    match job.kind:
        case "prepare":
            return faxes_before(conn, job.args[0])
        case "call" | "hand_over":
            return calls_before(conn, job.args[0])
        case _:
            return None


def trunk_queue(trunk: str) -> str:
    """Return the queue of a trunk: one each, so that its limits are its channels."""
    return f"trunk.{trunk}"


def prepare_job(
    fax_id: int, work: int, delay_seconds: float | None = None, priority: Priority = Priority.NORMAL
) -> Job:
    return Job(PREPARE, f"{PREPARE}.{fax_id}.{work}", PREPARE, (fax_id, work), delay_seconds, priority)


def call_job(call: CallNext, delay_seconds: float | None = None) -> Job:
    """Return the work of a call; to an extension of our own, of handing over."""
    delivery_id, work = call.delivery_id, call.work
    name = call_job_id(delivery_id, work, call.trunk)
    if call.trunk is None:
        return Job(HAND_OVER, name, PREPARE, (delivery_id, work), delay_seconds, call.priority)
    args = (delivery_id, call.call_number, work)
    return Job(CALL, name, trunk_queue(call.trunk), args, delay_seconds, call.priority)


def call_job_id(delivery_id: int, work: int, trunk: str | None) -> str:
    """Return the name of the work that takes a delivery further."""
    return f"{HAND_OVER if trunk is None else CALL}.{delivery_id}.{work}"


def notify_job(notice: NoticeWork, delay_seconds: float | None = None) -> Job:
    args = (notice.notice_id, notice.work)
    return Job(NOTIFY, notify_job_id(notice), NOTIFY, args, delay_seconds, partition=f"hook.{notice.hook_id}")


def notify_job_id(notice: NoticeWork) -> str:
    """Return the name of the work that tells a notice."""
    return f"{NOTIFY}.{notice.notice_id}.{notice.work}"


def mail_job(mail: MailWork, delay_seconds: float | None = None) -> Job:
    return Job(MAIL, mail_job_id(mail), MAIL, (mail.mail_id, mail.work), delay_seconds)


def mail_job_id(mail: MailWork) -> str:
    """Return the name of the work that sends a mail."""
    return f"{MAIL}.{mail.mail_id}.{mail.work}"


def forget_job(day: int, delay_seconds: float | None = None) -> Job:
    """Return the work of a day, which is told as `date.toordinal` does."""
    return Job(FORGET, f"{FORGET}.{day}", FORGET, (day,), delay_seconds, Priority.LOW)
