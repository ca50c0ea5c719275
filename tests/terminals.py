"""Two fax terminals on the made-up network: what a call is when SIP is left out."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from tests.link import Link, Sent
from tests.transports import Udptl
from unifax.model.errors import ProtocolError
from unifax.wire.datagram import Address, Datagram
from unifax.wire.g711 import Law
from unifax.wire.t30 import Event, Finished, LastPageOut, PageReceived, Terminal, TerminalOptions
from unifax.wire.udptl import MAX_DATAGRAM

HERE, THERE = Address("10.0.0.1", 4000), Address("10.0.0.2", 4000)
SomeEvent = TypeVar("SomeEvent")


class End:
    """A terminal at one end of a call, which waits for release as long as it is told."""

    def __init__(self, terminal: Terminal, far: Address, pause: float | None, clock: float = 1.0) -> None:
        self.happened: list[Event] = []
        self.terminal = terminal
        self._far = far
        self._pause = pause
        "Seconds from LastPageOut or PageReceived to release; None never releases."
        self._clock = clock
        self._release_at: float | None = None
        self._begun = False
        terminal.expect(far, far.host, 0.0)

    def receive(self, data: bytes, source: Address, now: float) -> None:
        self.terminal.receive(data, source, self._time(now))
        self._take(self._time(now))

    def datagrams_to_send(self) -> list[Datagram]:
        return [Datagram(data, self._far) for data in self.terminal.datagrams_to_send()]

    def wake(self, now: float) -> None:
        self._begun = True
        time = self._time(now)
        if self._release_at is not None and time >= self._release_at:
            self._release_at = None
            self.terminal.release(time)
        self.terminal.wake(time)
        self._take(time)

    def next_wake(self) -> float | None:
        if not self._begun:
            return 0.0
        wake = self.terminal.next_wake()
        time = min((time for time in (wake, self._release_at) if time is not None), default=None)
        return None if time is None else time / self._clock

    def all(self, kind: type[SomeEvent]) -> list[SomeEvent]:
        """Return what happened of one kind."""
        return [event for event in self.happened if isinstance(event, kind)]

    @property
    def finished(self) -> Finished | None:
        return next(iter(self.all(Finished)), None)

    def _time(self, now: float) -> float:
        return now if self._clock == 1.0 else now * self._clock + 1e-9  # never a breath before what it asked for

    def _take(self, time: float) -> None:
        for event in self.terminal.events():
            self.happened.append(event)
            if isinstance(event, LastPageOut | PageReceived) and self._pause is not None:
                self._release_at = time + self._pause


class FaxEnd(End):
    """One end of a T.38 call."""

    def __init__(
        self,
        options: TerminalOptions,
        far: Address,
        depth: int = 3,
        patience: int = 2,
        pause: float | None = 0.0,
        max_datagram: int = MAX_DATAGRAM,
    ) -> None:
        super().__init__(Terminal.over_t38(options, depth, max_datagram, patience), far, pause)
        self.alter: Callable[[bytes], bytes] | None = None
        "What becomes of each IFP packet that comes in: a far side with other habits."
        self.encoder: Udptl | None = None
        "How its packets are sent, if not by its own transport."
        self._udptl, self._own = Udptl(depth, patience=patience), Udptl()

    def datagrams_to_send(self) -> list[Datagram]:
        datagrams = super().datagrams_to_send()
        if self.encoder is None:
            return datagrams
        packets = [ifp for datagram in datagrams for _, ifp in self._own.decode(datagram.data)]
        return [Datagram(self.encoder.encode(ifp), self._far) for ifp in packets]

    def receive(self, data: bytes, source: Address, now: float) -> None:
        if self.alter is None:
            super().receive(data, source, now)
            return
        try:
            packets = self._udptl.decode(data)
        except ProtocolError:
            return
        for sequence, ifp in packets:
            super().receive(alone(sequence, self.alter(ifp)), source, now)


def alone(sequence: int, ifp: bytes) -> bytes:
    """Return the datagram of an IFP packet, of any number, that repeats no other."""
    return sequence.to_bytes(2, "big") + Udptl(0).encode(ifp)[2:]


class AudioEnd(End):
    """One end of a call in audio. `clock` is how fast its time goes: 1.0001 gains 100 ppm."""

    def __init__(self, options: TerminalOptions, far: Address, law: Law, ssrc: int, clock: float = 1.0) -> None:
        super().__init__(Terminal.in_audio(options, law, ssrc), far, 0.0, clock)


class FaxCall:
    """A sender, a receiver and the network between them."""

    def __init__(
        self,
        sender: TerminalOptions,
        receiver: TerminalOptions,
        *,
        seed: int = 1,
        depth: int = 3,
        patience: int = 2,
        max_datagram: int = MAX_DATAGRAM,
        pause: float | None = 0.0,
        receiver_pause: float | None = 0.0,
        loss: float = 0.0,
        jitter: float = 0.0,
        duplicate: float = 0.0,
        lose: Callable[[Sent], bool] = lambda sent: False,
    ) -> None:
        self.sender = FaxEnd(sender, THERE, depth, patience, pause, max_datagram)
        self.receiver = FaxEnd(receiver, HERE, depth, patience, receiver_pause)
        self.link = Link(
            self.sender,
            HERE,
            self.receiver,
            THERE,
            random.Random(seed),
            loss=loss,
            jitter=jitter,
            duplicate=duplicate,
            lose=lose,
        )

    def run(self, seconds: float = 300.0) -> bool:
        """Let the fax run to its end; return whether both ends came to one."""
        return self.link.run(seconds, lambda: bool(self.sender.finished and self.receiver.finished))


def sends(document: Path, *, paced: bool = True, first_page: int = 0, ecm: bool = True) -> TerminalOptions:
    """Return the options of a caller that sends."""
    return TerminalOptions(
        calling=True,
        station_id="0003 210",
        send=document,
        receive=None,
        paced=paced,
        first_page=first_page,
        ecm=ecm,
    )


def receives(into: Path, *, paced: bool = True, ecm: bool = True, silence_seconds: float = 70.0) -> TerminalOptions:
    """Return the options of a called machine that receives."""
    return TerminalOptions(
        calling=False,
        station_id="+49 7778888",
        send=None,
        receive=into,
        paced=paced,
        ecm=ecm,
        silence_seconds=silence_seconds,
    )
