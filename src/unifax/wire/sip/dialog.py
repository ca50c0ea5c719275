"""A dialog: what both ends of a call remember of each other (RFC 3261 12). Knows neither time nor what a call is."""

from dataclasses import dataclass, replace
from typing import Self

from unifax.model.errors import ProtocolError
from unifax.wire.datagram import Address, Transport, is_behind_nat, is_ip
from unifax.wire.sip.fields import NameAddr, Uri, param
from unifax.wire.sip.message import Headers, Request, Response


@dataclass(slots=True)
class Dialog:
    """One dialog, as seen from our end."""

    call_id: str
    local: NameAddr
    "Ourselves, with our tag."
    remote: NameAddr
    "The far side, with its tag."
    target: str
    "The URI that reaches the far side: its last Contact."
    routes: tuple[str, ...]
    "The proxies in between that asked to stay, the nearest first."
    source: Address
    "Where the first message of the dialog came from, or the INVITE went to: for next hops that are names."
    cseq: int
    "Of our last request."
    remote_cseq: int | None = None
    "Of the far side's last request, once there was one."
    takes_update: bool = False
    "Whether the far side takes UPDATE (RFC 3311): its last Allow says so."

    @classmethod
    def called(cls, invite: Request, tag: str, source: Address) -> Self:
        """Return the dialog that an INVITE from the far side begins (12.1.1). Raises ProtocolError."""
        return cls(
            call_id=invite.call_id,
            local=invite.to.tagged(tag),
            remote=invite.from_,
            target=_target(invite) or invite.from_.uri,
            routes=tuple(invite.headers.all("Record-Route")),
            source=source,
            cseq=0,
            takes_update=_takes_update(invite) or False,
            remote_cseq=invite.cseq.number,
        )

    @classmethod
    def calling(cls, invite: Request, answer: Response, destination: Address) -> Self:
        """Return the dialog that an answer to our INVITE begins (12.1.2). Raises ProtocolError."""
        return cls(
            call_id=invite.call_id,
            local=invite.from_,
            remote=answer.to,
            target=_target(answer) or invite.uri,
            routes=tuple(reversed(answer.headers.all("Record-Route"))),
            source=destination,
            cseq=invite.cseq.number,
            takes_update=_takes_update(answer) or False,
        )

    def __post_init__(self) -> None:
        self._way()  # a route that cannot be read must not come to light later

    def request(
        self, method: str, via: str, *fields: tuple[str, str], cseq: int | None = None, body: bytes = b""
    ) -> Request:
        """Return a request within the dialog (12.2.1.1). An ACK gives the `cseq` of its INVITE; others count on."""
        if cseq is None:
            self.cseq += 1
            cseq = self.cseq
        uri, routes = self._way()
        headers = Headers.of(
            ("Via", via),
            *(("Route", route) for route in routes),
            ("Max-Forwards", "70"),
            ("From", str(self.local)),
            ("To", str(self.remote)),
            ("Call-ID", self.call_id),
            ("CSeq", f"{cseq} {method}"),
            *fields,
        )
        return Request(method, uri, headers=headers, body=body)

    def next_hop(self) -> Address:
        """Return where our requests go. Only addresses count: names would have to be looked up, and then the way the
        dialog began is as good. Over TLS it is the only one: an address has no name that a certificate could prove. So
        it is for a URI of the same host that forgets to name the transport, and for one who is behind a NAT and
        does not know it.
        """
        try:
            uri = Uri.parse(NameAddr.parse(self.routes[0]).uri if self.routes else self.target)
        except ProtocolError:
            return self.source
        hop, source = uri.address, self.source
        forgotten = source.is_reliable and hop.host == source.host and param(uri.params, "transport") is None
        nowhere = not is_ip(hop.host) or is_behind_nat(hop.host, source.host)
        return source if source.transport is Transport.TLS or forgotten or nowhere else hop

    def in_order(self, request: Request) -> bool:
        """Note the CSeq of a request of the far side; return whether it is not older than the last (12.2.2)."""
        number = request.cseq.number
        if self.remote_cseq is not None and number < self.remote_cseq:
            return False
        self.remote_cseq = number
        return True

    def refresh(self, message: Request | Response) -> None:
        """Take a new Contact of the far side, after a re-INVITE or its answer (12.2.1.2, 12.2.2), and a new Allow."""
        self.target = _target(message) or self.target
        allowed = _takes_update(message)
        self.takes_update = self.takes_update if allowed is None else allowed

    def _way(self) -> tuple[str, tuple[str, ...]]:
        """Return Request-URI and Routes (12.2.1.1): a first proxy without `lr` is a strict router of RFC 2543."""
        if not self.routes:
            return self.target, ()
        first = NameAddr.parse(self.routes[0]).uri
        if param(Uri.parse(first).params, "lr") is not None:
            return self.target, self.routes
        return first, (*self.routes[1:], str(NameAddr(self.target)))


def _takes_update(message: Request | Response) -> bool | None:
    """Return what a message says of UPDATE; None when it says nothing of what is allowed."""
    allowed = message.headers.list("Allow")
    return "UPDATE" in allowed if allowed else None


def _target(message: Request | Response) -> str | None:
    """Return the Contact as a Request-URI, which has no headers (19.1.1); None when it says nothing."""
    try:
        contact = message.contact
    except ProtocolError:
        return None
    return None if contact is None else str(replace(contact, headers=""))
