"""RTP with G.711 audio (RFC 3550, RFC 3551): packets out, and 20 ms frames in the order and pace of the far side.

Knows no sockets, no time and no chance: `next_frame` is its clock, and it is asked for one frame each 20 ms.
"""

from dataclasses import dataclass
from typing import Self

from unifax.model.errors import ProtocolError
from unifax.wire.g711 import FRAME_OCTETS, Law
from unifax.wire.jitter import JitterBuffer

HEADER_OCTETS = 12
MAX_OCTETS = 1500
"Of a packet: G.711 comes in some 172 octets, and 200 ms of it would be 1612, which nobody sends."
_VERSION, PADDING, _EXTENSION, _CSRC_COUNT = 0x80, 0x20, 0x10, 0x0F
_MARKER = 0x80
STRANGE = 5
"So many packets in a row that do not belong to the stream that we follow begin a new one: 100 ms."
_FAR_SAMPLES = 16_000
"A timestamp further away than this, either way, is no packet of the stream that we follow: 2 s."


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
        if not HEADER_OCTETS <= len(data) <= MAX_OCTETS or data[0] & 0xC0 != _VERSION:
            raise ProtocolError("no RTP packet")
        at, end = HEADER_OCTETS + 4 * (data[0] & _CSRC_COUNT), len(data)
        if data[0] & _EXTENSION:
            if at + 4 > end:
                raise ProtocolError("an RTP packet that ends in its header")
            at += 4 + 4 * int.from_bytes(data[at + 2 : at + 4], "big")
        if data[0] & PADDING:
            if data[-1] == 0:
                raise ProtocolError("RTP padding of no octets")
            end -= data[-1]
        if at > end:
            raise ProtocolError("an RTP packet that ends in its header")
        return cls(
            payload_type=data[1] & 0x7F,
            sequence=int.from_bytes(data[2:4], "big"),
            timestamp=int.from_bytes(data[4:8], "big"),
            ssrc=int.from_bytes(data[8:12], "big"),
            payload=data[at:end],
            marker=bool(data[1] & _MARKER),
        )

    def __bytes__(self) -> bytes:
        return b"".join(
            (
                bytes((_VERSION, self.payload_type | (_MARKER if self.marker else 0))),
                self.sequence.to_bytes(2, "big"),
                self.timestamp.to_bytes(4, "big"),
                self.ssrc.to_bytes(4, "big"),
                self.payload,
            )
        )


class Rtp:
    """One end of an RTP stream each way, in one law.

    Other payload types, as comfort noise (13) and telephone events, are left out: what they stood for is filled in as
    if it were lost. Of several sources at the far address the one that goes on sending is followed (RFC 3550 8.2).
    """

    def __init__(self, law: Law, ssrc: int) -> None:
        """`ssrc` should be random: sequence number and timestamp begin with parts of it (RFC 3550 5.1)."""
        self.law = law
        self.buffer = JitterBuffer(law)
        self.ignored = 0
        "Packets left out: of other payload types, or of no stream that goes on."
        self._ssrc = ssrc
        self._sequence = ssrc & 0xFFFF
        self._timestamp = ssrc ^ 0x5A5A5A5A
        self._begun = False
        self._source: int | None = None
        "The far side's SSRC."
        self._their_timestamp = 0
        "Of its last packet that we took; positions in the buffer are counted from it."
        self._position = 0
        self._strange = 0

    def encode(self, frame: bytes) -> bytes:
        """Return the packet of the next 20 ms of our audio."""
        packet = RtpPacket(
            self.law.payload_type, self._sequence, self._timestamp, self._ssrc, frame, marker=not self._begun
        )
        self._begun = True
        self._sequence = (self._sequence + 1) % (1 << 16)
        self._timestamp = (self._timestamp + FRAME_OCTETS) % (1 << 32)
        return bytes(packet)

    def decode(self, datagram: bytes) -> None:
        """Take in a packet. Raises ProtocolError."""
        packet = RtpPacket.parse(datagram)
        if packet.payload_type != self.law.payload_type or not packet.payload:
            self.ignored += 1
            return
        ahead = _distance(self._their_timestamp, packet.timestamp)
        if self._source is None:
            self._begin(packet)
        elif packet.ssrc != self._source or abs(ahead) > _FAR_SAMPLES:
            self._turn_up(packet)
        else:
            self._strange = 0
            if self.buffer.put(self._position + ahead, packet.payload) and ahead > 0:
                self._their_timestamp, self._position = packet.timestamp, self._position + ahead

    def next_frame(self) -> bytes:
        """Return the next 20 ms of the far side's audio: silence before it has begun, repeated where it is missing."""
        return self.buffer.take()

    def _turn_up(self, packet: RtpPacket) -> None:
        """A packet of another stream: followed, once enough of them have come and none of the one that we follow."""
        self._strange += 1
        self.ignored += 1
        if self._strange >= STRANGE:
            self._begin(packet)

    def _begin(self, packet: RtpPacket) -> None:
        self._source, self._their_timestamp = packet.ssrc, packet.timestamp
        self._position = self._strange = 0
        self.buffer.restart()
        self.buffer.put(0, packet.payload)


def _distance(start: int, end: int) -> int:
    """Return how far `end` lies after `start` on the circle of timestamps; negative when before."""
    return (end - start + (1 << 31)) % (1 << 32) - (1 << 31)
