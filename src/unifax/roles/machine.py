"""Is the sandbox fax machine."""

import asyncio

from unifax.here import Layout
from unifax.line.machine import run_machine
from unifax.processes import until_told_to_end
from unifax.settings import Settings
from unifax.settings.addresses import parse_address
from unifax.wire.datagram import Address


async def run(settings: Settings, layout: Layout) -> None:
    address = Address(*parse_address(settings.sandbox.listen))
    async with asyncio.TaskGroup() as tasks:
        answering = tasks.create_task(run_machine(address, layout.sandbox, settings.sandbox.numbers))
        await until_told_to_end()
        answering.cancel()
