"""Forward error correction of UDPTL: a lost packet from the others and the parity of all (ITU-T T.38 9.1.4.2).

Knows no datagrams, and not what a packet means. We make no parity: repeating is simpler, and does more.
"""

from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

SEQUENCES = 1 << 16
"Numbers of packets go round."
MOST = 64
"Packets that the parity of a datagram may reach back (Asterisk and spandsp keep 16), and groups that are kept."


class _Group(NamedTuple):
    members: tuple[int, ...]
    parity: bytes
    "Their exclusive or, each filled up with zeros to the longest."


class Parity:
    """What came of a stream, and what can be said of the rest of it."""

    def __init__(self) -> None:
        self._known: dict[int, bytes] = {}
        self._groups: deque[_Group] = deque(maxlen=MOST)

    def keep(self, sequence: int, packet: bytes) -> None:
        """A packet is known."""
        self._known[sequence] = packet
        if len(self._known) > 2 * MOST:
            del self._known[next(iter(self._known))]

    def learn(self, sequence: int, span: int, blocks: list[bytes]) -> None:
        """The parity that came with a packet: of `span` packets each, taken in turn from those before it."""
        count = len(blocks)
        if not 0 < span * count <= MOST:
            return
        for number, block in enumerate(blocks):
            members = ((sequence + number - back * count) % SEQUENCES for back in range(span, 0, -1))
            self._groups.append(_Group(tuple(members), block))

    def mend(self) -> list[tuple[int, bytes]]:
        """Return the packets that are known from now on, as their groups lack nothing else. They may end in zeros
        that are not theirs, which no reader of IFP looks at.
        """
        mended: list[tuple[int, bytes]] = []
        again = True
        while again:
            again = False
            for group in [self._groups.popleft() for _ in range(len(self._groups))]:
                missing = [sequence for sequence in group.members if sequence not in self._known]
                if len(missing) > 1:
                    self._groups.append(group)
                elif missing:
                    packet = _xor(group.parity, (self._known[other] for other in group.members if other != missing[0]))
                    self.keep(missing[0], packet)
                    mended.append((missing[0], packet))
                    again = True
        return mended


def _xor(parity: bytes, packets: Iterable[bytes]) -> bytes:
    value = int.from_bytes(parity, "big")
    for packet in packets:
        value ^= int.from_bytes(packet[: len(parity)].ljust(len(parity), b"\0"), "big")
    return value.to_bytes(len(parity), "big")
