"""Lines, far ends and the sandbox machine on one loop, joined by loopback sockets: real calls, a second each."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

from tests.phones import receiving
from unifax.line.call import CallEvent, Over
from unifax.line.exchange import Exchange
from unifax.line.machine import Machine
from unifax.line.plan import Plan
from unifax.line.trunk import Patience, Trunk, Trunks
from unifax.model.call import CallOrder, Progress
from unifax.model.manner import BEST, Manner
from unifax.wire import t30
from unifax.wire.datagram import Address
from unifax.wire.sip.agent import Invited

LOOPBACK = Address("127.0.0.1", 0)
NUMBERS = ("7778888", "77788??")


def order(document: Path, number: str = "7778888", *, trunk: str = "far", manner: Manner = BEST) -> CallOrder:
    return CallOrder(
        fax_id=1,
        delivery_id=1,
        call_number=1,
        trunk=trunk,
        number=number,
        caller="0003*210",
        station_id="0003*210",
        document=document,
        pages=1,
        first_page=0,
        manner=manner,
    )


async def forget(_: Progress) -> None:
    """Write nothing down."""


class FarEnd:
    """A fax machine that takes every call, and keeps all that happens in it."""

    def __init__(self, kept: Path, tasks: asyncio.TaskGroup, *, rings_only: bool = False) -> None:
        self.kept = kept
        self.events: list[CallEvent] = []
        self.ringing = asyncio.Event()
        self.over = asyncio.Event()
        "A call has ended here; set again by each."
        self.exchange: Exchange
        self._tasks = tasks
        self._rings_only = rings_only

    def invited(self, invited: Invited) -> None:
        invited.leg.ring(self.exchange.now())
        self.ringing.set()
        if not self._rings_only:
            self._tasks.create_task(self._answer(invited))

    @property
    def frames(self) -> list[str]:
        """The names of the T.30 frames that came in."""
        return [event.name for event in self.events if isinstance(event, t30.Frame) and not event.outgoing]

    async def _answer(self, invited: Invited) -> None:
        media = await self.exchange.open_media()

        def listen(event: CallEvent) -> None:
            self.events.append(event)
            if isinstance(event, t30.PageReceived):
                asyncio.get_running_loop().call_soon(self.exchange.release, call)
            if isinstance(event, Over):
                self.over.set()

        call = self.exchange.take(invited, Plan(receiving(self.kept), offer_after_seconds=0.05), media, listen)


@contextlib.asynccontextmanager
async def far_end(
    kept: Path,
    *,
    rings_only: bool = False,
    at: Address = LOOPBACK,
    tcp: bool = False,
    certificate: Path | None = None,
) -> AsyncIterator[FarEnd]:
    async with asyncio.TaskGroup() as tasks:
        far = FarEnd(kept, tasks, rings_only=rings_only)
        async with Exchange(at, invited=far.invited, tcp=tcp, certificate=certificate) as far.exchange:
            yield far


@contextlib.asynccontextmanager
async def sandbox(folder: Path) -> AsyncIterator[Machine]:
    """The machine of the sandbox, answering NUMBERS."""
    ready: asyncio.Future[Machine] = asyncio.get_running_loop().create_future()

    async def serve() -> None:
        async with asyncio.TaskGroup() as calls:
            machine = Machine(folder, NUMBERS, calls)
            async with Exchange(LOOPBACK, invited=machine.invited) as machine.exchange:
                ready.set_result(machine)
                await asyncio.Event().wait()

    async with asyncio.TaskGroup() as tasks:
        serving = tasks.create_task(serve())
        yield await ready
        serving.cancel()


@contextlib.asynccontextmanager
async def line(
    routes: Mapping[str, Address], patience: Patience | None = None
) -> AsyncIterator[tuple[Exchange, Trunks]]:
    """A line of ours and its trunks."""
    async with Exchange(LOOPBACK) as exchange:
        trunks = {name: Trunk([server], paced=False) for name, server in routes.items()}
        yield exchange, Trunks(exchange, trunks, patience or Patience())


async def open_sockets() -> int:
    """Return how many sockets this process has, once the loop has closed those that it was told to close."""
    for _ in range(3):
        await asyncio.sleep(0)
    count = 0
    for number in os.listdir("/proc/self/fd"):
        with contextlib.suppress(FileNotFoundError):  # the listing's own
            count += os.readlink(f"/proc/self/fd/{number}").startswith("socket:")
    return count
