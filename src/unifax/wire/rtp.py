"""RTP with G.711 audio (RFC 3550, RFC 3551): packets out, and 20 ms frames in the order and pace of the far side.

Knows no sockets, no time and no chance: `next_frame` is its clock, and it is asked for one frame each 20 ms. The work
is done in C (`native/rtp.h`).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from unifax.model.errors import ProtocolError
from unifax.wire._spandsp import ffi, lib
from unifax.wire.g711 import FRAME_OCTETS, Law

if TYPE_CHECKING:
    from unifax.wire._spandsp import RtpCounters

PADDING = 0x20
MAX_OCTETS = lib.RTP_MOST_OCTETS
STRANGE = lib.RTP_STRANGE


@dataclass(frozen=True, slots=True)
class RtpPacket:
    """One packet. `RtpPacket.parse(bytes(packet)) == packet`; extensions, sources and padding are not kept."""

    payload_type: int
    sequence: int
    timestamp: int
    "In samples of 1/8000 s, modulo 2**32."
    ssrc: int
    payload: bytes
    marker: bool = False

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a packet (RFC 3550 5.1). Raises ProtocolError."""
        octets, read = ffi.from_buffer(data), ffi.new("rtp_packet_t *")
        if lib.rtp_parse(octets, len(data), read) < 0:
            raise ProtocolError("no RTP packet")
        payload = bytes(ffi.buffer(read.payload, read.octets))
        return cls(read.payload_type, read.sequence, read.timestamp, read.ssrc, payload, bool(read.marker))

    def __bytes__(self) -> bytes:
        header, octets = ffi.new("rtp_packet_t *"), ffi.new("uint8_t[]", lib.RTP_HEADER_OCTETS)
        header.payload_type, header.marker = self.payload_type, self.marker
        header.sequence, header.timestamp, header.ssrc = self.sequence, self.timestamp, self.ssrc
        lib.rtp_write_header(header, octets)
        return bytes(ffi.buffer(octets, lib.RTP_HEADER_OCTETS)) + self.payload


class Rtp:
    """One end of an RTP stream each way, in one law.

    Other payload types, as comfort noise (13) and telephone events, are left out: what they stood for is filled in as
    if it were lost. Of several sources at the far address the one that goes on sending is followed (RFC 3550 8.2).
    """

    def __init__(self, law: Law, ssrc: int) -> None:
        """`ssrc` should be random: sequence number and timestamp begin with parts of it (RFC 3550 5.1).

        Raises MemoryError.
        """
        self.law = law
        rtp = lib.rtp_new(law is Law.A, ssrc)
        if not rtp:
            raise MemoryError("no memory for an end of RTP")
        self._rtp = ffi.gc(rtp, lib.rtp_free)
        self._datagram = ffi.new("uint8_t[]", lib.RTP_DATAGRAM_OCTETS)
        self._frame = ffi.new("uint8_t[]", FRAME_OCTETS)

    @property
    def counters(self) -> "RtpCounters":
        """What it has counted of the packets that came (`native/rtp.h`, `native/jitter.h`)."""
        return lib.rtp_counters(self._rtp)

    def encode(self, frame: bytes) -> bytes:
        """Return the packet of the next 20 ms of our audio. Raises ValueError for any other length."""
        if len(frame) != FRAME_OCTETS:
            raise ValueError(f"a frame of {len(frame)} octets")
        return bytes(ffi.buffer(self._datagram, lib.rtp_encode(self._rtp, frame, self._datagram)))

    def decode(self, datagram: bytes) -> None:
        """Take in a packet. Raises ProtocolError."""
        if lib.rtp_decode(self._rtp, datagram, len(datagram)) < 0:
            raise ProtocolError("no RTP packet")

    def next_frame(self) -> bytes:
        """Return the next 20 ms of the far side's audio: silence before it has begun, repeated where it is missing."""
        lib.rtp_next_frame(self._rtp, self._frame)
        return bytes(ffi.buffer(self._frame, FRAME_OCTETS))
