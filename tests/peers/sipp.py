"""sipp at the other end: a SIP implementation of other makers, playing a scenario of ours on loopback.

A scenario that does not go as written, or not in time, fails the test with what sipp has to say about it.
"""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from pathlib import Path

from unifax.wire.datagram import Address, Transport

SCENARIOS = Path(__file__).parent / "scenarios"
SECONDS = 25
"A run that takes longer has failed."
FLAGS = {Transport.UDP: "u1", Transport.TCP: "t1"}


def free_port(transport: Transport) -> int:
    kind = socket.SOCK_DGRAM if transport is Transport.UDP else socket.SOCK_STREAM
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.asynccontextmanager
async def answering(
    scenario: str, folder: Path, *options: str, calls: int = 1, transport: Transport = Transport.UDP
) -> AsyncIterator[Address]:
    """sipp as the server. At the end it must have seen `calls` calls through, all as the scenario says."""
    async with _playing(scenario, folder, calls, *options, transport=transport) as (at, process):
        await _listening(at, process)
        yield at


async def calling(scenario: str, folder: Path, to: Address, *options: str, calls: int = 1) -> None:
    """Let sipp make `calls` calls, all as the scenario says."""
    async with _playing(scenario, folder, calls, str(to), *options):
        pass


@contextlib.asynccontextmanager
async def _playing(
    scenario: str, folder: Path, calls: int, *options: str, transport: Transport = Transport.UDP
) -> AsyncIterator[tuple[Address, asyncio.subprocess.Process]]:
    at = Address("127.0.0.1", free_port(transport), transport)
    errors, messages = folder / "errors.log", folder / "messages.log"
    process = await asyncio.create_subprocess_exec(
        *("sipp", "-sf", str(SCENARIOS / f"{scenario}.xml"), "-i", at.host, "-p", str(at.port), "-m", str(calls)),
        *("-t", FLAGS[transport], "-nostdin", "-deadcall_wait", "5000", "-timeout", f"{SECONDS}s", "-timeout_error"),
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
        # Of many calls on a busy machine some are repeated, and sipp notes what comes to a call that has ended.
        assert (process.returncode, errors.exists() and calls == 1) == (0, False), "\n".join(logs)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _listening(at: Address, process: asyncio.subprocess.Process) -> None:
    """Wait until sipp has its port: the kernel knows."""
    table = Path("/proc/net/udp" if at.transport is Transport.UDP else "/proc/net/tcp")
    async with asyncio.timeout(SECONDS):
        while process.returncode is None:
            if f":{at.port:04X} 00000000:0000" in await asyncio.to_thread(table.read_text):
                return
            await asyncio.sleep(0.02)
