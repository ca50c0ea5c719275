"""The thread that carries media: what it drops is let go of, whoever it carries comes to an end, and holds hold."""

import asyncio
import os
import random
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from tests.faxes import same_pages, text_fax
from tests.terminals import receives, sends
from unifax.line.pump import Port, Pump
from unifax.wire.datagram import Address
from unifax.wire.g711 import Law
from unifax.wire.t30 import Event, Finished, Frame, LastPageOut, PageReceived, Terminal

HOST = "127.0.0.1"
QUESTIONS = {"PPS-EOP", "EOP"}
MOST_AT_ONCE = 10
"Frames of audio that are made up for in one tick."


def bound() -> socket.socket:
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind((HOST, 0))
    return udp


class Line:
    """A pump, and what the faxes on its ports have told."""

    def __init__(self) -> None:
        self.pump = Pump(self._has_news)
        self.told: dict[Address, list[Event]] = {}
        self._faxes: dict[Address, Terminal] = {}
        self._news = asyncio.Event()

    def now(self) -> float:
        return asyncio.get_running_loop().time()

    def open(self) -> Port:
        port = self.pump.open(bound())
        self.told[port.local] = []
        return port

    def carry(self, fax: Terminal, port: Port, far: Address) -> None:
        fax.expect(far, HOST, self.now())
        fax.wake(self.now())
        self._faxes[port.local] = fax
        port.carry(fax)

    def some(self, port: Port, *kinds: type[Event]) -> bool:
        return any(isinstance(event, kinds) for event in self.told[port.local])

    def frames(self, port: Port) -> set[str]:
        return {event.name for event in self.told[port.local] if isinstance(event, Frame)}

    async def until(self, done: Callable[[], bool]) -> None:
        """Wait for news until this is so; looked at anew a hundred times a second, for what is no news."""
        while not done():
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), 0.01)
            except TimeoutError:
                continue

    def _has_news(self, ports: list[Address]) -> None:
        for each in ports:
            self.told[each] += self._faxes[each].events()
        self._news.set()


@asynccontextmanager
async def line() -> AsyncIterator[Line]:
    each = Line()
    with closing(each.pump):
        yield each


@pytest.fixture
def document(tmp_path: Path) -> Path:
    return text_fax(tmp_path / "sent.tif", rows=200)


@pytest.fixture
def received(tmp_path: Path) -> Path:
    return tmp_path / "received.tif"


def test_a_fax_arrives_and_what_is_held_does_not_leave(document: Path, received: Path) -> None:
    async def go() -> None:
        async with line() as pair:
            ours, theirs = pair.open(), pair.open()
            clock = pair.open()
            with (
                Terminal.over_t38(sends(document, paced=False)) as sender,
                Terminal.over_t38(receives(received, paced=False)) as receiver,
                Terminal.in_audio(sends(document), Law.MU, 1) as ticking,
                bound() as nobody,
            ):

                async def some_ticks() -> None:
                    """Let the thread come by several times: it sends audio whatever others hold back."""
                    before = clock.traffic.left
                    await pair.until(lambda: clock.traffic.left > before + 2 * MOST_AT_ONCE)

                pair.carry(ticking, clock, Address(*nobody.getsockname()))
                pair.carry(sender, ours, theirs.local)
                pair.carry(receiver, theirs, ours.local)
                await pair.until(lambda: pair.some(ours, LastPageOut))
                before = theirs.traffic.came
                await some_ticks()
                assert not pair.frames(theirs) & QUESTIONS
                sender.release(pair.now())
                ours.flush()
                await pair.until(lambda: pair.some(theirs, PageReceived))
                assert theirs.traffic.came > before
                await some_ticks()
                assert sender.pages_confirmed == 0
                receiver.release(pair.now())
                await pair.until(lambda: pair.some(ours, Finished) and pair.some(theirs, Finished))
                assert (sender.all_confirmed, receiver.all_confirmed) == (True, True)
                assert ours.traffic.left >= theirs.traffic.came > 0
                for port in (ours, theirs, clock):
                    port.close()
        assert same_pages(document, received)

    asyncio.run(go())


def test_a_socket_that_breaks_ends_its_own_fax_and_no_other(document: Path) -> None:
    async def go() -> None:
        async with line() as pair:
            udp = bound()
            broken, whole = pair.pump.open(udp), pair.open()
            pair.told[broken.local] = []
            faxes = [Terminal.in_audio(sends(document), Law.A, 1) for _ in range(2)]
            for port, fax in zip((broken, whole), faxes, strict=True):
                pair.carry(fax, port, Address(HOST, 9))
            await pair.until(lambda: broken.traffic.left > 0)
            null = os.open(os.devnull, os.O_RDONLY)
            os.dup2(null, udp.fileno())
            os.close(null)
            await pair.until(lambda: pair.some(broken, Finished))
            before = whole.traffic.left
            await pair.until(lambda: whole.traffic.left > before)
            assert not pair.some(whole, Finished)
            for port, fax in zip((broken, whole), faxes, strict=True):
                port.close()
                fax.close()

    asyncio.run(go())


def test_strangers_are_counted_as_traffic_and_not_heard(document: Path) -> None:
    async def go() -> None:
        async with line() as pair:
            port = pair.open()
            with bound() as far, bound() as stranger, Terminal.over_t38(sends(document)) as fax:
                far.sendto(b"", port.local[:2])
                await pair.until(lambda: port.traffic.came == 1)
                pair.carry(fax, port, Address(*far.getsockname()))
                for _ in range(5):
                    stranger.sendto(b"rubbish", port.local[:2])
                far.sendto(b"rubbish", port.local[:2])
                await pair.until(lambda: port.traffic.came == 7)
                assert fax.counters["rubbish"] == 1
                port.close()
                port.close()
                assert port.traffic.came == 7

    asyncio.run(go())


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_carried_dropped_and_closed_at_any_moment_ends_well(
    seed: int, document: Path, tmp_path: Path
) -> None:
    """Also run under the address sanitizer: native/README.md."""

    async def go() -> None:
        rng = random.Random(seed)
        async with line() as many:
            ports: list[Port] = [many.open() for _ in range(6)]
            faxes: dict[Address, Terminal] = {}
            came = 0

            def drop(port: Port) -> None:
                port.carry(None)
                if port.local in faxes:
                    faxes.pop(port.local).close()

            def begin(port: Port) -> None:
                drop(port)
                options = sends(document, paced=False)
                if rng.random() < 0.5:
                    options = receives(tmp_path / f"{port.local.port}.tif", paced=False)
                audio = rng.random() < 0.3
                fax = Terminal.in_audio(options, Law.MU, 1) if audio else Terminal.over_t38(options)
                faxes[port.local] = fax
                many.carry(fax, port, rng.choice(ports).local)

            def close(port: Port) -> None:
                nonlocal came
                port.close()
                came += port.traffic.came
                if port.local in faxes:
                    faxes.pop(port.local).close()
                ports[ports.index(port)] = many.open()

            for step in range(4000):
                port = rng.choice(ports)
                fax = faxes.get(port.local)
                action = rng.randrange(40)
                if action == 0:
                    begin(port)
                elif action == 1:
                    drop(port)
                elif action == 2:
                    close(port)
                elif action == 3 and fax is not None:
                    fax.hang_up(many.now())
                elif action < 10 and fax is not None:
                    fax.events()
                    fax.release(many.now())
                    port.flush()
                elif action < 15:
                    with bound() as stranger:
                        stranger.sendto(rng.randbytes(rng.randrange(60)), port.local[:2])
                if step % 20 == 0:
                    await asyncio.sleep(0)
            for port in list(ports):
                close(port)
            assert came > 0

    asyncio.run(go())
