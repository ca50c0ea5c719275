"""The ACK to a 2xx, either way: both ends of a call see to it themselves, for no transaction does (RFC 3261 13).

Knows no leg.
"""

from collections.abc import Callable

from unifax.wire.datagram import Address
from unifax.wire.sip.dialog import Dialog
from unifax.wire.sip.digest import credentials_of
from unifax.wire.sip.message import Request, Response
from unifax.wire.sip.moves import T1, T2
from unifax.wire.sip.transaction import Transaction, Transactions


class Acks:
    """The ACKs that we have sent, for when the 2xx comes again (13.2.2.4)."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions
        self._made: dict[tuple[int, str], tuple[Request, Address]] = {}

    def __len__(self) -> int:
        return len(self._made)

    def send(self, dialog: Dialog, via: str, invite: Request, response: Response) -> None:
        """Acknowledge a 2xx to our INVITE, as who sent the INVITE."""
        cseq = response.cseq.number
        hop = dialog.next_hop()
        ack = dialog.request("ACK", via, *credentials_of(invite), cseq=cseq).sent_by(hop.transport)
        self._made[cseq, dialog.remote.tag] = ack, hop
        self.send_again(response)

    def send_again(self, response: Response) -> bool:
        """Send the ACK that was made for this 2xx before; False if none was."""
        ack = self._made.get((response.cseq.number, response.to.tag))
        if ack is not None:
            self._transactions.send(*ack)
        return ack is not None


class Unacked:
    """A 2xx to an INVITE of theirs, sent at once and then until its ACK comes (13.3.1.4)."""

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
