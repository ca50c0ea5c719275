"""RTP packets (RFC 3550). A call's own are made and read in C (`native/rtp.h`)."""

from dataclasses import dataclass
from typing import Self

from unifax.model.errors import ProtocolError
from unifax.wire._spandsp import ffi, lib

PADDING = 0x20
MAX_OCTETS = lib.RTP_MOST_OCTETS


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
