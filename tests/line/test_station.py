"""A station: its calls, and what becomes of those that nobody wants, or that are gone."""

import itertools
from pathlib import Path

import pytest

from tests.carrier import AUDIO, CARRIER, MEDIA, T38, US, Carrier
from tests.faxes import text_fax
from tests.phones import Conversation, receiving, sending
from tests.terminals import FaxEnd, receives
from tests.wire.sip.far_side import FarSide
from unifax.line.call import Over
from unifax.line.phases import Phase
from unifax.line.plan import Plan
from unifax.line.station import Caller, Station
from unifax.model.errors import ProtocolError
from unifax.model.outcome import Outcome
from unifax.wire.datagram import Address, to_the_public
from unifax.wire.sdp import Sdp
from unifax.wire.sip.agent import Invited
from unifax.wire.sip.message import Request, parse


@pytest.fixture
def document(tmp_path: Path) -> Path:
    return text_fax(tmp_path / "sent.tif")


def test_a_call_that_inherits_the_media_address_of_one_that_is_closing_is_a_call_of_its_own(document: Path) -> None:
    carrier = Carrier(Plan(sending(document)))
    carrier.talk()
    carrier.station.hang_up(carrier.call, carrier.now)
    carrier.take()
    second = carrier.dial(Plan(sending(document)), carrier.call.media)
    (invite,) = carrier.take()
    carrier.answer(invite, 180)
    carrier.wait(40)
    assert (carrier.call.phase, second.phase) == (Phase.OVER, Phase.RINGING)
    carrier.wait(100)
    assert [report.outcome for report in carrier.reports] == [Outcome.CANCELLED, Outcome.NO_ANSWER]
    assert carrier.station.calls == {}


def test_a_call_that_was_withdrawn_before_it_is_taken_is_over_at_once(document: Path, tmp_path: Path) -> None:
    waiting: list[Invited] = []
    talk = Conversation(Plan(sending(document)), lambda _, invited, now: waiting.append(invited))
    talk.link.run(0.1)
    talk.caller.station.hang_up(talk.call, talk.link.now)
    talk.link.run(2)
    machine = talk.machine
    call = machine.station.take(waiting[0], Plan(receiving(tmp_path / "received.tif")), machine.media, talk.link.now)
    talk.link.run(0.1)
    assert call.phase is Phase.OVER
    assert any(isinstance(event, Over) for event in machine.events)


def test_an_offer_of_neither_audio_nor_t38_is_not_taken_and_leaves_nothing(document: Path, tmp_path: Path) -> None:
    carrier = Carrier(Plan(sending(document)))
    video = b"v=0\r\nc=IN IP4 10.0.0.9\r\nm=video 6000 RTP/AVP 31\r\n"
    invited = Invited(carrier.call.leg, "", "", video, CARRIER, b"")
    before = dict(carrier.station.calls)
    with pytest.raises(ProtocolError):
        carrier.station.take(invited, Plan(receiving(tmp_path / "r.tif")), Address("10.0.0.1", 4002), 0.0)
    assert carrier.station.calls == before


def test_datagrams_for_no_call_are_dropped(document: Path) -> None:
    carrier = Carrier(Plan(sending(document)))
    carrier.station.receive(Address("10.0.0.1", 9999), AUDIO, CARRIER, 0.0)
    carrier.station.receive(US, b"\x00\xff rubbish", CARRIER, 0.0)
    assert carrier.take() == []
    assert carrier.station.errors == 0


def test_media_leaves_before_the_bye_of_the_same_moment(document: Path) -> None:
    carrier = Carrier(Plan(sending(document)))
    carrier.talk()
    (offer,) = carrier.wait(2.0)
    carrier.answer(offer, 200, T38)
    carrier.station.wake(carrier.now + 0.02)
    carrier.station.hang_up(carrier.call, carrier.now + 0.02)
    *media, bye = carrier.station.datagrams_to_send()
    assert {outgoing.local for outgoing in media} == {carrier.call.media}
    assert bye.datagram.data.startswith(b"BYE")


def test_only_media_that_lead_to_nothing_wait_for_the_next_tick(document: Path) -> None:
    carrier = Carrier(Plan(sending(document)))
    station, ours = carrier.station, carrier.call.media
    assert isinstance(carrier.invite, Request)
    assert station.receive(US, bytes(carrier.invite.response(180, tag="far")), CARRIER, 0.0), "SIP"
    carrier.take()
    carrier.talk()
    (offer,) = carrier.wait(2.0)
    carrier.answer(offer, 200, T38)
    far = FaxEnd(receives(document.with_name("received.tif"), paced=False), ours)
    heard: list[tuple[bool, bool]] = []
    while len(heard) < 20:
        carrier.wait(0.02)
        far.wake(carrier.now)
        for datagram in far.datagrams_to_send():
            at_once = station.receive(ours, datagram.data, MEDIA, carrier.now)
            heard.append((at_once, bool(station.events())))
    assert {at_once for at_once, _ in heard} == {True, False}
    assert all(at_once is news for at_once, news in heard)


@pytest.mark.parametrize(("server", "host"), [("11.0.0.9", "198.51.100.1"), ("10.0.0.9", "10.0.0.1")])
def test_behind_a_nat_a_far_side_is_told_the_host_that_it_can_reach(server: str, host: str, document: Path) -> None:
    us, media, them = Address("10.0.0.1", 5062), Address("10.0.0.1", 16_000), Address(server, 5060)
    station = Station(us, user_agent="t", token=lambda: "t", chance=lambda: 0.5, shows=to_the_public("198.51.100.1"))
    call = station.place("7778888", them, "210", Plan(sending(document)), media, 0.0)
    (outgoing,) = station.datagrams_to_send()
    invite = parse(outgoing.datagram.data)
    assert invite.headers.get("Contact") == f"<sip:210@{host}:5062>"
    assert Sdp.parse(invite.body).audio_address() == Address(host, 16_000)
    assert (outgoing.local, call.media, station.calls) == (us, media, {media: call})
    assert isinstance(invite, Request)
    answer = invite.response(200, ("Contact", f"<sip:{them}>"), tag="far", body=AUDIO)
    station.receive(us, bytes(answer), them, 0.1)
    station.datagrams_to_send()
    call.wake(3.0)
    offers = [parse(each.datagram.data) for each in station.datagrams_to_send() if each.local == us]
    assert [Sdp.parse(offer.body).t38_address() for offer in offers] == [Address(host, 16_000)]
    station.fail(call, 3.1)


def test_who_calls_from_outside_is_told_the_public_host(tmp_path: Path) -> None:
    far, us = FarSide(), Address("10.0.0.1", 5060)
    station = Station(us, user_agent="t", token=lambda: "t", chance=lambda: 0.5, shows=to_the_public("198.51.100.1"))
    source = Address("11.0.0.9", 5060)
    station.receive(us, bytes(far.request("INVITE", body=AUDIO)), source, 0.0)
    (invited,) = station.invited()
    call = station.take(invited, Plan(receiving(tmp_path / "r.tif")), Address("10.0.0.1", 16_000), 0.0)
    *_, answer = [parse(each.datagram.data) for each in station.datagrams_to_send() if each.local == us]
    assert answer.headers.get("Contact") == "<sip:7778888@198.51.100.1:5060>"
    assert Sdp.parse(answer.body).audio_address() == Address("198.51.100.1", 16_000)
    station.fail(call, 0.1)


@pytest.mark.parametrize(
    ("caller", "from_", "asserted"),
    [
        ("0003*210", "<sip:0003%2A210@10.0.0.1:5060>", None),
        (Caller("+49301234"), "<sip:+49301234@10.0.0.1:5060>", None),
        (Caller("0003*210", asserted=True), "<sip:0003%2A210@10.0.0.1:5060>", "<sip:0003%2A210@10.0.0.1:5060>"),
        (Caller("+49301234", "account"), "<sip:account@sip.example>", None),
        (Caller("+49301234", "account", True), "<sip:account@sip.example>", "<sip:+49301234@sip.example>"),
    ],
)
def test_who_calls_is_told_as_the_trunk_wants_it(
    caller: Caller | str, from_: str, asserted: str | None, document: Path
) -> None:
    us, server = Address("10.0.0.1", 5060), Address("10.0.0.9", 5060, name="sip.example")
    station = Station(us, user_agent="t", token=lambda: "t", chance=lambda: 0.5)
    station.place("7778888", server, caller, Plan(sending(document)), Address("10.0.0.1", 16_000), 0.0)
    (outgoing,) = station.datagrams_to_send()
    invite = parse(outgoing.datagram.data)
    assert str(invite.from_.tagged("")) == from_
    assert invite.headers.get("P-Asserted-Identity") == asserted


@pytest.mark.parametrize(("answer", "then"), [(180, b"CANCEL "), (200, b"BYE ")])
def test_a_server_that_is_silent_is_given_up_and_what_it_says_later_is_hung_up_on(
    answer: int, then: bytes, document: Path
) -> None:
    us, server = Address("10.0.0.1", 5060), Address("10.0.0.9", 5060)
    tokens = itertools.count()
    station = Station(us, user_agent="t", token=lambda: f"t{next(tokens)}", chance=lambda: 0.5)
    plan = Plan(sending(document), silent_seconds=5.0)
    call = station.place("7778888", server, "210", plan, Address("10.0.0.1", 16_000), 0.0)
    invite = parse(station.datagrams_to_send()[0].datagram.data)
    assert isinstance(invite, Request)
    station.wake(4.9)
    assert station.events() == []
    station.wake(5.0)
    [(_, over)] = station.events()
    assert isinstance(over, Over)
    assert (over.report.outcome, over.report.sip_status) == (Outcome.UNREACHABLE, None)
    station.forget(call)
    station.datagrams_to_send()
    late = invite.response(answer, ("Contact", f"<sip:{server}>"), tag="far", body=AUDIO)
    station.receive(us, bytes(late), server, 6.0)
    assert then in b"".join(each.datagram.data[:10] for each in station.datagrams_to_send())


def test_a_server_that_says_it_tries_is_there(document: Path) -> None:
    us, server = Address("10.0.0.1", 5060), Address("10.0.0.9", 5060)
    station = Station(us, user_agent="t", token=lambda: "t", chance=lambda: 0.5)
    station.place("7778888", server, "210", Plan(sending(document), silent_seconds=5.0), us._replace(port=16_000), 0.0)
    invite = parse(station.datagrams_to_send()[0].datagram.data)
    assert isinstance(invite, Request)
    station.receive(us, bytes(invite.response(100)), server, 0.2)
    station.wake(34.9)
    assert station.events() == []
    station.wake(35.1)
    assert b"CANCEL " in b"".join(each.datagram.data[:10] for each in station.datagrams_to_send())
