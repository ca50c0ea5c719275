"""The network: joins five-verb engines on a made-up clock, with delay, loss, reordering and duplication.

It knows nothing of what the datagrams mean. The same seed gives the same call, datagram for datagram.
"""

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from unifax.wire.datagram import Address, Datagram


class Engine(Protocol):
    """What the network asks of an engine: a SIP agent, a UDPTL end with its fax terminal, a whole call."""

    def receive(self, data: bytes, source: Address, now: float) -> None: ...
    def wake(self, now: float) -> None: ...
    def next_wake(self) -> float | None: ...
    def datagrams_to_send(self) -> list[Datagram]: ...


@dataclass(frozen=True, slots=True)
class Sent:
    """One datagram as the network saw it."""

    at: float
    source: Address
    destination: Address
    data: bytes
    lost: bool


class Link:
    """A piece of the internet with two or more engines on it."""

    def __init__(
        self,
        a: Engine,
        address_a: Address,
        b: Engine,
        address_b: Address,
        rng: random.Random | None = None,
        *,
        loss: float = 0.0,
        delay: float = 0.02,
        jitter: float = 0.0,
        duplicate: float = 0.0,
        lose: Callable[[Sent], bool] = lambda sent: False,
        react: Callable[[float], None] = lambda now: None,
        now: float = 0.0,
    ) -> None:
        self.now = now
        "Seconds on the made-up clock."
        self.loss = loss
        "Chance that a datagram is lost, each way."
        self.delay = delay
        "Seconds that every datagram takes."
        self.jitter = jitter
        "Up to this many seconds more; larger than the gaps between datagrams, it reorders them."
        self.duplicate = duplicate
        "Chance that a datagram comes twice."
        self.lose = lose
        "Datagrams for which this is true are lost, chance aside: `lose=lambda sent: sent.data.startswith(b'ACK')`."
        self.react = react
        "Called after every moment: take events and give commands here. What they send goes out at that moment."
        self.sent: list[Sent] = []
        "Everything that was sent, in order, the lost ones too."
        self._rng = rng or random.Random(0)
        self._engines: dict[Address, Engine] = {address_a: a, address_b: b}
        self._flying: list[tuple[float, int, Address, Datagram]] = []
        self._count = 0

    def join(self, engine: Engine, address: Address) -> None:
        """Put one more engine on the network."""
        self._engines[address] = engine

    def send(self, data: bytes, source: Address, destination: Address) -> None:
        """Send a datagram by hand, as if from `source`: it suffers what all datagrams suffer."""
        sent = Sent(self.now, source, destination, data, self.lose(Sent(self.now, source, destination, data, False)))
        if not sent.lost and self._rng.random() < self.loss:
            sent = Sent(self.now, source, destination, data, True)
        self.sent.append(sent)
        if sent.lost or destination not in self._engines:
            return
        for _ in range(2 if self._rng.random() < self.duplicate else 1):
            arrival = self.now + self.delay + self._rng.random() * self.jitter
            self._count += 1
            heapq.heappush(self._flying, (arrival, self._count, source, Datagram(data, destination)))

    def next_moment(self) -> float | None:
        """Return when something happens next, or None when all is quiet for ever."""
        moments = [wake for engine in self._engines.values() if (wake := engine.next_wake()) is not None]
        if self._flying:
            moments.append(self._flying[0][0])
        return max(self.now, min(moments)) if moments else None

    def run(self, seconds: float, done: Callable[[], bool] = lambda: False) -> bool:
        """Let time pass until `done()`, at most `seconds`; return whether it was done.

        The clock jumps from moment to moment, and stands at the end of `seconds` when nothing ended it before.
        """
        end = self.now + seconds
        still = 0
        while True:
            self._settle()
            if done():
                return True
            moment = self.next_moment()
            if moment is None or moment > end:
                self.now = end
                return done()
            still = still + 1 if moment == self.now else 0
            assert still < 10_000, f"time stands still at {self.now}"
            self.now = moment
            self._happen()

    def transcript(self) -> str:
        """Return what was sent, a line each, for the eyes of who reads a failed test."""
        return "\n".join(
            f"{sent.at:9.3f} {sent.source} {'-x' if sent.lost else '->'} {sent.destination} "
            + sent.data[:60].split(b"\r\n")[0].decode("utf-8", "replace")
            for sent in self.sent
        )

    def _settle(self) -> None:
        self.react(self.now)
        for address, engine in self._engines.items():
            for datagram in engine.datagrams_to_send():
                self.send(datagram.data, address, datagram.destination)

    def _happen(self) -> None:
        while self._flying and self._flying[0][0] <= self.now:
            _, _, source, datagram = heapq.heappop(self._flying)
            self._engines[datagram.destination].receive(datagram.data, source, self.now)
        for engine in self._engines.values():
            wake = engine.next_wake()
            if wake is not None and wake <= self.now:
                engine.wake(self.now)
