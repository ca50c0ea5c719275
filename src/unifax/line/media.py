"""What goes over a call's media port: a fax terminal in its transport. Knows no SIP, no socket, clock or chance."""

from dataclasses import dataclass
from typing import Protocol

from unifax.model.call import Media
from unifax.model.errors import ProtocolError
from unifax.wire.audio import AudioTerminal
from unifax.wire.datagram import Address
from unifax.wire.g711 import Law
from unifax.wire.rtp import Rtp
from unifax.wire.t30 import Terminal, TerminalOptions
from unifax.wire.t38 import T38Terminal
from unifax.wire.udptl import DEPTH, MAX_DATAGRAM, Udptl

OTHER_PORT_SECONDS = 3.0
"""So long only the port that the far side named is listened to; then, if nothing came, any port of its hosts: there are
gateways that send from another. Nothing is lost by it, because both ends repeat their first words for half a minute."""


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

    def udptl(self, theirs: int) -> Udptl:
        """Return our end of a stream to a far side that takes datagrams of so many octets."""
        return Udptl(self.t38_redundancy, min(theirs, self.t38_max_datagram))


class FaxMedia(Protocol):
    """A fax and its transport: `T38Media` or `AudioMedia`. Time and commands go to the terminal itself."""

    @property
    def kind(self) -> Media: ...
    @property
    def terminal(self) -> Terminal: ...

    def receive(self, data: bytes, now: float) -> None:
        """A datagram of the far side came; rubbish is dropped and counted."""

    def datagrams_to_send(self) -> list[bytes]:
        """Take what should leave."""


class T38Media:
    """T.38 over UDPTL."""

    kind = Media.T38

    def __init__(self, options: TerminalOptions, udptl: Udptl) -> None:
        """Raises MemoryError."""
        self.terminal = T38Terminal(options)
        self.udptl = udptl
        self.rubbish = 0
        "Datagrams that were no UDPTL: late RTP, mostly."

    def receive(self, data: bytes, now: float) -> None:
        try:
            packets = self.udptl.decode(data)
        except ProtocolError:
            self.rubbish += 1
            return
        for sequence, ifp in packets:
            self.terminal.receive(ifp, sequence, now)

    def datagrams_to_send(self) -> list[bytes]:
        return [
            datagram
            for packet in self.terminal.packets_to_send()
            for datagram in [self.udptl.encode(packet.ifp)] * packet.copies
        ]


class AudioMedia:
    """G.711 over RTP."""

    kind = Media.G711

    def __init__(self, options: TerminalOptions, rtp: Rtp) -> None:
        """Raises MemoryError."""
        self.rtp = rtp
        self.terminal = AudioTerminal(options, rtp.law, rtp.next_frame)
        self.rubbish = 0
        "Datagrams that were no RTP."

    def receive(self, data: bytes, now: float) -> None:
        try:
            self.rtp.decode(data)
        except ProtocolError:
            self.rubbish += 1
        else:
            self.terminal.heard(now)

    def datagrams_to_send(self) -> list[bytes]:
        return [self.rtp.encode(frame) for frame in self.terminal.frames_to_send()]


class FarSide:
    """Where the far side wants its media, and where its own may come from: nobody else is listened to.

    Behind a NAT the address that it names may mean nothing here. Its media then comes from the host that its SIP comes
    from, and ours is sent back there. Other hosts are never believed, and neither is a second source of the same host:
    whoever knows our port could take the call over.
    """

    def __init__(self, named: Address, now: float, sip_host: str) -> None:
        """`named` is what SDP says."""
        self.named = named
        self._hosts = (named.host, sip_host)
        self._source: Address | None = None
        "Where its media comes from, once any has."
        self._since = now

    @property
    def address(self) -> Address:
        """Where our media goes. A gateway that sends from another port listens at the one it has named."""
        source = self._source
        return self.named if source is None or source.host == self.named.host else source

    def sent(self, source: Address, now: float) -> bool:
        """Whether a datagram from there is its."""
        if source.host not in self._hosts:
            return False
        waited = now - self._since >= OTHER_PORT_SECONDS
        if source == self.named or (self._source is None and waited):
            self._source = source
        return source == self._source


def law_of(payload: str) -> Law:
    """Return the law of a payload type that `sdp` has named, `0` or `8`."""
    return Law(int(payload))
