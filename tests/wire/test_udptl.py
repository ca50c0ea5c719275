"""UDPTL: what one end encodes the other decodes, through loss, repetition and reordering."""

import random
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transports import Udptl
from unifax.model.errors import ProtocolError
from unifax.wire.udptl import MOST_OCTETS, spans_of

ifps = st.lists(st.binary(min_size=1, max_size=300), min_size=1, max_size=40)


def numbered(packets: list[bytes], first: int = 0) -> list[tuple[int, bytes]]:
    return [((first + number) % 65536, packet) for number, packet in enumerate(packets)]


def at_sequence(end: Udptl, first: int) -> Udptl:
    """Return the end, brought to where it has sent `first` packets. Numbers wrap at 65536."""
    for _ in range(first):
        end.encode(b"-")
    return end


def test_a_datagram_is_what_t38_says() -> None:
    end = Udptl()
    assert end.encode(b"\x06") == bytes.fromhex("0000 01 06 00 00")
    assert end.encode(b"\x08") == bytes.fromhex("0001 01 08 00 01 01 06")
    assert end.encode(b"\xc0\x01\x80\x00\x00\xff") == bytes.fromhex("0002 06 c001800000ff 00 02 01 08 01 06")


def test_a_packet_of_128_octets_has_a_length_of_two() -> None:
    datagram = Udptl().encode(b"x" * 128)
    assert datagram[2:4] == b"\x80\x80"
    assert Udptl().decode(datagram) == [(0, b"x" * 128)]


def test_a_packet_that_would_need_fragments_is_refused() -> None:
    assert Udptl().encode(b"x" * 16383)
    with pytest.raises(ValueError, match="16384"):
        Udptl().encode(b"x" * 16384)
    with pytest.raises(ProtocolError):
        Udptl().decode(b"\x00\x00\xc1" + b"x" * 1000)


def test_a_datagram_longer_than_any_network_carries_is_refused() -> None:
    packet = b"x" * (MOST_OCTETS - 6)
    assert Udptl().decode(Udptl().encode(packet)) == [(0, packet)]
    with pytest.raises(ProtocolError):
        Udptl().decode(Udptl().encode(packet + b"x"))


@given(ifps)
def test_over_a_perfect_link_everything_arrives_once_and_in_order(packets: list[bytes]) -> None:
    sender, receiver = Udptl(), Udptl()
    assert [taken for packet in packets for taken in receiver.decode(sender.encode(packet))] == numbered(packets)
    assert (receiver.counters.received, receiver.counters.recovered, receiver.counters.lost) == (len(packets), 0, 0)


@given(ifps, st.integers(0, 3), st.data())
def test_nothing_is_lost_while_gaps_are_no_longer_than_the_redundancy(
    packets: list[bytes], depth: int, data: st.DataObject
) -> None:
    sender, receiver = Udptl(depth), Udptl(depth)
    arrived, gap, lost = [], 0, 0
    for number, packet in enumerate(packets):
        datagram = sender.encode(packet)
        may_be_lost = 0 < number < len(packets) - 1 and gap < depth
        if may_be_lost and data.draw(st.booleans()):
            gap, lost = gap + 1, lost + 1
            continue
        gap = 0
        arrived += receiver.decode(datagram)
    assert arrived == numbered(packets)
    assert (receiver.counters.recovered, receiver.counters.lost) == (lost, 0)


@given(ifps, st.integers(0, 2**32))
def test_through_any_loss_reordering_and_repetition_packets_are_true_ordered_and_unique(
    packets: list[bytes], seed: int
) -> None:
    rng = random.Random(seed)
    sender, receiver = Udptl(), Udptl(patience=rng.randrange(3))
    datagrams = [sender.encode(packet) for packet in packets]
    flying = [(number + rng.random() * 6, datagram) for number, datagram in enumerate(datagrams * 2)]
    arrived = [taken for _, datagram in sorted(flying) if rng.random() < 0.7 for taken in receiver.decode(datagram)]
    assert set(arrived) <= set(numbered(packets))
    assert all(earlier < later for (earlier, _), (later, _) in pairwise(arrived))


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 6), st.integers(0, 8))
def test_numbers_go_on_from_zero_after_65535(before: int, lost: int) -> None:
    sender, receiver = at_sequence(Udptl(), 65536 - before), Udptl()
    packets = [bytes((number,)) for number in range(20)]
    datagrams = [sender.encode(packet) for packet in packets]
    del datagrams[3 : 3 + lost]
    arrived = [taken for datagram in datagrams for taken in receiver.decode(datagram)]
    missing = max(0, lost - 3)
    expected = numbered(packets, 65536 - before)
    del expected[3 : 3 + missing]
    assert arrived == expected
    assert receiver.counters.lost == missing


def test_a_far_side_that_counts_anew_is_followed() -> None:
    receiver = Udptl()
    for datagram in (at_sequence(Udptl(), 5000).encode(b"old"), Udptl().encode(b"new")):
        arrived = receiver.decode(datagram)
    assert arrived == [(0, b"new")]


@given(st.integers(0, 40), st.sampled_from([0, 8]), st.integers(0, 65_000))
def test_late_rtp_that_can_be_read_as_udptl_is_not_followed(before: int, payload: int, rtp_sequence: int) -> None:
    sender, receiver = Udptl(), Udptl()
    packets = [bytes((number,)) for number in range(before + 20)]
    arrived = []
    for number, packet in enumerate(packets):
        if number >= before:
            header = bytes((0x80, payload)) + (rtp_sequence + number).to_bytes(2, "big") + bytes(4) + b"\x80far"
            with suppress(ProtocolError):
                arrived += receiver.decode(header + bytes(160))
        arrived += receiver.decode(sender.encode(packet))
    assert arrived == numbered(packets)


def test_a_far_side_that_counts_anew_with_a_high_number_loses_nothing() -> None:
    sender, receiver = at_sequence(Udptl(), 40_000), Udptl()
    datagrams = [sender.encode(packet) for packet in (b"a", b"b", b"c")]
    arrived = [taken for datagram in datagrams for taken in receiver.decode(datagram)]
    assert arrived == numbered([b"a", b"b", b"c"], 40_000)


def test_without_redundancy_patience_puts_neighbours_in_order() -> None:
    sender = Udptl(depth=0)
    a, b, c, d = (sender.encode(packet) for packet in (b"a", b"b", b"c", b"d"))
    patient, hasty = Udptl(patience=2), Udptl(patience=0)
    assert [taken for datagram in (a, c, b, d) for taken in patient.decode(datagram)] == numbered(
        [b"a", b"b", b"c", b"d"]
    )
    assert [taken for datagram in (a, c, b, d) for taken in hasty.decode(datagram)] == [(0, b"a"), (2, b"c"), (3, b"d")]
    assert (patient.counters.lost, hasty.counters.lost) == (0, 1)


def test_patience_has_an_end() -> None:
    sender, receiver = Udptl(depth=0), Udptl(patience=2)
    datagrams = [sender.encode(packet) for packet in (b"a", b"b", b"c", b"d", b"e")]
    arrived = [receiver.decode(datagram) for datagram in (datagrams[0], *datagrams[2:])]
    assert arrived == [[(0, b"a")], [], [], [(2, b"c"), (3, b"d"), (4, b"e")]]
    assert receiver.counters.lost == 1


@given(ifps, st.integers(20, 400))
def test_a_datagram_is_no_larger_than_the_far_side_takes(packets: list[bytes], limit: int) -> None:
    sender = Udptl(max_datagram=limit)
    for packet in packets:
        datagram = sender.encode(packet)
        alone = Udptl(depth=0).encode(packet)
        assert len(datagram) <= max(limit, len(alone))
        assert Udptl().decode(datagram)[-1][1] == packet


def test_the_oldest_repetition_is_the_first_to_be_left_out() -> None:
    sender = Udptl(max_datagram=20)
    for packet in (b"oldest", b"older", b"old"):
        sender.encode(packet)
    assert Udptl().decode(b"\x00\x00\x01-\x00\x00") == [(0, b"-")]
    datagram = sender.encode(b"new")
    receiver = Udptl()
    receiver.decode(b"\x00\x00\x01-\x00\x00")
    assert receiver.decode(datagram) == [(1, b"older"), (2, b"old"), (3, b"new")]
    assert b"oldest" not in datagram


def test_of_a_datagram_with_forward_error_correction_the_packet_itself_is_used() -> None:
    assert Udptl().decode(bytes.fromhex("0007 02 abcd 80 01 03 01 02 ffff")) == [(7, b"\xab\xcd")]


def test_a_datagram_without_any_error_recovery_is_taken() -> None:
    assert Udptl().decode(bytes.fromhex("0007 02 abcd")) == [(7, b"\xab\xcd")]


def test_an_empty_packet_is_counted_and_not_passed_on() -> None:
    receiver = Udptl()
    assert receiver.decode(bytes.fromhex("0007 00 00 00")) == []
    assert receiver.decode(bytes.fromhex("0008 01 06 00 00")) == [(8, b"\x06")]
    assert receiver.counters.lost == 0


def test_of_a_packet_that_is_too_long_to_be_repeated_nothing_is() -> None:
    sender = Udptl(max_datagram=100)
    for packet in (b"before", b"x" * 200, b"after"):
        sender.encode(packet)
    datagram = sender.encode(b"now")
    assert [datagram[begin:end] for begin, end in spans_of(datagram).packets] == [b"now", b"after"]


def test_more_packets_than_anybody_repeats_are_taken_as_far_as_there_is_room() -> None:
    receiver = Udptl()
    receiver.decode(Udptl().encode(b"-"))
    datagram = (500).to_bytes(2, "big") + b"\x01." + b"\x00\x81\x90" + b"\x01." * 400
    arrived = receiver.decode(datagram)
    assert arrived == [(number, b".") for number in range(501 - len(arrived), 501)]
    assert receiver.counters.recovered == len(arrived) - 1 > 50


@given(st.lists(st.binary(max_size=60), max_size=8))
def test_no_bytes_crash_the_decoder(datagrams: list[bytes]) -> None:
    receiver = Udptl(patience=1)
    for datagram in datagrams:
        try:
            for sequence, ifp in receiver.decode(datagram):
                assert 0 <= sequence < 65536
                assert ifp
        except ProtocolError:
            pass


@given(ifps, st.integers(0, 2**32))
def test_a_cut_or_altered_datagram_is_a_value_or_a_protocol_error(packets: list[bytes], seed: int) -> None:
    rng = random.Random(seed)
    sender, receiver = Udptl(), Udptl()
    for packet in packets:
        datagram = bytearray(sender.encode(packet))
        datagram[rng.randrange(len(datagram))] = rng.randrange(256)
        with suppress(ProtocolError):
            receiver.decode(bytes(datagram[: rng.randrange(len(datagram) + 1)]))
