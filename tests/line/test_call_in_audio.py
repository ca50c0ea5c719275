"""Whole calls that begin in audio: who stays there, who goes on to T.38, and when it is too late for that."""

from pathlib import Path

import pytest

from tests.carrier import AUDIO, MEDIA, T38, T38_REFUSED, Carrier
from tests.faxes import dense_page, same_pages, text_fax, write_fax
from tests.link import Sent
from tests.phones import Conversation, receiving, sending, takes
from tests.terminals import receives, sends
from unifax.line.media import MediaTerms
from unifax.line.phases import Phase
from unifax.line.plan import Plan
from unifax.model.call import CallReport, Media, Milestone, T38Use
from unifax.model.outcome import Outcome
from unifax.wire import sdp, t30
from unifax.wire.g711 import Law
from unifax.wire.rtp import RtpPacket
from unifax.wire.sip.message import Request, Response


@pytest.fixture
def document(tmp_path: Path) -> Path:
    return text_fax(tmp_path / "sent.tif", rows=200)


@pytest.fixture
def received(tmp_path: Path) -> Path:
    return tmp_path / "received.tif"


def to_the_end(talk: Conversation) -> CallReport:
    report = talk.run()
    assert report is not None
    return report


def is_media(sent: Sent) -> bool:
    return sent.destination.port != 5060


@pytest.mark.parametrize(
    ("ours", "theirs", "outcome", "media"),
    [
        (T38Use.ON, T38Use.ON, Outcome.SENT, Media.T38),
        (T38Use.ON, T38Use.ONLY, Outcome.SENT, Media.T38),
        (T38Use.ONLY, T38Use.ONLY, Outcome.SENT, Media.T38),
        (T38Use.ON, T38Use.OFF, Outcome.SENT, Media.G711),
        (T38Use.OFF, T38Use.ON, Outcome.SENT, Media.G711),
        (T38Use.OFF, T38Use.OFF, Outcome.SENT, Media.G711),
        (T38Use.ONLY, T38Use.OFF, Outcome.T38_REFUSED, None),
    ],
)
def test_a_fax_goes_the_best_way_that_both_sides_allow(
    ours: T38Use, theirs: T38Use, outcome: Outcome, media: Media | None, document: Path, received: Path
) -> None:
    talk = Conversation(
        Plan(sending(document), t38=ours), takes(Plan(receiving(received), t38=theirs, offer_after_seconds=None))
    )
    report = to_the_end(talk)
    assert (report.outcome, report.media) == (outcome, media)
    assert (Milestone.T38_AGREED in talk.caller.milestones) == (media is Media.T38)
    if outcome is Outcome.SENT:
        assert report.far_station_id == "+49 7778888"
        assert same_pages(document, received)


@pytest.mark.parametrize("seconds", [3.0, 4.6, 6.5])
def test_t38_offered_before_the_modems_have_trained_is_taken(seconds: float, document: Path, received: Path) -> None:
    """Asterisk offers it 3 s after the answer; a gateway when it hears the far machine's first words."""
    talk = Conversation(
        Plan(sending(document), offer_after_seconds=None),
        takes(Plan(receiving(received), offer_after_seconds=None)),
    )

    def offer(now: float) -> None:
        if now >= seconds and not any(sent.data.find(b"m=image") > 0 for sent in talk.link.sent):
            (machine,) = talk.machine.station.calls.values()
            machine.leg.offer(sdp.t38_offer(talk.machine.media), now)

    talk.watch = offer
    report = to_the_end(talk)
    assert (report.outcome, report.media) == (Outcome.SENT, Media.T38)
    assert same_pages(document, received)


def test_t38_offered_in_the_middle_of_a_page_in_audio_is_declined_and_the_fax_goes_on(
    document: Path, received: Path
) -> None:
    talk = Conversation(
        Plan(sending(document), offer_after_seconds=None),
        takes(Plan(receiving(received), offer_after_seconds=None)),
    )
    offered = False

    def offer(now: float) -> None:
        nonlocal offered
        if not offered and any(isinstance(event, t30.Negotiated) for event in talk.caller.events):
            offered = True
            (machine,) = talk.machine.station.calls.values()
            machine.leg.offer(sdp.t38_offer(talk.machine.media), now)

    talk.watch = offer
    report = to_the_end(talk)
    assert any(sent.data.startswith(b"SIP/2.0 488") for sent in talk.link.sent)
    assert (report.outcome, report.media) == (Outcome.SENT, Media.G711)
    assert same_pages(document, received)


@pytest.mark.parametrize("ecm", [True, False], ids=["ECM", "no ECM"])
@pytest.mark.parametrize(
    ("offered", "used"), [((Law.A, Law.MU), Law.A), ((Law.MU, Law.A), Law.MU), ((Law.A,), Law.A), ((Law.MU,), Law.MU)]
)
def test_the_fax_goes_in_the_law_that_was_offered_first(
    offered: tuple[Law, ...], used: Law, ecm: bool, document: Path, received: Path
) -> None:
    plan = Plan(sending(document, ecm=ecm), t38=T38Use.OFF, media_terms=MediaTerms(laws=offered))
    talk = Conversation(plan, takes(Plan(receiving(received))))
    report = to_the_end(talk)
    media = [RtpPacket.parse(sent.data) for sent in talk.link.sent if is_media(sent)]
    assert {packet.payload_type for packet in media} == {used.payload_type}
    assert {event.ecm for event in talk.caller.events if isinstance(event, t30.Negotiated)} == {ecm}
    assert (report.outcome, report.media) == (Outcome.SENT, Media.G711)
    assert same_pages(document, received)


@pytest.mark.parametrize("use", [T38Use.ON, T38Use.OFF])
def test_a_call_takes_no_more_than_19_seconds_beyond_the_bits_of_its_page(
    use: T38Use, tmp_path: Path, received: Path
) -> None:
    document = write_fax(tmp_path / "sent.tif", [dense_page(1, rows=100)])
    talk = Conversation(
        Plan(sends(document), t38=use), takes(Plan(receives(received), t38=use, offer_after_seconds=None))
    )
    assert talk.link.run(120, lambda: talk.caller.report is not None)
    assert document.stat().st_size * 8 / 14_400 > 8
    assert talk.link.now - document.stat().st_size * 8 / 14_400 < 19
    assert same_pages(document, received)


@pytest.mark.parametrize("redundancy", [0, 1, 5])
def test_t38_repeats_as_much_as_the_trunk_wants_and_makes_no_larger_datagrams(
    redundancy: int, document: Path, received: Path
) -> None:
    ours = MediaTerms(t38_redundancy=redundancy, t38_max_datagram=400)
    talk = Conversation(Plan(sending(document), media_terms=ours), takes(Plan(receiving(received))))
    report = to_the_end(talk)
    assert (report.outcome, report.media) == (Outcome.SENT, Media.T38)
    agreed = next(sent.at for sent in talk.link.sent if b"m=image" in sent.data and sent.data.startswith(b"SIP/2.0"))
    media = [sent for sent in talk.link.sent if is_media(sent) and sent.at > agreed + 0.1]
    assert all(len(sent.data) <= 400 for sent in media), "both sides keep to what we take"
    indicators = [sent.data for sent in media if sent.source == talk.caller.media and sent.data[2] == 1]
    assert max(data[5] for data in indicators) == redundancy
    assert same_pages(document, received)


def test_a_fax_in_audio_outlives_an_offer_of_t38_that_is_overlooked(tmp_path: Path, received: Path) -> None:
    document = text_fax(tmp_path / "long.tif", rows=1500)
    talk = Conversation(
        Plan(sending(document)),
        takes(Plan(receiving(received), offer_after_seconds=None)),
        lose=lambda sent: sent.data.startswith(b"INVITE") and b"m=image" in sent.data,
    )
    report = to_the_end(talk)
    assert talk.link.now > 2.0 + 32.0 + 40.0, "the offer was given up before the fax had ended"
    assert (report.outcome, report.media) == (Outcome.SENT, Media.G711)
    assert same_pages(document, received)


def test_whoever_answers_and_says_nothing_is_no_fax(document: Path, received: Path) -> None:
    talk = Conversation(
        Plan(sending(document)),
        takes(Plan(receiving(received), t38=T38Use.OFF)),
        lose=lambda sent: is_media(sent) and sent.source.host == "10.0.0.2",
    )
    report = to_the_end(talk)
    assert (report.outcome, report.media, report.t30_code) == (Outcome.NOT_A_FAX, None, None)


def test_a_call_in_audio_is_silent_while_the_last_page_is_written_down_and_says_nothing_of_it(
    document: Path, received: Path
) -> None:
    plan = Plan(sending(document), t38=T38Use.OFF)
    talk = Conversation(plan, takes(Plan(receiving(received))), releases=False)
    assert talk.link.run(60, lambda: Milestone.LAST_PAGE_OUT in talk.caller.milestones)
    begin = talk.link.now
    talk.link.run(2.0)
    quiet = [s for s in talk.link.sent if s.at > begin and is_media(s) and s.source == talk.caller.media]
    assert len(quiet) == pytest.approx(100, abs=2)
    assert {RtpPacket.parse(sent.data).payload for sent in quiet} == {b"\xff" * 160}
    assert not any(isinstance(e, t30.Frame) and e.name == "PPS-EOP" for e in talk.machine.events)
    talk.caller.station.release(talk.call, talk.link.now)
    assert to_the_end(talk).outcome is Outcome.SENT
    assert same_pages(document, received)


def test_a_lost_last_confirmation_in_audio_is_uncertain(document: Path, received: Path) -> None:
    talk = Conversation(Plan(sending(document), t38=T38Use.OFF), takes(Plan(receiving(received))))

    def mute(now: float) -> None:
        if any(isinstance(e, t30.Frame) and not e.outgoing and e.name == "PPS-EOP" for e in talk.machine.events):
            talk.link.lose = lambda sent: sent.source == talk.machine.media

    talk.watch = mute
    report = to_the_end(talk)
    assert (report.outcome, report.pages_confirmed, report.media) == (Outcome.UNCERTAIN, 0, Media.G711)


def audio_in(message: Request | Response) -> str | None:
    media = sdp.Sdp.parse(message.body).audio()
    return None if media is None else media.payload


class TestWhatTheCarrierSays:
    @pytest.fixture
    def carrier(self, document: Path) -> Carrier:
        return Carrier(Plan(sending(document)))

    def test_audio_leaves_at_once_in_the_law_that_the_answer_names_first(self, carrier: Carrier) -> None:
        carrier.answer(carrier.invite, 200, AUDIO.replace(b"RTP/AVP 0 8", b"RTP/AVP 8 0"))
        carrier.wait(1.0)
        packets = [RtpPacket.parse(data) for data in carrier.media]
        assert {packet.payload_type for packet in packets} == {8}
        assert len(packets) == pytest.approx(50, abs=1)
        assert any(set(packet.payload) != {0xD5} for packet in packets), "no CNG"

    @pytest.mark.parametrize("status", [415, 488, 606])
    def test_whoever_refuses_t38_stays_in_the_call(self, status: int, carrier: Carrier) -> None:
        carrier.talk()
        (offer,) = carrier.wait(2.0)
        assert [said.cseq.method for said in carrier.answer(offer, status)] == ["ACK"]
        before = len(carrier.media)
        assert carrier.wait(1.0) == []
        assert carrier.call.phase is Phase.TALKING
        assert len(carrier.media) - before == pytest.approx(50, abs=1)

    def test_whoever_overlooks_t38_stays_in_the_call_and_is_given_up_when_no_fax_is_heard(
        self, carrier: Carrier
    ) -> None:
        carrier.talk()
        assert {said.cseq.method for said in carrier.wait(36.0)} == {"INVITE"}
        assert carrier.call.phase is Phase.TALKING
        bye = carrier.wait(10.0)[-1]
        assert bye.cseq.method == "BYE"
        carrier.answer(bye, 200)
        assert [report.outcome for report in carrier.reports] == [Outcome.NOT_A_FAX]

    def test_a_call_in_which_no_fax_is_heard_is_given_up(self, carrier: Carrier) -> None:
        carrier.talk()
        (offer,) = carrier.wait(2.0)
        carrier.answer(offer, 488)
        assert carrier.wait(42.9) == []
        (bye,) = carrier.wait(0.2)
        carrier.answer(bye, 200)
        assert [report.outcome for report in carrier.reports] == [Outcome.NOT_A_FAX]

    @pytest.mark.parametrize("body", [T38_REFUSED, b"", b"rubbish"], ids=["port 0", "nothing", "rubbish"])
    def test_whoever_accepts_t38_without_taking_it_is_asked_for_audio_again_once(
        self, body: bytes, carrier: Carrier
    ) -> None:
        carrier.talk()
        (offer,) = carrier.wait(2.0)
        ack, again = carrier.answer(offer, 200, body)
        assert (ack.cseq.method, again.cseq.method, audio_in(again)) == ("ACK", "INVITE", "0")
        (ack,) = carrier.answer(again, 200, body)
        assert ack.cseq.method == "ACK"
        assert carrier.call.phase is Phase.TALKING

    @pytest.mark.parametrize(
        "body",
        [T38_REFUSED, AUDIO, b"", b"rubbish", T38.replace(MEDIA.host.encode(), b"far.example.com")],
        ids=["port 0", "audio", "nothing", "rubbish", "a name"],
    )
    def test_a_200_without_t38_ends_a_call_that_can_do_nothing_else(self, body: bytes, document: Path) -> None:
        carrier = Carrier(Plan(sending(document), t38=T38Use.ONLY))
        carrier.talk()
        (offer,) = carrier.wait(2.0)
        assert carrier.media == []
        ack, bye = carrier.answer(offer, 200, body)
        assert (ack.cseq.method, bye.cseq.method) == ("ACK", "BYE")
        carrier.answer(bye, 200)
        assert [report.outcome for report in carrier.reports] == [Outcome.T38_REFUSED]

    def test_a_session_refresh_keeps_the_law_and_moves_the_audio(self, carrier: Carrier) -> None:
        carrier.talk()
        elsewhere = AUDIO.replace(b"m=audio 6000 RTP/AVP 0 8", b"m=audio 6100 RTP/AVP 8 0")
        *_, refreshed = carrier.ask("INVITE", elsewhere)
        assert audio_in(refreshed) == "0"
        carrier.ask("ACK")
        carrier.station.wake(carrier.now + 0.02)
        sent = [o.datagram.destination.port for o in carrier.station.datagrams_to_send()]
        assert 6100 in sent

    @pytest.mark.parametrize("hold", [AUDIO.replace(MEDIA.host.encode(), b"0.0.0.0"), AUDIO + b"a=sendonly\r\n"])
    def test_a_hold_is_accepted_and_the_audio_stays_where_it_is(self, hold: bytes, carrier: Carrier) -> None:
        carrier.talk()
        *_, answer = carrier.ask("INVITE", hold)
        assert b"m=audio 4000" in answer.body
        carrier.ask("ACK")
        carrier.wait(0.1)
        assert carrier.media_to == {MEDIA}

    def test_a_fax_does_not_change_its_law(self, carrier: Carrier) -> None:
        carrier.talk()
        *_, refused = carrier.ask("INVITE", AUDIO.replace(b"RTP/AVP 0 8", b"RTP/AVP 8"))
        assert isinstance(refused, Response)
        assert refused.status == 488
