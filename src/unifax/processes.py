"""Child processes: started, started again when they fall, ended with us. It knows nothing of what they do."""

import asyncio
import logging
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass

log = logging.getLogger(__name__)

GRACE_SECONDS = 20.0
"How long a child may take to end by itself: a hung-up call says BYE and writes its outcome down."
SHORTEST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 10.0
STEADY_SECONDS = 30.0
"A child that has lived this long is started again at once."


@dataclass(frozen=True, slots=True)
class Child:
    """One process of ours: `name` for the log, `arguments` for `python -m`."""

    name: str
    arguments: Sequence[str]


async def keep_running(children: Sequence[Child], greeting: bytes, stop: asyncio.Event) -> None:
    """Run every child until `stop` is set; then end them all and return. Each is told `greeting` first.

    Each child's standard input is a pipe of ours: when we die, however suddenly, the children read its end and go.
    """
    async with asyncio.TaskGroup() as tasks:
        for child in children:
            tasks.create_task(_keep(child, greeting, stop))


async def _keep(child: Child, greeting: bytes, stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    pause = SHORTEST_PAUSE_SECONDS
    while not stop.is_set():
        started = loop.time()
        ended = await _live(child, greeting, stop)
        if stop.is_set():
            return
        pause = (
            SHORTEST_PAUSE_SECONDS if loop.time() - started > STEADY_SECONDS else min(pause * 2, LONGEST_PAUSE_SECONDS)
        )
        log.error("process %s %s; again in %.1f s", child.name, ended, pause)
        await _wait(stop, pause)


async def _live(child: Child, greeting: bytes, stop: asyncio.Event) -> str:
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
    return f"({process.pid}) ended with {await _until_ended(process, stop)}"


async def _until_ended(process: asyncio.subprocess.Process, stop: asyncio.Event) -> int:
    """Wait for a child to end, by itself or because we stop."""
    ended = asyncio.ensure_future(process.wait())
    stopped = asyncio.ensure_future(stop.wait())
    await asyncio.wait({ended, stopped}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if not ended.done():
        assert process.stdin is not None
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


async def until_told_to_end() -> None:
    """In a child: return when the parent closes our standard input or dies, or a signal asks us to end."""
    loop = asyncio.get_running_loop()
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    reader = asyncio.StreamReader()
    transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    try:
        async with asyncio.TaskGroup() as tasks:
            silent = tasks.create_task(reader.read())
            silent.add_done_callback(lambda _: told.set())
            await told.wait()
            silent.cancel()
    finally:
        transport.close()
