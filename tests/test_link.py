"""The network that the other tests rely on."""

import random

from tests.link import Link
from unifax.wire.datagram import Address, Datagram

A, B = Address("10.0.0.1", 1), Address("10.0.0.2", 2)


class Counter:
    """Sends a number each second, and keeps what it hears."""

    def __init__(self, peer: Address, count: int) -> None:
        self.heard: list[tuple[float, bytes, Address]] = []
        self._peer, self._count, self._made, self._out = peer, count, 0, list[Datagram]()

    def receive(self, data: bytes, source: Address, now: float) -> None:
        self.heard.append((now, data, source))

    def wake(self, now: float) -> None:
        self._out.append(Datagram(b"%d" % self._made, self._peer))
        self._made += 1

    def next_wake(self) -> float | None:
        return float(self._made) if self._made < self._count else None

    def datagrams_to_send(self) -> list[Datagram]:
        out, self._out = self._out, []
        return out


def test_datagrams_arrive_after_the_delay_with_their_source() -> None:
    a, b = Counter(B, 2), Counter(A, 0)
    link = Link(a, A, b, B, delay=0.25)
    link.run(10)
    assert b.heard == [(0.25, b"0", A), (1.25, b"1", A)]
    assert link.now == 10


def test_run_ends_as_soon_as_it_is_done() -> None:
    a, b = Counter(B, 50), Counter(A, 0)
    link = Link(a, A, b, B)
    assert link.run(100, done=lambda: len(b.heard) == 3)
    assert link.now == 2.02
    assert not link.run(1, done=lambda: len(b.heard) == 50)


def test_loss_duplication_and_reordering_come_from_the_seed() -> None:
    def call(seed: int) -> list[tuple[float, bytes, Address]]:
        a, b = Counter(B, 200), Counter(A, 0)
        Link(a, A, b, B, random.Random(seed), loss=0.3, duplicate=0.2, jitter=3.0).run(300)
        return b.heard

    heard = [int(data) for _, data, _ in call(1)]
    assert call(1) == call(1) != call(2)
    assert heard != sorted(heard)
    assert len(set(heard)) < 200
    assert len(heard) > len(set(heard))


def test_chosen_datagrams_can_be_lost() -> None:
    a, b = Counter(B, 3), Counter(A, 0)
    link = Link(a, A, b, B, lose=lambda sent: sent.data == b"1")
    link.run(10)
    assert [data for _, data, _ in b.heard] == [b"0", b"2"]
    assert [sent.lost for sent in link.sent] == [False, True, False]
    assert "-x" in link.transcript()
