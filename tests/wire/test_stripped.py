"""Media without page content: the form stays, the content goes, whatever comes."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transports import Udptl
from unifax.model.errors import ProtocolError
from unifax.wire.rtp import RtpPacket
from unifax.wire.stripped import without_image, without_sound

SECRET = b"page content"
V21, V17_14400 = 0x00, 0x08 << 1


def data(kind: int, *fields: tuple[int, bytes | None], version: int = 0) -> bytes:
    """Return an IFP packet of data (T.38 Annex A): kind in its place, then fields of a type, with or without octets."""
    ifp = bytes((0xC0 | kind, len(fields)))
    for what, octets in fields:
        head = what << (3 if version else 4)
        ifp += bytes((head | (0x80 if octets is not None else 0),))
        ifp += (len(octets) - 1).to_bytes(2, "big") + octets if octets is not None else b""
    return ifp


HDLC, FCS_OK, NON_ECM = 0, 2, 6
V21_FRAME = data(V21, (HDLC, b"\xff\xc8\x01" + SECRET), (FCS_OK, None))
IMAGE = data(V17_14400, (HDLC, b"\xff\xc0\x06" + SECRET), (FCS_OK, None))


def test_page_data_become_zeros_and_nothing_else_changes() -> None:
    datagram = Udptl(depth=0).encode(IMAGE)
    stripped = without_image(datagram)
    assert stripped == datagram.replace(b"\xff\xc0\x06" + SECRET, bytes(3 + len(SECRET)))


def test_page_data_become_zeros_where_packets_are_repeated() -> None:
    end = Udptl(depth=3)
    for _ in range(3):
        end.encode(IMAGE)
    datagram = end.encode(IMAGE)
    assert datagram.count(SECRET) == 4
    stripped = without_image(datagram)
    assert (len(stripped), stripped.count(SECRET)) == (len(datagram), 0)
    receiver = Udptl()
    receiver.decode(Udptl(depth=0).encode(IMAGE))
    assert [number for number, _ in receiver.decode(stripped)] == [1, 2, 3]


@pytest.mark.parametrize("ifp", [b"\x06", b"\x20\x80", V21_FRAME, b"\x40", b""])
def test_signals_and_control_frames_stay(ifp: bytes) -> None:
    datagram = Udptl(depth=0).encode(ifp)
    assert without_image(datagram) == datagram


def test_without_error_correction_it_is_the_same() -> None:
    datagram = Udptl(depth=0).encode(data(V17_14400, (NON_ECM, SECRET), (7, None)))
    assert SECRET not in without_image(datagram)


@pytest.mark.parametrize("extended", [b"\xe0\x80\x01\x80", b"\xd0\x01\xc0\x80", b"\xd0\x01\x80"])
def test_kinds_and_fields_of_later_versions_are_known_by_their_form(extended: bytes) -> None:
    ifp = extended + (len(SECRET) - 1).to_bytes(2, "big") + SECRET
    assert SECRET not in without_image(Udptl(depth=0).encode(ifp))


def test_of_forward_error_correction_only_the_form_stays() -> None:
    parity = bytes((len(SECRET),)) + SECRET
    datagram = b"\0\5" + bytes((len(IMAGE),)) + IMAGE + b"\x80\x01\x03\x02" + parity + parity
    stripped = without_image(datagram)
    assert stripped == datagram.replace(b"\xff\xc0\x06" + SECRET, bytes(15)).replace(SECRET, bytes(len(SECRET)))


@pytest.mark.parametrize(
    "ifp", [b"\xd0", b"\xd0\x02\x20", b"\xd0\x01\x80\x00\x09short", b"\xd0\x01\x80\x00\x00longer", b"\xd0\xff"]
)
def test_a_packet_that_cannot_be_read_is_not_passed_on(ifp: bytes) -> None:
    with pytest.raises(ProtocolError):
        without_image(Udptl(depth=0).encode(ifp))


@given(st.binary(max_size=300), st.binary(max_size=30))
def test_any_bytes_keep_their_length_or_are_refused(noise: bytes, ifp: bytes) -> None:
    for datagram in (noise, Udptl().encode(ifp), without_image(Udptl().encode(IMAGE))[:-5] + noise):
        for strip in (without_image, without_sound):
            with contextlib.suppress(ProtocolError):
                stripped = strip(datagram)
                assert len(stripped) == len(datagram)
                assert strip(stripped) == stripped


def test_rtp_keeps_its_header_and_is_silent() -> None:
    packet = RtpPacket(8, 7, 160, 99, SECRET * 10, marker=True)
    assert RtpPacket.parse(without_sound(bytes(packet))) == RtpPacket(8, 7, 160, 99, b"\xff" * 120, marker=True)


def test_rtp_with_an_extension_and_padding_keeps_both() -> None:
    head = bytes(RtpPacket(0, 1, 2, 3, b""))
    whole = bytes((head[0] | 0x30,)) + head[1:] + b"\xbe\xde\0\1ext!" + SECRET + b"\0\0\3"
    assert without_sound(whole) == whole.replace(SECRET, b"\xff" * len(SECRET))
