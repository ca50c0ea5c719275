"""A supervisor of one child, to be watched or killed: `python -m tests.parent FOLDER KIND`; `child` is what it runs.

The child writes one line for each of its lives to FOLDER/lives: its process id, and what it was greeted with. Of the
kinds, `steady` lives until it is told to end, `falls` ends at once in its first two lives.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path

from unifax.processes import Child, keep_running, until_told_to_end

GREETING = b"be welcome\n"


async def parent(folder: Path, kind: str) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await keep_running([Child("child", ("tests.parent", str(folder), kind, "child"))], GREETING, stop)


async def child(folder: Path, kind: str) -> None:
    greeting = sys.stdin.buffer.readline()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(until_told_to_end())
        await asyncio.sleep(0)  # once it listens for signals, it may be seen to live
        lives = os.open(folder / "lives", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(lives, b"%d %s" % (os.getpid(), greeting))
        if kind == "falls" and (folder / "lives").read_bytes().count(b"\n") < 3:
            os._exit(3)
    (folder / "ended").touch()


if __name__ == "__main__":
    folder, kind = Path(sys.argv[1]), sys.argv[2]
    if sys.argv[3:] == ["child"]:
        asyncio.run(child(folder, kind))
    else:
        asyncio.run(parent(folder, kind))
