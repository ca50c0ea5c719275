"""UDPTL: fax packets in datagrams, each carrying the ones before it again (ITU-T T.38 9.1).

Knows nothing of what an IFP packet means, of sockets or of time.
"""

from collections import deque
from typing import NamedTuple

from unifax.model.errors import ProtocolError
from unifax.wire.parity import SEQUENCES, Parity

DEPTH = 3
"Earlier packets in each datagram: with three, 5 % random loss costs a fax nothing."
PATIENCE = 2
"""Datagrams kept back after a gap. libspandsp drops what comes late: with neighbours swapped and no redundancy, a fax
fails at the first exchange; with two kept back it arrives whole. With redundancy it changes nothing."""
MAX_DATAGRAM = 1400
"Octets of a datagram, when the far side asks for nothing smaller (T38FaxMaxDatagram; Asterisk's own value)."

_SECONDARY, _FEC = 0x00, 0x80
_LONG = 1 << 7
_FRAGMENTED = 1 << 14
"Octets from which X.691 11.9 cuts an open type into fragments: no fax packet is that long, so we take none."
_FAR = 1000
"A number further away than this, either way, is no packet of the stream that we follow."
_STEPS = 3
"So much higher a number, right after one that was far away, goes on from it."


class Udptl:
    """One end of a UDPTL stream: numbers and repeats what goes out, completes and orders what comes in.

    `patience` is for a far side without redundancy: after a gap that nothing has filled, so many packets are kept
    back, because the missing one may only be late. With redundancy a gap is filled by the datagram that shows it.
    """

    def __init__(self, depth: int = DEPTH, max_datagram: int = MAX_DATAGRAM, patience: int = PATIENCE) -> None:
        self.received = 0
        "IFP packets that came in their own datagram, in time."
        self.recovered = 0
        "IFP packets whose datagram was lost or late, taken from a later one."
        self.lost = 0
        "IFP packets that never came."
        self._max_datagram = max_datagram
        self._patience = patience
        self._next_out = 0
        self._sent: deque[bytes] = deque(maxlen=depth)
        self._next_in: int | None = None
        self._elsewhere: int | None = None
        "The number of the last datagram, if it was far away."
        self._waiting: dict[int, bytes] = {}
        self._parity: Parity | None = None
        "Once the far side has sent any."

    def encode(self, ifp: bytes) -> bytes:
        """Return the datagram for the next IFP packet; to send it twice, send the same datagram twice.

        The oldest repetitions are left out when the datagram would be larger than the far side takes.
        Raises ValueError for a packet of 16384 octets or more.
        """
        datagram = self._next_out.to_bytes(2, "big") + _open_type(ifp)
        room = self._max_datagram - len(datagram) - 2
        repeated: list[bytes] = []
        for earlier in map(_open_type, self._sent):
            room -= len(earlier)
            if room < 0:
                break
            repeated.append(earlier)
        self._sent.appendleft(ifp)
        self._next_out = (self._next_out + 1) % SEQUENCES
        return b"".join([datagram, bytes((_SECONDARY, len(repeated))), *repeated])

    def decode(self, octets: bytes) -> list[tuple[int, bytes]]:
        """Return the IFP packets that can now be taken, each with its number, in order and each only once.

        What is lost is taken from the repetitions in a datagram, or made out of its parity. A far side may begin to
        count anew, and is followed once it goes on counting: late RTP can be read as UDPTL too, but its number stays
        the same. Raises ProtocolError.
        """
        datagram = _parse(octets)
        begin = self._beginning(datagram.sequence)
        if begin is not None:
            self._waiting.clear()
            self._parity = None
            self._next_in = begin
        if self._next_in is None:
            return []
        ahead = _distance(self._next_in, datagram.sequence)
        if 0 <= ahead <= _FAR and datagram.sequence not in self._waiting:
            self.received += 1
            self._waiting[datagram.sequence] = datagram.ifp
        if abs(ahead) <= _FAR:
            self._recover(datagram)
        return self._take()

    def _recover(self, datagram: "_Datagram") -> None:
        """Take in what a datagram tells of others."""
        sequence = datagram.sequence
        earlier = [((sequence - back) % SEQUENCES, ifp) for back, ifp in enumerate(datagram.earlier, start=1) if ifp]
        if datagram.span:
            self._parity = self._parity or Parity()
            self._parity.learn(sequence, datagram.span, datagram.parity)
        if self._parity is not None:
            self._parity.keep(sequence, datagram.ifp)
            earlier += self._parity.mend()
        for number, ifp in earlier:
            assert self._next_in is not None
            if 0 <= _distance(self._next_in, number) <= _FAR and number not in self._waiting:
                self.recovered += 1
                self._waiting[number] = ifp

    def _beginning(self, sequence: int) -> int | None:
        """Return the number to follow from now on, or None when this one changes nothing. Streams begin at 0."""
        near = abs(_distance(self._next_in or 0, sequence)) <= _FAR
        before, self._elsewhere = self._elsewhere, None if near else sequence
        if near:
            return sequence if self._next_in is None else None
        return before if before is not None and 0 < _distance(before, sequence) <= _STEPS else None

    def _take(self) -> list[tuple[int, bytes]]:
        assert self._next_in is not None
        taken: list[tuple[int, bytes]] = []
        while self._waiting:
            if self._next_in not in self._waiting:
                if len(self._waiting) <= self._patience:
                    break
                first = min(self._waiting, key=lambda sequence: _distance(self._next_in or 0, sequence))
                self.lost += _distance(self._next_in, first)
                self._next_in = first
            taken.append((self._next_in, self._waiting.pop(self._next_in)))
            self._next_in = (self._next_in + 1) % SEQUENCES
        return [(sequence, ifp) for sequence, ifp in taken if ifp]


class Spans(NamedTuple):
    """Where the octets begin and end that a datagram carries."""

    packets: list[tuple[int, int]]
    "Of its own IFP packet, then of the earlier ones, latest first."
    parity: list[tuple[int, int]]
    "Of forward error correction."


def spans_of(datagram: bytes) -> Spans:
    """Return where the octets begin and end that a datagram carries (T.38 Annex A). Raises ProtocolError."""
    if len(datagram) < 3:
        raise ProtocolError("a UDPTL datagram that ends in its sequence number")
    own = _span(datagram, 2)
    at = own[1]
    if at == len(datagram):
        return Spans([own], [])
    is_fec = bool(datagram[at] & _FEC)
    at += 1
    if is_fec:
        _, at = _span(datagram, at)  # how many packets each octet string covers
    count, at = _read_length(datagram, at)
    found: list[tuple[int, int]] = []
    for _ in range(count):
        found.append(_span(datagram, at))
        at = found[-1][1]
    return Spans([own], found) if is_fec else Spans([own, *found], [])


def _distance(start: int, end: int) -> int:
    """Return how far `end` lies after `start` on the circle of sequence numbers; negative when before."""
    return (end - start + SEQUENCES // 2) % SEQUENCES - SEQUENCES // 2


def _open_type(octets: bytes) -> bytes:
    if len(octets) < _LONG:
        return bytes((len(octets),)) + octets
    if len(octets) < _FRAGMENTED:
        return (0x8000 | len(octets)).to_bytes(2, "big") + octets
    raise ValueError(f"an IFP packet of {len(octets)} octets")


class _Datagram(NamedTuple):
    sequence: int
    ifp: bytes
    earlier: list[bytes]
    "Packets repeated, latest first."
    span: int
    "Packets in each of `parity`; 0 without forward error correction."
    parity: list[bytes]


def _parse(octets: bytes) -> _Datagram:
    """Read a datagram (T.38 Annex A, aligned PER)."""
    if len(octets) < 3:
        raise ProtocolError("a UDPTL datagram that ends in its sequence number")
    sequence = int.from_bytes(octets[:2], "big")
    ifp, at = _read_open_type(octets, 2)
    if at == len(octets):
        return _Datagram(sequence, ifp, [], 0, [])  # no error recovery at all: not allowed, and harmless
    if not octets[at] & _FEC:
        return _Datagram(sequence, ifp, _read_open_types(octets, at + 1), 0, [])
    span, at = _read_open_type(octets, at + 1)
    return _Datagram(sequence, ifp, [], int.from_bytes(span, "big", signed=True), _read_open_types(octets, at))


def _read_open_types(octets: bytes, at: int) -> list[bytes]:
    count, at = _read_length(octets, at)
    read: list[bytes] = []
    for _ in range(count):
        each, at = _read_open_type(octets, at)
        read.append(each)
    return read


def _read_length(datagram: bytes, at: int) -> tuple[int, int]:
    if at >= len(datagram):
        raise ProtocolError("a UDPTL datagram that ends before a length")
    first = datagram[at]
    if not first & 0x80:
        return first, at + 1
    if first & 0x40:
        raise ProtocolError("a UDPTL field in fragments")
    if at + 1 >= len(datagram):
        raise ProtocolError("a UDPTL datagram that ends in a length")
    return (first & 0x3F) << 8 | datagram[at + 1], at + 2


def _read_open_type(datagram: bytes, at: int) -> tuple[bytes, int]:
    begin, end = _span(datagram, at)
    return datagram[begin:end], end


def _span(datagram: bytes, at: int) -> tuple[int, int]:
    """Return where the octets of an open type begin and end."""
    length, at = _read_length(datagram, at)
    if at + length > len(datagram):
        raise ProtocolError("a UDPTL field longer than its datagram")
    return at, at + length
