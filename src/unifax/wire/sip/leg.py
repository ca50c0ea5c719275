"""One leg: a call as SIP sees it, from INVITE to BYE, and the offers within it (RFC 3261 9, 13, 14, 15).

`life` says what moves a leg. Beside that goes at most one offer each way: `_ours` and `_theirs`.
It knows nothing of what the session descriptions say.
"""

from collections.abc import Callable
from functools import partial
from itertools import count

from unifax.model.errors import ProtocolError
from unifax.wire.datagram import Address
from unifax.wire.sip.acks import Acks, Unacked
from unifax.wire.sip.asking import Asking, OnAnswer
from unifax.wire.sip.desk import ALLOW, SDP, Desk, clean, named, number_of
from unifax.wire.sip.dialog import Dialog
from unifax.wire.sip.digest import Credentials, Keys
from unifax.wire.sip.events import (
    Answered,
    Closed,
    Ended,
    Invited,
    OfferAccepted,
    Offered,
    OfferRefused,
    Progress,
    Refused,
)
from unifax.wire.sip.fields import Uri
from unifax.wire.sip.life import MOVES, Phase, Sign
from unifax.wire.sip.message import Request, Response
from unifax.wire.sip.session import TIMER, Session
from unifax.wire.sip.transaction import T1, Transaction, cancel

FORKS = 16
"Answers to one INVITE from different machines that we hang up on one by one; a proxy rings fewer."


def _ignore(request: Request, response: Response, now: float) -> None:
    """For requests whose answers change nothing."""


class Leg:
    """One call. Commands that come too late do nothing: what crossed them is told as an event."""

    def __init__(
        self,
        desk: Desk,
        call_id: str,
        peer: Address,
        *,
        outgoing: bool,
        tag: str,
        user: str | None,
        credentials: Credentials | None = None,
    ) -> None:
        self.call_id = call_id
        self.outgoing = outgoing
        "Whether we sent the INVITE."
        self.tag = tag
        "Our own tag: with the Call-ID it names the leg."
        self.phase = Phase.CALLING if outgoing else Phase.INVITED
        self._desk = desk
        self._keys = Keys(credentials, desk.token)
        self._peer = peer
        self._contact = desk.contact(user)
        self._dialog: Dialog | None = None
        self._ours: Asking | None = None
        "Our INVITE, re-INVITE or refresh, while unanswered."
        self._theirs: Transaction | None = None
        "Their INVITE or re-INVITE, while unanswered."
        self._unacked: Unacked | None = None
        self._held: bytes | None = None
        "An offer that waits for an ACK of theirs (RFC 3261 14.1)."
        self._acks = Acks(desk.transactions)
        self._cancelled = False
        self._sdp = b""
        "What we last said of our own media, and they agreed to."
        self._q850: int | None = None
        self._session = Session(desk.transactions.alarms, self._refresh)

    @property
    def is_over(self) -> bool:
        """Whether nothing can happen to it any more."""
        return self.phase is Phase.OVER

    # Both ways in

    @classmethod
    def calling(
        cls,
        desk: Desk,
        to: str,
        from_: str,
        sdp: bytes,
        destination: Address,
        call_id: str,
        credentials: Credentials | None,
        now: float,
    ) -> "Leg":
        """Call somebody. Raises ProtocolError when `to` or `from_` is no address."""
        tag = desk.token()
        callee, caller = named(to), named(from_).tagged(tag)
        uri, user = str(Uri.parse(callee.uri)), Uri.parse(caller.uri).user
        leg = cls(desk, call_id, destination, outgoing=True, tag=tag, user=user, credentials=credentials)
        leg._sdp = sdp
        numbers = count(1)

        def invite() -> Request:
            fields = (leg._contact, ("Allow", ALLOW), ("Content-Type", SDP), *leg._session.opening())
            cseq = next(numbers)
            return desk.request("INVITE", uri, *fields, from_=caller, to=callee, call_id=call_id, cseq=cseq, body=sdp)

        leg._ours = leg._ask(invite, destination, leg._heard, now)
        return leg

    @classmethod
    def called(cls, desk: Desk, transaction: Transaction, source: Address, now: float) -> "Leg":
        """Somebody calls us. Raises ProtocolError when a dialog cannot be made of it."""
        invite = transaction.request
        leg = cls(desk, invite.call_id, source, outgoing=False, tag=desk.token(), user=Uri.parse(invite.uri).user)
        leg._dialog = Dialog.called(invite, leg.tag, source)
        leg._theirs = transaction
        transaction.respond(invite.response(100), now)
        called = number_of(invite.uri) or number_of(invite.to.uri)
        desk.tell(Invited(leg, number_of(invite.from_.uri), called, invite.body))
        return leg

    # Commands

    def ring(self, now: float) -> None:
        """Tell the caller that we ring."""
        if self.phase is Phase.INVITED and self._theirs is not None:
            self._theirs.respond(self._reply(self._theirs, 180), now)

    def answer(self, sdp: bytes, now: float) -> None:
        """Take their call."""
        if self._theirs is not None and self._move(Sign.ANSWER, now):
            self._take(self._theirs, sdp, now)

    def refuse(self, status: int, now: float, *, retry_after: int | None = None) -> None:
        """Refuse their call, with a status from 300 to 699; no event follows. `retry_after` is in seconds."""
        fields = () if retry_after is None else (("Retry-After", str(retry_after)),)
        if self._theirs is not None and self.phase is Phase.INVITED:
            self._theirs.respond(self._reply(self._theirs, status, *fields), now)
            self._theirs = None
            self._move(Sign.REFUSE, now)

    def cancel(self, now: float) -> None:
        """Give up our call. If it is answered already, or the answer crosses, hang up."""
        if not self._move(Sign.CANCEL, now):
            self.bye(now)
        elif self._ours is not None:
            self._ours.stop()
            if self._ours.is_heard:
                self._send_cancel(self._ours.request, now)

    def bye(self, now: float, *, q850: int | None = None) -> None:
        """Hang up; a call that nobody has answered yet is cancelled or refused (480)."""
        self._q850 = q850
        if self.phase in (Phase.CALLING, Phase.RINGING):
            self.cancel(now)
        elif self.phase is Phase.INVITED:
            self.refuse(480, now)
        elif self._move(Sign.BYE, now) and self.phase is Phase.LEAVING:
            self._leave(now)

    def offer(self, sdp: bytes, now: float) -> None:
        """Offer other media. The answer comes as OfferAccepted or OfferRefused: 491 at once if they have offered."""
        if self.phase not in (Phase.ANSWERED, Phase.TALKING):
            return
        if self._ours is not None or self._theirs is not None or self._held is not None:
            self._desk.tell(OfferRefused(self, 491))
        elif self._unacked is not None:
            self._held = sdp
        else:
            self._offer(sdp, now)

    def accept(self, sdp: bytes, now: float) -> None:
        """Take their offer."""
        if self._theirs is not None and self.phase is Phase.TALKING:
            self._take(self._theirs, sdp, now)

    def decline(self, status: int, now: float) -> None:
        """Decline their offer; the call goes on as it was."""
        if self._theirs is not None and self.phase is Phase.TALKING:
            self._theirs.respond(self._reply(self._theirs, status), now)
            self._theirs = None

    # Answers to our INVITE

    def _heard(self, invite: Request, response: Response, now: float) -> None:
        if response.status < 200:
            if self._move(Sign.RANG, now):
                if self.phase is Phase.CANCELLING:
                    self._send_cancel(invite, now)
                else:
                    self._desk.tell(Progress(self, response.status, response.body))
            return
        if self.phase in (Phase.CALLING, Phase.RINGING, Phase.CANCELLING):
            self._ours = None
        if response.status >= 300:
            self._rejected(response, now)
        elif not self._acks.send_again(response):
            self._accepted(invite, response, now)

    def _accepted(self, invite: Request, response: Response, now: float) -> None:
        try:
            dialog = Dialog.calling(invite, response, self._peer)
        except ProtocolError as error:
            # An answer that we cannot even acknowledge is none.
            self._rejected(invite.response(500, reason=str(error)), now)
            return
        if len(self._acks) >= FORKS:
            return
        self._acks.send(dialog, self._desk.via(), invite, response)
        if self._dialog is not None or not self._move(Sign.ACCEPTED, now):
            self._part(dialog, now)  # somebody else has answered too (RFC 3261 13.2.2.4)
            return
        self._dialog = dialog
        if self.phase is Phase.LEAVING:
            self._leave(now)
        else:
            self._session.answered(response, now)
            self._desk.tell(Answered(self, response.body))

    def _rejected(self, response: Response, now: float) -> None:
        if self._move(Sign.REJECTED, now):
            reason, pause = response.reason, response.retry_after_seconds
            self._desk.tell(Refused(self, response.status, clean(reason), response.q850, pause))

    # Ways out

    def _send_cancel(self, invite: Request, now: float) -> None:
        if self._cancelled:
            return
        self._cancelled = True
        self._desk.transactions.ask(cancel(invite), self._peer, lambda response, now: None, now)
        # RFC 3261 9.1: an INVITE that is not answered 64*T1 after its CANCEL counts as cancelled.
        self._desk.transactions.alarms.set((self, "cancel"), now + 64 * T1, self._give_up)

    def _give_up(self, now: float) -> None:
        if self._move(Sign.GIVEN_UP, now):
            self._desk.tell(Closed(self))

    def _leave(self, now: float) -> None:
        """Say BYE, and wait until that is finished."""
        if self._dialog is not None:
            self._part(self._dialog, now, self._parted)

    def _parted(self, bye: Request, response: Response, now: float) -> None:
        if response.status >= 200 and self._move(Sign.PARTED, now):
            self._desk.tell(Closed(self))

    def _part(self, dialog: Dialog, now: float, tell: OnAnswer = _ignore) -> None:
        fields = () if self._q850 is None else (("Reason", f"Q.850;cause={self._q850}"),)
        self._ask_within(dialog, "BYE", *fields, tell=tell, now=now)

    def _lose(self, sign: Sign, now: float) -> None:
        """The far side does not know the call any more: say BYE for good manners, and wait for nothing."""
        waiting = self.phase is Phase.HANGING_UP
        if not self._move(sign, now):
            return
        if waiting:
            self._leave(now)
        elif self._dialog is not None:
            self._part(self._dialog, now)
            self._desk.tell(Ended(self, None))

    def _move(self, sign: Sign, now: float) -> bool:
        """Move as the table says; False if it says nothing."""
        to = MOVES.get((self.phase, sign))
        if to is None:
            return False
        self.phase = to
        if to in (Phase.LEAVING, Phase.OVER):
            self._settle(now)
        if to is Phase.OVER:
            self._desk.forget(self)
        return True

    def _settle(self, now: float) -> None:
        """Leave nothing behind that is unanswered, or would wait for ever (RFC 3261 15.1.2)."""
        alarms = self._desk.transactions.alarms
        alarms.cancel((self, "cancel"))
        self._stop_repeating()
        self._session.stop()
        self._held = None
        if self._theirs is not None:
            self._theirs.respond(self._reply(self._theirs, 487), now)
            self._theirs = None
        if self._ours is not None:
            self._ours.stop()
            alarms.set((self, "ours"), now + 64 * T1, self._ours.abandon)
            self._ours = None

    # Our requests within the call

    def _ask(self, build: Callable[[], Request], destination: Address, tell: OnAnswer, now: float) -> Asking:
        return Asking(self._desk.transactions, self._keys, build, destination, tell, now, self._session.refused)

    def _ask_within(
        self, dialog: Dialog, method: str, *fields: tuple[str, str], tell: OnAnswer, now: float, body: bytes = b""
    ) -> Asking:
        agent = ("User-Agent", self._desk.user_agent)

        def build() -> Request:
            timed = self._session.asking() if method in ("INVITE", "UPDATE") else []
            return dialog.request(method, self._desk.via(), *fields, agent, *timed, body=body)

        return self._ask(build, dialog.next_hop(), tell, now)

    def _offer(self, sdp: bytes, now: float) -> None:
        if self._dialog is not None:
            self._reinvite(self._dialog, sdp, partial(self._offer_answered, sdp), now)

    def _offer_answered(self, sdp: bytes, _: Request, response: Response, now: float) -> None:
        if response.status < 300:
            self._sdp = sdp
            self._desk.tell(OfferAccepted(self, response.body))
        else:
            self._desk.tell(OfferRefused(self, response.status))

    def _refresh(self, now: float) -> None:
        """Keep the session alive (RFC 4028 7.4): by UPDATE if they take it, else by offering again what is agreed."""
        if self._dialog is None or self.phase is not Phase.TALKING:
            return
        if self._ours is not None or self._theirs is not None or self._unacked is not None:
            self._session.later(now, self._glare_seconds)
        elif self._dialog.takes_update:
            tell = partial(self._heard_within, self._dialog, self._refresh_answered)
            self._ours = self._ask_within(self._dialog, "UPDATE", self._contact, tell=tell, now=now)
        else:
            self._reinvite(self._dialog, self._sdp, self._refresh_answered, now)

    def _refresh_answered(self, refresh: Request, response: Response, now: float) -> None:
        """What they say of their media is not looked at: nothing was offered that is new."""
        if response.status >= 300 and self._dialog is not None:
            never_again = refresh.method == "UPDATE" and response.status != 491
            self._dialog.takes_update = self._dialog.takes_update and not never_again
            self._session.later(now, self._glare_seconds if never_again or response.status == 491 else None)

    @property
    def _glare_seconds(self) -> float:
        """How long to wait when both sides ask at once: one for each end of the call (RFC 3261 14.1)."""
        return 3.0 if self.outgoing else 1.0

    def _reinvite(self, dialog: Dialog, sdp: bytes, tell: OnAnswer, now: float) -> None:
        fields = (self._contact, ("Allow", ALLOW), ("Content-Type", SDP))
        heard = partial(self._heard_within, dialog, tell)
        self._ours = self._ask_within(dialog, "INVITE", *fields, tell=heard, now=now, body=sdp)

    def _heard_within(self, dialog: Dialog, tell: OnAnswer, request: Request, response: Response, now: float) -> None:
        """An answer to a re-INVITE or UPDATE; `tell` is told it while the call is on and not known to be lost."""
        if response.status < 200:
            return
        if response.status < 300:
            if self._acks.send_again(response):
                return
            dialog.refresh(response)
            if request.method == "INVITE":
                self._acks.send(dialog, self._desk.via(), request, response)
        self._ours = None
        if self.phase is not Phase.TALKING:
            return
        if response.status in (408, 481):
            self._lose(Sign.LOST, now)  # RFC 3261 12.2.1.2
            return
        if response.status < 300:
            self._session.answered(response, now)
        tell(request, response, now)

    # Their requests within the call

    @property
    def remote_tag(self) -> str | None:
        """The far side's tag, once there is a dialog."""
        return None if self._dialog is None else self._dialog.remote.tag

    def asked(self, transaction: Transaction, now: float) -> None:
        """They sent a request within the dialog. Its syntax and its extensions are the agent's business."""
        request = transaction.request
        if self._dialog is None or not self._dialog.in_order(request):
            transaction.respond(self._reply(transaction, 500), now)
            return
        match request.method:
            case "INVITE":
                self._offered(self._dialog, transaction, now)
            case "BYE":
                transaction.respond(self._reply(transaction, 200), now)
                self._left(Sign.FAR_BYE, request, now)
            case "UPDATE" if request.body:
                # RFC 3311 5.2. They have to come with a re-INVITE: our owner may need longer than an UPDATE can wait.
                pending = self._ours is not None or self._theirs is not None
                transaction.respond(self._reply(transaction, 491 if pending else 488), now)
            case "UPDATE":
                self._dialog.refresh(request)
                timed = self.phase in (Phase.ANSWERED, Phase.TALKING)
                fields = self._session.answer(request, now) if timed else []
                transaction.respond(self._reply(transaction, 200, *fields), now)
            case _:  # INFO: digits, or flash; nothing that a fax needs
                transaction.respond(self._reply(transaction, 200), now)

    def withdrawn(self, invite: Transaction, request: Request, now: float) -> None:
        """They cancelled their INVITE or re-INVITE."""
        if invite is not self._theirs:
            return  # answered already: CANCEL has no effect (RFC 3261 9.2)
        if self.phase is Phase.INVITED:
            self._left(Sign.FAR_CANCEL, request, now)
        else:
            self.decline(487, now)

    def acknowledged(self, ack: Request, now: float) -> None:
        """They acknowledged a 2xx of ours."""
        if self._unacked is None or ack.cseq.number != self._unacked.request.cseq.number:
            return
        wanted_ours = not self._unacked.request.body
        self._stop_repeating()
        first = self.phase is Phase.ANSWERED
        self._move(Sign.ACKED, now)
        if self.phase is Phase.LEAVING:
            self._leave(now)
        elif first and wanted_ours and ack.body:
            self._desk.tell(OfferAccepted(self, ack.body))
        held, self._held = self._held, None
        if held is not None:
            self._offer(held, now)

    def _left(self, sign: Sign, request: Request, now: float) -> None:
        asked_for = self.phase is Phase.HANGING_UP
        if self._move(sign, now):
            self._desk.tell(Closed(self) if asked_for else Ended(self, request.q850))

    def _offered(self, dialog: Dialog, transaction: Transaction, now: float) -> None:
        status = self._refusal()
        if status is not None:
            pause = (("Retry-After", "2"),) if status == 500 else ()
            transaction.respond(self._reply(transaction, status, *pause), now)
            return
        # They would not offer without having our last answer: its ACK was lost, or is still on its way.
        self._stop_repeating()
        self._move(Sign.ACKED, now)
        if self._held is not None:
            self._held = None
            self._desk.tell(OfferRefused(self, 491))
        dialog.refresh(transaction.request)
        self._theirs = transaction
        if transaction.request.body:
            transaction.respond(transaction.request.response(100), now)
            self._desk.tell(Offered(self, transaction.request.body))
        else:
            # They ask for our offer, to refresh the session (RFC 3261 14.2): everything stays as it is. An answer in
            # the ACK that says otherwise is not looked at.
            self._take(transaction, self._sdp, now)

    def _refusal(self) -> int | None:
        """Return why a re-INVITE cannot be taken now (RFC 3261 14.2)."""
        if self.phase not in (Phase.ANSWERED, Phase.TALKING):
            return 500 if self.phase is Phase.INVITED else 481
        if self._theirs is not None:
            return 500
        return None if self._ours is None else 491

    def _take(self, transaction: Transaction, sdp: bytes, now: float) -> None:
        """Answer 2xx to INVITE, and again until the ACK comes."""
        fields = (("Content-Type", SDP), *self._session.answer(transaction.request, now))
        response = self._reply(transaction, 200, *fields, body=sdp)
        self._theirs = None
        self._sdp = sdp
        self._unacked = Unacked(self._desk.transactions, transaction, response, self._never_acked, now)

    def _never_acked(self, now: float) -> None:
        self._stop_repeating()
        self._lose(Sign.UNACKED, now)

    def _stop_repeating(self) -> None:
        if self._unacked is not None:
            self._unacked.stop()
            self._unacked = None

    def _reply(self, transaction: Transaction, status: int, *fields: tuple[str, str], body: bytes = b"") -> Response:
        """Return an answer that belongs to the dialog (RFC 3261 12.1.1)."""
        request = transaction.request
        always: list[tuple[str, str]] = []
        if request.method == "INVITE" and status < 300:
            always += [("Record-Route", route) for route in request.headers.all("Record-Route")]
            always += [("Allow", ALLOW), ("Supported", TIMER)]
        if request.method in ("INVITE", "UPDATE") and status < 300:
            always.append(self._contact)
        always.append(("Server", self._desk.user_agent))
        return request.response(status, *always, *fields, tag=self.tag, body=body)
