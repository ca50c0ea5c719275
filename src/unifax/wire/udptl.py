"""UDPTL: fax packets in datagrams, each carrying the ones before it again (ITU-T T.38 9.1).

Knows nothing of what an IFP packet means, of sockets or of time. The work is done in C (`native/udptl.h`).
"""

from typing import TYPE_CHECKING, NamedTuple

from unifax.model.errors import ProtocolError
from unifax.wire._spandsp import ffi, lib

if TYPE_CHECKING:
    from unifax.wire._spandsp import UdptlCounters

DEPTH = lib.UDPTL_REDUNDANCY
MAX_DATAGRAM = lib.UDPTL_MAX_DATAGRAM
PATIENCE = lib.UDPTL_PATIENCE
MOST_OCTETS = lib.UDPTL_MOST_OCTETS
_MOST_ADDED = 6
"Octets of a datagram that are not its packets': the number, and the lengths."


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


class Spans(NamedTuple):
    """Where the octets begin and end that a datagram carries."""

    packets: list[tuple[int, int]]
    "Of its own IFP packet, then of the earlier ones, latest first."
    parity: list[tuple[int, int]]
    "Of forward error correction."


def spans_of(datagram: bytes) -> Spans:
    """Return where the octets begin and end that a datagram carries (T.38 Annex A). Raises ProtocolError."""
    spans, has_parity = ffi.new("udptl_span_t[]", len(datagram)), ffi.new("int *")
    count = lib.udptl_spans(datagram, len(datagram), spans, len(datagram), has_parity)
    if count < 0:
        raise ProtocolError("no UDPTL datagram")
    found = [(spans[i].begin, spans[i].end) for i in range(count)]
    return Spans(found[:1], found[1:]) if has_parity[0] else Spans(found, [])
