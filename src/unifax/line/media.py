"""What goes over a call's media port, as far as a trunk has a say in it. Knows no SIP, no socket, clock or chance."""

from dataclasses import dataclass
from typing import NamedTuple, Protocol

from unifax.wire.g711 import Law
from unifax.wire.t30 import Terminal, TerminalOptions
from unifax.wire.udptl import DEPTH, MAX_DATAGRAM


@dataclass(frozen=True, slots=True)
class MediaTerms:
    """How media go over a trunk, as far as that is ours to say."""

    laws: tuple[Law, ...] = (Law.MU, Law.A)
    "What we offer, in this order."
    t38_redundancy: int = DEPTH
    "Packets that each datagram repeats."
    t38_max_datagram: int = MAX_DATAGRAM
    "Octets of a datagram that we take, and send."

    @property
    def payloads(self) -> tuple[str, ...]:
        """The laws as SDP names them."""
        return tuple(str(law.payload_type) for law in self.laws)

    def over_t38(self, options: TerminalOptions, theirs: int) -> Terminal:
        """Return our end of a fax over T.38, to a far side that takes datagrams of so many octets.

        Raises MemoryError.
        """
        return Terminal.over_t38(options, self.t38_redundancy, min(theirs, self.t38_max_datagram))


class Traffic(NamedTuple):
    """Datagrams of a media port."""

    came: int
    left: int


class Port(Protocol):
    """What carries a fax over the network without its call: `pump.Port`, and what tests put in its place. Without one
    a call hands on each datagram itself.
    """

    def carry(self, fax: Terminal | None) -> None:
        """Carry this one from now on; None drops the one before, which may then be closed."""

    def flush(self) -> None:
        """Send what may leave, before anything that is sent after this."""

    @property
    def traffic(self) -> Traffic: ...


def law_of(payload: str) -> Law:
    """Return the law of a payload type that `sdp` has named, `0` or `8`."""
    return Law(int(payload))
