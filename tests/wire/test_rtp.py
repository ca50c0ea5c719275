"""RTP: packets as RFC 3550 has them, and 20 ms of the far side's audio whatever becomes of its packets."""

import random
from collections.abc import Iterable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transports import START_FRAMES, STRANGE, Rtp
from unifax.model.errors import ProtocolError
from unifax.wire.g711 import FRAME_OCTETS, Law
from unifax.wire.rtp import MAX_OCTETS, RtpPacket

COMFORT_NOISE, TELEPHONE_EVENT = 13, 101
packets = st.builds(
    RtpPacket,
    payload_type=st.integers(0, 127),
    sequence=st.integers(0, 2**16 - 1),
    timestamp=st.integers(0, 2**32 - 1),
    ssrc=st.integers(0, 2**32 - 1),
    payload=st.binary(max_size=320),
    marker=st.booleans(),
)


def said(number: int) -> bytes:
    return (number + 1).to_bytes(4, "big") * 40


def stream(frames: Iterable[int], *, ssrc: int = 7, timestamp: int = 0, sequence: int = 0) -> list[bytes]:
    """Return the packets of numbered frames."""
    return [
        bytes(
            RtpPacket(
                payload_type=Law.MU.payload_type,
                sequence=(sequence + number) % 2**16,
                timestamp=(timestamp + number * FRAME_OCTETS) % 2**32,
                ssrc=ssrc,
                payload=said(number),
            )
        )
        for number in frames
    ]


def heard(rtp: Rtp, frames: int) -> list[bytes]:
    """Return what comes after the wait at the beginning."""
    assert {rtp.next_frame() for _ in range(START_FRAMES)} == {rtp.law.silence}
    return [rtp.next_frame() for _ in range(frames)]


@given(packets)
def test_a_packet_is_read_as_it_was_written(packet: RtpPacket) -> None:
    assert RtpPacket.parse(bytes(packet)) == packet


@given(packets, st.lists(st.binary(min_size=4, max_size=4), max_size=15), st.integers(0, 3), st.integers(1, 20))
def test_sources_extensions_and_padding_are_no_audio(
    packet: RtpPacket, sources: list[bytes], words: int, padding: int
) -> None:
    plain = bytes(packet)
    extension = b"\xbe\xde" + words.to_bytes(2, "big") + bytes(4 * words)
    data = bytes((0xB0 | len(sources),)) + plain[1:12] + b"".join(sources) + extension + packet.payload
    data += bytes(padding - 1) + bytes((padding,))
    assert RtpPacket.parse(data) == packet


@given(st.binary(max_size=60) | st.binary(max_size=40).map(lambda end: b"\xb3\x00" + end))
def test_any_bytes_are_a_packet_or_a_protocol_error(data: bytes) -> None:
    with suppress(ProtocolError):
        assert len(RtpPacket.parse(data).payload) <= len(data) - 12


@pytest.mark.parametrize(
    "data",
    [
        b"",
        bytes(11),
        b"\x40" + bytes(171),
        b"\xa0" + bytes(11),
        b"\xa0" + bytes(10) + b"\x05",
        b"\x90" + bytes(13),
        b"\x81" + bytes(12),
        b"\x80" + bytes(MAX_OCTETS),
    ],
    ids=["nothing", "short", "version 1", "padding of 0", "padding of all", "extension", "source", "long"],
)
def test_what_is_no_packet_is_refused(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        RtpPacket.parse(data)


@given(st.integers(0, 2**32 - 1), st.sampled_from(Law))
def test_what_one_end_encodes_the_other_hears(ssrc: int, law: Law) -> None:
    """Whatever the numbers begin with: they wrap."""
    ours, theirs = Rtp(law, ssrc), Rtp(law, 1)
    sent = [ours.encode(said(number)) for number in range(10)]
    for data in sent:
        theirs.decode(data)
    assert heard(theirs, 10) == [said(number) for number in range(10)]
    first, second = map(RtpPacket.parse, sent[:2])
    assert (first.marker, second.marker) == (True, False)
    assert (second.sequence - first.sequence) % 2**16 == 1
    assert (second.timestamp - first.timestamp) % 2**32 == FRAME_OCTETS
    assert (first.payload_type, first.ssrc) == (law.payload_type, ssrc)


@pytest.mark.parametrize("octets", [0, FRAME_OCTETS - 1, FRAME_OCTETS + 1])
def test_what_is_no_frame_is_not_sent(octets: int) -> None:
    with pytest.raises(ValueError, match=str(octets)):
        Rtp(Law.MU, 1).encode(bytes(octets))


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32))
def test_order_and_repetition_make_no_difference_and_timestamps_wrap(timestamp: int, seed: int) -> None:
    rng = random.Random(seed)
    first, *others = stream(range(10), timestamp=timestamp)
    others *= 2
    rng.shuffle(others)
    rtp = Rtp(Law.MU, 1)
    for data in (first, *others):
        rtp.decode(data)
    assert heard(rtp, 10) == [said(number) for number in range(10)]


@pytest.mark.parametrize("payload_type", [COMFORT_NOISE, TELEPHONE_EVENT, Law.A.payload_type])
def test_other_payload_types_are_left_out_and_counted(payload_type: int) -> None:
    rtp = Rtp(Law.MU, 1)
    for number, data in enumerate(stream(range(6))):
        other = RtpPacket(payload_type, number, number * FRAME_OCTETS, 7, b"\x05\x0a\x00\xa0")
        rtp.decode(bytes(other))
        rtp.decode(data)
    assert heard(rtp, 6) == [said(number) for number in range(6)]
    assert rtp.counters.ignored == 6


def test_a_gap_filled_with_comfort_noise_is_a_gap() -> None:
    rtp = Rtp(Law.MU, 1)
    for data in (*stream(range(3)), *stream([5])):
        rtp.decode(data)
    assert heard(rtp, 6) == [said(number) for number in (0, 1, 2, 2, 2, 5)]


def test_a_stray_source_is_left_out() -> None:
    rtp = Rtp(Law.MU, 1)
    for number, data in enumerate(stream(range(6))):
        rtp.decode(data)
        rtp.decode(stream([number + 50], ssrc=99)[0])
    assert heard(rtp, 6) == [said(number) for number in range(6)]
    assert rtp.counters.ignored == 6


@pytest.mark.parametrize(("ssrc", "begin"), [(99, 0), (99, 1_000_000), (7, 1_000_000)])
def test_a_source_that_takes_over_is_followed_after_a_tenth_of_a_second(ssrc: int, begin: int) -> None:
    """A gateway that switches its media: another SSRC, or the same with other numbers."""
    rtp = Rtp(Law.MU, 1)
    for data in stream(range(3)):
        rtp.decode(data)
    heard(rtp, 3)
    for data in stream(range(20, 20 + STRANGE + 3), ssrc=ssrc, timestamp=begin):
        rtp.decode(data)
    frames = heard(rtp, 4)
    assert frames == [said(20 + STRANGE - 1 + number) for number in range(4)]


@given(st.lists(st.binary(max_size=200) | packets.map(bytes), max_size=30))
def test_no_bytes_stop_the_audio(datagrams: list[bytes]) -> None:
    rtp = Rtp(Law.MU, 1)
    for data in datagrams:
        with suppress(ProtocolError):
            rtp.decode(data)
        assert len(rtp.next_frame()) == FRAME_OCTETS
