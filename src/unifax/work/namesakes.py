"""Whether another host has our name: its calls and what came in to it would be taken for ours.

Must not know: what hosts do.
"""

import asyncio
from pathlib import Path

from unifax.store import executors
from unifax.store.db import Database
from unifax.work.executor import Pulse

LOOK_SECONDS = 0.5
SILENT_SECONDS = Pulse().limit_seconds / 2
"A host that has not been heard of for so long has hung up, and is ending."


async def has_namesake(
    db: Database, host: str, lifelines: Path, silent_seconds: float = SILENT_SECONDS, look_seconds: float = LOOK_SECONDS
) -> bool:
    """Whether processes of a host of this name are at work elsewhere: not those whose `lifelines` are here.

    It takes as long as a heartbeat where there are such processes, `silent_seconds` where they are dead, else no time.
    """
    loop = asyncio.get_running_loop()
    until = loop.time() + silent_seconds
    first = await db.aread(executors.beats_of, host)
    known = {executor: beats for executor, beats in first.items() if not (lifelines / executor).exists()}
    while known and loop.time() < until:
        await asyncio.sleep(look_seconds)
        beats = await db.aread(executors.beats_of, host)
        if any(beats.get(executor, seen) != seen for executor, seen in known.items()):
            return True
        known = {executor: seen for executor, seen in known.items() if executor in beats}
    return False
