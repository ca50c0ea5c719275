"""One fax call from INVITE to BYE, calling or called. It knows no socket, clock or chance: all of them are arguments.

A call is driven by SIP events, datagrams of its media port and time, and drives its SIP leg, what the two sides agree
on (`offers`) and its fax (`faxing`). `phases.MOVES` is the whole state machine; `phases.CAUSE` and `_conclude` say what
the end of a call means.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import assert_never

from unifax.line.faxing import Faxing
from unifax.line.media import Port, Traffic
from unifax.line.offers import Offers, read
from unifax.line.phases import CAUSE, MOVES, Phase, Sign
from unifax.line.plan import Plan
from unifax.model.call import CallReport, Media, Milestone, Progress
from unifax.model.outcome import Outcome, outcome_of_refusal
from unifax.wire import sdp, t30
from unifax.wire.datagram import Address, Datagram
from unifax.wire.sip import agent as sip


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
        self._plan = plan
        self._faxing = Faxing(port, self._tell)
        begins_with_ack = answered is not None and not answered.media
        self._offers = Offers(leg, plan, told or media, chance, self._faxing, begins_with_ack=begins_with_ack)
        self._outcome: Outcome | None = None
        self._stopped_because = Outcome.CANCELLED
        self._heard = False
        "Whether anything has come back."
        self._sip_status: int | None = None
        self._retry_after_seconds: int | None = None
        self._advanced_at = self._phase_since = now
        self._events: list[CallEvent] = []
        if answered is not None and not begins_with_ack:
            self._sign(self._offers.begin_as_offered(answered, now), now)

    @property
    def fax(self) -> t30.Terminal | None:
        """The fax, while one goes over the line, or tries to."""
        return self._faxing.fax

    @property
    def far_media(self) -> Address | None:
        """Where the media of `fax` go."""
        return self.fax.far if self.fax is not None else None

    @property
    def traffic(self) -> Traffic:
        """The datagrams of the media port, from whomever they came."""
        return self._faxing.traffic

    # What the owner may say

    def hang_up(self, now: float, because: Outcome = Outcome.CANCELLED) -> None:
        """End the call, in whatever phase it is. `because` is its outcome, unless T.30 has proved another."""
        self._stopped_because = because
        self._sign(Sign.STOPPED, now)

    def release(self, now: float) -> None:
        """Let what follows LAST_PAGE_OUT or a PageReceived leave: the fact is on disk.

        Once a side has hung up it never leaves: nobody is there to answer it, and the fax would be called uncertain.
        When it was held for too long we hang up instead, for the same reason.
        """
        if self.phase is not Phase.FAXING:
            return
        if self._faxing.is_held_too_long(now):
            self.hang_up(now, Outcome.DROPPED)
        else:
            self._faxing.release(now)

    def fail(self, now: float) -> None:
        """Something of ours broke. Let go of the fax and hang up. What its pages proved stands, else it is LOST."""
        if self.fax is not None:
            self._outcome = self._outcome or self.fax.proven
        self._faxing.let_go()
        self.hang_up(now, Outcome.LOST)
        self.leg.bye(now)  # if it broke in hanging up

    # What comes in

    def signal(self, event: sip.Event, now: float) -> None:
        """A SIP event of this call's leg."""
        match event:
            case sip.Progress(status=status):
                self._heard = True
                if status > 100:
                    self._sign(Sign.RANG, now)
            case sip.Answered(sdp=body):
                self._sign(Sign.ANSWERED, now)
                if self.phase is Phase.TALKING:
                    self._offers.talk(read(body), now)
            case sip.Refused(status=status, q850=q850, retry_after=pause):
                if self._outcome is None:
                    self._outcome = outcome_of_refusal(status, q850)
                    self._sip_status, self._retry_after_seconds = status, pause
                self._sign(Sign.REFUSED, now)
            case sip.Offered(sdp=body):
                self._sign(self._offers.offered(body, self.phase, now), now)
            case sip.OfferAccepted(sdp=body):
                self._sign(self._offers.accepted(body, self.phase, now), now)
            case sip.OfferRefused(status=status):
                self._sign(self._offers.refused(status, self.phase, now), now)
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
        self._faxing.receive(data, source, now)
        self._take_fax_events(now)

    def wake(self, now: float) -> None:
        """Time has passed, or the port's fax has news."""
        if self.fax is not None:
            self.fax.wake(now)
            self._take_fax_events(now)
        if self._offers.due is not None and now >= self._offers.due:
            self._offers.offer(self.phase, now)
        deadline = self._deadline()
        if deadline is not None and now >= deadline:
            self._sign(Sign.SILENT if self._is_silent else Sign.TOO_LONG, now)

    def next_wake(self) -> float | None:
        soonest = self._deadline()
        for time in (self._offers.due, self._faxing.next_wake()):
            if time is not None and (soonest is None or time < soonest):
                soonest = time
        return soonest

    # What goes out

    def datagrams_to_send(self) -> list[Datagram]:
        """Take what should leave the media port. What a port carries leaves it now."""
        return self._faxing.datagrams_to_send()

    @property
    def has_news(self) -> bool:
        """Whether there are events to take."""
        return bool(self._events)

    def events(self) -> list[CallEvent]:
        happened, self._events = self._events, []
        return happened

    # Moves

    def _sign(self, sign: Sign | None, now: float) -> None:
        """Move as the table says."""
        to = MOVES.get((self.phase, sign)) if sign is not None else None
        if sign is None or to is None:
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
                if sign is Sign.SILENT:
                    self.leg.cancel(now)
                self._end(now)
            case _:
                pass

    @property
    def _is_silent(self) -> bool:
        """Whether the server is there at all is not known, and somebody else waits to be asked."""
        return self.phase is Phase.DIALLING and not self._heard and self._plan.silent_seconds is not None

    def _conclude(self, came_from: Phase, sign: Sign) -> None:
        """Settle the outcome, once: what T.30 proved stands above how the call happened to end."""
        if self._outcome is not None:
            return
        proven = self.fax.proven if self.fax is not None else None
        if proven is not None:
            self._outcome = proven
        elif sign is Sign.FINISHED and self._faxing.t30_code is not None:
            by_code = t30.FROM_T30[self._faxing.t30_code]
            self._outcome = Outcome.PROTOCOL if by_code is Outcome.SENT else by_code
        else:
            self._outcome = CAUSE.get((came_from, sign), self._stopped_because)

    def _close(self, came_from: Phase, now: float) -> None:
        self._offers.due = None
        if came_from in (Phase.DIALLING, Phase.RINGING):
            self.leg.cancel(now)
        else:
            self.leg.bye(now)
        if self.fax is not None:
            self.fax.hang_up(now)

    def _end(self, now: float) -> None:
        self._offers.due = None
        try:
            if self.fax is not None:
                self.fax.hang_up(now)
                self._faxing.take_events(now)
        finally:
            self._faxing.let_go()
            self._events.append(Over(self._report()))  # whatever else breaks

    def _report(self) -> CallReport:
        faxing, negotiated = self._faxing, self._faxing.negotiated
        return CallReport(
            outcome=self._outcome or Outcome.CANCELLED,
            pages_confirmed=faxing.pages_confirmed,
            sip_status=self._sip_status,
            t30_code=faxing.t30_code if faxing.media_used is not None else None,
            media=faxing.media_used,
            far_station_id=negotiated.far_station_id if negotiated else None,
            far_ability=faxing.far_ability,
            bits_per_second=negotiated.bits_per_second if negotiated else None,
            sip_call_id=self.leg.call_id,
            retry_after_seconds=self._retry_after_seconds,
        )

    def _deadline(self) -> float | None:
        plan = self._plan
        match self.phase:
            case Phase.FAXING:
                return self._advanced_at + plan.page_seconds
            case Phase.DIALLING if self._is_silent and plan.silent_seconds is not None:
                return self._phase_since + plan.silent_seconds
            case Phase.DIALLING:
                return self._phase_since + plan.dialling_seconds
            case Phase.RINGING:
                return self._phase_since + plan.ring_seconds
            case Phase.TALKING:
                return self._phase_since + plan.negotiation_seconds
            case Phase.PARTING:
                awaited = plan.terminal.send is not None and not (self.fax is not None and self.fax.all_confirmed)
                return self._phase_since + (plan.parting_seconds if awaited else 0)
            case Phase.CLOSING:
                return self._phase_since + plan.closing_seconds
            case Phase.OVER:
                return None

    # The fax

    def _take_fax_events(self, now: float) -> None:
        for event in self._faxing.take_events(now):
            match event:
                case t30.Finished():
                    self._sign(Sign.FINISHED, now)
                case t30.Frame(outgoing=False) if self.phase is Phase.TALKING:
                    self._faxing.media_used = Media.G711
                    self._sign(Sign.HEARD, now)
                case t30.Negotiated() | t30.PageConfirmed() | t30.PageReceived() | t30.PageRefused():
                    self._advanced_at = now
                case _:
                    pass

    def _tell(self, what: t30.Event | Milestone) -> None:
        if isinstance(what, Milestone):
            evidence = self._faxing.evidence if what is Milestone.PAGE_CONFIRMED else None
            self._events.append(Progress(what, self._faxing.pages_confirmed, self.leg.call_id, evidence))
        else:
            self._events.append(what)
