"""Cancelling, and sending again, at every moment of a fax's life: what is told is true."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.desk import PAGES, Desk, FarEnd, dies, ends
from tests.world import NOW, a_world
from unifax.model.call import CallOrder, CallReport, Milestone, Progress, Record
from unifax.model.errors import AccessDenied, NotFound, RecipientsInvalid, RequestInvalid, TooLate
from unifax.model.fax import DeliveryState, FaxState, FaxView
from unifax.model.outcome import Outcome
from unifax.model.terms import Priority, Terms
from unifax.service import control

D, F = DeliveryState, FaxState


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_world(tmp_path) as world:
        yield Desk(world)


def cancel(desk: Desk, fax_id: int = 1) -> FaxView:
    world = desk.world
    return world.db.write(control.cancel, world.queue, desk.now, world.bob.viewer, "@me", "0003*210", str(fax_id))


def resend(desk: Desk, asked: dict[str, object] | None = None) -> FaxView:
    world = desk.world
    return world.db.write(
        control.resend,
        world.queue,
        world.sending().recipients,
        desk.now,
        world.bob.viewer,
        "@me",
        "0003*210",
        "1",
        asked or {},
    )


def states(fax: FaxView) -> list[DeliveryState]:
    return [delivery.state for delivery in fax.deliveries]


def cancelled_after(desk: Desk, pages: int, then: Outcome = Outcome.CANCELLED) -> FarEnd:
    """A call that is cancelled when some pages are confirmed, and hung up by its line."""

    async def far_end(order: CallOrder, record: Record) -> CallReport:
        for page in range(1, pages + 1):
            if order.first_page + page == order.pages:
                await record(Progress(Milestone.LAST_PAGE_OUT, page - 1))
            await record(Progress(Milestone.PAGE_CONFIRMED, page))
        shown = await desk.world.db.awrite(
            control.cancel, desk.world.queue, desk.now, desk.world.bob.viewer, "@me", "0003*210", "1"
        )
        assert (shown.deliveries[0].state, shown.deliveries[0].cancelling) == (D.CALLING, True)
        assert shown.deliveries[0].pages_confirmed == order.first_page + pages
        await desk.caller.heed()
        assert desk.ended == [order.delivery_id]
        return CallReport(then, pages)

    return far_end


def test_what_has_not_begun_is_cancelled_at_once_and_its_work_does_nothing(desk: Desk) -> None:
    desk.send("7778888")
    [preparing] = desk.open()
    assert states(cancel(desk)) == [D.CANCELLED]
    desk.prepare(1, preparing.work)
    assert (desk.view(1).state, desk.open(), desk.orders) == (F.CANCELLED, [], [])


def test_a_call_that_is_waited_for_is_never_made(desk: Desk) -> None:
    desk.far_ends["7778801"] = [ends(Outcome.BUSY)]
    desk.send("7778801")
    desk.step()
    desk.step()
    [waiting] = desk.open()
    cancelled = cancel(desk)
    assert (cancelled.deliveries[0].state, cancelled.deliveries[0].next_call_at) == (D.CANCELLED, None)
    desk.call(waiting)
    assert len(desk.orders) == 1


@pytest.mark.parametrize(
    ("pages", "reported", "state", "confirmed"),
    [
        (0, Outcome.CANCELLED, D.CANCELLED, 0),
        (2, Outcome.CANCELLED, D.CANCELLED, 2),
        (PAGES, Outcome.CANCELLED, D.SENT, PAGES),
        (PAGES, Outcome.SENT, D.SENT, PAGES),
        (2, Outcome.UNCERTAIN, D.UNCERTAIN, 2),
        (1, Outcome.DROPPED, D.CANCELLED, 1),
        (0, Outcome.BUSY, D.CANCELLED, 0),
        (0, Outcome.NO_SUCH_NUMBER, D.FAILED, 0),
    ],
)
def test_a_call_that_is_up_ends_as_its_pages_prove(
    desk: Desk, pages: int, reported: Outcome, state: DeliveryState, confirmed: int
) -> None:
    desk.far_ends["7778888"] = [cancelled_after(desk, pages, reported)]
    desk.send("7778888")
    fax = desk.finish(1)
    assert states(fax) == [state]
    assert fax.deliveries[0].pages_confirmed == confirmed
    assert not fax.deliveries[0].cancelling


def test_a_cancelled_call_whose_process_dies_is_not_made_again(desk: Desk) -> None:
    desk.far_ends["7778888"] = [dies]
    desk.send("7778888")
    desk.step()
    with pytest.raises(asyncio.CancelledError):
        desk.step()
    assert states(cancel(desk)) == [D.CALLING]
    [row] = desk.open()
    desk.call(row)
    assert states(desk.view(1)) == [D.CANCELLED]
    assert len(desk.orders) == 1


def test_to_cancel_again_changes_nothing_and_what_is_over_cannot_be_cancelled(desk: Desk) -> None:
    desk.far_ends["7778888"] = [ends(Outcome.SENT, PAGES)]
    desk.send("7778888")
    desk.finish(1)
    with pytest.raises(TooLate, match=r"7778888 has 3 of 3 pages \(sent\)"):
        cancel(desk)
    desk.send("7778804")
    assert cancel(desk, 2) == cancel(desk, 2)


def test_nobody_else_cancels_or_sends_again(desk: Desk) -> None:
    desk.send("7778888")
    world, whose = desk.world, desk.world.charlie.viewer
    with pytest.raises(AccessDenied):
        world.db.write(control.cancel, world.queue, NOW, whose, "@me", "0003*210", "1")
    with pytest.raises(NotFound):
        world.db.write(control.resend, world.queue, world.sending().recipients, NOW, whose, "@me", "0004*210", "1", {})
    assert states(desk.view(1)) == [D.PREPARING]


def test_what_failed_is_sent_again_whole_and_what_was_sent_is_not(desk: Desk) -> None:
    desk.far_ends["7778888"] = [ends(Outcome.SENT, PAGES)]
    desk.far_ends["7778807"] = [ends(Outcome.DROPPED, 1), *[ends(Outcome.DROPPED)] * 2, ends(Outcome.SENT, PAGES)]
    desk.send("7778888", "7778807")
    assert desk.finish(1).state is F.PARTIALLY_SENT
    again = resend(desk)
    assert (again.state, states(again)) == (F.SCHEDULED, [D.SENT, D.WAITING])
    assert again.deliveries[1].outcome is None
    fax = desk.finish(1)
    assert (fax.state, len(fax.deliveries[1].calls)) == (F.SENT, 4)
    assert desk.orders[-1].first_page == 0
    with pytest.raises(TooLate, match="nobody"):
        resend(desk)


def test_the_retry_policy_begins_anew(desk: Desk) -> None:
    desk.far_ends["7778801"] = [ends(Outcome.BUSY)] * 6
    desk.send("7778801")
    assert len(desk.finish(1).deliveries[0].calls) == 3
    resend(desk)
    assert len(desk.finish(1).deliveries[0].calls) == 6


def test_pages_that_were_never_made_are_made_then(desk: Desk) -> None:
    desk.send("7778888")
    cancel(desk)
    desk.far_ends["7778888"] = [ends(Outcome.SENT, PAGES)]
    assert states(resend(desk)) == [D.PREPARING]
    assert desk.finish(1).state is F.SENT


def test_who_may_have_it_already_is_sent_it_again_only_when_that_is_asked_for(desk: Desk) -> None:
    desk.far_ends["7778809"] = [ends(Outcome.UNCERTAIN, 2), ends(Outcome.SENT, PAGES)]
    desk.send("7778809")
    assert desk.finish(1).state is F.UNCERTAIN
    with pytest.raises(TooLate):
        resend(desk)
    resend(desk, {"uncertain": True})
    assert desk.finish(1).state is F.SENT


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"recipients": ["7778801"]}, TooLate),
        ({"recipients": ["999"]}, RecipientsInvalid),
        ({"recipients": []}, RecipientsInvalid),
        ({"recipients": "7778804"}, RecipientsInvalid),
        ({"recipients": [7]}, RecipientsInvalid),
        ({"uncertain": "yes"}, RequestInvalid),
        ({"priority": "soon"}, RequestInvalid),
        ({"giveUpAt": "2020-01-01T00:00:00Z"}, RequestInvalid),
    ],
)
def test_only_recipients_that_do_not_have_it_can_be_named(desk: Desk, asked: dict[str, object], error: type) -> None:
    desk.far_ends["7778804"] = [ends(Outcome.NO_SUCH_NUMBER)]
    desk.far_ends["7778801"] = [ends(Outcome.BUSY)]
    desk.send("7778804", "7778801")
    desk.step()
    desk.step()
    with pytest.raises(error):
        resend(desk, asked)
    assert states(desk.view(1)) == [D.FAILED, D.WAITING]


def test_a_fax_for_later_has_its_pages_and_waits(desk: Desk) -> None:
    later = NOW + timedelta(hours=5)
    desk.far_ends["7778888"] = [ends(Outcome.SENT, PAGES)]
    desk.send("7778888", "0003*211", terms=Terms(Priority.NORMAL, later))
    desk.step()
    desk.step()
    fax = desk.view(1)
    assert (fax.pages, states(fax), desk.orders) == (PAGES, [D.WAITING, D.WAITING], [])
    assert {delivery.next_call_at for delivery in fax.deliveries} == {later}
    assert desk.world.column("SELECT count(*) FROM inbox") == [0]
    assert (desk.finish(1).state, desk.now) == (F.SENT, later)
    assert desk.world.column("SELECT sender FROM inbox") == ["0003*210"]


def test_no_call_begins_when_its_time_is_up(desk: Desk) -> None:
    desk.far_ends["7778801"] = [ends(Outcome.BUSY)]
    desk.send("7778801", terms=Terms(give_up_at=NOW + timedelta(seconds=200)))
    desk.step()
    desk.step()  # busy; again in 180 s, which is in time
    desk.send("7778802", terms=Terms(give_up_at=NOW + timedelta(seconds=100)))
    desk.step()
    desk.now += timedelta(seconds=200)
    desk.step()
    assert [desk.view(1).deliveries[0].outcome, desk.view(2).deliveries[0].outcome] == [Outcome.BUSY, Outcome.EXPIRED]
    assert [desk.view(fax_id).state for fax_id in (1, 2)] == [F.SEND_FAILED, F.SEND_FAILED]
    assert len(desk.orders) == 1


def test_what_waits_for_a_channel_or_for_pages_fails_when_its_time_is_up(desk: Desk) -> None:
    desk.send("7778888", terms=Terms(give_up_at=NOW + timedelta(seconds=100)))
    desk.world.run(desk.preparer.give_up())
    assert states(desk.view(1)) == [D.PREPARING]
    desk.now += timedelta(seconds=100)
    desk.world.run(desk.preparer.give_up())
    assert (desk.view(1).deliveries[0].outcome, desk.open()) == (Outcome.EXPIRED, [])


def test_a_next_call_that_would_come_too_late_is_none(desk: Desk) -> None:
    desk.far_ends["7778801"] = [ends(Outcome.BUSY)]
    desk.send("7778801", terms=Terms(give_up_at=NOW + timedelta(seconds=180)))
    desk.step()
    desk.step()
    assert states(desk.view(1)) == [D.FAILED]


def test_the_urgent_fax_has_the_urgent_place_in_the_queue(desk: Desk) -> None:
    desk.send("7778888", terms=Terms(Priority.URGENT))
    desk.step()
    desk.send("7778888", terms=Terms(Priority.LOW))
    desk.send("7778888")
    work = desk.world.column("SELECT workflow_uuid FROM workflow_status ORDER BY queue_name, priority")
    assert work == ["prepare.1.1", "prepare.3.1", "prepare.2.1", "call.1.1"]
