"""One fax call from INVITE to BYE, calling or called. It knows no socket, clock or chance: all of them are arguments.

A call is driven by SIP events, datagrams of its media port and time, and drives its SIP leg and its T.30 terminal.
`MOVES` is the whole state machine; `CAUSE` and `_conclude` say what the end of a call means.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from unifax.model.call import CallReport, Milestone, Progress
from unifax.model.errors import ProtocolError
from unifax.model.outcome import Outcome, outcome_of_refusal
from unifax.wire import sdp, t30
from unifax.wire.datagram import Address, Datagram
from unifax.wire.sip import agent as sip
from unifax.wire.udptl import Udptl


class Phase(StrEnum):
    """Where a call stands. Every phase but the last has a deadline."""

    DIALLING = "dialling"
    RINGING = "ringing"
    TALKING = "talking"
    "Answered; not yet agreed on T.38."
    FAXING = "faxing"
    PARTING = "parting"
    "The far side hung up; a confirmation that left it before its BYE may still come in, by another path."
    CLOSING = "closing"
    OVER = "over"


class Sign(StrEnum):
    """What can happen to a call."""

    RANG = "rang"
    ANSWERED = "answered"
    REFUSED = "refused"
    AGREED = "agreed on T.38"
    DECLINED = "T.38 declined"
    FINISHED = "T.30 finished"
    LEFT = "far side hung up"
    STOPPED = "we hang up"
    TOO_LONG = "deadline passed"
    CLOSED = "our BYE or CANCEL is finished"


P, S = Phase, Sign
MOVES: Mapping[tuple[Phase, Sign], Phase] = {
    (P.DIALLING, S.RANG): P.RINGING,
    (P.DIALLING, S.ANSWERED): P.TALKING,
    (P.DIALLING, S.REFUSED): P.OVER,
    (P.DIALLING, S.LEFT): P.OVER,
    (P.DIALLING, S.STOPPED): P.CLOSING,
    (P.DIALLING, S.TOO_LONG): P.CLOSING,
    (P.RINGING, S.RANG): P.RINGING,
    (P.RINGING, S.ANSWERED): P.TALKING,
    (P.RINGING, S.REFUSED): P.OVER,
    (P.RINGING, S.LEFT): P.OVER,
    (P.RINGING, S.STOPPED): P.CLOSING,
    (P.RINGING, S.TOO_LONG): P.CLOSING,
    (P.TALKING, S.AGREED): P.FAXING,
    (P.TALKING, S.DECLINED): P.CLOSING,
    (P.TALKING, S.LEFT): P.OVER,
    (P.TALKING, S.STOPPED): P.CLOSING,
    (P.TALKING, S.TOO_LONG): P.CLOSING,
    (P.FAXING, S.AGREED): P.FAXING,  # a refreshing re-INVITE
    (P.FAXING, S.FINISHED): P.CLOSING,
    (P.FAXING, S.LEFT): P.PARTING,
    (P.FAXING, S.STOPPED): P.CLOSING,
    (P.FAXING, S.TOO_LONG): P.CLOSING,
    (P.PARTING, S.FINISHED): P.OVER,
    (P.PARTING, S.STOPPED): P.OVER,
    (P.PARTING, S.TOO_LONG): P.OVER,
    (P.CLOSING, S.REFUSED): P.OVER,  # 487 after our CANCEL
    (P.CLOSING, S.CLOSED): P.OVER,
    (P.CLOSING, S.LEFT): P.OVER,
    (P.CLOSING, S.TOO_LONG): P.OVER,
}
"A sign that is not here changes nothing: SIP lets old news arrive late."

CAUSE: Mapping[tuple[Phase, Sign], Outcome] = {
    (P.DIALLING, S.TOO_LONG): Outcome.UNREACHABLE,
    (P.RINGING, S.TOO_LONG): Outcome.NO_ANSWER,
    (P.DIALLING, S.LEFT): Outcome.UNREACHABLE,
    (P.RINGING, S.LEFT): Outcome.DROPPED,
    (P.TALKING, S.DECLINED): Outcome.T38_REFUSED,
    (P.TALKING, S.LEFT): Outcome.NOT_A_FAX,
    (P.TALKING, S.TOO_LONG): Outcome.NOT_A_FAX,
    (P.FAXING, S.TOO_LONG): Outcome.DROPPED,
    (P.PARTING, S.TOO_LONG): Outcome.DROPPED,
}
"Why a call ends, when neither a SIP answer nor T.30 says it. Our own hanging up is CANCELLED."

OTHER_PORT_SECONDS = 3.0
"""So long only the port that the far side named is listened to; then, if nothing came, any port of its host: there are
gateways that send from another. Nothing is lost by it, because both ends repeat their first words for half a minute."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a call is for, and its patience."""

    terminal: t30.TerminalOptions
    takes_t38: bool = True
    "False declines every T.38 offer with 488 and makes none."
    offer_after_seconds: float | None = 2.0
    "After this long in TALKING we offer T.38 ourselves; None leaves it to the far side."
    dialling_seconds: float = 35.0
    "INVITE to first ringing; the transaction's own Timer B ends at 32 s (RFC 3261 17.1.1.2)."
    ring_seconds: float = 60.0
    negotiation_seconds: float = 45.0
    "TALKING at most; VoipNow's default for the same thing."
    page_seconds: float = 360.0
    "FAXING without any page or negotiation making progress; Kazoo's figure for a page."
    parting_seconds: float = 1.0
    closing_seconds: float = 35.0


@dataclass(frozen=True, slots=True)
class Over:
    """The call has ended; nothing comes after this."""

    report: CallReport


CallEvent = Progress | t30.Event | Over


class Call:
    """One fax call.

    After `signal`, `receive`, `wake` or a command: take `datagrams_to_send()` (media) and `events()`, and wake it at
    `next_wake()`. SIP messages go through the leg's agent. After a LAST_PAGE_OUT event, call `release` as soon as
    that fact is on disk: until then the call holds back what follows.
    """

    def __init__(
        self, leg: sip.Leg, plan: Plan, media: Address, chance: Callable[[], float], phase: Phase, now: float
    ) -> None:
        """`media` is our own media address; `chance` gives numbers from 0 to 1 for the pause after glare.

        `phase` is DIALLING for a call we place, TALKING for one we have just answered.
        """
        self.leg = leg
        self.phase = phase
        self.media = media
        self._plan = plan
        self._chance = chance
        self._terminal: t30.T38Terminal | None = None
        self._udptl = Udptl()
        self._remote: Address | None = None
        "Where the far side wants its media."
        self._source: Address | None = None
        "Where its media comes from, once any has."
        self._version = 1
        "Of our session description: the first one came with INVITE or its answer."
        self._offer_at: float | None = None
        self._outcome: Outcome | None = None
        self._stopped_because = Outcome.CANCELLED
        self._sip_status: int | None = None
        self._retry_after_seconds: int | None = None
        self._t30_code: int | None = None
        self._negotiated: t30.Negotiated | None = None
        self._pages_confirmed = 0
        self._advanced_at = self._phase_since = now
        self._events: list[CallEvent] = []
        if phase is Phase.TALKING:
            self._talk(now)

    # What the owner may say

    def hang_up(self, now: float, because: Outcome = Outcome.CANCELLED) -> None:
        """End the call, in whatever phase it is. `because` is its outcome, unless T.30 has proved another."""
        self._stopped_because = because
        self._sign(Sign.STOPPED, now)

    def release(self, now: float) -> None:
        """Let what follows LAST_PAGE_OUT leave: the fact is on disk.

        Once a side has hung up it never leaves: nobody is there to answer it, and the fax would be called uncertain.
        """
        if self._terminal is not None and self.phase is Phase.FAXING:
            self._terminal.release(now)

    def fail(self, now: float) -> None:
        """Something of ours broke. Let go of the fax and hang up. What its pages proved stands, else it is LOST."""
        terminal, self._terminal = self._terminal, None
        if terminal is not None:
            self._outcome = self._outcome or terminal.proven
            terminal.close()
        self.hang_up(now, Outcome.LOST)
        self.leg.bye(now)  # if it broke in hanging up

    # What comes in

    def signal(self, event: sip.Event, now: float) -> None:
        """A SIP event of this call's leg."""
        match event:
            case sip.Progress(status=status):
                if status > 100:
                    self._sign(Sign.RANG, now)
            case sip.Answered():
                self._sign(Sign.ANSWERED, now)
            case sip.Refused(status=status, q850=q850, retry_after=pause):
                if self._outcome is None:
                    self._outcome = outcome_of_refusal(status, q850)
                    self._sip_status, self._retry_after_seconds = status, pause
                self._sign(Sign.REFUSED, now)
            case sip.Offered(sdp=body):
                self._offered(body, now)
            case sip.OfferAccepted(sdp=body):
                self._accepted(body, now)
            case sip.OfferRefused(status=status):
                self._offer_refused(status, now)
            case sip.Ended():
                self._sign(Sign.LEFT, now)
            case sip.Closed():
                self._sign(Sign.CLOSED, now)
            case sip.Invited():
                pass  # what this call answered
            case _:
                assert_never(event)

    def receive(self, data: bytes, source: Address, now: float) -> None:
        """A datagram came to the media port. Only the far side agreed on in SDP is listened to."""
        if self._terminal is None or not self._is_far_side(source, now):
            return
        try:
            packets = self._udptl.decode(data)
        except ProtocolError:
            return  # late RTP, or rubbish
        for sequence, ifp in packets:
            self._terminal.receive(ifp, sequence, now)
        self._take_fax_events(now)

    def wake(self, now: float) -> None:
        """Time has passed."""
        if self._terminal is not None:
            self._terminal.wake(now)
            self._take_fax_events(now)
        if self._offer_at is not None and now >= self._offer_at:
            self._offer(now)
        deadline = self._deadline()
        if deadline is not None and now >= deadline:
            self._sign(Sign.TOO_LONG, now)

    def next_wake(self) -> float | None:
        terminal = self._terminal.next_wake() if self._terminal is not None else None
        times = [time for time in (terminal, self._offer_at, self._deadline()) if time is not None]
        return min(times, default=None)

    # What goes out

    def datagrams_to_send(self) -> list[Datagram]:
        if self._terminal is None or self._remote is None:
            return []
        return [
            datagram
            for packet in self._terminal.packets_to_send()
            for datagram in [Datagram(self._udptl.encode(packet.ifp), self._remote)] * packet.copies
        ]

    def events(self) -> list[CallEvent]:
        happened, self._events = self._events, []
        return happened

    # Moves

    def _sign(self, sign: Sign, now: float) -> None:
        """Move as the table says."""
        to = MOVES.get((self.phase, sign))
        if to is None:
            return
        came_from, self.phase = self.phase, to
        if to is not came_from:
            self._phase_since = self._advanced_at = now
        match to:
            case Phase.RINGING if came_from is Phase.DIALLING:
                self._tell(Milestone.RINGING)
            case Phase.TALKING:
                self._tell(Milestone.ANSWERED)
                self._talk(now)
            case Phase.FAXING if came_from is Phase.TALKING:
                self._tell(Milestone.T38_AGREED)
            case Phase.CLOSING:
                self._conclude(came_from, sign)
                self._close(came_from, now)
            case Phase.OVER:
                self._conclude(came_from, sign)
                self._end(now)
            case _:
                pass

    def _conclude(self, came_from: Phase, sign: Sign) -> None:
        """Settle the outcome, once: what T.30 proved stands above how the call happened to end."""
        if self._outcome is not None:
            return
        proven = self._terminal.proven if self._terminal is not None else None
        if proven is not None:
            self._outcome = proven
        elif sign is Sign.FINISHED and self._t30_code is not None:
            by_code = t30.FROM_T30[self._t30_code]
            sending = self._plan.terminal.send is not None
            self._outcome = Outcome.PROTOCOL if sending and by_code is Outcome.SENT else by_code
        else:
            self._outcome = CAUSE.get((came_from, sign), self._stopped_because)

    def _talk(self, now: float) -> None:
        if self._plan.takes_t38 and self._plan.offer_after_seconds is not None:
            self._offer_at = now + self._plan.offer_after_seconds

    def _close(self, came_from: Phase, now: float) -> None:
        self._offer_at = None
        if came_from in (Phase.DIALLING, Phase.RINGING):
            self.leg.cancel(now)
        else:
            self.leg.bye(now)
        if self._terminal is not None:
            self._terminal.hang_up(now)

    def _end(self, now: float) -> None:
        self._offer_at = None
        terminal = self._terminal
        try:
            if terminal is not None:
                terminal.hang_up(now)
                self._pass_on_fax_events()
                terminal.close()
        finally:
            self._terminal = None
            self._events.append(Over(self._report()))  # whatever else breaks

    def _report(self) -> CallReport:
        negotiated = self._negotiated
        return CallReport(
            outcome=self._outcome or Outcome.CANCELLED,
            pages_confirmed=self._pages_confirmed,
            sip_status=self._sip_status,
            t30_code=self._t30_code,
            far_station_id=negotiated.far_station_id if negotiated else None,
            bits_per_second=negotiated.bits_per_second if negotiated else None,
            sip_call_id=self.leg.call_id,
            retry_after_seconds=self._retry_after_seconds,
        )

    def _deadline(self) -> float | None:
        plan = self._plan
        match self.phase:
            case Phase.DIALLING:
                return self._phase_since + plan.dialling_seconds
            case Phase.RINGING:
                return self._phase_since + plan.ring_seconds
            case Phase.TALKING:
                return self._phase_since + plan.negotiation_seconds
            case Phase.FAXING:
                return self._advanced_at + plan.page_seconds
            case Phase.PARTING:
                awaited = plan.terminal.send is not None and not (
                    self._terminal is not None and self._terminal.all_confirmed
                )
                return self._phase_since + (plan.parting_seconds if awaited else 0)
            case Phase.CLOSING:
                return self._phase_since + plan.closing_seconds
            case Phase.OVER:
                return None

    # Agreeing on T.38 (ITU-T T.38 Annex D; RFC 3264)

    def _offer(self, now: float) -> None:
        self._offer_at = None
        self.leg.offer(sdp.t38_offer(self.media, version=self._next_version()), now)

    def _offered(self, body: bytes, now: float) -> None:
        """The far side sent a re-INVITE: T.38 is taken, audio is kept alive, anything else declined."""
        try:
            offer = sdp.Sdp.parse(body)
        except ProtocolError:
            self.leg.decline(488, now)
            return
        if self._plan.takes_t38 and (remote := offer.t38_address()) is not None:
            self._offer_at = None
            self.leg.accept(sdp.t38_answer(offer, self.media, version=self._next_version()), now)
            self._agree(remote, offer, now)
        elif offer.audio_address() is not None:
            # A session timer (RFC 4028), or Asterisk going back to audio after the fax before it hangs up: agree, and
            # leave T.30 alone.
            self.leg.accept(sdp.audio_answer(offer, self.media, version=self._next_version()), now)
        else:
            self.leg.decline(488, now)

    def _accepted(self, body: bytes, now: float) -> None:
        try:
            answer = sdp.Sdp.parse(body)
            remote = answer.t38_address()
        except ProtocolError:
            remote = None
        if remote is None:
            self._sign(Sign.DECLINED, now)
        else:
            self._agree(remote, answer, now)

    def _offer_refused(self, status: int, now: float) -> None:
        if status == 491:
            # Glare (RFC 3261 14.1): the owner of the Call-ID waits 2.1 to 4 s, the other side 0 to 2 s.
            pause = 2.1 + 1.9 * self._chance() if self.leg.outgoing else 2.0 * self._chance()
            if self.phase is Phase.TALKING:
                self._offer_at = now + pause
            return
        self._sign(Sign.DECLINED, now)

    def _agree(self, remote: Address, theirs: sdp.Sdp, now: float) -> None:
        if remote != self._remote:
            self._remote, self._source = remote, None
        if self._terminal is None and self.phase is Phase.TALKING:
            self._udptl = Udptl(max_datagram=theirs.t38_max_datagram())
            self._terminal = t30.T38Terminal(self._plan.terminal)
            self._terminal.wake(now)
        self._sign(Sign.AGREED, now)

    def _next_version(self) -> int:
        """Return the version of our next session description: each is higher than the one before (RFC 3264 8)."""
        self._version += 1
        return self._version

    # The fax

    def _is_far_side(self, source: Address, now: float) -> bool:
        if self._remote is None or source.host != self._remote.host:
            return False
        waited = now - self._phase_since >= OTHER_PORT_SECONDS
        if source == self._remote or (self._source is None and waited):
            self._source = source
        return source == self._source

    def _take_fax_events(self, now: float) -> None:
        for event in self._pass_on_fax_events():
            match event:
                case t30.Finished():
                    self._sign(Sign.FINISHED, now)
                case t30.Negotiated() | t30.PageConfirmed() | t30.PageReceived() | t30.PageRefused():
                    self._advanced_at = now
                case _:
                    pass

    def _pass_on_fax_events(self) -> list[t30.Event]:
        """Take the terminal's events, note what they prove, and hand them on."""
        if self._terminal is None:
            return []
        happened = self._terminal.events()
        for event in happened:
            self._events.append(event)
            match event:
                case t30.Negotiated():
                    self._negotiated = event
                case t30.LastPageOut():
                    self._tell(Milestone.LAST_PAGE_OUT)
                case t30.PageConfirmed():
                    self._pages_confirmed += 1
                    self._tell(Milestone.PAGE_CONFIRMED)
                case t30.Finished():
                    self._t30_code = event.code
                case _:
                    pass
        return happened

    def _tell(self, milestone: Milestone) -> None:
        self._events.append(Progress(milestone, self._pages_confirmed, self.leg.call_id))
