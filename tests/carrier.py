"""A carrier played by hand: one call of ours to it, and whatever it says to us, on a made-up clock."""

import re
from collections.abc import Callable
from itertools import count

from unifax.line.call import Call, CallEvent, Over
from unifax.line.plan import Plan
from unifax.line.station import Station
from unifax.model.call import CallReport, Milestone, Progress
from unifax.wire import sdp
from unifax.wire.datagram import Address
from unifax.wire.sip.message import Headers, Request, Response, parse

US, CARRIER = Address("10.0.0.1", 5060), Address("10.0.0.9", 5060)
OUR_MEDIA, MEDIA = Address("10.0.0.1", 4000), Address("10.0.0.9", 6000)
AUDIO = sdp.audio_offer(MEDIA)
T38 = sdp.t38_offer(MEDIA)
T38_REFUSED = T38.replace(b"m=image 6000", b"m=image 0")


class Carrier:
    """What one call of ours hears and says. `call` is dialled at once, and `invite` is what came of it."""

    def __init__(self, plan: Plan, chance: Callable[[], float] = lambda: 0.5) -> None:
        numbers = count(1)
        self.station = Station(US, user_agent="test", token=lambda: f"t{next(numbers)}", chance=chance)
        self.now = 0.0
        self.events: list[CallEvent] = []
        self.media: list[bytes] = []
        "Everything that our media port sent."
        self.media_to: set[Address] = set()
        "Where that went."
        self.heard: list[str] = []
        "Every SIP message of the call, by method or status."
        self._cseq, self._branches = 0, count(1)
        self._tag = "far"
        self.call: Call = self.dial(plan, OUR_MEDIA)
        (self.invite,) = self.take()

    def dial(self, plan: Plan, media: Address) -> Call:
        return self.station.place("7778888", CARRIER, "0003*210", plan, media, self.now)

    def take(self) -> list[Request | Response]:
        """Take what happened, and what was sent; return the SIP of it."""
        for call, event in self.station.events():
            self.events.append(event)
            if isinstance(event, Over):
                self.station.forget(call)
        messages: list[Request | Response] = []
        for outgoing in self.station.datagrams_to_send():
            if outgoing.local == US:
                messages.append(parse(outgoing.datagram.data))
            else:
                self.media.append(outgoing.datagram.data)
                self.media_to.add(outgoing.datagram.destination)
        self.heard += [m.method if isinstance(m, Request) else str(m.status) for m in messages]
        return messages

    def say(self, message: Request | Response) -> list[Request | Response]:
        self.station.receive(US, bytes(message), CARRIER, self.now)
        return self.take()

    def answer(
        self, request: Request | Response, status: int, body: bytes = b"", *, tag: str | None = None
    ) -> list[Request | Response]:
        """Answer a request of ours; return what that leads to at once."""
        assert isinstance(request, Request)
        fields = [("Contact", f"<sip:far@{CARRIER}>"), ("Content-Type", "application/sdp")]
        return self.say(request.response(status, *fields, tag=tag or self._tag, body=body))

    def ask(self, method: str, body: bytes = b"") -> list[Request | Response]:
        """Send a request within the call, or the ACK to the answer to the last; return what comes back at once."""
        self._cseq += method != "ACK"
        headers = Headers.of(
            ("Via", f"SIP/2.0/UDP {CARRIER};branch=z9hG4bKfar{next(self._branches)}"),
            ("From", str(self.invite.to.tagged(self._tag))),
            ("To", str(self.invite.from_)),
            ("Call-ID", self.invite.call_id),
            ("CSeq", f"{self._cseq} {method}"),
            ("Contact", f"<sip:far@{CARRIER}>"),
            ("Content-Type", "application/sdp"),
        )
        return self.say(Request(method, f"sip:{US}", headers=headers, body=body))

    def send_media(self, data: bytes, source: Address = MEDIA) -> None:
        self.station.receive(OUR_MEDIA, data, source, self.now)
        self.take()

    def wait(self, seconds: float) -> list[Request | Response]:
        """Let time pass; return the SIP that was sent in it."""
        end, said = self.now + seconds, self.take()
        while (wake := self.station.next_wake()) is not None and wake <= end:
            self.now = max(self.now, wake)
            self.station.wake(self.now)
            said += self.take()
        self.now = end
        return said

    def talk(self) -> None:
        """Answer our call with audio."""
        (ack,) = self.answer(self.invite, 200, AUDIO)
        assert isinstance(ack, Request)

    @property
    def reports(self) -> list[CallReport]:
        return [event.report for event in self.events if isinstance(event, Over)]

    @property
    def milestones(self) -> list[Milestone]:
        return [event.milestone for event in self.events if isinstance(event, Progress)]


def version(message: Request | Response) -> int:
    """Return the version of a session description of ours."""
    found = re.search(rb"^o=\S+ \S+ (\d+) ", message.body, re.MULTILINE)
    assert found is not None
    return int(found[1])
