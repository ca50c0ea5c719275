"""Their INVITE, or their offer within a call, and our answer to it until its ACK comes (RFC 3261 13.3.1.4, 14.2).

Knows no leg and no media.
"""

from collections.abc import Callable

from unifax.wire.sip.acks import Unacked
from unifax.wire.sip.desk import SDP
from unifax.wire.sip.early import RELIABLE, requires
from unifax.wire.sip.message import Request
from unifax.wire.sip.transaction import Transaction
from unifax.wire.sip.voice import Voice


class Answering:
    """What the far side asked for with INVITE, or with an offer in UPDATE (RFC 3311 5.2), one at a time."""

    def __init__(self, voice: Voice, never_acked: Callable[[float], None]) -> None:
        """`never_acked(now)` is called when a 2xx of ours was repeated in vain."""
        self._voice = voice
        self._never_acked = never_acked
        self._asked: Transaction | None = None
        self._unacked: Unacked | None = None

    @property
    def pending(self) -> bool:
        """Whether they wait for our answer."""
        return self._asked is not None

    @property
    def request(self) -> Request | None:
        """What they wait for."""
        return None if self._asked is None else self._asked.request

    @property
    def awaits_ack(self) -> bool:
        """Whether we wait for their ACK."""
        return self._unacked is not None

    def begin(self, transaction: Transaction) -> None:
        """They ask; whatever was answered before is acknowledged by that."""
        self.stop_repeating()
        self._asked = transaction

    def is_about(self, transaction: Transaction) -> bool:
        """Whether this is what they wait for."""
        return self._asked is transaction

    def ring(self, now: float) -> None:
        """Answer 180. Who takes only what can be acknowledged has to do without (RFC 3262 3): we answer soon enough."""
        if self._asked is not None and not requires(self._asked.request, RELIABLE):
            self._asked.respond(self._voice.reply(self._asked, 180), now)

    def refuse(self, status: int, now: float, *fields: tuple[str, str]) -> None:
        """Answer 3xx to 6xx, if they wait for an answer."""
        if self._asked is not None:
            self._asked.respond(self._voice.reply(self._asked, status, *fields), now)
            self._asked = None

    def take(self, sdp: bytes, now: float) -> None:
        """Answer 2xx, if they wait for an answer; to INVITE again and again until the ACK comes."""
        if self._asked is None:
            return
        voice, asked = self._voice, self._asked
        fields = (("Content-Type", SDP), *voice.session.answer(asked.request, now))
        response = voice.reply(asked, 200, *fields, body=sdp)
        self._asked = None
        if asked.request.method == "INVITE":
            self._unacked = Unacked(voice.desk.transactions, asked, response, self._lost, now)
        else:
            asked.respond(response, now)

    def acknowledged(self, ack: Request) -> Request | None:
        """Return the INVITE whose 2xx this acknowledges, or None when none waits for it."""
        if self._unacked is None or ack.cseq.number != self._unacked.request.cseq.number:
            return None
        invite = self._unacked.request
        self.stop_repeating()
        return invite

    def settle(self, now: float) -> None:
        """The call is over, or as good as: leave nothing unanswered (RFC 3261 15.1.2)."""
        self.stop_repeating()
        self.refuse(487, now)

    def stop_repeating(self) -> None:
        """Wait for no ACK any longer."""
        if self._unacked is not None:
            self._unacked.stop()
            self._unacked = None

    def _lost(self, now: float) -> None:
        self.stop_repeating()
        self._never_acked(now)
