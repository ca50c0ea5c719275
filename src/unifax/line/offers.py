"""What the two sides of a call agree on: offers of audio and of T.38, and the answers (T.38 Annex D; RFC 3264).

It knows no phase but whether the call is up, and no socket, clock or chance: all of them are arguments.
"""

from collections.abc import Callable

from unifax.line.faxing import Faxing
from unifax.line.media import law_of
from unifax.line.phases import Phase, Sign
from unifax.line.plan import Plan
from unifax.model.call import Media, T38Use
from unifax.model.errors import ProtocolError
from unifax.wire import sdp, t30
from unifax.wire.datagram import Address
from unifax.wire.sip import agent as sip


class Offers:
    """One side of the agreement. What an offer or an answer changes for the call is returned as a sign."""

    def __init__(
        self,
        leg: sip.Leg,
        plan: Plan,
        told: Address,
        chance: Callable[[], float],
        faxing: Faxing,
        *,
        begins_with_ack: bool,
    ) -> None:
        """`told` is the media address that the far side is told. `begins_with_ack`: we have answered with an offer, and
        their answer comes with the ACK (RFC 3261 13.2.1).
        """
        self.due: float | None = None
        "When we offer T.38 ourselves."
        self._leg = leg
        self._plan = plan
        self._told = told
        self._chance = chance
        self._faxing = faxing
        self._begins_with_ack = begins_with_ack
        self._version = 1
        "Of our session description: the first one came with INVITE or its answer."
        self._offered_audio = False
        "Our last offer was of audio."

    def talk(self, theirs: sdp.Sdp | None, now: float) -> None:
        """The call is answered: fax in audio begins with its tones, and T.38 is offered soon."""
        audio, remote = (theirs.audio(), theirs.audio_address()) if theirs is not None else (None, None)
        if self._plan.t38 is not T38Use.ONLY and remote is not None and audio is not None and audio.payload is not None:
            law, ssrc = law_of(audio.payload), int(self._chance() * 0xFFFF_FFFF)
            self._begin(t30.Terminal.in_audio(self._plan.terminal, law, ssrc), remote, now)
        if self._plan.t38 is not T38Use.OFF and self._plan.offer_after_seconds is not None:
            self.due = now + self._plan.offer_after_seconds

    def begin_as_offered(self, offer: sdp.Sdp, now: float) -> Sign | None:
        """We took a call: in T.38 if it was offered, as `sdp.first_answer` has said."""
        t38 = offer.t38_address() if self._takes_t38(Phase.TALKING) else None
        if t38 is None:
            self.talk(offer, now)
            return None
        return self._agree(t38, offer, Phase.TALKING, now)

    def offer(self, phase: Phase, now: float) -> None:
        """Offer T.38, which was due."""
        self.due = None
        if phase is Phase.TALKING:
            self._offered_audio = False
            limit = self._plan.media_terms.t38_max_datagram
            self._leg.offer(sdp.t38_offer(self._told, version=self._next_version(), max_datagram=limit), now)

    def offered(self, body: bytes, phase: Phase, now: float) -> Sign | None:
        """The far side sent a re-INVITE: T.38 is taken, audio is kept alive, anything else declined."""
        offer = read(body)
        remote = offer.t38_address() if offer is not None and self._takes_t38(phase) else None
        if offer is not None and remote is not None:
            self.due = None
            limit = self._plan.media_terms.t38_max_datagram
            self._leg.accept(sdp.t38_answer(offer, self._told, version=self._next_version(), max_datagram=limit), now)
            return self._agree(remote, offer, phase, now)
        answer = self._answer_in_audio(offer, now) if offer is not None else None
        if answer is not None:
            self._leg.accept(answer, now)
        else:
            self._leg.decline(488, now)
        return None

    def accepted(self, body: bytes, phase: Phase, now: float) -> Sign | None:
        """The far side answered our offer."""
        answer = read(body)
        remote = answer.t38_address() if answer is not None else None
        if self._begins_with_ack:
            self._begins_with_ack = False
            self.talk(answer, now)
        elif answer is not None and remote is not None:
            return self._agree(remote, answer, phase, now) if self._takes_t38(phase) else None
        elif self._plan.t38 is T38Use.ONLY:
            return Sign.DECLINED
        elif answer is not None and (audio := answer.audio_address()) is not None:
            self._move(audio, now)
        elif not self._offered_audio and is_up(phase):
            # Accepted, and then the only line refused (port 0): the session has no media now, so audio is asked for.
            self._offered_audio = True
            laws = self._plan.media_terms.payloads
            self._leg.offer(sdp.audio_offer(self._told, version=self._next_version(), payloads=laws), now)
        return None

    def refused(self, status: int, phase: Phase, now: float) -> Sign | None:
        """The far side does not take our offer."""
        if status == 491:
            # Glare (RFC 3261 14.1): the owner of the Call-ID waits 2.1 to 4 s, the other side 0 to 2 s.
            pause = 2.1 + 1.9 * self._chance() if self._leg.outgoing else 2.0 * self._chance()
            if phase is Phase.TALKING:
                self.due = now + pause
            return None
        return Sign.DECLINED if self._plan.t38 is T38Use.ONLY else None

    def _takes_t38(self, phase: Phase) -> bool:
        """Whether T.38 may begin, or go on: in a call that is answered, and not once a fax in audio has trained, which
        nobody could take over.
        """
        return is_up(phase) and self._plan.t38 is not T38Use.OFF and not self._faxing.has_trained_in_audio

    def _answer_in_audio(self, offer: sdp.Sdp, now: float) -> bytes | None:
        """Return the answer to an offer of audio, or None when it cannot be taken.

        It is a session timer (RFC 4028), audio that moves to another address or is put on hold, or Asterisk going back
        to audio after the fax before it hangs up: T.38 is left alone.
        """
        remote = offer.audio_address()
        if remote is None and not offer.holds_audio():
            return None
        law = self._faxing.fax.law if self._faxing.fax is not None else None
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

    def _agree(self, remote: Address, theirs: sdp.Sdp, phase: Phase, now: float) -> Sign:
        """Both sides want T.38: it begins, or goes on."""
        if self._faxing.fax is not None and self._faxing.fax.kind is Media.T38:
            self._move(remote, now)
        elif is_up(phase):
            self._begin(self._plan.media_terms.over_t38(self._plan.terminal, theirs.t38_max_datagram()), remote, now)
        return Sign.AGREED

    def _begin(self, fax: t30.Terminal, remote: Address, now: float) -> None:
        self._faxing.begin(fax, remote, self._leg.peer.host, now)

    def _move(self, remote: Address, now: float) -> None:
        self._faxing.move(remote, self._leg.peer.host, now)

    def _next_version(self) -> int:
        """Return the version of our next session description: each is higher than the one before (RFC 3264 8)."""
        self._version += 1
        return self._version


def is_up(phase: Phase) -> bool:
    """Whether a call is answered and nobody has hung up."""
    return phase in (Phase.TALKING, Phase.FAXING)


def read(body: bytes) -> sdp.Sdp | None:
    """Return a session description, or None when it is none."""
    try:
        return sdp.Sdp.parse(body)
    except ProtocolError:
        return None
