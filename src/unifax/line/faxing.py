"""The fax of a call: what carries it, and what it proves. Knows no SIP, no phase, no socket, clock or chance."""

from collections.abc import Callable

from unifax.line.media import Port, Traffic
from unifax.model.call import Media, Milestone
from unifax.model.evidence import PageEvidence
from unifax.model.manner import Ability
from unifax.wire import t30
from unifax.wire.datagram import Address, Datagram
from unifax.wire.t30_ability import ability_of

MOST_HELD_SECONDS = 5.0
"A receiver waits 6 s, give or take one, for what follows a page; then it begins anew, and answers nothing (T.30 T2)."


class Faxing:
    """One fax after another, in audio and then over T.38, and what all of them have achieved."""

    def __init__(self, port: Port | None, tell: Callable[[t30.Event | Milestone], None]) -> None:
        """`port` carries what goes over the media address; without one, its owner does. `tell` hears what happens."""
        self.fax: t30.Terminal | None = None
        "While one goes over the line, or tries to."
        self.media_used: Media | None = None
        self.negotiated: t30.Negotiated | None = None
        self.far_ability: Ability | None = None
        self.pages_confirmed = 0
        self.evidence: PageEvidence | None = None
        "Of the page that was confirmed last."
        self.t30_code: int | None = None
        self._port = port
        self._tell = tell
        self._named: Address | None = None
        "Where the far side says that it wants the media of `fax`."
        self._last_page_out_at: float | None = None
        "While the question after the last page is held."
        self._came = self._left = 0
        "Media datagrams that no port has carried."

    @property
    def traffic(self) -> Traffic:
        """The datagrams of the media port, from whomever they came."""
        came, left = self._port.traffic if self._port is not None else (0, 0)
        return Traffic(self._came + came, self._left + left)

    @property
    def has_trained_in_audio(self) -> bool:
        """Whether nobody could take this fax over any more."""
        return self.negotiated is not None and self.fax is not None and self.fax.kind is Media.G711

    def begin(self, fax: t30.Terminal, far: Address, sip_host: str, now: float) -> None:
        """Begin a fax. One that was there before ends unheard: it has not come as far as a page.

        `far` is where the far side wants its media, and `sip_host` where its SIP comes from.
        """
        self.take_events(now)
        self.let_go()
        self.fax, self._named = fax, far
        fax.expect(far, sip_host, now)
        fax.wake(now)
        if self._port is not None:
            self._port.carry(fax)
        if fax.kind is Media.T38:
            self.media_used = Media.T38
            self._tell(Milestone.T38_AGREED)

    def move(self, far: Address, sip_host: str, now: float) -> None:
        """The far side wants its media there."""
        if self.fax is not None and far != self._named:
            self._named = far
            self.fax.expect(far, sip_host, now)

    def is_held_too_long(self, now: float) -> bool:
        """Whether what is held would meet a far side that answers nothing any more."""
        return self._last_page_out_at is not None and now - self._last_page_out_at > MOST_HELD_SECONDS

    def release(self, now: float) -> None:
        """Let what is held leave."""
        if self.fax is not None:
            self._last_page_out_at = None
            self.fax.release(now)

    def let_go(self) -> None:
        """Close the fax, once nothing carries it any more."""
        fax, self.fax = self.fax, None
        if self._port is not None:
            self._port.carry(None)
        if fax is not None:
            fax.close()

    # Datagrams, time and events

    def receive(self, data: bytes, source: Address, now: float) -> None:
        """A datagram came that no port carries. Only the far side is listened to."""
        self._came += 1
        if self.fax is not None:
            self.fax.receive(data, source, now)

    def next_wake(self) -> float | None:
        """Return when to wake the fax; what carries it by a port wakes it, too."""
        return self.fax.next_wake() if self.fax is not None and self._port is None else None

    def datagrams_to_send(self) -> list[Datagram]:
        """Take what should leave. What a port carries leaves it now."""
        if self._port is not None:
            self._port.flush()
            return []
        far = self.fax.far if self.fax is not None else None
        if self.fax is None or far is None:
            return []
        leaving = [Datagram(data, far) for data in self.fax.datagrams_to_send()]
        self._left += len(leaving)
        return leaving

    def take_events(self, now: float) -> list[t30.Event]:
        """Take what the fax tells, note what that proves, and tell it."""
        happened = self.fax.events() if self.fax is not None else []
        for event in happened:
            self._tell(event)
            match event:
                case t30.Frame(outgoing=False, name="DIS", bits=bits) if bits:
                    self.far_ability = ability_of(bits)
                case t30.Negotiated():
                    self.negotiated = event
                case t30.LastPageOut():
                    self._last_page_out_at = now
                    self._tell(Milestone.LAST_PAGE_OUT)
                case t30.PageConfirmed(evidence=evidence):
                    self.pages_confirmed += 1
                    self.evidence = evidence
                    self._tell(Milestone.PAGE_CONFIRMED)
                case t30.Finished():
                    self.t30_code = event.code
                case _:
                    pass
        return happened
