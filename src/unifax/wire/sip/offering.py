"""Our offers and refreshes within a call: re-INVITE or UPDATE, one at a time (RFC 3261 14.1, RFC 3311).

Knows no leg and no media: who asks is told the answer.
"""

from functools import partial

from unifax.wire.sip.acks import Acks
from unifax.wire.sip.asking import Asking, OnAnswer
from unifax.wire.sip.desk import ALLOW, SDP
from unifax.wire.sip.dialog import Dialog
from unifax.wire.sip.message import Request, Response
from unifax.wire.sip.moves import T1
from unifax.wire.sip.voice import Voice


class Offering:
    """Our re-INVITE or UPDATE, while unanswered, and the ACKs to what was answered."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice
        self._transactions = voice.desk.transactions
        self._acks = Acks(self._transactions)
        self._asking: Asking | None = None

    @property
    def pending(self) -> bool:
        """Whether one is unanswered."""
        return self._asking is not None

    def reinvite(self, dialog: Dialog, sdp: bytes, tell: OnAnswer, now: float) -> None:
        """Offer by re-INVITE; `tell` is told its final answer, a 2xx once, when its ACK is sent."""
        fields = (("Allow", ALLOW), ("Content-Type", SDP))
        heard = partial(self._heard, dialog, tell)
        self._asking = self._voice.ask_within(dialog, "INVITE", *fields, tell=heard, now=now, body=sdp)

    def update(self, dialog: Dialog, tell: OnAnswer, now: float) -> None:
        """Refresh by UPDATE, offering nothing."""
        heard = partial(self._heard, dialog, tell)
        self._asking = self._voice.ask_within(dialog, "UPDATE", tell=heard, now=now)

    def settle(self, now: float) -> None:
        """Wait for no answer any longer than is polite: what is asked now is acknowledged, and no more."""
        if self._asking is not None:
            self._asking.stop()
            self._transactions.alarms.set(self, now + 64 * T1, self._asking.abandon)
            self._asking = None

    def _heard(self, dialog: Dialog, tell: OnAnswer, request: Request, response: Response, now: float) -> None:
        if response.status < 200:
            return
        if response.status < 300:
            if self._acks.send_again(response):
                return
            dialog.refresh(response)
            if request.method == "INVITE":
                self._acks.send(dialog, self._voice.desk.via(), request, response)
        self._asking = None
        tell(request, response, now)
