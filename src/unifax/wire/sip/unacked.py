"""A 2xx to INVITE that is repeated until its ACK comes (RFC 3261 13.3.1.4). Knows no leg: it tells when none came."""

from collections.abc import Callable

from unifax.wire.sip.message import Response
from unifax.wire.sip.transaction import T1, T2, Transaction, Transactions


class Unacked:
    """One such answer, sent at once."""

    def __init__(
        self,
        transactions: Transactions,
        transaction: Transaction,
        response: Response,
        give_up: Callable[[float], None],
        now: float,
    ) -> None:
        """`give_up(now)` is called when it was repeated for 64*T1 in vain."""
        self.request = transaction.request
        self._alarms = transactions.alarms
        self._transaction = transaction
        self._response = response
        self._give_up = give_up
        self._pause = T1
        self._until = now + 64 * T1
        transaction.respond(response, now)
        self._alarms.set(self, now + T1, self._repeat)

    def stop(self) -> None:
        """Repeat it no more."""
        self._alarms.cancel(self)

    def _repeat(self, now: float) -> None:
        if now >= self._until:
            self._give_up(now)
            return
        self._transaction.respond(self._response, now)
        self._pause = min(2 * self._pause, T2)
        self._alarms.set(self, min(now + self._pause, self._until), self._repeat)
