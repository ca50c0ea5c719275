"""A process that takes work from queues. Must not know: what the work is."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from unifax.here import now
from unifax.model.errors import Unavailable
from unifax.processes import told_to_end
from unifax.roles.parts import Parts
from unifax.work.executor import Executor, Listen, Perform
from unifax.work.liveness import Lease

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Chore:
    """Something done again and again beside the work."""

    every_seconds: float
    do: Callable[[], Awaitable[None]]


async def keep_doing(chore: Chore) -> None:
    """Do a chore until cancelled."""
    while True:
        await asyncio.sleep(chore.every_seconds)
        try:
            await chore.do()
        except Unavailable as error:
            log.warning("a chore waits: %s", error)
        except Exception:  # the edge of a task: what fails once is done again
            log.exception("a chore failed")


async def work(
    parts: Parts,
    role: str,
    works: Mapping[str, Perform],
    listens: Sequence[Listen],
    hang_up: Callable[[], None] = lambda: None,
    chores: Sequence[Chore] = (),
    drain_seconds: float = 0.0,
    lease: Lease | None = None,
) -> None:
    """Work until told to end, and then finish what is being done, for `drain_seconds` at most.

    What is still being done is hung up, and gets a moment to be written.
    """
    async with Executor(
        parts.db, parts.queue, role, works, listens, now, on_fenced=hang_up, host=parts.host, lease=lease
    ) as executor:
        async with told_to_end() as end, asyncio.TaskGroup() as tasks:
            fenced = tasks.create_task(executor.fenced.wait())
            beside = [tasks.create_task(keep_doing(chore)) for chore in chores]
            asked = tasks.create_task(end.asked.wait())
            await asyncio.wait({asked, fenced}, return_when=asyncio.FIRST_COMPLETED)
            patience = drain_seconds if end.patience_seconds is None else end.patience_seconds
            draining = tasks.create_task(executor.drain(0.0 if fenced.done() else patience))
            at_once = tasks.create_task(end.at_once.wait())
            await asyncio.wait({draining, at_once, fenced}, return_when=asyncio.FIRST_COMPLETED)
            for task in (fenced, asked, draining, at_once, *beside):
                task.cancel()
        hang_up()
