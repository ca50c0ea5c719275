"""The durable story of a fax after it was accepted: its pages are made, its recipients are called until it is decided.

Must not know: HTTP, SIP, or how pages are drawn. Each piece of work is short, reads its rows first, and may be run
again at any point: what has happened is in the rows, and a fact is written in one transaction with the work it calls
for (DESIGN decisions 8 and 10).
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

from unifax.documents.order import Header
from unifax.model.accounts import Extension
from unifax.model.call import CallOrder, CallReport, Dial, Progress
from unifax.model.concern import concerning
from unifax.model.content import Content
from unifax.model.errors import FileInvalid, Unavailable, UnifaxError
from unifax.model.evidence import WhenUncertain
from unifax.model.fax import DeliveryState
from unifax.model.numbers import shorten
from unifax.model.outcome import Outcome
from unifax.model.paper import PageReport, PaperTerms
from unifax.model.retry import RetryPolicy, next_call
from unifax.model.routes import next_way, way_after_a_pause
from unifax.model.trace import UNTRACED, Span, Traces
from unifax.model.transcript import packed
from unifax.model.trunk import TrunkTerms
from unifax.service.telling import tell, tell_all
from unifax.service.tracing import CallTrace, call_trace
from unifax.store import calls, executors, faxes, tallies, uploads
from unifax.store.blobs import Blobs
from unifax.store.call_records import keep_record
from unifax.store.calls import CallUp, Following, NumberTaken, Resting, TimeIsUp, TrunkTaken
from unifax.store.db import Connection, Database
from unifax.store.destinations import note_call
from unifax.store.faxes import FIRST_WORK, NewFax, Unprepared
from unifax.store.manners import learn
from unifax.store.tallies import What
from unifax.work.jobs import call_job, prepare_job
from unifax.work.queue import Queue

log = logging.getLogger(__name__)

TAKEN_SECONDS = 3.0
"""Pause before a number is tried again that another of our calls is using, or whose trunk is full of calls from
outside. It costs no call."""

WRITE_AGAIN_SECONDS = 1.0

UPLOADS_KNOWN_FOR = timedelta(hours=24)
"How long we know what has come to the address of an upload, so that it may come again."


Render = Callable[[Sequence[tuple[Path, str]], Path, Header, PaperTerms], Sequence[PageReport]]
"""Makes files (path, name as given) into one fax TIFF and says what became of each page. Blocks. Raises FileInvalid for
a file that cannot be faxed, Unavailable when it should be tried again later."""


class Superseded(UnifaxError):
    """This call is not ours any more: another process has settled it. The line hangs up."""


def accept(conn: Connection, queue: Queue, new: Sequence[NewFax], now: datetime) -> Sequence[int]:
    """Write down faxes and the work on them, in the caller's transaction, and return their ids.

    Once that commits, they are not lost.
    """
    ids = faxes.add_faxes(conn, new)
    jobs = [prepare_job(fax_id, FIRST_WORK, priority=fax.terms.priority) for fax_id, fax in zip(ids, new, strict=True)]
    queue.enqueue_all(conn, jobs)
    tell_all(conn, queue, ids, now)
    return ids


class Preparer:
    """Makes the pages of faxes."""

    def __init__(
        self,
        db: Database,
        queue: Queue,
        blobs: Blobs,
        render: Render,
        clock: Callable[[], datetime],
        zone: tzinfo = UTC,
        traces: Traces = UNTRACED,
    ) -> None:
        """`zone` is what the header line tells the time in."""
        self._db = db
        self._queue = queue
        self._blobs = blobs
        self._render = render
        self._zone = zone
        self._clock = clock
        self._traces = traces

    async def prepare(self, run: str, fax_id: int, work: int) -> None:
        """Do one `prepare` job: afterwards each delivery waits for its call, is sent to an inbox, or has failed."""
        fax = await self._db.aread(faxes.unprepared, fax_id, work)
        if fax is not None:
            with concerning(fax=fax_id), self._traces.span("paper", {"fax.id": fax_id}, of=fax.trace) as span:
                await self._prepare(fax, work, span)

    async def _prepare(self, fax: Unprepared, work: int, span: Span) -> None:
        fax_id = fax.fax_id
        header = header_of(fax.sender, fax.accepted_at, fax.send_after, fax.recipients, self._zone)
        staged = self._blobs.stage()
        try:
            async with self._blobs.at_hand(*(file.content for file in fax.files)) as paths:
                files = [(path, file.name) for path, file in zip(paths, fax.files, strict=True)]
                began = self._clock()
                pages = await asyncio.to_thread(self._render, files, staged, header, fax.paper)
                seconds = (self._clock() - began).total_seconds()
            document = await asyncio.to_thread(self._blobs.keep, staged)
        except FileInvalid as error:
            span.fail(error.reason)
            if await self._db.awrite(self._unpreparable, fax_id, work):
                log.info("fax %d = failed: a file %s", fax_id, error.reason)
        except Unavailable as error:
            span.fail("to be tried again")
            await self._db.awrite(self._put_off, fax_id, work, error.retry_after_seconds)
            log.warning("fax %d waits for its pages: %s", fax_id, error)
        else:
            span.note({"fax.pages": len(pages)})
            await self._db.awrite(self._prepared, fax, work, document, pages, seconds)
        finally:
            self._blobs.discard(staged)

    async def hand_over(self, run: str, delivery_id: int, work: int) -> None:
        """Do one `hand_over` job: afterwards the fax is in the inbox of the extension that it was waiting for."""
        await self._db.awrite(self._hand_over, delivery_id, work)

    async def give_up(self) -> None:
        """Fail what was not sent, or not uploaded, in the time it was given. To be done every few seconds: calls and
        uploads ask by themselves before they begin."""
        for late, fail in ((calls.time_is_up, calls.give_up), (uploads.run_out, uploads.set_run_out)):
            for fax_id in await self._db.aread(late, self._clock()):
                await self._db.awrite(self._give_up, fax_id, fail)
                log.info("fax %d: its time is up", fax_id)

    async def forget_uploads(self) -> None:
        """Forget addresses of uploads that were good long ago. To be done every hour or so."""
        await self._db.awrite(uploads.forget_uploads, self._clock() - UPLOADS_KNOWN_FOR)

    def _prepared(
        self,
        conn: Connection,
        fax: Unprepared,
        work: int,
        document: Content,
        pages: Sequence[PageReport],
        seconds: float,
    ) -> None:
        now = self._clock()
        ready = faxes.set_prepared(conn, fax.fax_id, work, document, pages, now)
        if ready is None:
            return
        tallies.count(conn, What.PAPER, "made", pages=len(pages), seconds=seconds)
        pause = pause_seconds(fax.send_after, now)
        self._queue.enqueue_all(conn, [call_job(call, pause) for call in ready])
        tell(conn, self._queue, fax.fax_id, now)
        log.info("fax %d = prepared: %d pages, %d to call", fax.fax_id, len(pages), len(ready))

    def _hand_over(self, conn: Connection, delivery_id: int, work: int) -> None:
        fax_id = faxes.hand_over(conn, delivery_id, work, self._clock())
        if fax_id is not None:
            tell(conn, self._queue, fax_id, self._clock())

    def _give_up(self, conn: Connection, fax_id: int, fail: Callable[[Connection, int], None]) -> None:
        fail(conn, fax_id)
        tell(conn, self._queue, fax_id, self._clock())

    def _unpreparable(self, conn: Connection, fax_id: int, work: int) -> bool:
        ours = faxes.set_unpreparable(conn, fax_id, work)
        if ours:
            tallies.count(conn, What.PAPER, "failed")
        tell(conn, self._queue, fax_id, self._clock())
        return ours

    def _put_off(self, conn: Connection, fax_id: int, work: int, seconds: float) -> None:
        renewed = faxes.renew_preparing(conn, fax_id, work)
        if renewed is not None:
            self._queue.enqueue(conn, prepare_job(fax_id, renewed, seconds, calls.priority_of(conn, fax_id)))


class Caller:
    """Calls recipients, and decides what each call has come to."""

    def __init__(
        self,
        db: Database,
        queue: Queue,
        blobs: Blobs,
        policy: RetryPolicy,
        terms: Mapping[str, TrunkTerms],
        ways: Callable[[str], Sequence[str]],
        dial: Dial,
        end: Callable[[int], None],
        clock: Callable[[], datetime],
        chance: Callable[[], float],
        holds: Callable[[], bool] = lambda: True,
        traces: Traces = UNTRACED,
    ) -> None:
        """`terms` are those of the trunks; `ways` names the trunks that reach a number, in their order; `end` hangs
        up the call of a delivery, if it is one of this line's; `chance` gives numbers from 0 to 1; `holds` says
        whether no other process can have taken us for dead."""
        self._db = db
        self._queue = queue
        self._blobs = blobs
        self._policy = policy
        self._terms = terms
        self._ways = ways
        self._dial = dial
        self._end = end
        self._clock = clock
        self._chance = chance
        self._holds = holds
        self._traces = traces
        self._up = 0

    async def heed(self) -> None:
        """End the calls whose senders have cancelled them. To be done again and again, a few times a second."""
        if self._up:
            for delivery_id in await self._db.aread(calls.calls_to_end):
                self._end(delivery_id)

    async def call(self, run: str, delivery_id: int, call_number: int, work: int) -> None:
        """Do one `call` job. A call that was begun by a run that is gone is settled, not dialled again."""
        content = await self._db.aread(calls.document_to_send, delivery_id, work)
        async with AsyncExitStack() as stack:
            try:  # before the call is begun: until the pages are at hand it costs none
                document = None if content is None else await stack.enter_async_context(self._blobs.at_hand(content))
            except Unavailable as error:
                log.warning("delivery %d waits for its pages: %s", delivery_id, error)
                until = self._clock() + timedelta(seconds=error.retry_after_seconds)
                await self._db.awrite(self._wait_until, delivery_id, work, until)
                return
            up = await self._db.awrite(self._begin, run, delivery_id, call_number, work)
            if up is not None and document is not None:
                with call_trace(self._traces, up) as trace:
                    await self._call(up, self._order(up, *document), trace)

    async def _call(self, up: CallUp, order: CallOrder, trace: CallTrace) -> None:
        """Make a call that was begun, and write down how it ended."""
        delivery_id, call_number = up.delivery_id, up.call_number
        if not self._holds():
            # We were stopped for so long that others may have made this call meanwhile: who takes over settles it.
            log.warning("fax %d call %d.%d is not ours any more", up.fax_id, delivery_id, call_number)
            return
        confirmed = 0

        async def record(progress: Progress) -> None:
            nonlocal confirmed
            confirmed = max(confirmed, progress.pages_confirmed)
            now = self._clock()
            if not await self._db.awrite(calls.record_progress, up, progress, now):
                raise Superseded(f"call {delivery_id}.{call_number} is over for {up.run}")
            trace.step(progress, now)

        self._up += 1
        try:
            report = await self._dial(order, record)
        except Superseded:
            log.warning("fax %d call %d.%d was settled by another process", up.fax_id, delivery_id, call_number)
            return
        except Exception:
            # The line promises not to raise. If it does, or if its progress cannot be written down, what we know
            # decides, as after a crash.
            log.exception("fax %d call %d.%d broke", up.fax_id, delivery_id, call_number)
            report = CallReport(Outcome.LOST, confirmed)
        finally:
            self._up -= 1
        while True:
            try:
                ended = await self._db.awrite(self._settle, up, report)
                break
            except Unavailable as error:
                log.warning("fax %d call %d.%d: %s", up.fax_id, delivery_id, call_number, error)
                await asyncio.sleep(WRITE_AGAIN_SECONDS)
        if ended is not None:
            trace.end(ended)
        if report.transcript:
            await self._keep(up, report)

    async def _keep(self, up: CallUp, report: CallReport) -> None:
        """Keep what was recorded of a call. It is not worth a second try, and no call fails of it."""
        try:
            blob = await asyncio.to_thread(packed, report.transcript)
            await self._db.awrite(keep_record, up.delivery_id, up.call_number, blob, report.packets, self._clock())
        except Exception:
            log.exception("fax %d call %d.%d: no transcript", up.fax_id, up.delivery_id, up.call_number)

    def _begin(self, conn: Connection, run: str, delivery_id: int, call_number: int, work: int) -> CallUp | None:
        if not executors.is_known(conn, executor_of(run)):
            return None  # what we have claimed was given to others, and what they have begun is not ours to settle
        now = self._clock()
        begun = calls.begin_call(conn, delivery_id, call_number, work, run, now, self._policy, self._terms)
        match begun:
            case CallUp() if begun.run == run:
                tell(conn, self._queue, begun.fax_id, now)
                return begun
            case CallUp():
                self._settle(conn, begun, None)
            case TimeIsUp(fax_id=fax_id):
                tell(conn, self._queue, fax_id, now)
                log.info("fax %d: its time is up", fax_id)
            case NumberTaken() | TrunkTaken():
                self._wait_until(conn, delivery_id, work, now + timedelta(seconds=TAKEN_SECONDS))
            case Resting(until=until):
                self._wait_until(conn, delivery_id, work, until)
                log.info("delivery %d: its number rests until %s", delivery_id, f"{until:%H:%M:%S}")
            case None:
                pass
        return None

    def _wait_until(self, conn: Connection, delivery_id: int, work: int, until: datetime) -> None:
        """Have a delivery wait longer; it costs no call."""
        later = calls.renew_call(conn, delivery_id, work, until)
        if later is not None:
            self._queue.enqueue(conn, call_job(later, pause_seconds(until, self._clock())))

    def _settle(self, conn: Connection, up: CallUp, report: CallReport | None) -> CallReport | None:
        """Write down the end of a call, and the next call if there is one; return what it came to, None when that was
        not ours to say any more. `report` is None after a crash."""
        now = self._clock()
        known = calls.call_up(conn, up.delivery_id, up.call_number)
        if known is None or known.run != up.run:
            log.warning("fax %d call %d.%d: report came too late", up.fax_id, up.delivery_id, up.call_number)
            return None
        ended = verdict(known, report)
        ways = self._ways(up.number)
        elsewhere = next_way(ways, up.trunk, ended.outcome)
        before = calls.outcomes_before(conn, up)
        next_call_at = self._next_call_at(up, ended, before, now) if elsewhere is None else now
        if elsewhere is None:
            note_call(conn, up.number, answered=known.answered, now=now)
            if not known.cancelling:
                learn(conn, up.number, up.trunk, up.manner, ended, now)
        if known.cancelling and next_call_at is not None:
            next_call_at = None
            ended = ended if ended.outcome is Outcome.UNCERTAIN else replace(ended, outcome=Outcome.CANCELLED)
        trunk = elsewhere or way_after_a_pause(ways, up.trunk, ended.outcome)
        state = state_after([*before, ended.outcome], next_call_at)
        following = Following(state, next_call_at, trunk, elsewhere is not None)
        call = calls.end_call(conn, known, ended, following, now)
        seconds = (now - known.started_at).total_seconds()
        tallies.count(
            conn, What.CALL, ended.outcome.value, trunk=up.trunk, pages=ended.pages_confirmed, seconds=seconds
        )
        if call is not None and next_call_at is not None:
            self._queue.enqueue(conn, call_job(call, (next_call_at - now).total_seconds()))
        tell(conn, self._queue, up.fax_id, now)
        log.info(
            "fax %d call %d.%d to %s = %s: %d of %d pages, %s",
            *(up.fax_id, up.delivery_id, up.call_number, shorten(up.number), ended.outcome),
            *(known.first_page + ended.pages_confirmed, known.pages),
            "no more calls" if next_call_at is None else f"again at {next_call_at:%H:%M:%S}",
        )
        return ended

    def _next_call_at(self, up: CallUp, ended: CallReport, before: Sequence[Outcome], now: datetime) -> datetime | None:
        outcomes = [*before, ended.outcome]
        if up.when_uncertain is WhenUncertain.RESEND and up.first_page + ended.pages_confirmed < up.pages:
            # To the schedule it is a call that was cut off. With all pages confirmed there is nothing to send.
            outcomes = [Outcome.DROPPED if each is Outcome.UNCERTAIN else each for each in outcomes]
        return next_call(
            self._policy,
            outcomes,
            now,
            give_up_at=up.terms.give_up_at,
            retry_after_seconds=ended.retry_after_seconds,
            chance=self._chance(),
        )

    def _order(self, up: CallUp, document: Path) -> CallOrder:
        return CallOrder(
            fax_id=up.fax_id,
            delivery_id=up.delivery_id,
            call_number=up.call_number,
            trunk=up.trunk,
            number=up.number,
            caller=up.caller,
            station_id=up.station_id,
            document=document,
            pages=up.pages,
            first_page=up.first_page,
            manner=up.manner,
            far_ability=up.far_ability,
            finest=up.finest,
        )


def executor_of(run: str) -> str:
    """Return who does a piece of work: a run is named after its executor, and counted."""
    return run.rpartition(".")[0]


def header_of(
    sender: Extension, accepted_at: datetime, send_after: datetime | None, recipients: Sequence[str], zone: tzinfo
) -> Header:
    """Return what the header line of a fax is made of. Of several recipients none is told of the others."""
    sent_at = max(accepted_at, send_after or accepted_at).astimezone(zone)
    recipient = recipients[0] if len(recipients) == 1 else ""
    who = (sender.header_text, sender.station_id)
    return Header(*who, sent_at, sent_at.tzname() or "", recipient, sender.header)


def pause_seconds(until: datetime | None, now: datetime) -> float | None:
    """Return how long work has to wait for a moment; None when it need not."""
    return None if until is None or until <= now else (until - now).total_seconds()


def verdict(up: CallUp, report: CallReport | None) -> CallReport:
    """Return the report of a call with the outcome that its pages allow. None is the report of a process that died.

    SENT needs every page of the document confirmed, by all calls together (DESIGN decision 11). A last page that went
    out unconfirmed before we lost the call is UNCERTAIN.
    """
    said = report or CallReport(Outcome.LOST)
    confirmed = max(up.pages_confirmed, said.pages_confirmed)
    total = up.first_page + confirmed
    outcome = said.outcome
    if outcome is Outcome.SENT and total < up.pages:
        log.error("fax %d call %d.%d says sent, with pages missing", up.fax_id, up.delivery_id, up.call_number)
        outcome = Outcome.PROTOCOL
    elif total > up.pages or (total == up.pages and outcome not in _NOTHING_MISSING):
        # Calling again could send nothing but what has arrived; nor may it be called sent.
        log.error("fax %d call %d.%d: %s with all pages", up.fax_id, up.delivery_id, up.call_number, outcome)
        outcome = Outcome.UNCERTAIN
    elif total == up.pages and outcome is not Outcome.UNCERTAIN:
        outcome = Outcome.SENT
    elif outcome is Outcome.LOST and up.last_page_out:
        outcome = Outcome.UNCERTAIN
    return replace(said, outcome=outcome, pages_confirmed=confirmed)


_NOTHING_MISSING = frozenset({Outcome.SENT, Outcome.DROPPED, Outcome.LOST, Outcome.CANCELLED, Outcome.UNCERTAIN})
"Ends that do not contradict the confirmation of the last page: it came before the line went dead (T.30 5.3.6.1)."


def state_after(outcomes: Sequence[Outcome], next_call_at: datetime | None) -> DeliveryState:
    """Return where a delivery stands after its calls, the last of which has just ended.

    What may have arrived by an earlier call has not failed because a later one did.
    """
    last = outcomes[-1]
    if last is Outcome.SENT:
        return DeliveryState.SENT
    if next_call_at is not None:
        return DeliveryState.WAITING
    if Outcome.UNCERTAIN in outcomes:
        return DeliveryState.UNCERTAIN
    return DeliveryState.CANCELLED if last is Outcome.CANCELLED else DeliveryState.FAILED
