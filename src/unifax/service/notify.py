"""Hooks are told: one try is one piece of work, and the next is enqueued with the outcome of the last.

Must not know: sockets. A process that ends between telling and writing down leaves the notice to be told again, by the
same `webhook-id`.
"""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from unifax.model.concern import concerning
from unifax.model.hook import Answer, Due, HookStatus, next_try
from unifax.model.trace import UNTRACED, Side, Span, Traces
from unifax.service.messages import Message, message_of
from unifax.service.signing import HookKeys
from unifax.store import hooks, notices, tallies
from unifax.store.db import Connection, Database
from unifax.store.notices import NoticeWork
from unifax.store.tallies import What
from unifax.work.jobs import notify_job
from unifax.work.queue import Queue

log = logging.getLogger(__name__)

FORGOTTEN_AT_ONCE = 500


class Notifier:
    """Tells hooks."""

    def __init__(
        self,
        db: Database,
        queue: Queue,
        keys: HookKeys,
        send: Callable[[Message], Awaitable[Answer]],
        clock: Callable[[], datetime],
        chance: Callable[[], float],
        traces: Traces = UNTRACED,
    ) -> None:
        """`chance` returns a number from 0 to 1, to spread what is tried again."""
        self._db = db
        self._queue = queue
        self._keys = keys
        self._send = send
        self._clock = clock
        self._chance = chance
        self._traces = traces

    async def notify(self, run: str, notice_id: int, work: int) -> None:
        """Do one `notify` job: afterwards the notice is told, waits for its next try, or was given up."""
        due = await self._db.aread(notices.due_notice, notice_id, work)
        if due is not None:
            facts = {"notice.id": notice_id, "hook.id": due.hook.id, "notice.try": due.tries + 1}
            with (
                concerning(notice=notice_id, hook=due.hook.id),
                self._traces.span("notice", facts, of=due.trace, side=Side.CLIENT) as span,
            ):
                await self._tell(due, span)

    async def _tell(self, due: Due, span: Span) -> None:
        if due.hook.status is HookStatus.OFF:
            await self._db.awrite(notices.give_up, due, "the hook is switched off")
            return
        answer = await self._send(message_of(due, self._keys, self._clock()))
        if answer.http_status is not None:
            span.note({"http.response.status_code": answer.http_status})
        if not answer.is_told:
            span.fail("not told")
        await self._db.awrite(self._settle, due, answer)

    def _settle(self, conn: Connection, due: Due, answer: Answer) -> None:
        now, hook_id, made = self._clock(), due.hook.id, due.tries + 1
        next_try_at = None
        if answer.is_gone:
            hooks.switch_off(conn, hook_id, now)
            log.info("hook %d is off: its receiver is gone", hook_id)
        elif not answer.is_told:
            next_try_at = next_try(made, now, answer.retry_after_seconds, self._chance())
        outcome = "told" if answer.is_told else "given up" if next_try_at is None else "to be tried again"
        tallies.count(conn, What.NOTICE, outcome, seconds=(now - due.event.at).total_seconds())
        work = notices.record_try(conn, due, answer, next_try_at, now)
        if work is not None and next_try_at is not None:
            delay = (next_try_at - now).total_seconds()
            self._queue.enqueue(conn, notify_job(NoticeWork(due.notice_id, hook_id, work), delay))
        then = (
            "" if answer.is_told else ", no more tries" if next_try_at is None else f", again at {next_try_at:%H:%M:%S}"
        )
        log.info("notice %d of hook %d try %d = %s%s", due.notice_id, hook_id, made, answer.http_status or "-", then)


class Memory:
    """Forgets events in time."""

    def __init__(self, db: Database, keep_days: int, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._keep = timedelta(days=keep_days)
        self._clock = clock

    async def forget(self) -> None:
        """Forget the events, and what was told of them, that are older than we keep them."""
        before = self._clock() - self._keep
        while await self._db.awrite(notices.forget_events, before, FORGOTTEN_AT_ONCE) == FORGOTTEN_AT_ONCE:
            pass
