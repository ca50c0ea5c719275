"""A supervisor of one child, to be watched or killed: `python -m tests.parent FOLDER KIND`; `child` is what it runs.

The child writes one line for each of its lives to FOLDER/lives: its process id, and what it was greeted with. Of the
kinds, `steady` lives until it is told to end, `busy` until it is to end at once, and `falls` ends at once in its first
two lives.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path

from unifax.processes import Child, End, greeted, keep_running, told_to_end

GREETING = b"be welcome\n"
PATIENCE_SECONDS = 600.0


async def parent(folder: Path, kind: str) -> None:
    end = End()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, end.ask)
    await keep_running([Child("child", ("tests.parent", str(folder), kind, "child"))], GREETING, end, PATIENCE_SECONDS)


async def child(folder: Path, kind: str) -> None:
    greeting = greeted()
    async with told_to_end() as end:
        lives = os.open(folder / "lives", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(lives, b"%d %s" % (os.getpid(), greeting))
        if kind == "falls" and (folder / "lives").read_bytes().count(b"\n") < 3:
            os._exit(3)
        await end.asked.wait()
        if kind == "busy":
            (folder / "asked").touch()
            await end.at_once.wait()
    (folder / "ended").touch()


if __name__ == "__main__":
    folder, kind = Path(sys.argv[1]), sys.argv[2]
    if sys.argv[3:] == ["child"]:
        asyncio.run(child(folder, kind))
    else:
        asyncio.run(parent(folder, kind))
