"""A SIP user agent, as an engine: RFC 3261 without sockets, clock or chance.

`Agent` reads what comes in and finds the leg it belongs to; what a leg does is in `leg`, what a transaction does in
`transaction`. The words a caller needs are all here: `from unifax.wire.sip import agent as sip`.
"""

from collections.abc import Callable, Collection, Sequence

from unifax.model.errors import ProtocolError
from unifax.wire.datagram import Address, Datagram, Shows, as_we_are
from unifax.wire.sip import session
from unifax.wire.sip.desk import ALLOW, SDP, Desk
from unifax.wire.sip.digest import Credentials
from unifax.wire.sip.early import RELIABLE
from unifax.wire.sip.events import (
    Answered,
    Closed,
    Ended,
    Event,
    Invited,
    OfferAccepted,
    Offered,
    OfferRefused,
    Progress,
    Refused,
)
from unifax.wire.sip.fields import Uri
from unifax.wire.sip.keepalive import Health, KeepAlive
from unifax.wire.sip.leg import Leg
from unifax.wire.sip.message import VERSION, Request, Response, parse
from unifax.wire.sip.multipart import unwrapped
from unifax.wire.sip.registration import Account, Registration
from unifax.wire.sip.transaction import Transaction, Transactions, Written

__all__ = [
    "Account",
    "Agent",
    "Answered",
    "Closed",
    "Ended",
    "Event",
    "Health",
    "Invited",
    "KeepAlive",
    "Leg",
    "OfferAccepted",
    "OfferRefused",
    "Offered",
    "Progress",
    "Refused",
    "Registration",
]

KNOWN = frozenset({"INVITE", "ACK", "CANCEL", "BYE", "OPTIONS", "INFO", "UPDATE"})
NOT_ALLOWED = frozenset({"REGISTER", "PRACK", "SUBSCRIBE", "NOTIFY", "PUBLISH", "REFER", "MESSAGE"})
"Methods we have heard of and do not do: 405. Of others we have not heard: 501 (RFC 3261 21.4.6, 21.5.2)."
EXTENSIONS = frozenset({session.TIMER, RELIABLE})
"Those that may be required of us. 100rel asks nothing of who sends no provisional answer but 100."
SCHEMES = frozenset({"sip", "tel"})
"Of a Request-URI. Not sips: we cannot promise TLS all the way (RFC 3261 26.2.2)."


class Agent:
    """All calls of one SIP address.

    After `receive`, `wake` or a command of a leg: send `datagrams_to_send()`, take `events()`, and wake it at
    `next_wake()`.
    """

    def __init__(
        self,
        *,
        address: Address,
        user_agent: str,
        token: Callable[[], str],
        shows: Shows = as_we_are,
    ) -> None:
        """`address` is where far sides reach us, unless `shows` says another host; `token` makes opaque strings, each
        fresh, for branches, tags and Call-IDs. They must be hard to guess: who knows them can end our calls.
        """
        self.malformed = 0
        "Datagrams that were no SIP, or not enough of it."
        self._events: list[Event] = []
        self._legs: dict[tuple[str, str], Leg] = {}
        self._transactions = Transactions()
        self._desk = Desk(address, user_agent, token, self._transactions, self._events.append, self._forget, shows)

    def __len__(self) -> int:
        """Return how much is still going on: legs, transactions, alarms."""
        return len(self._legs) + len(self._transactions) + len(self._transactions.alarms)

    def __bool__(self) -> bool:
        """An agent at rest is an agent."""
        return True

    # Commands

    def invite(
        self,
        *,
        to: str,
        from_: str,
        sdp: bytes,
        destination: Address,
        now: float,
        credentials: Credentials | None = None,
        call_id: str | None = None,
        hosts: Collection[str] = (),
        fields: Sequence[tuple[str, str]] = (),
    ) -> Leg:
        """Call somebody: `to` and `from_` are URIs, or names with URIs in angle brackets.

        The INVITE goes to `destination`, and to no name: looking up is the caller's. `fields` are further headers of
        it. With `credentials`, challenges to this and later requests of the call are answered. A redirection is
        followed to the host of `destination` and to `hosts`. Raises ProtocolError when `to` or `from_` is no address.
        """
        call_id = call_id or self._desk.token()
        leg = Leg.calling(self._desk, to, from_, sdp, destination, call_id, credentials, hosts, fields, now)
        self._legs[leg.call_id, leg.tag] = leg
        return leg

    def register(
        self,
        account: Account,
        where: Callable[[], Address],
        chance: Callable[[], float],
        changed: Callable[[Registration], None],
        now: float,
    ) -> Registration:
        """Tell a registrar where we are, from now on; see `Registration`."""
        return Registration(self._desk, account, where, chance, changed, now)

    def keep_alive(
        self, account: Account, server: Address, every_seconds: float, changed: Callable[[Health], None], now: float
    ) -> KeepAlive:
        """Ask a server from now on whether it is there; see `KeepAlive`."""
        return KeepAlive(self._desk, account, server, every_seconds, changed, now)

    # The five verbs

    def receive(self, data: bytes, source: Address, now: float) -> None:
        if not data.strip(b"\r\n\0 "):
            return  # a keep-alive (RFC 5626 4.4.1, and what routers make of it)
        try:
            message = parse(data)
            if isinstance(message, Response):
                _check(message)
                peer = self._transactions.peer_of(message)
                if peer is not None:
                    self._desk.learn(peer, message.via)
                self._transactions.answered(unwrapped(message), now)
            else:
                self._receive_request(unwrapped(message).seen_from(source), source, now)
        except ProtocolError:
            self.malformed += 1

    def broken(self, peer: Address, now: float) -> None:
        """The connection to a peer is gone, or could not be had."""
        self._transactions.broken(peer, now)

    def wake(self, now: float) -> None:
        self._transactions.alarms.ring(now)

    def next_wake(self) -> float | None:
        return self._transactions.alarms.next()

    def datagrams_to_send(self) -> list[Datagram]:
        return [Datagram(written.data, written.destination) for written in self.messages_to_send()]

    def messages_to_send(self) -> list[Written]:
        """Take what `datagrams_to_send` gives, for who wants to know what it says, too."""
        waiting = self._transactions.outbox[:]
        self._transactions.outbox.clear()
        return waiting

    def events(self) -> list[Event]:
        happened = self._events[:]
        self._events.clear()
        return happened

    # Requests

    def _receive_request(self, request: Request, source: Address, now: float) -> None:
        """Raises ProtocolError for one that cannot be read; it is told so, unless it is an ACK."""
        connection = source if source.is_reliable else None
        try:
            _check(request)
        except ProtocolError:
            if request.method != "ACK":
                self._transactions.send(request.response(400), connection or request.via.reply_to)
            raise
        if request.method == "ACK":
            leg = self._leg(request)
            if not self._transactions.acknowledged(request, now) and leg is not None:
                leg.acknowledged(request, now)
            return
        transaction = self._transactions.asked(request, now, connection)
        if transaction is None:
            return
        refusal = self._refusal(transaction)
        if refusal is not None:
            transaction.respond(refusal, now)
        else:
            self._serve(transaction, source, now)

    def _refusal(self, transaction: Transaction) -> Response | None:
        """Return the answer to a request that no call needs to see, in the order of RFC 3261 8.2."""
        request = transaction.request
        method, headers = request.method, request.headers
        if request.version != VERSION:
            return self._reply(request, 505)
        if method not in KNOWN:
            return self._reply(request, 405 if method in NOT_ALLOWED else 501, ("Allow", ALLOW))
        if method == "CANCEL":
            return None
        if method == "BYE" and self._leg(request) is not None:
            return None  # whatever else is wrong with it, the far side is gone
        try:
            scheme = Uri.parse(request.uri).scheme
        except ProtocolError:
            return self._reply(request, 400)
        if scheme not in SCHEMES:
            return self._reply(request, 416)
        if not request.to.tag and self._transactions.merged(transaction):
            return self._reply(request, 482)
        unknown = [name for name in headers.list("Require") if name.lower() not in EXTENSIONS]
        if unknown:
            return self._reply(request, 420, ("Unsupported", ", ".join(unknown)))
        if method in ("INVITE", "UPDATE") and session.is_too_short(request):
            return self._reply(request, 422, ("Min-SE", str(session.LEAST_SECONDS)))
        content_type = (headers.get("Content-Type") or SDP).partition(";")[0].strip().lower()
        encoding = (headers.get("Content-Encoding") or "identity").strip().lower()
        if method in ("INVITE", "UPDATE") and request.body and (content_type != SDP or encoding != "identity"):
            return self._reply(request, 415, ("Accept", SDP))
        return None

    def _serve(self, transaction: Transaction, source: Address, now: float) -> None:
        request = transaction.request
        if request.method == "CANCEL":
            self._cancel(transaction, now)
        elif request.to.tag and (leg := self._leg(request)) is not None:
            if request.method == "OPTIONS":
                transaction.respond(self._options(request), now)
            else:
                leg.asked(transaction, now)
        elif request.to.tag or request.method not in ("INVITE", "OPTIONS"):
            transaction.respond(self._reply(request, 481), now)
        elif request.method == "OPTIONS":
            transaction.respond(self._options(request), now)
        else:
            self._invited(transaction, source, now)

    def _invited(self, transaction: Transaction, source: Address, now: float) -> None:
        try:
            leg = Leg.called(self._desk, transaction, source, now)
        except ProtocolError:
            transaction.respond(self._reply(transaction.request, 400), now)
            raise
        self._legs[leg.call_id, leg.tag] = leg

    def _cancel(self, transaction: Transaction, now: float) -> None:
        """RFC 3261 9.2: the CANCEL itself is answered at once, whatever becomes of the INVITE."""
        request = transaction.request
        invite = self._transactions.invite_of(request)
        transaction.respond(self._reply(request, 481 if invite is None else 200), now)
        if invite is not None:
            for leg in [leg for leg in self._legs.values() if leg.call_id == request.call_id]:
                leg.withdrawn(invite, request, now)

    def _options(self, request: Request) -> Response:
        return self._reply(request, 200, ("Allow", ALLOW), ("Accept", SDP), ("Supported", session.TIMER))

    def _reply(self, request: Request, status: int, *fields: tuple[str, str]) -> Response:
        return request.response(status, *fields, ("Server", self._desk.user_agent), tag=self._desk.token())

    def _leg(self, request: Request) -> Leg | None:
        leg = self._legs.get((request.call_id, request.to.tag))
        return leg if leg is not None and leg.is_with(request.from_.tag) else None

    def _forget(self, leg: Leg) -> None:
        self._legs.pop((leg.call_id, leg.tag), None)


def _check(message: Request | Response) -> None:
    """Raise ProtocolError unless every header can be read that each message must have (RFC 3261 8.1.1)."""
    _ = message.via, message.cseq, message.call_id, message.from_, message.to
    if isinstance(message, Request) and message.cseq.method != message.method:
        raise ProtocolError(f"a {message.method} that calls itself {message.cseq.method}")
