"""Calls from outside whose first INVITE offers T.38, alone or beside audio, or nothing at all."""

import random
from itertools import count
from pathlib import Path

import pytest

from tests.carrier import AUDIO, CARRIER, MEDIA, T38, US
from tests.faxes import same_pages, text_fax
from tests.link import Link
from tests.phones import Phone, receiving, sending
from tests.terminals import FaxEnd
from unifax.line.call import Call
from unifax.line.phases import Phase
from unifax.line.plan import Plan
from unifax.line.station import Station
from unifax.model.call import Media, Milestone, T38Use
from unifax.model.errors import ProtocolError
from unifax.model.outcome import Outcome
from unifax.wire import sdp
from unifax.wire.datagram import Address
from unifax.wire.sip import agent as sip
from unifax.wire.sip.message import Headers, Request, Response, parse
from unifax.wire.t30 import PageReceived

BOTH = AUDIO + T38[T38.index(b"m=image") :]
OUR_MEDIA = Address("10.0.0.1", 4000)


class Gateway:
    """A caller that speaks T.38 from the first moment on."""

    def __init__(self, offer: bytes, document: Path, received: Path) -> None:
        self.machine = Phone("10.0.0.2", 1)
        numbers = count()
        self.agent = sip.Agent(address=CARRIER, user_agent="gateway", token=lambda: f"g{next(numbers)}")
        self.fax = FaxEnd(sending(document), self.machine.media)
        self.answer = b""
        self._plan = Plan(receiving(received))
        self.link = Link(
            self.agent,
            CARRIER,
            self.machine.ears[self.machine.sip],
            self.machine.sip,
            random.Random(1),
            react=self._react,
        )
        self.link.join(self.machine.ears[self.machine.media], self.machine.media)
        self.link.join(self.fax, MEDIA)
        to, from_ = f"sip:7778888@{self.machine.sip}", f"sip:123@{CARRIER}"
        self.leg = self.agent.invite(to=to, from_=from_, sdp=offer, destination=self.machine.sip, now=0.0)

    def run(self) -> None:
        """Let the fax be sent; the machine hangs up."""
        assert self.link.run(300, lambda: self.machine.report is not None), self.link.transcript()

    def _react(self, now: float) -> None:
        for invited in self.machine.station.invited():
            self.machine.station.take(invited, self._plan, self.machine.media, now)
        for event in self.agent.events():
            if isinstance(event, sip.Answered):
                self.answer = event.sdp
        self.machine.settle()
        if any(isinstance(event, PageReceived) for event in self.machine.events):
            for call in self.machine.station.calls.values():
                self.machine.station.release(call, now)


@pytest.mark.parametrize("offer", [T38, BOTH, T38 + b"m=audio 6000 RTP/AVP 0 8\r\n"])
def test_t38_in_the_first_invite_is_taken_at_once_and_audio_beside_it_refused(offer: bytes, tmp_path: Path) -> None:
    document, received = text_fax(tmp_path / "sent.tif", rows=200), tmp_path / "received.tif"
    gateway = Gateway(offer, document, received)
    gateway.run()
    lines = {line.kind: line.port for line in sdp.Sdp.parse(gateway.answer).media}
    assert lines.pop("image") == gateway.machine.media.port
    assert set(lines.values()) <= {0}
    report = gateway.machine.report
    assert report is not None
    assert (report.outcome, report.media) == (Outcome.SENT, Media.T38)
    assert gateway.machine.milestones.count(Milestone.T38_AGREED) == 1
    assert same_pages(document, received)


class Incoming:
    """One INVITE to a station of ours, and what it answers."""

    def __init__(self, body: bytes) -> None:
        self.station = Station(US, user_agent="test", token=lambda: "tag", chance=lambda: 0.5)
        self.say("INVITE", body)
        (self.invited,) = self.station.invited()

    def say(self, method: str, body: bytes) -> list[Request | Response]:
        headers = Headers.of(
            ("Via", f"SIP/2.0/UDP {CARRIER};branch=z9hG4bK-{method}"),
            ("From", f"<sip:123@{CARRIER}>;tag=far"),
            ("To", f"<sip:7778888@{US}>" + (";tag=tag" if method == "ACK" else "")),
            ("Call-ID", "call"),
            ("CSeq", f"1 {method}"),
            ("Contact", f"<sip:123@{CARRIER}>"),
        )
        self.station.receive(US, bytes(Request(method, f"sip:7778888@{US}", headers=headers, body=body)), CARRIER, 0.0)
        return self.take()

    def take(self) -> list[Request | Response]:
        return [parse(each.datagram.data) for each in self.station.datagrams_to_send() if each.local == US]

    def answer(self, plan: Plan) -> tuple[Call, sdp.Sdp]:
        call = self.station.take(self.invited, plan, OUR_MEDIA, 0.0)
        return call, sdp.Sdp.parse(self.take()[-1].body)


def test_whoever_wants_no_t38_takes_the_audio_beside_it_or_nothing(tmp_path: Path) -> None:
    plan = Plan(receiving(tmp_path / "r.tif"), t38=T38Use.OFF)
    call, answer = Incoming(BOTH).answer(plan)
    assert [line.port for line in answer.media] == [4000, 0]
    assert call.phase is Phase.TALKING
    with pytest.raises(ProtocolError):
        Incoming(T38).answer(plan)


def test_an_invite_without_an_offer_is_answered_with_ours_and_begins_with_theirs_in_the_ack(tmp_path: Path) -> None:
    incoming = Incoming(b"")
    call, offer = incoming.answer(Plan(receiving(tmp_path / "r.tif")))
    assert [(line.kind, line.formats) for line in offer.media] == [("audio", ("0", "8"))]
    incoming.station.wake(0.1)
    assert call.datagrams_to_send() == []
    incoming.say("ACK", sdp.audio_answer(offer, MEDIA, prefer="8"))
    call.wake(0.2)
    assert {datagram.destination for datagram in call.datagrams_to_send()} == {MEDIA}
    incoming.station.wake(3.0)
    assert b"m=image 4000" in incoming.take()[-1].body


def test_an_ack_without_an_answer_leaves_a_call_without_media_that_ends(tmp_path: Path) -> None:
    incoming = Incoming(b"")
    call, _ = incoming.answer(Plan(receiving(tmp_path / "r.tif")))
    incoming.say("ACK", b"")
    for seconds in range(200):
        incoming.station.wake(float(seconds))
    assert call.phase is Phase.OVER
