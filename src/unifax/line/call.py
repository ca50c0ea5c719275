"""One fax call from INVITE to BYE, calling or called. It knows no socket, clock or chance: all of them are arguments.

A call is driven by SIP events, datagrams of its media port and time, and drives its SIP leg and its fax, in audio from
the answer on and over T.38 once that is agreed. `phases.MOVES` is the whole state machine; `phases.CAUSE` and
`_conclude` say what the end of a call means.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import assert_never

from unifax.line.media import MediaTerms, Port, Traffic, law_of
from unifax.line.phases import CAUSE, MOVES, Phase, Sign
from unifax.model.call import CallReport, Media, Milestone, Progress, T38Use
from unifax.model.errors import ProtocolError
from unifax.model.manner import Ability
from unifax.model.outcome import Outcome, outcome_of_refusal
from unifax.wire import sdp, t30
from unifax.wire.datagram import Address, Datagram
from unifax.wire.sip import agent as sip
from unifax.wire.t30_ability import ability_of

MOST_HELD_SECONDS = 5.0
"A receiver waits 6 s, give or take one, for what follows a page; then it begins anew, and answers nothing (T.30 T2)."


@dataclass(frozen=True, slots=True)
class Plan:
    """What a call is for, and its patience."""

    terminal: t30.TerminalOptions
    t38: T38Use = T38Use.ON
    "OFF declines every offer of T.38 with 488 and makes none; ONLY sends and hears no audio."
    offer_after_seconds: float | None = 2.0
    "After this long in TALKING we offer T.38 ourselves; None leaves it to the far side."
    dialling_seconds: float = 35.0
    "INVITE to first ringing; the transaction's own Timer B ends at 32 s (RFC 3261 17.1.1.2)."
    ring_seconds: float = 60.0
    negotiation_seconds: float = 45.0
    "TALKING at most: until T.38 is agreed or T.30 heard; VoipNow's default for the same thing."
    page_seconds: float = 360.0
    "FAXING without any page or negotiation making progress; Kazoo's figure for a page."
    parting_seconds: float = 1.0
    closing_seconds: float = 35.0
    media_terms: MediaTerms = field(default_factory=MediaTerms)


@dataclass(frozen=True, slots=True)
class Over:
    """The call has ended; nothing comes after this."""

    report: CallReport


CallEvent = Progress | t30.Event | Over


class Call:
    """One fax call.

    After `signal`, `receive`, `wake` or a command: take `datagrams_to_send()` (media) and `events()`, and wake it at
    `next_wake()`. SIP messages go through the leg's agent. After a LAST_PAGE_OUT or PageReceived event, call `release`
    as soon as that fact is on disk: until then the call holds back what follows.
    """

    def __init__(
        self,
        leg: sip.Leg,
        plan: Plan,
        media: Address,
        chance: Callable[[], float],
        now: float,
        *,
        answered: sdp.Sdp | None = None,
        told: Address | None = None,
        port: Port | None = None,
    ) -> None:
        """`media` is our own media address, and `told` what the far side is told of it, if that is another; `port`
        carries what goes over it. `chance` gives numbers from 0 to 1: the pause after glare, RTP's SSRC.

        `answered` is the offer of a call that we have just answered, without media if it left the offer to us; without
        it we place one.
        """
        self.leg = leg
        self.phase = Phase.DIALLING if answered is None else Phase.TALKING
        self.media = media
        self._told = told or media
        self._port = port
        self._came = self._left = 0
        "Media datagrams that no port has carried."
        self._plan = plan
        self._chance = chance
        self._fax: t30.Terminal | None = None
        self._named: Address | None = None
        "Where the far side says that it wants the media of `_fax`."
        self._media_used: Media | None = None
        self._version = 1
        "Of our session description: the first one came with INVITE or its answer."
        self._offer_at: float | None = None
        self._offered_audio = False
        "Our last offer was of audio."
        self._begins_with_ack = answered is not None and not answered.media
        "We answered with an offer, and their answer comes with the ACK (RFC 3261 13.2.1)."
        self._outcome: Outcome | None = None
        self._stopped_because = Outcome.CANCELLED
        self._sip_status: int | None = None
        self._retry_after_seconds: int | None = None
        self._t30_code: int | None = None
        self._negotiated: t30.Negotiated | None = None
        self._far_ability: Ability | None = None
        self._pages_confirmed = 0
        self._last_page_out_at: float | None = None
        "While the question after the last page is held."
        self._advanced_at = self._phase_since = now
        self._events: list[CallEvent] = []
        if answered is not None and not self._begins_with_ack:
            self._begin_as_offered(answered, now)

    @property
    def fax(self) -> t30.Terminal | None:
        """The fax, while one goes over the line, or tries to."""
        return self._fax

    @property
    def far_media(self) -> Address | None:
        """Where the media of `fax` go."""
        return self._fax.far if self._fax is not None else None

    @property
    def traffic(self) -> Traffic:
        """The datagrams of the media port, from whomever they came."""
        came, left = self._port.traffic if self._port is not None else (0, 0)
        return Traffic(self._came + came, self._left + left)

    # What the owner may say

    def hang_up(self, now: float, because: Outcome = Outcome.CANCELLED) -> None:
        """End the call, in whatever phase it is. `because` is its outcome, unless T.30 has proved another."""
        self._stopped_because = because
        self._sign(Sign.STOPPED, now)

    def release(self, now: float) -> None:
        """Let what follows LAST_PAGE_OUT or a PageReceived leave: the fact is on disk.

        Once a side has hung up it never leaves: nobody is there to answer it, and the fax would be called uncertain.
        After MOST_HELD_SECONDS we hang up instead, for the same reason.
        """
        if self._fax is None or self.phase is not Phase.FAXING:
            return
        if self._last_page_out_at is not None and now - self._last_page_out_at > MOST_HELD_SECONDS:
            self.hang_up(now, Outcome.DROPPED)
        else:
            self._last_page_out_at = None
            self._fax.release(now)

    def fail(self, now: float) -> None:
        """Something of ours broke. Let go of the fax and hang up. What its pages proved stands, else it is LOST."""
        if self._fax is not None:
            self._outcome = self._outcome or self._fax.proven
        self._let_go()
        self.hang_up(now, Outcome.LOST)
        self.leg.bye(now)  # if it broke in hanging up

    # What comes in

    def signal(self, event: sip.Event, now: float) -> None:
        """A SIP event of this call's leg."""
        match event:
            case sip.Progress(status=status):
                if status > 100:
                    self._sign(Sign.RANG, now)
            case sip.Answered(sdp=body):
                self._sign(Sign.ANSWERED, now)
                if self.phase is Phase.TALKING:
                    self._talk(_read(body), now)
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
        """A datagram came to the media port. Only the far side is listened to."""
        self._came += 1
        if self._fax is not None:
            self._fax.receive(data, source, now)
            self._take_fax_events(now)

    def wake(self, now: float) -> None:
        """Time has passed, or the port's fax has news."""
        if self._fax is not None:
            self._fax.wake(now)
            self._take_fax_events(now)
        if self._offer_at is not None and now >= self._offer_at:
            self._offer(now)
        deadline = self._deadline()
        if deadline is not None and now >= deadline:
            self._sign(Sign.TOO_LONG, now)

    def next_wake(self) -> float | None:
        soonest = self._deadline()
        by_hand = self._fax is not None and self._port is None
        for time in (self._offer_at, self._fax.next_wake() if self._fax is not None and by_hand else None):
            if time is not None and (soonest is None or time < soonest):
                soonest = time
        return soonest

    # What goes out

    def datagrams_to_send(self) -> list[Datagram]:
        """Take what should leave the media port. What a port carries leaves it now."""
        if self._port is not None:
            self._port.flush()
            return []
        far = self.far_media
        if self._fax is None or far is None:
            return []
        leaving = [Datagram(data, far) for data in self._fax.datagrams_to_send()]
        self._left += len(leaving)
        return leaving

    @property
    def has_news(self) -> bool:
        """Whether there are events to take."""
        return bool(self._events)

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
        proven = self._fax.proven if self._fax is not None else None
        if proven is not None:
            self._outcome = proven
        elif sign is Sign.FINISHED and self._t30_code is not None:
            by_code = t30.FROM_T30[self._t30_code]
            self._outcome = Outcome.PROTOCOL if by_code is Outcome.SENT else by_code
        else:
            self._outcome = CAUSE.get((came_from, sign), self._stopped_because)

    def _talk(self, theirs: sdp.Sdp | None, now: float) -> None:
        """The call is answered: fax in audio begins with its tones, and T.38 is offered soon."""
        audio, remote = (theirs.audio(), theirs.audio_address()) if theirs is not None else (None, None)
        if self._plan.t38 is not T38Use.ONLY and remote is not None and audio is not None and audio.payload is not None:
            law, ssrc = law_of(audio.payload), int(self._chance() * 0xFFFF_FFFF)
            self._begin(t30.Terminal.in_audio(self._plan.terminal, law, ssrc), remote, now)
        if self._plan.t38 is not T38Use.OFF and self._plan.offer_after_seconds is not None:
            self._offer_at = now + self._plan.offer_after_seconds

    def _begin_as_offered(self, offer: sdp.Sdp, now: float) -> None:
        """We took a call: in T.38 if it was offered, as `sdp.first_answer` has said."""
        t38 = offer.t38_address() if self._takes_t38() else None
        if t38 is None:
            self._talk(offer, now)
        else:
            self._agree(t38, offer, now)

    def _begin(self, fax: t30.Terminal, remote: Address, now: float) -> None:
        """Begin a fax. One that was there before ends unheard: it has not come as far as a page."""
        self._pass_on_fax_events()
        self._let_go()
        self._fax, self._named = fax, remote
        fax.expect(remote, self.leg.peer.host, now)
        fax.wake(now)
        if self._port is not None:
            self._port.carry(fax)

    def _let_go(self) -> None:
        """Close the fax, once nothing carries it any more."""
        fax, self._fax = self._fax, None
        if self._port is not None:
            self._port.carry(None)
        if fax is not None:
            fax.close()

    def _close(self, came_from: Phase, now: float) -> None:
        self._offer_at = None
        if came_from in (Phase.DIALLING, Phase.RINGING):
            self.leg.cancel(now)
        else:
            self.leg.bye(now)
        if self._fax is not None:
            self._fax.hang_up(now)

    def _end(self, now: float) -> None:
        self._offer_at = None
        try:
            if self._fax is not None:
                self._fax.hang_up(now)
                self._pass_on_fax_events()
        finally:
            self._let_go()
            self._events.append(Over(self._report()))  # whatever else breaks

    def _report(self) -> CallReport:
        negotiated = self._negotiated
        return CallReport(
            outcome=self._outcome or Outcome.CANCELLED,
            pages_confirmed=self._pages_confirmed,
            sip_status=self._sip_status,
            t30_code=self._t30_code if self._media_used is not None else None,
            media=self._media_used,
            far_station_id=negotiated.far_station_id if negotiated else None,
            far_ability=self._far_ability,
            bits_per_second=negotiated.bits_per_second if negotiated else None,
            sip_call_id=self.leg.call_id,
            retry_after_seconds=self._retry_after_seconds,
        )

    def _deadline(self) -> float | None:
        plan = self._plan
        match self.phase:
            case Phase.FAXING:
                return self._advanced_at + plan.page_seconds
            case Phase.DIALLING:
                return self._phase_since + plan.dialling_seconds
            case Phase.RINGING:
                return self._phase_since + plan.ring_seconds
            case Phase.TALKING:
                return self._phase_since + plan.negotiation_seconds
            case Phase.PARTING:
                awaited = plan.terminal.send is not None and not (self._fax is not None and self._fax.all_confirmed)
                return self._phase_since + (plan.parting_seconds if awaited else 0)
            case Phase.CLOSING:
                return self._phase_since + plan.closing_seconds
            case Phase.OVER:
                return None

    # Agreeing on T.38 (ITU-T T.38 Annex D; RFC 3264)

    def _offer(self, now: float) -> None:
        self._offer_at = None
        if self.phase is Phase.TALKING:
            self._offered_audio = False
            limit = self._plan.media_terms.t38_max_datagram
            self.leg.offer(sdp.t38_offer(self._told, version=self._next_version(), max_datagram=limit), now)

    def _offered(self, body: bytes, now: float) -> None:
        """The far side sent a re-INVITE: T.38 is taken, audio is kept alive, anything else declined."""
        offer = _read(body)
        remote = offer.t38_address() if offer is not None and self._takes_t38() else None
        if offer is not None and remote is not None:
            self._offer_at = None
            limit = self._plan.media_terms.t38_max_datagram
            self.leg.accept(sdp.t38_answer(offer, self._told, version=self._next_version(), max_datagram=limit), now)
            self._agree(remote, offer, now)
        elif offer is not None and (answer := self._answer_in_audio(offer, now)) is not None:
            self.leg.accept(answer, now)
        else:
            self.leg.decline(488, now)

    def _takes_t38(self) -> bool:
        """Whether T.38 may begin, or go on: in a call that is answered, and not once a fax in audio has trained, which
        nobody could take over.
        """
        answered = self.phase in (Phase.TALKING, Phase.FAXING)
        return answered and self._plan.t38 is not T38Use.OFF and not self._has_trained_in_audio()

    def _has_trained_in_audio(self) -> bool:
        return self._negotiated is not None and self._fax is not None and self._fax.kind is Media.G711

    def _answer_in_audio(self, offer: sdp.Sdp, now: float) -> bytes | None:
        """Return the answer to an offer of audio, or None when it cannot be taken.

        It is a session timer (RFC 4028), audio that moves to another address or is put on hold, or Asterisk going back
        to audio after the fax before it hangs up: T.38 is left alone.
        """
        remote = offer.audio_address()
        if remote is None and not offer.holds_audio():
            return None
        law = self._fax.law if self._fax is not None else None
        prefer = None if law is None else str(law.payload_type)
        answer = sdp.audio_answer(offer, self._told, version=self._version + 1, prefer=prefer)
        if law is not None:
            audio = sdp.Sdp.parse(answer).audio()
            if audio is None or audio.payload != prefer:
                return None  # the other law, in the middle of a fax
            if remote is not None:
                self._move(remote, now)
        self._next_version()
        return answer

    def _accepted(self, body: bytes, now: float) -> None:
        answer = _read(body)
        remote = answer.t38_address() if answer is not None else None
        if self._begins_with_ack:
            self._begins_with_ack = False
            self._talk(answer, now)
        elif answer is not None and remote is not None:
            if self._takes_t38():
                self._agree(remote, answer, now)
        elif self._plan.t38 is T38Use.ONLY:
            self._sign(Sign.DECLINED, now)
        elif answer is not None and (audio := answer.audio_address()) is not None:
            self._move(audio, now)
        elif not self._offered_audio and self.phase in (Phase.TALKING, Phase.FAXING):
            # Accepted, and then the only line refused (port 0): the session has no media now, so audio is asked for.
            self._offered_audio = True
            laws = self._plan.media_terms.payloads
            self.leg.offer(sdp.audio_offer(self._told, version=self._next_version(), payloads=laws), now)

    def _offer_refused(self, status: int, now: float) -> None:
        if status == 491:
            # Glare (RFC 3261 14.1): the owner of the Call-ID waits 2.1 to 4 s, the other side 0 to 2 s.
            pause = 2.1 + 1.9 * self._chance() if self.leg.outgoing else 2.0 * self._chance()
            if self.phase is Phase.TALKING:
                self._offer_at = now + pause
            return
        if self._plan.t38 is T38Use.ONLY:
            self._sign(Sign.DECLINED, now)

    def _agree(self, remote: Address, theirs: sdp.Sdp, now: float) -> None:
        if self._fax is not None and self._fax.kind is Media.T38:
            self._move(remote, now)
        elif self.phase in (Phase.TALKING, Phase.FAXING):
            fax = self._plan.media_terms.over_t38(self._plan.terminal, theirs.t38_max_datagram())
            self._begin(fax, remote, now)
            self._media_used = Media.T38
            self._tell(Milestone.T38_AGREED)
        self._sign(Sign.AGREED, now)

    def _move(self, remote: Address, now: float) -> None:
        """The far side wants its media elsewhere."""
        if self._fax is not None and remote != self._named:
            self._named = remote
            self._fax.expect(remote, self.leg.peer.host, now)

    def _next_version(self) -> int:
        """Return the version of our next session description: each is higher than the one before (RFC 3264 8)."""
        self._version += 1
        return self._version

    # The fax

    def _take_fax_events(self, now: float) -> None:
        for event in self._pass_on_fax_events():
            match event:
                case t30.Finished():
                    self._sign(Sign.FINISHED, now)
                case t30.Frame(outgoing=False) if self.phase is Phase.TALKING:
                    self._media_used = Media.G711
                    self._sign(Sign.HEARD, now)
                case t30.LastPageOut():
                    self._last_page_out_at = now
                case t30.Negotiated() | t30.PageConfirmed() | t30.PageReceived() | t30.PageRefused():
                    self._advanced_at = now
                case _:
                    pass

    def _pass_on_fax_events(self) -> list[t30.Event]:
        """Take the terminal's events, note what they prove, and hand them on."""
        if self._fax is None:
            return []
        happened = self._fax.events()
        for event in happened:
            self._events.append(event)
            match event:
                case t30.Frame(outgoing=False, name="DIS", bits=bits) if bits:
                    self._far_ability = ability_of(bits)
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


def _read(body: bytes) -> sdp.Sdp | None:
    try:
        return sdp.Sdp.parse(body)
    except ProtocolError:
        return None
