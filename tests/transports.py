"""RTP, its jitter buffer and UDPTL by themselves: what a far side speaks, and what the properties of the C are put to.

Calls use the same C from within an end of media (`native/media.c`), and need none of this.
"""

from typing import TYPE_CHECKING

from unifax.model.errors import ProtocolError
from unifax.wire._spandsp import ffi, lib
from unifax.wire.g711 import FRAME_OCTETS, Law
from unifax.wire.udptl import DEPTH, MAX_DATAGRAM, PATIENCE

if TYPE_CHECKING:
    from unifax.wire._spandsp import JitterCounters, RtpCounters, UdptlCounters

STRANGE = lib.RTP_STRANGE
_MOST_ADDED = 6
"Octets of a UDPTL datagram that are not its packets': the number, and the lengths."
START_FRAMES = lib.JITTER_START_FRAMES
MOST_FRAMES = lib.JITTER_MOST_FRAMES
REPEATS = lib.JITTER_REPEATS
LATE = lib.JITTER_LATE


class JitterBuffer:
    """Put in what comes at its position, in samples from the first; take out a frame each 20 ms."""

    def __init__(self, law: Law) -> None:
        """Raises MemoryError."""
        jitter = lib.jitter_new(law is Law.A)
        if not jitter:
            raise MemoryError("no memory for a jitter buffer")
        self._jitter = ffi.gc(jitter, lib.jitter_free)
        self._frame = ffi.new("uint8_t[]", FRAME_OCTETS)

    @property
    def counters(self) -> "JitterCounters":
        """What it has counted so far."""
        return lib.jitter_counters(self._jitter)

    def put(self, position: int, payload: bytes) -> bool:
        """Take in a packet's audio. False for one that came too late, or again."""
        return bool(lib.jitter_put(self._jitter, position, payload, len(payload)))

    def take(self) -> bytes:
        """Return the next 20 ms."""
        lib.jitter_take(self._jitter, self._frame)
        return bytes(ffi.buffer(self._frame, FRAME_OCTETS))


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


class Udptl:
    """One end of a UDPTL stream: numbers and repeats what goes out, completes and orders what comes in.

    `patience` is for a far side without redundancy: after a gap that nothing has filled, so many packets are kept
    back, because the missing one may only be late. With redundancy a gap is filled by the datagram that shows it.
    """

    def __init__(self, depth: int = DEPTH, max_datagram: int = MAX_DATAGRAM, patience: int = PATIENCE) -> None:
        """Raises MemoryError."""
        udptl = lib.udptl_new(depth, max_datagram, patience)
        if not udptl:
            raise MemoryError("no memory for an end of UDPTL")
        self._udptl = ffi.gc(udptl, lib.udptl_free)
        self._max_datagram = max_datagram
        self._ifp = ffi.new("const uint8_t **")
        self._octets = ffi.new("size_t *")
        self._sequence = ffi.new("int *")

    @property
    def counters(self) -> "UdptlCounters":
        """What it has counted of the packets that came (`native/udptl.h`)."""
        return lib.udptl_counters(self._udptl)

    def encode(self, ifp: bytes) -> bytes:
        """Return the datagram for the next IFP packet; to send it twice, send the same datagram twice.

        The oldest repetitions are left out when the datagram would be larger than the far side takes.
        Raises ValueError for a packet of 16384 octets or more.
        """
        room = max(self._max_datagram, len(ifp) + _MOST_ADDED)
        datagram = ffi.new("uint8_t[]", room)
        octets = lib.udptl_encode(self._udptl, ifp, len(ifp), datagram, room)
        if octets < 0:
            raise ValueError(f"an IFP packet of {len(ifp)} octets")
        return bytes(ffi.buffer(datagram, octets))

    def decode(self, datagram: bytes) -> list[tuple[int, bytes]]:
        """Return the IFP packets that can now be taken, each with its number, in order and each only once.

        What is lost is taken from the repetitions in a datagram, or made out of its parity. A far side may begin to
        count anew, and is followed once it goes on counting: late RTP can be read as UDPTL too, but its number stays
        the same. Raises ProtocolError.
        """
        if lib.udptl_decode(self._udptl, datagram, len(datagram)) < 0:
            raise ProtocolError("no UDPTL datagram")
        taken: list[tuple[int, bytes]] = []
        while lib.udptl_take(self._udptl, self._ifp, self._octets, self._sequence):
            taken.append((self._sequence[0], bytes(ffi.buffer(self._ifp[0], self._octets[0]))))
        return taken
