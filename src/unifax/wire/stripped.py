"""Media datagrams without what they carry of a page: as long as before, framed as before, and blank inside.

What is left are the packets' numbers, times, sizes and kinds, and of T.38 the signals and the frames of V.21, in which
the machines speak about pages. Knows no sockets and no time.
"""

from unifax.model.errors import ProtocolError
from unifax.wire.rtp import PADDING, RtpPacket
from unifax.wire.udptl import spans_of

SILENCE = b"\xff"
"Of mu-law; in A-law, too, an octet again and again cannot be heard."

_HAS_FIELDS, _IS_DATA, _EXTENDED_KIND = 0x80, 0x40, 0x20
_V21 = 0
"The kind of data that control frames come in; all other kinds are modems that send pages (T.38 table 3)."
_IS_PRESENT, _EXTENDED_FIELD = 0x80, 0x40


def without_image(datagram: bytes) -> bytes:
    """Return a UDPTL datagram (T.38 9.1) whose page data are zeros, in the packets that it repeats as well.

    Of forward error correction nothing is left but its form: it is made of the packets. Raises ProtocolError.
    """
    packets, parity = spans_of(datagram)
    blank = bytearray(datagram)
    for start, end in packets:
        _blank_ifp(blank, start, end)
    for start, end in parity:
        blank[start:end] = bytes(end - start)
    return bytes(blank)


def without_sound(datagram: bytes) -> bytes:
    """Return an RTP packet that is silent. Raises ProtocolError."""
    payload = RtpPacket.parse(datagram).payload
    padding = datagram[-1] if datagram[0] & PADDING else 0
    end = len(datagram) - padding
    return datagram[: end - len(payload)] + SILENCE * len(payload) + datagram[end:]


def _blank_ifp(octets: bytearray, start: int, end: int) -> None:
    """Blank a fax packet (T.38 Annex A, aligned PER) in place. Raises ProtocolError for one that cannot be read."""
    if start == end or not octets[start] & _IS_DATA:
        return  # an indicator: there is a carrier, there is none
    extended = octets[start] & _EXTENDED_KIND
    if not extended and octets[start] >> 1 & 0x0F == _V21:
        return
    if not octets[start] & _HAS_FIELDS:
        return
    at = start + (2 if extended else 1)
    # From version 1 on, a field's type has one bit less and may be followed by an octet; nobody says here which it is.
    for has_extensions in (False, True):
        try:
            data = _data_fields(octets, at, end, has_extensions)
        except ProtocolError:
            if has_extensions:
                raise
        else:
            for begin, stop in data:
                octets[begin:stop] = bytes(stop - begin)
            return


def _data_fields(octets: bytearray, at: int, end: int, has_extensions: bool) -> list[tuple[int, int]]:
    """Return where the octets of each field of a packet's data-field begin and end."""
    found: list[tuple[int, int]] = []
    if at >= end:
        raise ProtocolError("a fax packet that ends in its header")
    count, at = octets[at], at + 1
    for _ in range(count):
        if at >= end:
            raise ProtocolError("a fax packet with fewer fields than it says")
        head, at = octets[at], at + 1
        at += bool(has_extensions and head & _EXTENDED_FIELD)
        if head & _IS_PRESENT:
            length = int.from_bytes(octets[at : at + 2], "big") + 1
            found.append((at + 2, at + 2 + length))
            at += 2 + length
    if at != end:
        raise ProtocolError("a fax packet that is longer or shorter than its fields")
    return found
