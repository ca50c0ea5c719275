"""The story of a fax after it was accepted, told call by call."""

import asyncio
import itertools
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.desk import PAGES, Desk, dies, ends
from tests.world import NOW, a_world
from unifax.model.accounts import Extension
from unifax.model.call import CallOrder, CallReport, Media, Milestone, Progress, Record, T38Use
from unifax.model.content import Content
from unifax.model.errors import FileInvalid, Unavailable
from unifax.model.fax import MOVES, DeliveryState, FaxState
from unifax.model.header import PLAIN
from unifax.model.incoming import IncomingCall
from unifax.model.manner import BEST, Manner, Modem, Pin
from unifax.model.outcome import Outcome
from unifax.model.paper import Resolution
from unifax.model.retry import RetryPolicy
from unifax.model.terms import AT_ONCE
from unifax.model.trunk import TrunkTerms
from unifax.service.delivery import TAKEN_SECONDS, header_of, state_after, verdict
from unifax.store import control, destinations, receptions
from unifax.store.calls import CallUp


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_world(tmp_path) as world:
        yield Desk(world)


def test_a_fax_is_sent_in_one_call(desk: Desk) -> None:
    desk.far_ends["7778888"] = [ends(Outcome.SENT, PAGES)]
    fax = desk.finish(desk.send("7778888"))
    assert (fax.state, fax.pages) == (FaxState.SENT, PAGES)
    [delivery] = fax.deliveries
    assert (delivery.outcome, delivery.pages_confirmed, len(delivery.calls)) == (Outcome.SENT, PAGES, 1)
    [order] = desk.orders
    assert order.document.read_text().startswith("Bob 0003 210 ")
    assert (order.caller, order.trunk, order.first_page) == ("0003*210", "sandbox", 0)


def test_a_header_tells_the_time_where_we_are_and_the_recipient_if_there_is_one() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    accepted = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    bob = Extension(1, 2, "0003*210", "0003 210", "Bob", PLAIN, True)
    hour = timedelta(hours=1)
    header = header_of(bob, accepted, None, ["7778888"], berlin)
    assert (header.text, header.station_id, header.recipient, header.style) == ("Bob", "0003 210", "7778888", PLAIN)
    assert (f"{header.sent_at:%H:%M}", header.zone) == ("01:30", "CET")
    later = header_of(bob, accepted, accepted + hour, ["1", "2"], berlin)
    assert (f"{later.sent_at:%H:%M}", later.zone, later.recipient) == ("03:30", "CEST", "")
    assert header_of(bob, accepted, accepted - hour, ["7778888"], berlin) == header


def test_a_busy_number_is_called_again_after_its_pause(desk: Desk) -> None:
    desk.far_ends["7778888"] = [ends(Outcome.BUSY), ends(Outcome.SENT, PAGES)]
    fax_id = desk.send("7778888")
    begun = desk.now
    desk.step()
    desk.step()
    [waiting] = desk.view(fax_id).deliveries
    assert (waiting.state, waiting.outcome) == (DeliveryState.WAITING, Outcome.BUSY)
    assert waiting.next_call_at is not None
    assert (waiting.next_call_at - begun).total_seconds() == RetryPolicy().busy_seconds
    desk.step()
    assert len(desk.orders) == 1, "the pause is not over"
    assert desk.finish(fax_id).state is FaxState.SENT


def test_a_number_that_never_answers_fails_when_the_policy_ends(desk: Desk) -> None:
    desk.far_ends["7778888"] = [ends(Outcome.NO_ANSWER)] * 3
    fax = desk.finish(desk.send("7778888"))
    assert fax.state is FaxState.SEND_FAILED
    assert [call.outcome for call in fax.deliveries[0].calls] == [Outcome.NO_ANSWER] * 3


def test_a_call_cut_off_goes_on_from_the_first_unconfirmed_page(desk: Desk) -> None:
    desk.far_ends["7778888"] = [ends(Outcome.DROPPED, 2), ends(Outcome.SENT, 1)]
    fax = desk.finish(desk.send("7778888"))
    assert fax.state is FaxState.SENT
    assert [order.first_page for order in desk.orders] == [0, 2]
    assert [call.pages_confirmed for call in fax.deliveries[0].calls] == [2, 1]
    assert fax.deliveries[0].pages_confirmed == PAGES


def test_an_extension_may_have_a_fax_begin_again_with_its_first_page(desk: Desk) -> None:
    desk.world.execute("UPDATE extensions SET resume = 0 WHERE number = '0003*210'")
    desk.far_ends["7778888"] = [ends(Outcome.DROPPED, 2), ends(Outcome.DROPPED, 1), ends(Outcome.SENT, PAGES)]
    fax_id = desk.send("7778888")
    desk.step()
    desk.step()
    assert desk.view(fax_id).deliveries[0].pages_confirmed == 2
    fax = desk.finish(fax_id)
    assert [order.first_page for order in desk.orders] == [0, 0, 0]
    assert (fax.state, fax.deliveries[0].pages_confirmed) == (FaxState.SENT, PAGES)


def test_the_next_call_comes_no_sooner_than_the_far_side_asks(desk: Desk) -> None:
    async def asks_for_ten_minutes(order: CallOrder, record: Record) -> CallReport:
        return CallReport(Outcome.BUSY, sip_status=486, retry_after_seconds=600)

    desk.far_ends["7778888"] = [asks_for_ten_minutes, ends(Outcome.SENT, PAGES)]
    fax_id = desk.send("7778888")
    desk.step()
    desk.step()
    assert desk.view(fax_id).deliveries[0].next_call_at == desk.now + timedelta(seconds=600)


def test_a_number_called_too_often_in_a_row_rests_for_an_hour_whoever_sends(tmp_path: Path) -> None:
    with a_world(tmp_path) as world:
        desk = Desk(world, RetryPolicy(calls=2, successive_calls=3))
        desk.far_ends["7778888"] = [ends(Outcome.BUSY)] * 3 + [ends(Outcome.SENT, PAGES)]
        assert desk.finish(desk.send("7778888")).state is FaxState.SEND_FAILED
        second = desk.send("7778888")
        desk.step()
        desk.step()
        tried_at = desk.now
        desk.now += timedelta(seconds=RetryPolicy().busy_seconds)
        desk.step()
        [resting] = desk.view(second).deliveries
        assert len(desk.orders) == 3, "nobody is called"
        assert (resting.state, len(resting.calls)) == (DeliveryState.WAITING, 1)
        assert resting.next_call_at == tried_at + timedelta(hours=1)
        assert desk.finish(second).state is FaxState.SENT


def test_an_answer_ends_the_row_of_calls_that_nobody_answered(tmp_path: Path) -> None:
    async def answers_and_hangs_up(order: CallOrder, record: Record) -> CallReport:
        await record(Progress(Milestone.ANSWERED))
        return CallReport(Outcome.DROPPED)

    with a_world(tmp_path) as world:
        desk = Desk(world, RetryPolicy(calls=6, successive_calls=3))
        desk.far_ends["7778888"] = [
            *[ends(Outcome.BUSY)] * 2,
            answers_and_hangs_up,
            *[ends(Outcome.BUSY)] * 2,
            ends(Outcome.SENT, PAGES),
        ]
        begun = desk.now
        assert desk.finish(desk.send("7778888")).state is FaxState.SENT
        assert desk.now - begun < timedelta(hours=1)


def test_when_a_trunk_fails_the_next_one_is_asked_at_once_and_it_costs_no_call(desk: Desk) -> None:
    desk.ways = ("sandbox", "spare")
    desk.far_ends["7778888"] = [ends(Outcome.UNREACHABLE), ends(Outcome.BUSY), ends(Outcome.SENT, PAGES)]
    fax_id = desk.send("7778888")
    begun = desk.now
    desk.step()
    desk.step()
    [delivery] = desk.view(fax_id).deliveries
    assert (delivery.state, delivery.next_call_at) == (DeliveryState.WAITING, begun)
    desk.step()
    [delivery] = desk.view(fax_id).deliveries
    assert delivery.next_call_at == begun + timedelta(seconds=RetryPolicy().busy_seconds)
    assert desk.finish(fax_id).state is FaxState.SENT
    assert [order.trunk for order in desk.orders] == ["sandbox", "spare", "spare"], "busy is not the trunk's fault"


def test_when_all_trunks_have_failed_the_first_is_asked_again_after_the_pause(desk: Desk) -> None:
    desk.ways = ("sandbox", "spare")
    desk.far_ends["7778888"] = [ends(Outcome.CONGESTION)] * 6
    fax = desk.finish(desk.send("7778888"))
    assert fax.state is FaxState.SEND_FAILED
    assert [order.trunk for order in desk.orders] == ["sandbox", "spare"] * 3, "three calls count"
    [delivery] = fax.deliveries
    starts = [call.started_at for call in delivery.calls]
    pauses = [(later - earlier).total_seconds() for earlier, later in itertools.pairwise(starts)]
    assert pauses == [0, 30, 0, 60, 0]


def test_a_trunk_that_is_gone_from_the_settings_hands_nothing_on(desk: Desk) -> None:
    desk.ways = ("spare",)
    desk.far_ends["7778888"] = [ends(Outcome.NO_ROUTE)]
    assert desk.finish(desk.send("7778888")).state is FaxState.SEND_FAILED


def test_a_fax_that_is_cancelled_is_not_passed_on(desk: Desk) -> None:
    async def cancelled_meanwhile(order: CallOrder, record: Record) -> CallReport:
        desk.world.db.write(control.cancel, order.fax_id, desk.now)
        return CallReport(Outcome.UNREACHABLE)

    desk.ways = ("sandbox", "spare")
    desk.far_ends["7778888"] = [cancelled_meanwhile]
    assert desk.finish(desk.send("7778888")).state is FaxState.CANCELLED


def test_machines_that_do_not_understand_each_other_try_one_manner_after_the_other(tmp_path: Path) -> None:
    with a_world(tmp_path) as world:
        desk = Desk(world, RetryPolicy())
        failing = [ends(Outcome.PROTOCOL, media=media) for media in (Media.T38, Media.G711)]
        desk.far_ends["7778888"] = [*failing, ends(Outcome.SENT, PAGES, Media.T38), ends(Outcome.SENT, PAGES)]
        fax = desk.finish(desk.send("7778888"))
        tried = [order.manner for order in desk.orders]
        assert tried == [BEST, Manner(t38=False), Manner(modem=Modem.V29)]
        assert [call.manner for call in fax.deliveries[0].calls] == tried
        desk.finish(desk.send("7778888"))
        assert desk.orders[-1].manner == tried[-1], "the next fax begins with what has worked"


def test_a_number_that_is_busy_or_was_cut_off_after_a_page_is_called_in_the_same_manner(tmp_path: Path) -> None:
    with a_world(tmp_path) as world:
        desk = Desk(world, RetryPolicy())
        cut_off = ends(Outcome.DROPPED, 1, Media.T38)
        desk.far_ends["7778888"] = [ends(Outcome.BUSY), cut_off, cut_off, ends(Outcome.SENT, 1, Media.T38)]
        assert desk.finish(desk.send("7778888")).state is FaxState.SENT
        assert {order.manner for order in desk.orders} == {BEST}


def test_a_call_that_its_sender_ended_teaches_nothing(desk: Desk) -> None:
    async def cancelled_meanwhile(order: CallOrder, record: Record) -> CallReport:
        desk.world.db.write(control.cancel, order.fax_id, desk.now)
        return CallReport(Outcome.DROPPED, media=Media.T38)

    desk.far_ends["7778888"] = [cancelled_meanwhile, ends(Outcome.SENT, PAGES)]
    desk.finish(desk.send("7778888"))
    desk.finish(desk.send("7778888"))
    assert [order.manner for order in desk.orders] == [BEST, BEST]


@pytest.mark.parametrize(
    ("pin", "finest"),
    [
        (Pin(), None),
        (Pin(modem=Modem.V27TER), Resolution.FINE),
        (Pin(resolution=Resolution.STANDARD), Resolution.STANDARD),
        (Pin(modem=Modem.V27TER, resolution=Resolution.R400), Resolution.R400),
    ],
)
def test_pages_are_as_fine_as_the_manner_or_somebody_has_it(pin: Pin, finest: Resolution | None, desk: Desk) -> None:
    desk.world.db.write(destinations.pin, "7778888", pin)
    desk.far_ends["7778888"] = [ends(Outcome.SENT, PAGES)]
    desk.finish(desk.send("7778888"))
    assert [order.finest for order in desk.orders] == [finest]


def test_a_trunk_without_t38_is_never_asked_for_it(desk: Desk) -> None:
    desk.terms["sandbox"] = TrunkTerms(T38Use.OFF)
    desk.far_ends["7778888"] = [ends(Outcome.PROTOCOL, media=Media.G711)] * 2 + [ends(Outcome.SENT, PAGES)]
    desk.finish(desk.send("7778888"))
    assert [order.manner.t38 for order in desk.orders] == [False] * 3


def test_one_of_two_recipients_makes_a_fax_partially_sent(desk: Desk) -> None:
    desk.far_ends = {"7778888": [ends(Outcome.SENT, PAGES)], "7778801": [ends(Outcome.NO_SUCH_NUMBER)]}
    fax = desk.finish(desk.send("7778888", "7778801"))
    assert fax.state is FaxState.PARTIALLY_SENT
    assert [one.state for one in fax.deliveries] == [DeliveryState.SENT, DeliveryState.FAILED]


def test_an_uncertain_fax_is_not_called_again(desk: Desk) -> None:
    desk.far_ends["7778888"] = [ends(Outcome.UNCERTAIN, 2)]
    assert desk.finish(desk.send("7778888")).state is FaxState.UNCERTAIN


def test_sent_with_pages_missing_is_not_sent(desk: Desk) -> None:
    desk.far_ends["7778888"] = [ends(Outcome.SENT, 2), ends(Outcome.SENT, 1)]
    fax = desk.finish(desk.send("7778888"))
    assert [call.outcome for call in fax.deliveries[0].calls] == [Outcome.PROTOCOL, Outcome.SENT]


def test_an_extension_of_our_own_has_it_in_the_inbox_without_a_call(desk: Desk) -> None:
    fax_id = desk.send("0003*211", "7778888")
    desk.step()
    inbox, called = desk.view(fax_id).deliveries
    assert (inbox.state, inbox.pages_confirmed, inbox.calls) == (DeliveryState.SENT, PAGES, ())
    assert called.state is DeliveryState.WAITING
    [(extension, sender, document, pages)] = desk.world.db.read(
        lambda conn: list(conn.exec_driver_sql("SELECT extension_id, sender, document, pages FROM inbox").all())
    )
    assert desk.world.beth.extension is not None
    assert (extension, sender, pages) == (desk.world.beth.extension.id, "0003*210", PAGES)
    sent = desk.view(fax_id).document
    assert sent is not None
    assert document == sent.sha256


def test_a_document_fault_fails_every_recipient(desk: Desk) -> None:
    def faulty(files: Sequence[tuple[Path, str]]) -> int:
        raise FileInvalid(files[0][1], "is damaged")

    desk.rendering = faulty
    fax = desk.finish(desk.send("7778888", "0003*211"))
    assert fax.state is FaxState.SEND_FAILED
    assert {one.outcome for one in fax.deliveries} == {Outcome.DOCUMENT}
    assert not desk.world.staged()


def test_pages_that_cannot_be_made_now_are_made_later(desk: Desk) -> None:
    troubles = [Unavailable("the converter is busy")]

    def busy(files: Sequence[tuple[Path, str]]) -> int:
        if troubles:
            raise troubles.pop()
        return PAGES

    desk.rendering = busy
    desk.far_ends["7778888"] = [ends(Outcome.SENT, PAGES)]
    fax_id = desk.send("7778888")
    desk.step()
    assert desk.view(fax_id).state is FaxState.PRE_APPROVED
    assert desk.finish(fax_id).state is FaxState.SENT


def test_a_number_being_called_is_not_called_by_a_second_fax(desk: Desk) -> None:
    async def meanwhile(order: CallOrder, record: Record) -> CallReport:
        [_, row] = desk.open()
        await desk.caller.call(desk.new_run(), row.delivery_id, 1, row.work)
        [_, put_off] = desk.open()
        assert put_off.work == row.work + 1
        return await ends(Outcome.SENT, PAGES)(order, record)

    desk.far_ends["7778888"] = [meanwhile, ends(Outcome.SENT, PAGES)]
    first, second = desk.send("7778888"), desk.send("7778888")
    desk.step()
    begun = desk.now
    desk.step()
    assert desk.view(first).state is FaxState.SENT
    [waiting] = desk.view(second).deliveries
    assert waiting.calls == (), "no call is used up"
    assert waiting.next_call_at is not None
    assert (waiting.next_call_at - begun).total_seconds() == TAKEN_SECONDS
    assert desk.finish(second).state is FaxState.SENT


def test_who_was_given_up_neither_begins_a_call_nor_settles_that_of_another(desk: Desk) -> None:
    async def meanwhile(order: CallOrder, record: Record) -> CallReport:
        [row] = desk.open()
        await desk.caller.call("woken.1", row.delivery_id, 1, row.work)  # claimed long ago, by who is not known now
        return await ends(Outcome.SENT, PAGES)(order, record)

    desk.far_ends["7778888"] = [meanwhile]
    fax_id = desk.send("7778888")
    desk.step()
    [row] = desk.open()
    desk.call(row, "woken.0")
    assert desk.orders == []
    desk.step()
    assert (desk.view(fax_id).state, len(desk.orders)) == (FaxState.SENT, 1)


def test_a_call_waits_while_calls_from_outside_have_the_last_channels_of_its_trunk(desk: Desk) -> None:
    desk.terms["sandbox"] = TrunkTerms(channels=1)
    ring = IncomingCall("sandbox", "0003*210", "+49401234", "call@carrier")
    reception = desk.world.db.write(receptions.begin, 1, ring, desk.now, "here")
    assert reception is not None
    desk.far_ends["7778888"] = [ends(Outcome.SENT, PAGES)]
    fax_id = desk.send("7778888")
    desk.step()
    desk.step()
    [waiting] = desk.view(fax_id).deliveries
    assert (waiting.state, waiting.calls) == (DeliveryState.WAITING, ()), "no call is used up"
    desk.world.db.write(receptions.forget, reception)
    assert desk.finish(fax_id).state is FaxState.SENT


def test_a_crash_before_the_last_page_is_lost_and_goes_on_from_there(desk: Desk) -> None:
    async def dies_after_a_page(order: CallOrder, record: Record) -> CallReport:
        await record(Progress(Milestone.PAGE_CONFIRMED, 1, "call-id@here"))
        return await dies(order, record)

    desk.far_ends["7778888"] = [dies_after_a_page, ends(Outcome.SENT, 2)]
    fax_id = desk.send("7778888")
    desk.step()
    with pytest.raises(asyncio.CancelledError):
        desk.step()
    assert desk.view(fax_id).deliveries[0].state is DeliveryState.CALLING
    desk.step()
    [first] = desk.view(fax_id).deliveries[0].calls
    assert (first.outcome, first.pages_confirmed, first.sip_call_id) == (Outcome.LOST, 1, "call-id@here")
    assert len(desk.orders) == 1, "the call is settled, not dialled again"
    assert desk.finish(fax_id).state is FaxState.SENT
    assert desk.orders[1].first_page == 1


@pytest.mark.parametrize(
    ("confirmed", "state"), [(2, FaxState.UNCERTAIN), (3, FaxState.SENT)], ids=["unconfirmed", "confirmed"]
)
def test_a_crash_after_the_last_page_went_out_is_decided_by_its_confirmation(
    desk: Desk, confirmed: int, state: FaxState
) -> None:
    async def dies_at_the_end(order: CallOrder, record: Record) -> CallReport:
        await record(Progress(Milestone.PAGE_CONFIRMED, 2))
        await record(Progress(Milestone.LAST_PAGE_OUT, 2))
        await record(Progress(Milestone.PAGE_CONFIRMED, confirmed))
        return await dies(order, record)

    desk.far_ends["7778888"] = [dies_at_the_end]
    fax_id = desk.send("7778888")
    desk.step()
    with pytest.raises(asyncio.CancelledError):
        desk.step()
    assert desk.finish(fax_id).state is state
    assert len(desk.orders) == 1


def test_a_late_report_cannot_undo_a_newer_call(desk: Desk) -> None:
    """A process sleeps through its call; another settles it; the sleeper wakes and reports success."""

    async def overtaken(order: CallOrder, record: Record) -> CallReport:
        [row] = desk.open()
        await desk.caller.call(desk.new_run(), row.delivery_id, 1, row.work)
        assert desk.view(fax_id).deliveries[0].outcome is Outcome.LOST
        return CallReport(Outcome.SENT, PAGES)

    desk.far_ends["7778888"] = [overtaken, ends(Outcome.SENT, PAGES)]
    fax_id = desk.send("7778888")
    desk.step()
    desk.step()
    [delivery] = desk.view(fax_id).deliveries
    assert (delivery.state, delivery.outcome, delivery.pages_confirmed) == (DeliveryState.WAITING, Outcome.LOST, 0)
    assert desk.finish(fax_id).deliveries[0].calls[0].outcome is Outcome.LOST


def test_a_call_that_was_settled_by_another_is_hung_up_at_its_next_step(desk: Desk) -> None:
    hung_up = []

    async def overtaken(order: CallOrder, record: Record) -> CallReport:
        [row] = desk.open()
        await desk.caller.call(desk.new_run(), row.delivery_id, 1, row.work)
        try:
            await record(Progress(Milestone.PAGE_CONFIRMED, 1))
        finally:
            hung_up.append(order.number)
        return CallReport(Outcome.SENT, PAGES)

    desk.far_ends["7778888"] = [overtaken]
    fax_id = desk.send("7778888")
    desk.step()
    desk.step()
    assert hung_up == ["7778888"]
    assert desk.view(fax_id).deliveries[0].pages_confirmed == 0


def test_a_line_that_raises_is_decided_by_what_was_written_down(desk: Desk) -> None:
    async def breaks(order: CallOrder, record: Record) -> CallReport:
        await record(Progress(Milestone.PAGE_CONFIRMED, 2))
        raise RuntimeError("a bug")

    desk.far_ends["7778888"] = [breaks, ends(Outcome.SENT, 1)]
    fax = desk.finish(desk.send("7778888"))
    assert [call.outcome for call in fax.deliveries[0].calls] == [Outcome.LOST, Outcome.SENT]


@pytest.mark.sqlite
def test_a_page_whose_confirmation_could_not_be_written_down_at_once_is_not_sent_again(desk: Desk) -> None:
    """The line hangs up when progress cannot be written; what it had seen by then is written with the end."""
    desk.world.execute(
        "CREATE TRIGGER full BEFORE UPDATE ON deliveries WHEN NEW.state = 'calling' AND OLD.pages_confirmed = 1"
        " BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
    )
    desk.far_ends["7778888"] = [ends(Outcome.SENT, PAGES), ends(Outcome.SENT, 1)]
    fax = desk.finish(desk.send("7778888"))
    assert [(call.outcome, call.pages_confirmed) for call in fax.deliveries[0].calls] == [
        (Outcome.LOST, 2),
        (Outcome.SENT, 1),
    ]


def test_work_that_is_stale_does_nothing(desk: Desk) -> None:
    desk.far_ends["7778888"] = [ends(Outcome.BUSY)]
    fax_id = desk.send("7778888")
    [preparing] = desk.open()
    desk.prepare(fax_id, preparing.work)
    desk.prepare(fax_id, preparing.work)
    [row] = desk.open()
    desk.call(row)
    before = desk.view(fax_id)
    desk.world.run(desk.caller.call(desk.new_run(), row.delivery_id, 1, row.work))
    desk.world.run(desk.caller.call(desk.new_run(), row.delivery_id, 2, row.work))
    assert desk.view(fax_id) == before
    assert len(desk.orders) == 1


def up(pages: int, first_page: int, confirmed: int, last_page_out: bool) -> CallUp:
    return CallUp(
        *(
            1,
            1,
            1,
            "run",
            "t",
            "7",
            "0003*210",
            "1",
            Content("d"),
            pages,
            first_page,
            BEST,
            NOW,
            confirmed,
            True,
            last_page_out,
        ),
        calls_before=0,
        cancelling=False,
        terms=AT_ONCE,
    )


@given(
    pages=st.integers(1, 5),
    first=st.integers(0, 4),
    known=st.integers(0, 6),
    said=st.integers(0, 6),
    out=st.booleans(),
    outcome=st.none() | st.sampled_from(Outcome),
)
def test_sent_means_every_page_was_confirmed_and_nothing_is_sent_again_that_was(
    pages: int, first: int, known: int, said: int, out: bool, outcome: Outcome | None
) -> None:
    report = None if outcome is None else CallReport(outcome, said)
    first = min(first, pages - 1)
    ended = verdict(up(pages, first, known, out), report)
    total = first + ended.pages_confirmed
    if ended.outcome is Outcome.SENT:
        assert total == pages
    if total >= pages:
        assert ended.outcome in {Outcome.SENT, Outcome.UNCERTAIN}
    if outcome is None and out:
        assert ended.outcome in {Outcome.SENT, Outcome.UNCERTAIN}


@given(st.lists(st.sampled_from(Outcome), min_size=1), st.sampled_from([None, NOW]))
def test_every_outcome_leaves_a_delivery_somewhere_it_may_go_from_calling(
    outcomes: list[Outcome], next_call_at: datetime | None
) -> None:
    state = state_after(outcomes, next_call_at)
    assert state in MOVES[DeliveryState.CALLING]
    assert (state is DeliveryState.SENT) is (outcomes[-1] is Outcome.SENT)
    if Outcome.UNCERTAIN in outcomes:
        assert state not in {DeliveryState.FAILED, DeliveryState.CANCELLED}, "it may have arrived"
