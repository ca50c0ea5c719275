"""Calls begun, watched and ended by compare-and-set."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.desk import PAGES, Desk
from tests.papers import a_page
from tests.world import NOW, a_world
from unifax.model.call import CallReport, Milestone, Progress
from unifax.model.evidence import ConfirmedPage
from unifax.model.fax import DeliveryState
from unifax.model.outcome import Outcome
from unifax.model.retry import RetryPolicy
from unifax.store import calls
from unifax.store.calls import CallUp, Following, NumberTaken
from unifax.store.evidence import evidence_of

SOON = NOW + timedelta(seconds=5)

WAITING = Following(DeliveryState.WAITING, SOON, "sandbox")
SENT = Following(DeliveryState.SENT, None, "sandbox")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_world(tmp_path) as world:
        made = Desk(world)
        made.send("7778888")
        made.send("7778888")
        made.step()
        yield made


def begin(desk: Desk, delivery_id: int = 1, number: int = 1, work: int = 1, run: str = "run") -> CallUp:
    up = desk.world.db.write(calls.begin_call, delivery_id, number, work, run, NOW, RetryPolicy(), {})
    assert isinstance(up, CallUp)
    return up


def test_a_call_begins_once_and_only_in_its_turn(desk: Desk) -> None:
    write = desk.world.db.write
    assert write(calls.begin_call, 1, 2, 1, "run", NOW, RetryPolicy(), {}) is None
    assert write(calls.begin_call, 1, 1, 2, "run", NOW, RetryPolicy(), {}) is None
    assert write(calls.begin_call, 4711, 1, 1, "run", NOW, RetryPolicy(), {}) is None
    up = begin(desk)
    assert (up.run, up.number, up.caller, up.pages, up.first_page) == ("run", "7778888", "0003*210", PAGES, 0)
    assert begin(desk, run="other") == up, "the second finds the call of the first"
    assert write(calls.begin_call, 2, 1, 1, "run", NOW, RetryPolicy(), {}) == NumberTaken()


def test_progress_is_written_for_the_run_that_calls(desk: Desk) -> None:
    up = begin(desk)
    for milestone in (Milestone.RINGING, Milestone.ANSWERED, Milestone.T38_AGREED, Milestone.LAST_PAGE_OUT):
        assert desk.world.db.write(calls.record_progress, up, Progress(milestone, 0, "id@host"), SOON)
    [call] = desk.view(1).deliveries[0].calls
    assert (call.ringing_at, call.answered_at, call.t38_at, call.sip_call_id) == (SOON, SOON, SOON, "id@host")
    known = desk.world.db.read(calls.call_up, 1, 1)
    assert known is not None
    assert known.last_page_out


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20, deadline=None)
@given(st.lists(st.integers(0, PAGES), max_size=6))
def test_confirmed_pages_only_grow(desk: Desk, confirmed: list[int]) -> None:
    desk.world.execute("DELETE FROM calls")
    desk.world.execute("DELETE FROM deliveries")
    desk.world.execute("DELETE FROM faxes")
    fax_id = desk.send("7778888")
    desk.step()
    [delivery] = desk.open()
    up = begin(desk, delivery.delivery_id)
    for pages in confirmed:
        assert desk.world.db.write(calls.record_progress, up, Progress(Milestone.PAGE_CONFIRMED, pages), NOW)
    [seen] = desk.view(fax_id).deliveries
    assert seen.pages_confirmed == seen.calls[0].pages_confirmed == max(confirmed, default=0)


def test_evidence_is_written_with_the_page_that_it_is_of(desk: Desk) -> None:
    up = begin(desk)
    for page in range(2):
        progress = Progress(Milestone.PAGE_CONFIRMED, page + 1, evidence=a_page(page))
        assert desk.world.db.write(calls.record_progress, up, progress, SOON)
    known = desk.world.db.read(evidence_of, 1)
    assert known == [ConfirmedPage(1, SOON, a_page(0)), ConfirmedPage(1, SOON, a_page(1))]
    again = Progress(Milestone.PAGE_CONFIRMED, 2, evidence=replace(a_page(1), bits=1))
    assert desk.world.db.write(calls.record_progress, up, again, NOW)
    assert desk.world.db.read(evidence_of, 1) == known, "what was written down first stays"
    stranger = replace(up, run="other")
    assert not desk.world.db.write(calls.record_progress, stranger, replace(again, evidence=a_page(2)), NOW)
    assert desk.world.db.read(evidence_of, 1) == known


def test_an_ended_call_takes_no_more_reports(desk: Desk) -> None:
    up = begin(desk)
    report = CallReport(Outcome.BUSY, sip_status=486)
    following = desk.world.db.write(calls.end_call, up, report, WAITING, NOW)
    assert following is not None
    assert (following.call_number, following.work, following.trunk) == (2, 2, "sandbox")
    assert not desk.world.db.write(calls.record_progress, up, Progress(Milestone.PAGE_CONFIRMED, 1), NOW)
    with pytest.raises(LookupError):
        desk.world.db.write(calls.end_call, up, CallReport(Outcome.SENT, 3), SENT, NOW)
    [delivery] = desk.view(1).deliveries
    assert (delivery.state, delivery.outcome, delivery.next_call_at) == (DeliveryState.WAITING, Outcome.BUSY, SOON)


def test_only_the_run_that_calls_may_report(desk: Desk) -> None:
    up = begin(desk)
    stranger = CallUp(**{name: getattr(up, name) for name in up.__slots__} | {"run": "stranger"})
    assert not desk.world.db.write(calls.record_progress, stranger, Progress(Milestone.PAGE_CONFIRMED, 1), NOW)
    with pytest.raises(LookupError):
        desk.world.db.write(calls.end_call, stranger, CallReport(Outcome.SENT), SENT, NOW)
    assert desk.world.db.read(calls.call_up, 1, 1) == up


def test_the_next_call_goes_on_after_the_confirmed_pages(desk: Desk) -> None:
    up = begin(desk)
    desk.world.db.write(calls.end_call, up, CallReport(Outcome.DROPPED, 2), WAITING, NOW)
    assert begin(desk, number=2, work=2).first_page == 2


def test_work_is_renewed_once(desk: Desk) -> None:
    renewed = desk.world.db.write(calls.renew_call, 1, 1)
    assert renewed is not None
    assert (renewed.work, renewed.call_number) == (2, 1)
    assert desk.world.db.write(calls.renew_call, 1, 1) is None
    begin(desk, work=2)
    calling = desk.world.db.write(calls.renew_call, 1, 2)
    assert calling is not None
    assert (calling.work, calling.call_number) == (3, 1)
    assert desk.world.db.write(calls.renew_call, 1, 3, SOON) is None, "a call that is up is not put off"


def test_the_trunks_of_open_deliveries_are_known(desk: Desk) -> None:
    read = desk.world.db.read
    desk.send("0003*211", "7778801")
    assert read(calls.open_trunks) == {"sandbox"}
    desk.world.execute("UPDATE deliveries SET trunk = 'carrier' WHERE id = 2")
    assert read(calls.open_trunks) == {"sandbox", "carrier"}
    desk.world.execute("UPDATE deliveries SET state = 'failed', next_call_at = NULL WHERE id = 2")
    assert read(calls.open_trunks) == {"sandbox"}
