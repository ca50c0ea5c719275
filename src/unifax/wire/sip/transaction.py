"""SIP transactions, and what they have to send: `moves` says what they do, the code here only carries it out.

Nothing here knows dialogs, calls or where requests come from.
"""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from unifax.wire.datagram import Address
from unifax.wire.sip.alarm import Alarms
from unifax.wire.sip.message import Headers, Request, Response
from unifax.wire.sip.moves import (
    AT_ONCE,
    FIRST,
    LONGEST,
    MOVES,
    SECONDS,
    TIMERS,
    UNRELIABLE_ONLY,
    Act,
    Kind,
    Sign,
    State,
)

MAGIC = "z9hG4bK"
"What branches begin with that are unlike all others (RFC 3261 8.1.1.7); alone it names nothing (RFC 4475 3.2.1)."


class Written(NamedTuple):
    """A message that leaves: its octets, and what they say."""

    data: bytes
    destination: Address
    message: Request | Response


OnResponse = Callable[[Response, float], None]
"Told every response that is new to a client transaction; a 408 of our own making when none comes."


class Transaction:
    """One request and its responses, on either side."""

    def __init__(
        self, kind: Kind, request: Request, peer: Address, layer: "Transactions", tell: OnResponse, now: float
    ) -> None:
        """`peer` is where we send to: the next hop of a client, the way back of a server."""
        self.kind = kind
        self.request = request
        self.peer = peer
        self.state = FIRST[kind]
        self._layer = layer
        self._tell = tell
        self._last: Request | Response | None = None
        self._pause: dict[Sign, float] = {}
        if kind in (Kind.INVITE_CLIENT, Kind.CLIENT):
            self._send(request)
        self._arm(now)

    def respond(self, response: Response, now: float) -> None:
        """Send a response; a second final one is absorbed, except that a 2xx to INVITE may be repeated."""
        self.sign(_sign_of(response.status), now, response)

    def abandon(self, now: float) -> None:
        """Wait for no answer any longer."""
        self.sign(Sign.ABANDON, now)

    def sign(self, sign: Sign, now: float, response: Response | None = None) -> None:
        """Move as the table says."""
        move = MOVES.get((self.kind, self.state, sign))
        if move is None:
            return
        self.state, acts = move
        self._arm(now, sign)
        for act in acts:
            self._do(act, response, now)
        if self.state is State.TERMINATED:
            self._layer.forget(self)

    def _do(self, act: Act, response: Response | None, now: float) -> None:
        match act:
            case Act.REPEAT:
                if self._last is not None:
                    self._send(self._last)
            case Act.SEND if response is not None:
                self._send(response)
            case Act.ACK if response is not None:
                self._layer.send(ack(self.request, response), self.peer)
            case Act.TELL if response is not None:
                self._tell(response, now)
            case Act.TIME_OUT:
                self._tell(self.request.response(408), now)
            case Act.FAIL:
                self._tell(self.request.response(503), now)
            case _:
                raise AssertionError(f"{act} without a response")

    def _send(self, message: Request | Response) -> None:
        self._last = message
        self._layer.send(message, self.peer)

    def _arm(self, now: float, rung: Sign | None = None) -> None:
        alarms, timers = self._layer.alarms, TIMERS.get((self.kind, self.state), ())
        if self._pause:
            for timer in [timer for timer in self._pause if timer not in timers]:
                del self._pause[timer]
                alarms.cancel((self, timer))
        for timer in timers:
            if self.peer.is_reliable and timer in UNRELIABLE_ONLY:
                continue
            if timer not in self._pause:
                self._pause[timer] = 0.0 if self.peer.is_reliable and timer in AT_ONCE else SECONDS[timer]
            elif timer is rung:
                # While a request is being worked on, it is repeated at the slowest pace (17.1.2.2).
                slow = self.state is State.PROCEEDING
                self._pause[timer] = LONGEST[timer] if slow else min(2 * self._pause[timer], LONGEST[timer])
            else:
                continue
            alarms.set((self, timer), now + self._pause[timer], partial(self.sign, timer))


class Transactions:
    """All transactions of one SIP address, and what they have to send."""

    def __init__(self) -> None:
        self.alarms = Alarms()
        self.outbox: list[Written] = []
        self._clients: dict[tuple[str, str], Transaction] = {}
        self._servers: dict[tuple[str, ...], Transaction] = {}
        self._origins: dict[tuple[str, ...], Transaction] = {}

    def __len__(self) -> int:
        return len(self._clients) + len(self._servers)

    def send(self, message: Request | Response, destination: Address) -> None:
        """Send outside any transaction: an ACK to a 2xx."""
        # RFC 3261 18.1.1 wants TCP for requests over 1300 octets. Ours are about 900, with answers to challenges up to
        # 1500: they stay on UDP, in two fragments at worst. A trunk that cannot take that is to be reached over TCP.
        self.outbox.append(Written(bytes(message), destination, message))

    def ask(self, request: Request, destination: Address, tell: OnResponse, now: float) -> Transaction:
        """Send a request, until it is answered or nobody answers."""
        kind = Kind.INVITE_CLIENT if request.method == "INVITE" else Kind.CLIENT
        request = request.sent_by(destination.transport)
        transaction = Transaction(kind, request, destination, self, tell, now)
        self._clients[request.via.branch, request.method] = transaction
        return transaction

    def peer_of(self, response: Response) -> Address | None:
        """Return where the request went that this answers, or None when it answers none. Raises ProtocolError."""
        transaction = self._clients.get((response.via.branch, response.cseq.method))
        return None if transaction is None else transaction.peer

    def answered(self, response: Response, now: float) -> None:
        """A response came; one that belongs to nothing is dropped (RFC 6026 8.9). Raises ProtocolError."""
        transaction = self._clients.get((response.via.branch, response.cseq.method))
        if transaction is not None:
            transaction.sign(_sign_of(response.status), now, response)

    def broken(self, peer: Address, now: float) -> None:
        """The connection to a peer is gone, or could not be had."""
        for transaction in [each for each in self._clients.values() if each.peer == peer]:
            transaction.sign(Sign.BROKEN, now)

    def asked(self, request: Request, now: float, connection: Address | None = None) -> Transaction | None:
        """A request came, its topmost Via noting the source: return a new transaction to answer it with.

        Answers go over the connection, if it came by one (RFC 3261 18.2.2), else where its Via says.

        None when it was the repetition of one. Raises ProtocolError.
        """
        key = _key(request, request.method)
        known = self._servers.get(key)
        if known is not None:
            known.sign(Sign.REQUEST, now)
            return None
        kind = Kind.INVITE_SERVER if request.method == "INVITE" else Kind.SERVER
        transaction = Transaction(kind, request, connection or request.via.reply_to, self, _tell_nobody, now)
        self._servers[key] = transaction
        self._origins.setdefault(_origin(request), transaction)
        return transaction

    def acknowledged(self, ack: Request, now: float) -> bool:
        """An ACK came; return whether it was for a failure, and so no business of the dialog. Raises ProtocolError."""
        known = self._servers.get(_key(ack, "INVITE"))
        if known is None or known.state is State.ACCEPTED:
            return False
        known.sign(Sign.ACK, now)
        return True

    def invite_of(self, cancel: Request) -> Transaction | None:
        """Return the INVITE that a CANCEL means (RFC 3261 9.2)."""
        return self._servers.get(_key(cancel, "INVITE"))

    def merged(self, transaction: Transaction) -> bool:
        """Whether the same request came by another way already (RFC 3261 8.2.2.2)."""
        return self._origins.get(_origin(transaction.request), transaction) is not transaction

    def forget(self, transaction: Transaction) -> None:
        request = transaction.request
        if transaction.kind in (Kind.INVITE_CLIENT, Kind.CLIENT):
            self._clients.pop((request.via.branch, request.method), None)
        else:
            self._servers.pop(_key(request, request.method), None)
            if self._origins.get(_origin(request)) is transaction:
                del self._origins[_origin(request)]


def ack(invite: Request, response: Response) -> Request:
    """Return the ACK to a failure (RFC 3261 17.1.1.3)."""
    return _within(invite, "ACK", response.headers.get("To") or "")


def cancel(invite: Request) -> Request:
    """Return the CANCEL of an INVITE (RFC 3261 9.1)."""
    return _within(invite, "CANCEL", invite.headers.get("To") or "")


def _within(invite: Request, method: str, to: str) -> Request:
    routes = [("Route", route) for route in invite.headers.all("Route")]
    headers = Headers.of(
        ("Via", str(invite.via)),
        *routes,
        ("Max-Forwards", "70"),
        ("From", invite.headers.get("From") or ""),
        ("To", to),
        ("Call-ID", invite.call_id),
        ("CSeq", f"{invite.cseq.number} {method}"),
    )
    return Request(method, invite.uri, headers=headers)


def _sign_of(status: int) -> Sign:
    return Sign.PROVISIONAL if status < 200 else Sign.SUCCESS if status < 300 else Sign.FAILURE


def _key(request: Request, method: str) -> tuple[str, ...]:
    """Return what identifies a server transaction (RFC 3261 17.2.3)."""
    via = request.via
    if via.branch.startswith(MAGIC) and via.branch != MAGIC:
        return via.branch, via.host.lower(), str(via.port), method
    # RFC 2543. The To tag is left out, because an ACK has ours and its INVITE has none.
    return str(via), request.uri, request.call_id, request.from_.tag, str(request.cseq.number), method


def _origin(request: Request) -> tuple[str, ...]:
    return request.call_id, request.from_.tag, str(request.cseq)


def _tell_nobody(response: Response, now: float) -> None:
    """The owner of a server transaction makes the responses, and is told none."""
