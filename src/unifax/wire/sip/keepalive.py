"""Whether a SIP server is there: asked by OPTIONS from time to time (RFC 3261 11), which keeps NATs open, too.

Knows no call and no trunk.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from unifax.wire.datagram import Address
from unifax.wire.sip.asking import Asking
from unifax.wire.sip.desk import SDP, Desk
from unifax.wire.sip.digest import Keys
from unifax.wire.sip.fields import NameAddr
from unifax.wire.sip.message import Request, Response
from unifax.wire.sip.registration import Account

DOWN = frozenset({408, 503})
"408 is our own word for no answer (from a proxy: nobody answers behind it); 503 says that it takes no calls now."


@dataclass(frozen=True, slots=True)
class Health:
    """What is known of a server."""

    is_up: bool
    "It answers; what, does not matter: 401, 404 and 405 come from servers that are there."
    since: float
    "Seconds on the clock of the agent."
    status: int
    "The last answer; 408 for none."


class KeepAlive:
    """Asks one server, at once and then `every_seconds` after each answer or its absence, until stopped."""

    def __init__(
        self,
        desk: Desk,
        account: Account,
        server: Address,
        every_seconds: float,
        changed: Callable[[Health], None],
        now: float,
    ) -> None:
        """`changed` is called when the first is known, and when that changes."""
        self._desk = desk
        self._account = account
        self._server = server
        self._every_seconds = every_seconds
        self._changed = changed
        self._health: Health | None = None
        self._keys = Keys(account.credentials, desk.token)
        self._call_id = desk.token()
        self._from = account.name.tagged(desk.token())
        self._numbers = count(1)
        self._stopped = False
        self._ask(now)

    def stop(self) -> None:
        """Ask no more."""
        self._stopped = True
        self._desk.transactions.alarms.cancel(self)

    def _ask(self, now: float) -> None:
        Asking(self._desk.transactions, self._keys, self._options, self._server, self._heard, now)

    def _options(self) -> Request:
        uri = self._account.domain
        fields = (self._desk.contact(self._account.user, self._server), ("Accept", SDP))
        to = NameAddr(str(uri))
        cseq = next(self._numbers)
        return self._desk.request(
            "OPTIONS", str(uri), *fields, from_=self._from, to=to, call_id=self._call_id, cseq=cseq
        )

    def _heard(self, _: Request, response: Response, now: float) -> None:
        if response.status < 200 or self._stopped:
            return
        before, is_up = self._health, response.status not in DOWN
        since = now if before is None or before.is_up != is_up else before.since
        self._health = Health(is_up, since, response.status)
        if self._health != before:
            self._changed(self._health)
        self._desk.transactions.alarms.set(self, now + self._every_seconds, self._ask)
