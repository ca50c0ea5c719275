"""A request that is asked again when the answer says how: with credentials after 401 or 407 (RFC 3261 22.2), or as
422 or 423 would have it.

Knows nothing of calls; one `Asking` is one request in the eyes of its owner, however often it had to be sent.
"""

from collections.abc import Callable

from unifax.wire.datagram import Address
from unifax.wire.sip.digest import Keys
from unifax.wire.sip.message import Request, Response
from unifax.wire.sip.moves import State
from unifax.wire.sip.transaction import Transactions

OnAnswer = Callable[[Request, Response, float], None]
"Told the request as it was sent, and every answer to it that does not lead to asking again."

TIMES = 12
"So often one request is sent, at most, however often the answers differ."


class Asking:
    """One request and the way to its answer."""

    def __init__(
        self,
        transactions: Transactions,
        keys: Keys,
        build: Callable[[], Request],
        destination: Address,
        tell: OnAnswer,
        now: float,
        heed: Callable[[Response], bool] = lambda response: False,
    ) -> None:
        """`build` makes the request, each time with a branch and a CSeq of its own (RFC 3261 8.1.3.5).

        `heed` takes a final answer that is no challenge and returns whether what is built then would do better.
        """
        self._transactions = transactions
        self._keys = keys
        self._build = build
        self._destination = destination
        self._tell = tell
        self._heed = heed
        self._times = 0
        self._challenged: dict[tuple[str, str], int] = {}
        self._asks_again = True
        self._ask(now)

    @property
    def is_heard(self) -> bool:
        """Whether a provisional answer has come to what was sent last."""
        return self._transaction.state is State.PROCEEDING

    def stop(self) -> None:
        """Ask no more: what is asked now is the last, and its answer stands."""
        self._asks_again = False

    def abandon(self, now: float) -> None:
        """Wait for no answer any longer."""
        self.stop()
        self._transaction.abandon(now)

    def _ask(self, now: float) -> None:
        self._times += 1
        self.request = self._keys.sign(self._build())
        "As it was sent last."
        self._transaction = self._transactions.ask(self.request, self._destination, self._heard, now)

    def _heard(self, response: Response, now: float) -> None:
        if self._asks_again and self._times < TIMES and self._helps(response):
            self._ask(now)
        else:
            self._tell(self.request, response, now)

    def _helps(self, response: Response) -> bool:
        if response.status in (401, 407):
            return self._keys.learn(response, self._challenged)
        return response.status >= 300 and self._heed(response)
