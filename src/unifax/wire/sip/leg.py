"""One leg: a call as SIP sees it, from INVITE to BYE, and the offers within it (RFC 3261 9, 13, 14, 15).

`life` says what moves a leg. Our INVITE is in `dialling`, our offers are in `offering`, and what the far side asks for
waits in `answering`. It knows nothing of what the session descriptions say.
"""

from collections.abc import Collection, Sequence
from functools import partial

from unifax.wire.datagram import Address
from unifax.wire.sip.answering import Answering
from unifax.wire.sip.desk import Desk, clean, named, number_of
from unifax.wire.sip.dialling import Dialling
from unifax.wire.sip.dialog import Dialog
from unifax.wire.sip.digest import Credentials
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
from unifax.wire.sip.offering import Offering
from unifax.wire.sip.session import Session
from unifax.wire.sip.transaction import Transaction
from unifax.wire.sip.voice import Voice

MAY_OFFER = (Phase.RINGING, Phase.TALKING)
"When an offer of theirs can be waiting: one that rings may move its early media by UPDATE (RFC 3311)."


class Leg:
    """One call. Commands that come too late do nothing: what crossed them is told as an event."""

    def __init__(
        self,
        desk: Desk,
        call_id: str,
        *,
        outgoing: bool,
        tag: str,
        user: str | None,
        peer: Address,
        credentials: Credentials | None = None,
    ) -> None:
        self.call_id = call_id
        self.outgoing = outgoing
        "Whether we sent the INVITE."
        self.tag = tag
        "Our own tag: with the Call-ID it names the leg."
        self.phase = Phase.CALLING if outgoing else Phase.INVITED
        self._desk = desk
        self._dialog: Dialog | None = None
        self._session = Session(desk.transactions.alarms, self._refresh)
        self._voice = Voice(desk, self._session, tag=tag, user=user, peer=peer, credentials=credentials)
        self._dialling: Dialling | None = None
        self._ours = Offering(self._voice)
        self._theirs = Answering(self._voice, self._never_acked)
        self._held: bytes | None = None
        "An offer that waits for an ACK of theirs (RFC 3261 14.1)."
        self._sdp = b""
        "What we last said of our own media, and they agreed to."
        self._q850: int | None = None

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
        hosts: Collection[str],
        fields: Sequence[tuple[str, str]],
        now: float,
    ) -> "Leg":
        """Call somebody; one of `hosts` may redirect us, and `fields` go with the INVITE.

        Raises ProtocolError when `to` or `from_` is no address.
        """
        tag = desk.token()
        callee, caller = named(to), named(from_).tagged(tag)
        uri = Uri.parse(callee.uri)
        user = Uri.parse(caller.uri).user
        leg = cls(desk, call_id, outgoing=True, tag=tag, user=user, peer=destination, credentials=credentials)
        leg._sdp = sdp
        leg._dialling = Dialling(
            leg._voice,
            leg,
            uri=uri,
            from_=caller,
            to=callee,
            call_id=call_id,
            sdp=sdp,
            destination=destination,
            hosts=hosts,
            fields=fields,
            now=now,
        )
        return leg

    @classmethod
    def called(cls, desk: Desk, transaction: Transaction, source: Address, now: float) -> "Leg":
        """Somebody calls us. Raises ProtocolError when a dialog cannot be made of it."""
        invite = transaction.request
        user = Uri.parse(invite.uri).user
        leg = cls(desk, invite.call_id, outgoing=False, tag=desk.token(), user=user, peer=source)
        leg._dialog = Dialog.called(invite, leg.tag, source)
        leg._theirs.begin(transaction)
        transaction.respond(invite.response(100), now)
        called = number_of(invite.uri) or number_of(invite.to.uri)
        desk.tell(Invited(leg, number_of(invite.from_.uri), called, invite.body, source, bytes(invite)))
        return leg

    # Commands

    def ring(self, now: float) -> None:
        """Tell the caller that we ring."""
        if self.phase is Phase.INVITED:
            self._theirs.ring(now)

    def answer(self, sdp: bytes, now: float) -> None:
        """Take their call."""
        if self._theirs.pending and self._move(Sign.ANSWER, now):
            self._take(sdp, now)

    def refuse(self, status: int, now: float, *, retry_after: int | None = None) -> None:
        """Refuse their call, with a status from 300 to 699; no event follows. `retry_after` is in seconds."""
        fields = () if retry_after is None else (("Retry-After", str(retry_after)),)
        if self.phase is Phase.INVITED:
            self._theirs.refuse(status, now, *fields)
            self._move(Sign.REFUSE, now)

    def cancel(self, now: float) -> None:
        """Give up our call. If it is answered already, or the answer crosses, hang up."""
        if not self._move(Sign.CANCEL, now):
            self.bye(now)
        elif self._dialling is not None:
            self._dialling.cancel(now)

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
        if self._ours.pending or self._theirs.pending or self._held is not None:
            self._desk.tell(OfferRefused(self, 491))
        elif self._theirs.awaits_ack:
            self._held = sdp
        else:
            self._offer(sdp, now)

    def accept(self, sdp: bytes, now: float) -> None:
        """Take their offer."""
        offer = self._theirs.request
        if self.phase not in MAY_OFFER or offer is None:
            return
        if self._dialling is not None:
            self._dialling.moved(offer.from_.tag, offer.body)
        self._take(sdp, now)

    def decline(self, status: int, now: float) -> None:
        """Decline their offer; the call goes on as it was."""
        if self.phase in MAY_OFFER:
            self._theirs.refuse(status, now)

    # Answers to our INVITE (`dialling.Dialler`)

    def rang(self, response: Response, now: float) -> None:
        if self._move(Sign.RANG, now) and self.phase is Phase.RINGING:
            self._desk.tell(Progress(self, response.status, response.body))

    def accepted(self, dialog: Dialog, response: Response, sdp: bytes, now: float) -> bool:
        if self._dialog is not None or not self._move(Sign.ACCEPTED, now):
            return False
        self._dialog = dialog
        if self.phase is Phase.LEAVING:
            self._leave(now)
        else:
            self._session.answered(response, now)
            self._desk.tell(Answered(self, sdp))
        return True

    def rejected(self, response: Response, now: float) -> None:
        if self._move(Sign.REJECTED, now):
            reason, pause = response.reason, response.retry_after_seconds
            self._desk.tell(Refused(self, response.status, clean(reason), response.q850, pause))

    def gave_up(self, now: float) -> None:
        if self._move(Sign.GIVEN_UP, now):
            self._desk.tell(Closed(self))

    # Ways out

    def _leave(self, now: float) -> None:
        """Say BYE, and wait until that is finished."""
        if self._dialog is not None:
            self._voice.part(self._dialog, now, self._q850, self._parted)

    def _parted(self, bye: Request, response: Response, now: float) -> None:
        if response.status >= 200 and self._move(Sign.PARTED, now):
            self._desk.tell(Closed(self))

    def _lose(self, sign: Sign, now: float) -> None:
        """The far side does not know the call any more: say BYE for good manners, and wait for nothing."""
        waiting = self.phase is Phase.HANGING_UP
        if not self._move(sign, now):
            return
        if waiting:
            self._leave(now)
        elif self._dialog is not None:
            self._voice.part(self._dialog, now, self._q850)
            self._desk.tell(Ended(self, None))

    def _never_acked(self, now: float) -> None:
        self._lose(Sign.UNACKED, now)

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
        self._session.stop()
        self._held = None
        self._theirs.settle(now)
        self._ours.settle(now)
        if self._dialling is not None:
            self._dialling.settle(now)

    # Our offers within the call

    def _offer(self, sdp: bytes, now: float) -> None:
        if self._dialog is not None:
            self._ours.reinvite(self._dialog, sdp, partial(self._offer_answered, sdp), now)

    def _offer_answered(self, sdp: bytes, _: Request, response: Response, now: float) -> None:
        # Silence (408) would end the call, too (RFC 3261 12.2.1.2). But there are gateways that overlook offers of T.38
        # while the fax in audio goes well: T.30 knows better whether anybody is there.
        if not self._goes_on(response, now, lost=(481,)):
            return
        if response.status < 300:
            self._sdp = sdp
            self._desk.tell(OfferAccepted(self, response.body))
        else:
            self._desk.tell(OfferRefused(self, response.status))

    def _refresh(self, now: float) -> None:
        """Keep the session alive (RFC 4028 7.4): by UPDATE if they take it, else by offering again what is agreed."""
        if self._dialog is None or self.phase is not Phase.TALKING:
            return
        if self._ours.pending or self._theirs.pending or self._theirs.awaits_ack:
            self._session.later(now, self._glare_seconds)
        elif self._dialog.takes_update:
            self._ours.update(self._dialog, self._refresh_answered, now)
        else:
            self._ours.reinvite(self._dialog, self._sdp, self._refresh_answered, now)

    def _refresh_answered(self, refresh: Request, response: Response, now: float) -> None:
        """What they say of their media is not looked at: nothing was offered that is new."""
        if self._goes_on(response, now) and response.status >= 300 and self._dialog is not None:
            never_again = refresh.method == "UPDATE" and response.status != 491
            self._dialog.takes_update = self._dialog.takes_update and not never_again
            self._session.later(now, self._glare_seconds if never_again or response.status == 491 else None)

    def _goes_on(self, response: Response, now: float, *, lost: tuple[int, ...] = (408, 481)) -> bool:
        """Whether the call goes on after an answer to a re-INVITE or UPDATE of ours."""
        if self.phase is not Phase.TALKING:
            return False
        if response.status in lost:
            self._lose(Sign.LOST, now)  # RFC 3261 12.2.1.2
            return False
        if response.status < 300:
            self._session.answered(response, now)
        return True

    @property
    def _glare_seconds(self) -> float:
        """How long to wait when both sides ask at once: one for each end of the call (RFC 3261 14.1)."""
        return 3.0 if self.outgoing else 1.0

    # Their requests within the call

    @property
    def peer(self) -> Address:
        """Where its SIP comes from, or goes to. Raises LookupError before a call of ours is answered."""
        if self._dialog is None:
            raise LookupError("nobody has answered")
        return self._dialog.source

    def is_with(self, tag: str) -> bool:
        """Whether the far side, or one that rings, has this tag."""
        if self._dialog is not None:
            return self._dialog.remote.tag == tag
        return self._dialling is not None and self._dialling.early(tag) is not None

    def asked(self, transaction: Transaction, now: float) -> None:
        """They sent a request within the dialog. Its syntax and its extensions are the agent's business."""
        request = transaction.request
        dialog = self._dialog_of(request)
        if dialog is None or not dialog.in_order(request):
            transaction.respond(self._voice.reply(transaction, 500), now)
            return
        match request.method:
            case "INVITE":
                self._offered(dialog, transaction, now)
            case "UPDATE" if request.body:
                self._offered(dialog, transaction, now)
            case "UPDATE":
                dialog.refresh(request)
                timed = self.phase in (Phase.ANSWERED, Phase.TALKING)
                fields = self._session.answer(request, now) if timed else []
                transaction.respond(self._voice.reply(transaction, 200, *fields), now)
            case "BYE":
                transaction.respond(self._voice.reply(transaction, 200), now)
                self._left(Sign.FAR_BYE, request, now)
            case _:  # INFO: digits, or flash; nothing that a fax needs
                transaction.respond(self._voice.reply(transaction, 200), now)

    def _dialog_of(self, request: Request) -> Dialog | None:
        if self._dialog is not None or self._dialling is None:
            return self._dialog
        early = self._dialling.early(request.from_.tag)
        return None if early is None else early.dialog

    def withdrawn(self, invite: Transaction, request: Request, now: float) -> None:
        """They cancelled their INVITE or re-INVITE."""
        if not self._theirs.is_about(invite):
            return  # answered already: CANCEL has no effect (RFC 3261 9.2)
        if self.phase is Phase.INVITED:
            self._left(Sign.FAR_CANCEL, request, now)
        else:
            self.decline(487, now)

    def acknowledged(self, ack: Request, now: float) -> None:
        """They acknowledged a 2xx of ours."""
        invite = self._theirs.acknowledged(ack)
        if invite is None:
            return
        first = self.phase is Phase.ANSWERED
        self._move(Sign.ACKED, now)
        if self.phase is Phase.LEAVING:
            self._leave(now)
        elif first and not invite.body and ack.body:
            self._desk.tell(OfferAccepted(self, ack.body))
        held, self._held = self._held, None
        if held is not None:
            self._offer(held, now)

    def _left(self, sign: Sign, request: Request, now: float) -> None:
        asked_for = self.phase is Phase.HANGING_UP
        if self._move(sign, now):
            self._desk.tell(Closed(self) if asked_for else Ended(self, request.q850))

    def _offered(self, dialog: Dialog, transaction: Transaction, now: float) -> None:
        request = transaction.request
        status = self._refusal(request)
        if status is not None:
            pause = (("Retry-After", "2"),) if status == 500 else ()
            transaction.respond(self._voice.reply(transaction, status, *pause), now)
            return
        # They would not offer without having our last answer: its ACK was lost, or is still on its way.
        self._theirs.begin(transaction)
        self._move(Sign.ACKED, now)
        if self._held is not None:
            self._held = None
            self._desk.tell(OfferRefused(self, 491))
        dialog.refresh(request)
        if not request.body:
            # They ask for our offer, to refresh the session (RFC 3261 14.2): everything stays as it is. An answer in
            # the ACK that says otherwise is not looked at.
            self._take(self._sdp, now)
            return
        if request.method == "INVITE":  # others are answered at once, or not at all (RFC 4320 4.1)
            transaction.respond(request.response(100), now)
        self._desk.tell(Offered(self, request.body))

    def _refusal(self, request: Request) -> int | None:
        """Return why an offer of theirs cannot be taken now (RFC 3261 14.2, RFC 3311 5.2)."""
        match self.phase:
            case Phase.ANSWERED | Phase.TALKING:
                asking = self._ours.pending
            case Phase.RINGING:
                early = self._dialling.early(request.from_.tag) if self._dialling is not None else None
                asking = request.method == "INVITE" or early is None or not early.sdp
            case Phase.INVITED:
                return 500
            case _:
                return 481
        if self._theirs.pending:
            return 500
        return 491 if asking else None

    def _take(self, sdp: bytes, now: float) -> None:
        self._sdp = sdp
        self._theirs.take(sdp, now)
