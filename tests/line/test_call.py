"""Whole calls: two machines with SIP, UDPTL and T.30 between them, on a made-up network."""

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.faxes import same_pages, text_fax
from tests.phones import Conversation, ignores, only_rings, receiving, refuses, sending, takes
from unifax.line.call import MOVES, Over, Phase, Plan, Sign
from unifax.model.call import Milestone
from unifax.model.outcome import Outcome
from unifax.wire import t30


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


def test_a_far_side_that_declines_t38_ends_the_call(document: Path, received: Path) -> None:
    talk = Conversation(Plan(sending(document)), takes(Plan(receiving(received), takes_t38=False)))
    report = talk.run()
    assert report is not None
    assert report.outcome is Outcome.T38_REFUSED


def test_a_far_side_that_never_agrees_is_no_fax(document: Path, received: Path) -> None:
    talk = Conversation(
        Plan(sending(document), offer_after_seconds=None, negotiation_seconds=45),
        takes(Plan(receiving(received), offer_after_seconds=None, negotiation_seconds=100)),
    )
    report = talk.run()
    assert report is not None
    assert report.outcome is Outcome.NOT_A_FAX


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
        "declines": takes(Plan(receiving(received), takes_t38=False)),
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
