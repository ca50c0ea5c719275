"""What the legs of an agent share: its name, its address, its transactions; and how texts of messages are shown."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from unifax.model.errors import ProtocolError
from unifax.wire.datagram import Address, Shows, as_told, as_we_are
from unifax.wire.sip.events import Event
from unifax.wire.sip.fields import NameAddr, Uri, Via
from unifax.wire.sip.message import Headers, Request
from unifax.wire.sip.transaction import Transactions

if TYPE_CHECKING:
    from unifax.wire.sip.leg import Leg

ALLOW = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE"
"Not PRACK, though we say it: what we answer ourselves before the end never asks for it."
SDP = "application/sdp"
MOST_PEERS = 1000
"So many addresses of ours are remembered, each as one peer sees us."


@dataclass(frozen=True, slots=True)
class Desk:
    """What an agent shares with its legs."""

    address: Address
    user_agent: str
    token: Callable[[], str]
    transactions: Transactions
    tell: Callable[[Event], None]
    forget: Callable[["Leg"], None]
    shows: Shows = as_we_are

    seen_at: dict[Address, Address] = field(default_factory=dict)
    "Where peers see us whose answers say that it is not our own address: there is a NAT in between."

    def via(self) -> str:
        """Return a Via of ours with a fresh branch; rport, so that answers find back through a NAT (RFC 3581).

        The transport is put right when it is known (`Request.sent_by`).
        """
        return f"SIP/2.0/UDP {self.address};rport;branch=z9hG4bK{self.token()}"

    def request(
        self,
        method: str,
        uri: str,
        *fields: tuple[str, str],
        from_: NameAddr,
        to: NameAddr,
        call_id: str,
        cseq: int,
        body: bytes = b"",
    ) -> Request:
        """Return a request outside any dialog (RFC 3261 8.1.1)."""
        headers = Headers.of(
            ("Via", self.via()),
            ("Max-Forwards", "70"),
            ("From", str(from_)),
            ("To", str(to)),
            ("Call-ID", call_id),
            ("CSeq", f"{cseq} {method}"),
            ("User-Agent", self.user_agent),
            *fields,
        )
        return Request(method, uri, headers=headers, body=body)

    def contact(self, user: str | None, peer: Address) -> tuple[str, str]:
        """Return where a peer reaches us: at our public host, if we were told one, else where it sees us; by the
        transport that we reach it by (RFC 3261 8.1.1.8).
        """
        told = as_told(self.address, self.shows(peer.host))
        at = self.seen_at.get(peer, told) if told == self.address else told
        transport = f";transport={peer.transport}" if peer.is_reliable else ""
        return "Contact", f"<sip:{user + '@' if user else ''}{at}{transport}>"

    def learn(self, peer: Address, via: Via) -> None:
        """Note where an answer of a peer says that our request came from (RFC 3581 4).

        Over TCP it would be of no use: nobody can connect to the port that a connection of ours came from.
        """
        at = via.received_from
        if at == self.address:
            self.seen_at.pop(peer, None)
        elif at is not None and not peer.is_reliable:
            self.seen_at[peer] = at
            while len(self.seen_at) > MOST_PEERS:
                del self.seen_at[next(iter(self.seen_at))]


def named(text: str) -> NameAddr:
    """Return a name and address, or a bare URI with its parameters left to it."""
    return NameAddr.parse(text) if "<" in text else NameAddr(text.strip())


def number_of(uri: str) -> str:
    try:
        return clean(Uri.parse(uri).number)
    except ProtocolError:
        return ""


def clean(text: str) -> str:
    """Return text that can be stored and shown: no bytes that were no UTF-8, no control characters."""
    if text.isascii() and text.isprintable():
        return text
    shown = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(character for character in shown if character.isprintable())
