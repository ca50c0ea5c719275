"""sipp at the other end: a SIP implementation of other makers, playing a scenario of ours on loopback.

A scenario that does not go as written, or not in time, fails the test with what sipp has to say about it.
"""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from pathlib import Path

from unifax.wire.datagram import Address

SCENARIOS = Path(__file__).parent / "scenarios"
SECONDS = 25
"A run that takes longer has failed."


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.asynccontextmanager
async def answering(scenario: str, folder: Path, *options: str, calls: int = 1) -> AsyncIterator[Address]:
    """sipp as the server. At the end it must have seen `calls` calls through, all as the scenario says."""
    async with _playing(scenario, folder, calls, *options) as (at, process):
        await _listening(at, process)
        yield at


async def calling(scenario: str, folder: Path, to: Address, *options: str, calls: int = 1) -> None:
    """Let sipp make `calls` calls, all as the scenario says."""
    async with _playing(scenario, folder, calls, str(to), *options):
        pass


@contextlib.asynccontextmanager
async def _playing(
    scenario: str, folder: Path, calls: int, *options: str
) -> AsyncIterator[tuple[Address, asyncio.subprocess.Process]]:
    at = Address("127.0.0.1", free_port())
    errors, messages = folder / "errors.log", folder / "messages.log"
    process = await asyncio.create_subprocess_exec(
        *("sipp", "-sf", str(SCENARIOS / f"{scenario}.xml"), "-i", at.host, "-p", str(at.port), "-m", str(calls)),
        *("-nostdin", "-deadcall_wait", "0", "-timeout", f"{SECONDS}s", "-timeout_error"),
        *("-trace_err", "-error_file", str(errors), "-trace_msg", "-message_file", str(messages), *options),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        cwd=folder,
    )
    try:
        yield at, process
        async with asyncio.timeout(SECONDS + 5):
            _, said = await process.communicate()
        logs = [said.decode(), *(log.read_text(errors="replace") for log in (errors, messages) if log.exists())]
        assert (process.returncode, errors.exists()) == (0, False), "\n".join(logs)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _listening(at: Address, process: asyncio.subprocess.Process) -> None:
    """Wait until sipp has its port: the kernel knows."""
    async with asyncio.timeout(SECONDS):
        while process.returncode is None:
            if f":{at.port:04X} 00000000:0000" in await asyncio.to_thread(Path("/proc/net/udp").read_text):
                return
            await asyncio.sleep(0.02)
