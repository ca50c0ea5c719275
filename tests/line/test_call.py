"""Whole calls: two machines with SIP, UDPTL and T.30 between them, on a made-up network."""

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.carrier import AUDIO, MEDIA, T38, T38_REFUSED, Carrier, version
from tests.faxes import dense_page, same_pages, text_fax, write_fax
from tests.phones import Conversation, Ear, ignores, only_rings, receiving, refuses, sending, takes
from tests.transports import Udptl
from unifax.line.call import Over
from unifax.line.phases import MOVES, Phase, Sign
from unifax.line.plan import Plan
from unifax.model.call import Milestone, T38Use
from unifax.model.manner import Modem
from unifax.model.outcome import Outcome
from unifax.wire import t30
from unifax.wire.datagram import Address
from unifax.wire.sip.message import Request, Response


@pytest.fixture
def document(tmp_path: Path) -> Path:
    return text_fax(tmp_path / "sent.tif", pages=1)


@pytest.fixture
def long_document(tmp_path: Path) -> Path:
    return text_fax(tmp_path / "long.tif", pages=3)


@pytest.fixture
def received(tmp_path: Path) -> Path:
    return tmp_path / "received.tif"


CALLER_OFFERS = {"caller": 0.3, "callee": None}
CALLEE_OFFERS = {"caller": None, "callee": 0.3}
BOTH_OFFER = {"caller": 0.3, "callee": 0.3}


@pytest.mark.parametrize("offers", [CALLER_OFFERS, CALLEE_OFFERS, BOTH_OFFER], ids=["caller", "callee", "glare"])
def test_a_fax_arrives_whoever_offers_t38(offers: dict[str, float | None], document: Path, received: Path) -> None:
    talk = Conversation(
        Plan(sending(document), offer_after_seconds=offers["caller"]),
        takes(Plan(receiving(received), offer_after_seconds=offers["callee"])),
    )
    report = talk.run()
    assert report is not None
    assert report.outcome is Outcome.SENT
    assert report.pages_confirmed == 1
    assert same_pages(document, received)


def test_a_call_tells_its_story_in_order(document: Path, received: Path) -> None:
    talk = Conversation(Plan(sending(document)), takes(Plan(receiving(received), offer_after_seconds=0.3)))
    talk.run()
    assert talk.caller.milestones == [
        Milestone.RINGING,
        Milestone.ANSWERED,
        Milestone.T38_AGREED,
        Milestone.LAST_PAGE_OUT,
        Milestone.PAGE_CONFIRMED,
    ]


@pytest.mark.parametrize(
    ("loss", "jitter", "duplicate"),
    [(0.0, 0.0, 0.0), (0.02, 0.0, 0.0), (0.05, 0.0, 0.0), (0.10, 0.0, 0.0), (0.0, 0.05, 0.05), (0.05, 0.05, 0.05)],
    ids=["perfect", "2 %", "5 %", "10 %", "reordered", "all of it"],
)
def test_every_pixel_arrives_over_a_bad_line(
    loss: float, jitter: float, duplicate: float, long_document: Path, received: Path
) -> None:
    talk = Conversation(
        Plan(sending(long_document, paced=True)),
        takes(Plan(receiving(received, paced=True), offer_after_seconds=0.3)),
        loss=loss,
        jitter=jitter,
        duplicate=duplicate,
    )
    report = talk.run()
    assert report is not None
    assert report.outcome is Outcome.SENT, talk.link.transcript()[-2000:]
    assert report.pages_confirmed == 3
    assert same_pages(long_document, received)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (486, Outcome.BUSY),
        (603, Outcome.REFUSED),
        (404, Outcome.NO_SUCH_NUMBER),
        (480, Outcome.UNAVAILABLE),
        (503, Outcome.CONGESTION),
    ],
)
def test_a_refused_call_says_why(status: int, outcome: Outcome, document: Path) -> None:
    talk = Conversation(Plan(sending(document)), refuses(status))
    report = talk.run()
    assert report is not None
    assert (report.outcome, report.sip_status, report.pages_confirmed) == (outcome, status, 0)


def test_a_refused_call_says_how_long_not_to_call_again(document: Path) -> None:
    report = Conversation(Plan(sending(document)), refuses(503, retry_after=120)).run()
    assert report is not None
    assert report.retry_after_seconds == 120


def test_a_number_that_only_rings_is_given_up(document: Path) -> None:
    talk = Conversation(Plan(sending(document), ring_seconds=20), only_rings)
    report = talk.run()
    assert report is not None
    assert report.outcome is Outcome.NO_ANSWER
    assert any(sent.data.startswith(b"CANCEL") for sent in talk.link.sent)


def test_a_server_that_says_nothing_is_unreachable(document: Path) -> None:
    talk = Conversation(Plan(sending(document)), ignores, lose=lambda sent: sent.source.host == "10.0.0.2")
    report = talk.run()
    assert report is not None
    assert report.outcome is Outcome.UNREACHABLE


def test_a_call_cut_in_mid_page_is_dropped(long_document: Path, received: Path) -> None:
    talk = Conversation(
        Plan(sending(long_document, paced=True)),
        takes(Plan(receiving(received, paced=True), offer_after_seconds=0.3)),
    )

    def cut(now: float) -> None:
        if Milestone.PAGE_CONFIRMED in talk.caller.milestones:
            for call in list(talk.machine.station.calls.values()):
                call.hang_up(now)

    talk.watch = cut
    report = talk.run()
    assert report is not None
    assert (report.outcome, report.pages_confirmed) == (Outcome.DROPPED, 1)


def test_a_machine_that_loses_its_power_is_noticed(document: Path, received: Path) -> None:
    talk = Conversation(
        Plan(sending(document, paced=True)),
        takes(Plan(receiving(received, paced=True), offer_after_seconds=0.3)),
    )

    def unplug(now: float) -> None:
        if any(isinstance(event, t30.Negotiated) for event in talk.caller.events):
            talk.machine.silent = True

    talk.watch = unplug
    report = talk.run(900)
    assert report is not None
    assert report.outcome in {Outcome.DROPPED, Outcome.UNCERTAIN, Outcome.PROTOCOL}
    assert report.pages_confirmed == 0


def _mute_media_once_last_page_is_in(talk: Conversation) -> None:
    def mute(now: float) -> None:
        if any(
            isinstance(e, t30.Frame) and not e.outgoing and e.name in {"EOP", "PPS-EOP"} for e in talk.machine.events
        ):
            talk.link.lose = lambda sent: sent.source == talk.machine.media

    talk.watch = mute


def test_a_lost_last_confirmation_is_uncertain_never_sent(document: Path, received: Path) -> None:
    talk = Conversation(
        Plan(sending(document, paced=True)), takes(Plan(receiving(received, paced=True), offer_after_seconds=0.3))
    )
    _mute_media_once_last_page_is_in(talk)
    report = talk.run()
    assert report is not None
    assert (report.outcome, report.pages_confirmed) == (Outcome.UNCERTAIN, 0)
    assert Milestone.LAST_PAGE_OUT in talk.caller.milestones


def test_nothing_says_the_page_has_ended_before_that_is_on_disk(document: Path, received: Path) -> None:
    talk = Conversation(
        Plan(sending(document)),
        takes(Plan(receiving(received), offer_after_seconds=0.3)),
        releases=False,
    )
    talk.link.run(8.0)
    assert Milestone.LAST_PAGE_OUT in talk.caller.milestones
    heard = {e.name for e in talk.machine.events if isinstance(e, t30.Frame) and not e.outgoing}
    assert not heard & {"EOP", "PPS-EOP"}


@pytest.mark.parametrize(("seconds", "outcome"), [(3.0, Outcome.SENT), (8.0, Outcome.DROPPED)])
def test_a_question_that_was_held_too_long_is_not_put(
    seconds: float, outcome: Outcome, document: Path, received: Path
) -> None:
    """Fifty calls at once kept the disk of a small machine busy for seven seconds, and then nobody knew."""
    talk = Conversation(
        Plan(sending(document)), takes(Plan(receiving(received), offer_after_seconds=0.3)), releases=False
    )
    out_at: list[float] = []

    def release(now: float) -> None:
        if Milestone.LAST_PAGE_OUT in talk.caller.milestones:
            out_at.append(now)
            if now - out_at[0] >= seconds:
                talk.caller.station.release(talk.call, now)

    talk.watch = release
    report = talk.run()
    assert report is not None
    assert report.outcome is outcome


def test_a_second_call_begins_with_the_first_unconfirmed_page(long_document: Path, received: Path) -> None:
    talk = Conversation(
        Plan(sending(long_document, first_page=2)), takes(Plan(receiving(received), offer_after_seconds=0.3))
    )
    report = talk.run()
    assert report is not None
    assert (report.outcome, report.pages_confirmed) == (Outcome.SENT, 1)


@pytest.mark.parametrize("at", [0.01, 0.5, 3.0, 6.0])
def test_hanging_up_ends_a_call_in_any_phase(at: float, document: Path, received: Path) -> None:
    talk = Conversation(
        Plan(sending(document, paced=True)), takes(Plan(receiving(received, paced=True), offer_after_seconds=0.3))
    )
    talk.link.run(at)
    talk.call.hang_up(talk.link.now)
    report = talk.run()
    assert report is not None
    assert report.outcome is Outcome.CANCELLED
    assert not talk.caller.station.calls or talk.call.phase is Phase.OVER


def test_a_call_under_heavy_sip_loss_still_ends_well(document: Path, received: Path) -> None:
    talk = Conversation(Plan(sending(document)), takes(Plan(receiving(received), offer_after_seconds=0.3)), seed=7)
    chance = random.Random(3)
    talk.link.lose = lambda sent: sent.destination.port == 5060 and chance.random() < 0.25
    report = talk.run()
    assert report is not None
    assert report.outcome is Outcome.SENT


def test_a_page_that_the_far_side_left_before_its_end_is_not_uncertain(document: Path, received: Path) -> None:
    talk = Conversation(
        Plan(sending(document)), takes(Plan(receiving(received), offer_after_seconds=0.3)), releases=False
    )

    def leave(now: float) -> None:
        if Milestone.LAST_PAGE_OUT in talk.caller.milestones:
            for call in list(talk.machine.station.calls.values()):
                call.hang_up(now)
        if talk.call.phase is Phase.PARTING:
            talk.caller.station.release(talk.call, now)

    talk.watch = leave
    report = talk.run()
    assert report is not None
    assert (report.outcome, report.pages_confirmed) == (Outcome.DROPPED, 0)
    assert not any(isinstance(e, t30.Frame) and e.outgoing and e.name == "DCN" for e in talk.caller.events)


class TestWhatTheCarrierSays:
    @pytest.fixture
    def carrier(self, document: Path) -> Carrier:
        return Carrier(Plan(sending(document)))

    def test_a_session_refresh_before_t38_and_a_return_to_audio_after_it_are_accepted(self, carrier: Carrier) -> None:
        carrier.talk()
        *_, refreshed = carrier.ask("INVITE", AUDIO)
        carrier.ask("ACK")
        offer = carrier.wait(2.0)[-1]
        assert b"m=image" in offer.body
        carrier.answer(offer, 200, T38)
        *_, back = carrier.ask("INVITE", AUDIO)
        assert carrier.call.phase is Phase.FAXING
        assert [version(said) for said in (carrier.invite, refreshed, offer, back)] == [1, 2, 3, 4]
        assert b"m=audio 4000" in refreshed.body
        assert b"m=audio 4000" in back.body

    def test_an_offer_refused_for_glare_is_made_again_with_a_higher_version(self, carrier: Carrier) -> None:
        carrier.talk()
        first = carrier.wait(2.0)[-1]
        carrier.answer(first, 491)
        second = carrier.wait(4.0)[0]
        assert (version(first), version(second)) == (2, 3)

    def test_a_bye_right_after_the_answer_is_no_fax(self, carrier: Carrier) -> None:
        carrier.talk()
        carrier.ask("BYE")
        assert [report.outcome for report in carrier.reports] == [Outcome.NOT_A_FAX]

    def test_a_second_machine_that_answers_is_hung_up_on_and_the_first_one_goes_on(self, carrier: Carrier) -> None:
        carrier.talk()
        ack, bye = carrier.answer(carrier.invite, 200, AUDIO, tag="another")
        assert (ack.to.tag, bye.to.tag) == ("another", "another")
        assert bye.cseq.method == "BYE"
        assert carrier.call.phase is Phase.TALKING

    def test_of_several_that_ring_the_one_that_answers_by_its_early_media_is_faxed_to(self, carrier: Carrier) -> None:
        carrier.answer(carrier.invite, 183, AUDIO.replace(b"6000", b"6600"), tag="another")
        carrier.answer(carrier.invite, 183, AUDIO)
        assert carrier.wait(1) == []
        assert carrier.media == []  # early media is not for faxes
        carrier.answer(carrier.invite, 200)
        carrier.wait(0.1)
        assert carrier.media_to == {MEDIA}

    def test_one_that_rings_may_move_its_audio_and_offers_no_t38_yet(self, carrier: Carrier) -> None:
        carrier.answer(carrier.invite, 183, AUDIO)
        assert [said.status for said in carrier.ask("UPDATE", T38) if isinstance(said, Response)] == [488]
        (answer,) = carrier.ask("UPDATE", AUDIO.replace(b"6000", b"6600"))
        assert b"m=audio 4000" in answer.body
        carrier.answer(carrier.invite, 200)
        carrier.wait(0.1)
        assert {destination.port for destination in carrier.media_to} == {6600}

    def test_an_answer_that_crosses_our_cancel_is_followed_by_bye(self, carrier: Carrier) -> None:
        carrier.answer(carrier.invite, 180)
        carrier.station.hang_up(carrier.call, carrier.now)
        (cancel,) = carrier.take()
        assert cancel.cseq.method == "CANCEL"
        _, bye = carrier.answer(carrier.invite, 200, AUDIO)
        carrier.answer(bye, 200)
        assert [report.outcome for report in carrier.reports] == [Outcome.CANCELLED]

    def test_an_error_of_ours_ends_that_call_alone(self, document: Path) -> None:
        def no_chance() -> float:
            raise ArithmeticError("no chance")

        carrier = Carrier(Plan(sending(document), t38=T38Use.ONLY), no_chance)
        other = carrier.dial(Plan(sending(document), t38=T38Use.ONLY), Address("10.0.0.1", 4002))
        carrier.take()
        carrier.talk()
        (offer,) = [said for said in carrier.wait(2.0) if said.body and b"m=image" in said.body]
        _, bye = carrier.answer(offer, 491)
        assert bye.cseq.method == "BYE"
        carrier.answer(bye, 200)
        assert [report.outcome for report in carrier.reports] == [Outcome.LOST]
        assert carrier.station.errors == 1
        assert other.phase is Phase.DIALLING
        carrier.wait(60)
        assert [report.outcome for report in carrier.reports] == [Outcome.LOST, Outcome.UNREACHABLE]


RTP = bytes((0x80, 0x00, 0x05, 0x01)) + bytes(4) + b"\x80far" + bytes(160)
"A packet of audio that can be read as UDPTL."
DCN = bytes.fromhex("c001800000df")
STRAY = Udptl().encode(DCN)
STRANGER, OTHER_PORT = Address("10.0.0.66", 4000), Address("10.0.0.2", 4002)


@pytest.mark.parametrize("source", [STRANGER, OTHER_PORT, Address("10.0.0.2", 4000)], ids=["stranger", "port", "rtp"])
def test_what_else_comes_to_the_media_port_disturbs_nothing(source: Address, document: Path, received: Path) -> None:
    talk = Conversation(Plan(sending(document)), takes(Plan(receiving(received), offer_after_seconds=0.3)))
    another_call = Udptl()
    for _ in range(300):
        another_call.encode(DCN)

    def disturb(now: float) -> None:
        data = RTP if source == talk.machine.media else another_call.encode(DCN)
        talk.caller.station.receive(talk.caller.media, data, source, now)

    talk.watch = disturb
    report = talk.run()
    assert report is not None
    assert report.outcome is Outcome.SENT
    assert same_pages(document, received)


def test_a_far_side_that_sends_from_another_port_than_it_named_is_heard(document: Path, received: Path) -> None:
    talk = Conversation(Plan(sending(document)), takes(Plan(receiving(received), offer_after_seconds=0.3)))
    mouth = Ear(talk.machine.station, OTHER_PORT)
    talk.link.join(mouth, OTHER_PORT)
    talk.machine.ears[talk.machine.media] = mouth
    report = talk.run()
    assert report is not None
    assert report.outcome is Outcome.SENT
    assert same_pages(document, received)


class Proxy(Ear):
    """What a carrier's proxy does to calls on their way to it: who begins one has to refresh it (RFC 4028 8.1)."""

    def receive(self, data: bytes, source: Address, now: float) -> None:
        wanted = data.replace(b"Session-Expires: 1800\r\n", b"Session-Expires: 1800;refresher=uac\r\n")
        super().receive(wanted, source, now)


@pytest.mark.parametrize(
    ("who", "pages", "seconds", "refreshed"), [("called", 8, 2400, [1, 2]), ("caller", 3, 900, [1])]
)
def test_a_long_fax_survives_its_session_timer_whoever_refreshes(
    who: str, pages: int, seconds: float, refreshed: list[int], tmp_path: Path, received: Path
) -> None:
    document = write_fax(tmp_path / "long.tif", [dense_page(number, rows=840) for number in range(pages)])
    slowly = replace(sending(document, paced=True), modem=Modem.V27TER)
    talk = Conversation(Plan(slowly), takes(Plan(receiving(received, paced=True), offer_after_seconds=0.3)))
    refresher = talk.caller if who == "caller" else talk.machine
    if refresher is talk.caller:
        proxy = Proxy(talk.machine.station, talk.machine.sip)
        talk.link.join(proxy, talk.machine.sip)
        talk.machine.ears[talk.machine.sip] = proxy
    report = talk.run(4000)
    assert report is not None
    assert report.outcome is Outcome.SENT
    assert same_pages(document, received)
    updates = [sent for sent in talk.link.sent if sent.data.startswith(b"UPDATE")]
    assert [round(sent.at / 900) for sent in updates] == refreshed
    assert {sent.source for sent in updates} == {refresher.sip}
    assert talk.link.now > seconds


def test_every_phase_but_the_last_has_a_way_out_and_a_deadline() -> None:
    for phase in Phase:
        ways = {sign for (at, sign) in MOVES if at is phase}
        assert (Sign.TOO_LONG in ways) == (phase is not Phase.OVER)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 10_000),
    loss=st.floats(0, 1),
    script=st.sampled_from(["takes", "rings", "ignores", "busy", "declines"]),
    power_cut_after=st.none() | st.floats(0, 30),
)
def test_a_call_always_ends(
    seed: int, loss: float, script: str, power_cut_after: float | None, document: Path, received: Path
) -> None:
    answers = {
        "takes": takes(Plan(receiving(received), offer_after_seconds=0.3)),
        "rings": only_rings,
        "ignores": ignores,
        "busy": refuses(486),
        "declines": takes(Plan(receiving(received), t38=T38Use.OFF)),
    }
    talk = Conversation(Plan(sending(document), ring_seconds=30), answers[script], loss=loss, seed=seed)
    if power_cut_after is not None:
        talk.link.run(power_cut_after)
        talk.machine.silent = True
    report = talk.run(2000)
    assert report is not None
    assert talk.call.phase is Phase.OVER
    assert sum(isinstance(event, Over) for event in talk.caller.events) == 1
    if report.outcome is Outcome.SENT:
        assert same_pages(document, received)


BODIES = st.sampled_from([b"", AUDIO, T38, T38_REFUSED, AUDIO + T38[T38.index(b"m=") :], b"v=0\r\nm=image"])
ACTS: st.SearchStrategy[Callable[[Carrier], object]] = st.one_of(
    st.builds(
        lambda status, body, tag: lambda carrier: carrier.answer(carrier.invite, status, body, tag=tag),
        st.sampled_from([100, 180, 183, 200, 200, 200, 302, 407, 486, 487, 503, 603]),
        BODIES,
        st.sampled_from(["far", "far", "another"]),
    ),
    st.builds(
        lambda method, body: lambda carrier: carrier.ask(method, body),
        st.sampled_from(["INVITE", "INVITE", "ACK", "BYE", "INFO", "UPDATE", "CANCEL", "OPTIONS", "REFER"]),
        BODIES,
    ),
    st.builds(
        lambda status, body: lambda carrier: answer_what_waits(carrier, status, body), st.integers(200, 699), BODIES
    ),
    st.builds(
        lambda data, source: lambda carrier: carrier.send_media(data, source),
        st.binary(max_size=40) | st.just(RTP) | st.just(STRAY),
        st.sampled_from([MEDIA, MEDIA, STRANGER, Address(MEDIA.host, 7)]),
    ),
    st.builds(lambda seconds: lambda carrier: carrier.wait(seconds), st.sampled_from([0.02, 0.6, 2.5, 8.0, 40.0])),
    st.just(lambda carrier: carrier.station.release(carrier.call, carrier.now)),
    st.just(lambda carrier: carrier.station.hang_up(carrier.call, carrier.now)),
)


def answer_what_waits(carrier: Carrier, status: int, body: bytes) -> None:
    """Answer whatever our side says next, within three seconds."""
    for message in carrier.wait(3.0):
        if isinstance(message, Request) and message.method != "ACK" and message.call_id == carrier.invite.call_id:
            carrier.answer(message, status, body)
            return


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(ACTS, max_size=12))
def test_whatever_a_carrier_says_a_call_ends_once_and_nothing_is_left(
    acts: list[Callable[[Carrier], object]], document: Path
) -> None:
    carrier = Carrier(Plan(sending(document)))
    for act in acts:
        act(carrier)
    carrier.wait(2000)
    assert carrier.call.phase is Phase.OVER
    (report,) = carrier.reports
    assert report.outcome not in {Outcome.SENT, Outcome.UNCERTAIN}
    assert isinstance(carrier.events[-1], Over)
    assert carrier.station.errors == 0
    assert carrier.station.next_wake() is None
    assert not carrier.station.calls
