"""A process that does work: it listens to queues, says that it lives, takes over from those that died.

Must not know: what the work is. DBOS is a singleton, so there is one executor in a process, on the loop it was
entered on. Each of its traps is named at the line that avoids it.
"""

import asyncio
import itertools
import logging
import math
import os
import secrets
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer

from unifax.model.concern import concerning
from unifax.model.errors import Unavailable
from unifax.store import executors
from unifax.store.db import Database
from unifax.work.calm import Waiting, calm
from unifax.work.liveness import Lease, Lifeline, Watch, bury, is_cut
from unifax.work.queue import APPLICATION, Claimed, Queue
from unifax.work.reconciler import reconcile

log = logging.getLogger(__name__)

VERSION = "1"
"DBOS takes only work of its own version, so it never changes: our pieces of work are short and re-read their rows."

Perform = Callable[..., Awaitable[None]]
"Does one piece of work: called with the name of this run, then the arguments of the job, all integers."


@dataclass(frozen=True, slots=True)
class Listen:
    """A queue to take work from."""

    queue: str
    at_once: int | None = None
    "Pieces being done at once, by all processes together."
    here_at_once: int | None = None
    "Pieces being done at once by this process."
    each_here_at_once: int | None = None
    "Of them, pieces of one partition, when jobs name partitions: a hook that is slow holds up itself only."
    per_second: float = 0.0
    "Pieces begun, by all processes together; 0 is no limit."


@dataclass(frozen=True, slots=True)
class Pulse:
    """How often things are looked after, in seconds."""

    beat_seconds: float = 3.0
    limit_seconds: float = 15.0
    "Silence after which an executor is taken for dead. It gives up by itself after half of this."
    poll_seconds: float = 0.25
    reconcile_seconds: float = 15.0
    grace_seconds: float = 5.0
    "How long work that is being done may go on after the end was asked for."
    keep_seconds: float = 3600.0
    "How long finished work is kept in the queue's tables."


class Executor:
    """Does work while it is entered: `async with Executor(...) as executor`."""

    def __init__(
        self,
        db: Database,
        queue: Queue,
        role: str,
        works: Mapping[str, Perform],
        listens: Sequence[Listen],
        clock: Callable[[], datetime],
        pulse: Pulse | None = None,
        on_fenced: Callable[[], None] | None = None,
        host: str = "",
        lease: Lease | None = None,
    ) -> None:
        """`works` maps kinds of work to what does them. `on_fenced` is called in the loop when this process must stop
        at once because others may take it for dead: hang up and end. `lease` is kept up to date, for who has to know
        in time; `host` is the name of this one."""
        self.id = f"{role}.{host or socket.gethostname()}.{os.getpid()}.{secrets.token_hex(4)}"
        self.fenced = asyncio.Event()
        self._db = db
        self._queue = queue
        self._role = role
        self._works = works
        self._listens = listens
        self._clock = clock
        self._pulse = pulse or Pulse()
        self._on_fenced = on_fenced
        self._host = host
        self._lease = lease or Lease(self._pulse.limit_seconds)
        self._lifelines = db.folder / "executors"
        self._watch = Watch(self._pulse.limit_seconds)
        self._runs = itertools.count(1)
        self._running: dict[asyncio.Task[object], str] = {}
        self._idle: dict[str, float] = {}
        self._stopping = False
        self._destroyed: asyncio.Future[None] | None = None
        "DBOS ends: it takes no more work, and waits for what is being done."
        self._group = asyncio.TaskGroup()
        self._upkeep: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        # Known to the others before it can own anything: they give work back to the queue that an unknown owner holds.
        self._lifeline = Lifeline(self._lifelines, self.id)
        self._lease.renew(self._lease.now())
        await self._db.awrite(executors.add_executor, self.id, self._role, self._clock(), self._host)
        await self._launch()
        await self._group.__aenter__()
        self._upkeep = [
            self._group.create_task(self._beat()),
            self._group.create_task(self._look_after(self._pulse.beat_seconds, self._take_over)),
            self._group.create_task(self._look_after(self._pulse.reconcile_seconds, self._reconcile)),
        ]
        log.info("= %s does %s", self.id, ", ".join(listen.queue for listen in self._listens))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop. Work still being done gets a moment, then it is cancelled, and others take it over at once."""
        self.stop()
        if self._running and kind is None:
            await asyncio.wait(self._running, timeout=self._pulse.grace_seconds)
        for task in [*self._upkeep, *self._running]:
            task.cancel()
        try:
            # Of what went wrong in the body, the group is told only that it was cancelled, by the group itself perhaps:
            # anything else goes on as it is, not wrapped.
            told = (kind, error, trace) if isinstance(error, asyncio.CancelledError) else (None, None, None)
            await self._group.__aexit__(*told)
        finally:
            await self._sign_off()

    async def _sign_off(self) -> None:
        await asyncio.gather(*self._running, return_exceptions=True)
        # Its threads would wait for a database that is gone, longer each time, and we for each of them.
        self._dbos._sys_db._retry_connection_errors = False
        await (self._destroyed or asyncio.to_thread(DBOS.destroy, destroy_registry=True))
        try:
            await self._db.awrite(executors.remove_executor, self.id)
        except Unavailable:
            log.warning("%s could not sign off; the others will notice", self.id)
            self._lifeline.cut()
        else:
            self._lifeline.close()
        log.info("= %s has stopped", self.id)

    def stop(self) -> None:
        """Begin no more work. What is being done goes on, until this is left."""
        self._stopping = True

    async def drain(self, seconds: float) -> None:
        """Begin no more work, and wait until what is being done has come to its end, but not longer than so."""
        self.stop()
        if self._running and seconds > 0:
            # DBOS goes on taking work from its queues unless it is being destroyed, which waits for what is being done.
            until = math.ceil(seconds + self._pulse.grace_seconds)
            self._destroyed = asyncio.ensure_future(
                asyncio.to_thread(DBOS.destroy, destroy_registry=True, workflow_completion_timeout_sec=until)
            )
            await asyncio.wait(self._running, timeout=seconds)

    async def _launch(self) -> None:
        for listen in self._listens:
            # Before launch: DBOS looks for new queues once a second only.
            await asyncio.to_thread(
                self._queue.declare,
                listen.queue,
                listen.at_once,
                listen.here_at_once,
                self._pulse.poll_seconds,
                listen.each_here_at_once,
                listen.per_second,
            )
        config = DBOSConfig(
            name=APPLICATION,
            executor_id=self.id,
            application_version=VERSION,
            serializer=DBOSPortableJSONSerializer(),
            system_database_url=self._db.engine.url.render_as_string(hide_password=False),
            system_database_engine=self._db.engine,
            run_migrations=False,
            log_level="WARNING",
        )
        self._dbos = DBOS(config=config)
        DBOS.listen_queues([listen.queue for listen in self._listens])
        for kind, perform in self._works.items():
            DBOS.workflow(name=kind, max_recovery_attempts=None)(self._work(kind, perform))
        DBOS.launch()  # in the loop's own thread: that is how DBOS learns where to run our coroutines
        if self._listens:
            waiting = Waiting(self._queue.waiting_in([listen.queue for listen in self._listens]), self._lease.now)
            calm(self._dbos, waiting, self._lease.now)

    def _work(self, kind: str, perform: Perform) -> Callable[..., Awaitable[None]]:
        async def work(*args: int) -> None:
            if self._stopping:
                raise asyncio.CancelledError  # stays claimed by us, and is taken over when we are gone
            task = asyncio.current_task()
            assert task is not None
            self._running[task] = DBOS.workflow_id or ""
            try:
                with concerning(work=self._running[task]):
                    await perform(f"{self.id}.{next(self._runs)}", *args)
            except Exception:
                log.exception("%s %s failed; the reconciler will see to it", kind, args)
                raise
            finally:
                del self._running[task]

        return work

    async def _beat(self) -> None:
        """Say that we live; when that could not be said for half the limit, stop before others take over."""
        while True:
            await asyncio.sleep(self._pulse.beat_seconds)
            begun = self._lease.now()
            known = True
            try:
                async with asyncio.timeout(self._lease.left()):
                    known = await self._db.abeside(executors.beat, self.id)
            except TimeoutError:
                known = False
            except Unavailable as error:
                log.warning("%s could not write its heartbeat: %s", self.id, error)
                continue
            # A process that was held up and wakes may write in time for itself, yet too late for the others.
            if not known or not self._lease.holds():
                self._fence()
                return
            self._lease.renew(begun)

    def _fence(self) -> None:
        log.error("%s may be taken for dead by the others: it stops now", self.id)
        self.stop()
        self.fenced.set()
        if self._on_fenced is not None:
            self._on_fenced()
        for task in list(self._running):
            task.cancel()

    async def _look_after(self, every_seconds: float, look: Callable[[], None]) -> None:
        while True:
            try:
                await asyncio.to_thread(look)
            except Exception:
                # The edge of a task: upkeep that fails once is tried again.
                log.exception("upkeep of the queue failed")
            await asyncio.sleep(every_seconds)

    def _take_over(self) -> None:
        """Give the work of dead executors back to the queue, and our own that was claimed and never begun."""
        # In this order: whoever has claimed anything was registered before.
        claimed = self._queue.claimed()
        beats = self._db.read(executors.beats)
        now = self._loop.time()
        others = beats.keys() - {self.id}
        last_beats: dict[str, int | None] = {other: None for other in others if is_cut(self._lifelines, other)}
        last_beats |= {other: beat for other, beat in self._watch.silent(beats, now).items() if other in others}
        # A row that was never written, or is gone already: whoever holds work without one is dead too.
        dead = {work.executor for work in claimed} - beats.keys() - {self.id}
        for executor, last_beat in last_beats.items():
            # Its row goes before its work is given away: it begins nothing without one.
            if self._db.write(executors.remove_executor, executor, last_beat):
                log.warning("%s is dead", executor)
                dead.add(executor)
        for executor in dead:
            bury(self._lifelines, executor)
        mine = [work for work in claimed if work.executor == self.id]
        for work in [*(work for work in claimed if work.executor in dead), *self._never_begun(mine, now)]:
            if self._queue.release(work):
                log.warning("%s is taken from %s", work.id, work.executor)

    def _never_begun(self, mine: Sequence[Claimed], now: float) -> list[Claimed]:
        running = set(self._running.values())
        idle = [work for work in mine if work.id not in running]
        self._idle = {work.id: self._idle.get(work.id, now) for work in idle}
        return [work for work in idle if now - self._idle[work.id] >= self._pulse.limit_seconds]

    def _reconcile(self) -> None:
        now = self._clock()
        reconcile(self._db, self._queue, now)
        self._queue.forget_finished(now - timedelta(seconds=self._pulse.keep_seconds))
