"""Who calls us, played by sipp: the sandbox machine on real sockets."""

import asyncio
from pathlib import Path

import pytest

from tests.line.switchboard import sandbox
from tests.peers.sipp import calling
from unifax.line.machine import Machine


async def over(machine: Machine) -> None:
    """Wait until nothing of the calls is left in the machine but what SIP keeps for repetitions."""
    async with asyncio.timeout(30):
        while True:
            if not machine.exchange.station.calls:
                return
            await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    ("scenario", "number"),
    [
        ("calls", "7778813"),
        ("calls_and_cancels", "7778802"),
        ("calls_reliably", "7778813"),
        ("calls_with_t38", "7778888"),
    ],
)
def test_a_call_of_theirs(scenario: str, number: str, tmp_path: Path) -> None:
    async def go() -> None:
        async with sandbox(tmp_path) as machine:
            await calling(scenario, tmp_path, machine.exchange.address, "-s", number)
            await over(machine)

    asyncio.run(go())


def test_two_hundred_calls_at_twenty_a_second(tmp_path: Path) -> None:
    async def go() -> None:
        async with sandbox(tmp_path) as machine:
            options = ("-s", "7778813", "-r", "20", "-l", "200")
            await calling("calls", tmp_path, machine.exchange.address, *options, calls=200)
            await over(machine)

    asyncio.run(go())
