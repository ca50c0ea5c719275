"""A process that takes work from queues. Must not know: what the work is."""

import asyncio
from collections.abc import Callable, Mapping, Sequence

from unifax.here import now
from unifax.processes import until_told_to_end
from unifax.roles.parts import Parts
from unifax.work.executor import Executor, Listen, Perform


async def work(
    parts: Parts,
    role: str,
    works: Mapping[str, Perform],
    listens: Sequence[Listen],
    hang_up: Callable[[], None] = lambda: None,
) -> None:
    """Work until told to end. What is being done then is hung up, and gets a moment to be written."""
    async with Executor(parts.db, parts.queue, role, works, listens, now, on_fenced=hang_up) as executor:
        async with asyncio.TaskGroup() as tasks:
            told = tasks.create_task(until_told_to_end())
            fenced = tasks.create_task(executor.fenced.wait())
            await asyncio.wait({told, fenced}, return_when=asyncio.FIRST_COMPLETED)
            told.cancel()
            fenced.cancel()
        executor.stop()
        hang_up()
