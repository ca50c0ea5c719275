"""Child processes: started, started again when they fall, ended with us. It knows nothing of what they do."""

import asyncio
import logging
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

log = logging.getLogger(__name__)

GRACE_SECONDS = 20.0
"How long a child may take to end at once: a hung-up call says BYE and writes its outcome down."
FINISH = b"finish"
"""What a child is told when it is to finish what it does and end; seconds after it are how long that may take.
The end of its standard input means: at once."""
SHORTEST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 10.0
STEADY_SECONDS = 30.0
"A child that has lived this long is started again at once."


@dataclass(frozen=True, slots=True)
class Child:
    """One process of ours: `name` for the log, `arguments` for `python -m`."""

    name: str
    arguments: Sequence[str]


class End:
    """The end of a process as it is asked for: when it has finished what it does; asked again, at once."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.at_once = asyncio.Event()
        self.patience_seconds: float | None = None
        "How long what is being done may go on, where that is not as usual."

    def ask(self) -> None:
        if self.asked.is_set():
            self.at_once.set()
        self.asked.set()


async def keep_running(children: Sequence[Child], greeting: bytes, end: End, patience_seconds: float = 0.0) -> None:
    """Run every child until `end` is asked for; then end them all and return. Each is told `greeting` first.

    They get `patience_seconds` to finish what they do, and then some more to stop doing it. Each child's standard input
    is a pipe of ours: when we die, however suddenly, the children read its end and go.
    """
    async with asyncio.TaskGroup() as tasks:
        for child in children:
            tasks.create_task(_keep(child, greeting, end, patience_seconds))


async def _keep(child: Child, greeting: bytes, end: End, patience_seconds: float) -> None:
    stop = end.asked
    loop = asyncio.get_running_loop()
    pause = SHORTEST_PAUSE_SECONDS
    while not stop.is_set():
        started = loop.time()
        ended = await _live(child, greeting, end, patience_seconds)
        if stop.is_set():
            return
        pause = (
            SHORTEST_PAUSE_SECONDS if loop.time() - started > STEADY_SECONDS else min(pause * 2, LONGEST_PAUSE_SECONDS)
        )
        log.error("process %s %s; again in %.1f s", child.name, ended, pause)
        await _wait(stop, pause)


async def _live(child: Child, greeting: bytes, end: End, patience_seconds: float) -> str:
    """Run a child to its end, and return in words what that was."""
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            *child.arguments,
            stdin=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:  # no memory, no process to be had: of this machine now, not of the child
        return f"does not start: {error}"
    assert process.stdin is not None
    process.stdin.write(greeting)
    log.info("process %s runs as %d", child.name, process.pid)
    return f"({process.pid}) ended with {await _until_ended(process, end, patience_seconds)}"


async def _until_ended(process: asyncio.subprocess.Process, end: End, patience_seconds: float) -> int:
    """Wait for a child to end, by itself or because we stop."""
    assert process.stdin is not None
    ended: asyncio.Future[int] = asyncio.ensure_future(process.wait())
    await _first(ended, end.asked, None)
    if not ended.done():
        patience = patience_seconds if end.patience_seconds is None else end.patience_seconds
        process.stdin.write(FINISH + (b"\n" if end.patience_seconds is None else f" {patience}\n".encode()))
        await _first(ended, end.at_once, patience + GRACE_SECONDS)
    if not ended.done():
        process.stdin.close()
        await asyncio.wait({ended}, timeout=GRACE_SECONDS)
    if not ended.done():
        log.error("process %d does not end; killed", process.pid)
        process.kill()
    return await ended


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        pass


async def _first(ended: asyncio.Future[int], event: asyncio.Event, seconds: float | None) -> None:
    """Wait until one of them comes, but not longer than so."""
    happened: asyncio.Future[bool] = asyncio.ensure_future(event.wait())
    waited: set[asyncio.Future[int] | asyncio.Future[bool]] = {ended, happened}
    await asyncio.wait(waited, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    happened.cancel()


def greeted() -> bytes:
    """In a child: wait for the greeting and return it, or nothing when the parent has ended before."""
    with open(sys.stdin.fileno(), "rb", buffering=0, closefd=False) as stdin:
        return stdin.readline()  # unbuffered: what comes after it is for `told_to_end`


@asynccontextmanager
async def told_to_end() -> AsyncIterator[End]:
    """In a child: hear the end being asked for, by the parent or a signal; at once when the parent dies."""
    loop = asyncio.get_running_loop()
    end = End()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end.ask)
    reader = asyncio.StreamReader()
    transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    try:
        async with asyncio.TaskGroup() as tasks:
            hearing = tasks.create_task(_hear(reader, end))
            yield end
            hearing.cancel()
    finally:
        transport.close()


async def _hear(reader: asyncio.StreamReader, end: End) -> None:
    while (line := await reader.readline()).startswith(FINISH):
        if seconds := line.removeprefix(FINISH).strip():
            end.patience_seconds = float(seconds)
        end.asked.set()
    end.asked.set()
    end.at_once.set()


async def until_told_to_end() -> None:
    """In a child that has nothing to finish: return when the end is asked for."""
    async with told_to_end() as end:
        await end.asked.wait()
