"""Forward error correction of UDPTL: what a far side that sends parity loses on the way is made out of the rest."""

import random
from contextlib import suppress
from functools import reduce
from itertools import zip_longest
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.faxes import same_pages, text_fax
from tests.terminals import FaxCall, receives, sends
from tests.transports import Udptl
from unifax.model.errors import ProtocolError

MOST = 64
"Packets that parity may reach back."
ifps = st.lists(st.binary(min_size=1, max_size=60).map(lambda octets: octets + b"."), min_size=1, max_size=40)


def parity_of(packets: list[bytes]) -> bytes:
    return bytes(reduce(int.__xor__, column) for column in zip_longest(*packets, fillvalue=0))


def field(octets: bytes) -> bytes:
    length = len(octets)
    return (bytes((length,)) if length < 128 else (0x8000 | length).to_bytes(2, "big")) + octets


class Corrector(Udptl):
    """A far side that sends parity: `count` groups of `span` packets in each datagram, as spandsp and Asterisk do."""

    def __init__(self, span: int = 3, count: int = 3) -> None:
        super().__init__()
        self._span, self._count = span, count
        self._all: list[bytes] = []

    def encode(self, ifp: bytes) -> bytes:
        number = len(self._all)
        self._all.append(ifp)
        count = min(self._count, number // self._span)
        blocks = [
            parity_of([self._all[number + group - back * count] for back in range(1, self._span + 1)])
            for group in range(count)
        ]
        head = (number % 65536).to_bytes(2, "big") + field(ifp)
        return head + bytes((0x80, 1, self._span, count)) + b"".join(map(field, blocks))


def is_padded(packet: bytes, true: bytes) -> bool:
    return packet.rstrip(b"\0") == true


def test_the_parity_of_one_lost_packet_gives_it_back() -> None:
    a, b, c = b"\x06", b"\xc0\x01\x80\x00\x00\xff", b"\x12\x34"
    receiver = Udptl()
    datagrams = [bytes((0, n, len(p))) + p + b"\x80\x01\x03\x00" for n, p in enumerate((a, b, c))]
    last = b"\x00\x03\x01\x00" + b"\x80\x01\x03\x01" + bytes((6,)) + parity_of([a, b, c])
    arrived = [taken for datagram in (datagrams[0], datagrams[2], last) for taken in receiver.decode(datagram)]
    assert arrived == [(0, a), (1, b), (2, c), (3, b"\x00")]
    assert (receiver.counters.received, receiver.counters.recovered, receiver.counters.lost) == (3, 1, 0)


@given(ifps, st.integers(1, 4), st.integers(1, 4))
def test_over_a_perfect_link_parity_changes_nothing(packets: list[bytes], span: int, count: int) -> None:
    sender, receiver = Corrector(span, count), Udptl()
    arrived = [taken for packet in packets for taken in receiver.decode(sender.encode(packet))]
    assert arrived == list(enumerate(packets))
    assert receiver.counters.recovered == 0


@settings(deadline=None)
@given(ifps, st.integers(1, 3), st.integers(1, 4), st.data())
def test_one_gap_no_longer_than_there_are_groups_loses_nothing(
    packets: list[bytes], span: int, count: int, data: st.DataObject
) -> None:
    sender, receiver = Corrector(span, count), Udptl()
    begin = span * count + 1
    packets = [b"begin"] * begin + packets + [b"end"]
    first = data.draw(st.integers(begin, len(packets) - 2))
    gap = range(first, min(first + count, len(packets) - 1))
    arrived = []
    for number, packet in enumerate(packets):
        datagram = sender.encode(packet)
        if number not in gap:
            arrived += receiver.decode(datagram)
    assert [number for number, _ in arrived] == list(range(len(packets)))
    assert all(is_padded(packet, packets[number]) for number, packet in arrived)
    assert (receiver.counters.recovered, receiver.counters.lost) == (len(gap), 0)


@given(ifps, st.integers(0, 2**32))
def test_through_any_loss_and_order_packets_are_true_ordered_and_unique(packets: list[bytes], seed: int) -> None:
    rng = random.Random(seed)
    sender, receiver = Corrector(), Udptl()
    flying = [(number + rng.random() * 3, sender.encode(packet)) for number, packet in enumerate(packets)]
    arrived = [taken for _, datagram in sorted(flying) if rng.random() < 0.8 for taken in receiver.decode(datagram)]
    numbers = [number for number, _ in arrived]
    assert numbers == sorted(set(numbers))
    assert all(is_padded(packet, packets[number]) for number, packet in arrived)


def with_parity(number: int, packet: bytes, span: int, *sums: bytes) -> bytes:
    """Return a datagram whose sums are of `span` packets each."""
    fec = bytes((0x80, 1, span % 256, len(sums)))
    return (number % 65536).to_bytes(2, "big") + field(packet) + fec + b"".join(map(field, sums))


def taken_from(receiver: Udptl, *datagrams: bytes) -> list[tuple[int, bytes]]:
    return [taken for datagram in datagrams for taken in receiver.decode(datagram)]


def following(number: int) -> Udptl:
    """Return an end that has taken the packet of this number, and the one before it."""
    receiver = Udptl()
    taken_from(receiver, *(with_parity(number - back, b"-", 3) for back in (1, 0)))
    return receiver


def test_numbers_go_round() -> None:
    receiver = following(65533)
    a, b, c = with_parity(65535, b"a", 3), with_parity(0, b"b", 3), with_parity(2, b"c", 2, parity_of([b"b", b"."]))
    assert taken_from(receiver, with_parity(65534, b"-", 3), a, b, c)[1:] == [
        (65535, b"a"),
        (0, b"b"),
        (1, b"."),
        (2, b"c"),
    ]


def test_a_group_that_lacks_two_waits_for_another_to_give_one_back() -> None:
    receiver = following(9)
    both = with_parity(13, b"d", 3, parity_of([b"a", b"b", b"c"]))
    one = with_parity(14, b"e", 2, parity_of([b"c", b"d"]))
    assert taken_from(receiver, with_parity(10, b"a", 3), both) == [(10, b"a")]
    assert taken_from(receiver, one) == [(11, b"b"), (12, b"c"), (13, b"d"), (14, b"e")]
    assert (receiver.counters.received, receiver.counters.recovered, receiver.counters.lost) == (5, 2, 0)


@pytest.mark.parametrize(("span", "sums"), [(0, 1), (-3, 1), (MOST + 1, 1), (33, 2), (3, 0)])
def test_parity_that_makes_no_sense_is_left_out(span: int, sums: int) -> None:
    receiver = following(9)
    assert taken_from(receiver, with_parity(11, b"b", span, *[b"a"] * sums)) == []
    assert receiver.counters.recovered == 0


def test_parity_may_reach_back_as_far_as_packets_are_kept() -> None:
    receiver = following(9)
    packets = [bytes((number + 1,)) for number in range(MOST)]
    taken_from(receiver, *(with_parity(10 + number, packet, 3) for number, packet in enumerate(packets[:-1])))
    last = with_parity(10 + MOST, b".", MOST, parity_of(packets))
    assert taken_from(receiver, last) == [(9 + MOST, packets[-1]), (10 + MOST, b".")]


@given(st.lists(st.binary(max_size=40).map(lambda end: b"\x00\x01\x01-\x80" + end), max_size=8))
def test_no_bytes_crash_the_decoder(datagrams: list[bytes]) -> None:
    receiver = Udptl()
    for datagram in datagrams:
        with suppress(ProtocolError):
            receiver.decode(datagram)


@pytest.mark.parametrize("seed", range(2))
def test_a_fax_from_a_far_side_that_sends_parity_arrives_whole(seed: int, tmp_path: Path) -> None:
    document, received = text_fax(tmp_path / "sent.tif", rows=150), tmp_path / "received.tif"
    call = FaxCall(sends(document, paced=False), receives(received, paced=False), seed=seed, loss=0.05)
    call.sender.encoder = Corrector()
    assert call.run()
    assert call.sender.terminal.all_confirmed
    assert call.receiver.terminal.counters["recovered"]
    assert same_pages(document, received)
