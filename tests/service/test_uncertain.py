"""A last page that went out and whose confirmation never came, or was never written down: what is done about it."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.desk import PAGES, Desk, FarEnd, dies, ends
from tests.world import a_world
from unifax.model.call import CallOrder, CallReport, Milestone, Progress, Record
from unifax.model.errors import NotFound, RequestInvalid, TooLate
from unifax.model.evidence import Decision, WhenUncertain
from unifax.model.fax import DeliveryState, DeliveryView, FaxView
from unifax.model.outcome import Outcome
from unifax.model.terms import Terms
from unifax.service import control

NUMBER = "7778888"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_world(tmp_path) as world:
        yield Desk(world)


async def dies_before_the_last_confirmation_is_written(order: CallOrder, record: Record) -> CallReport:
    """Everything has arrived, and the far machine has said so; our process ends before that is on disk."""
    for page in range(1, order.pages - order.first_page):
        await record(Progress(Milestone.PAGE_CONFIRMED, page))
    await record(Progress(Milestone.LAST_PAGE_OUT, order.pages - order.first_page - 1))
    return await dies(order, record)


def loses_the_last(pages: int) -> FarEnd:
    """A call whose last page has no answer, after so many that had."""
    return ends(Outcome.UNCERTAIN, pages)


def set_policy(desk: Desk, policy: WhenUncertain) -> None:
    desk.world.execute(f"UPDATE extensions SET when_uncertain = '{policy}' WHERE number = '0003*210'")


def crash(desk: Desk, *then: FarEnd) -> int:
    """Have a fax sent by a process that dies at the worst moment; further calls are answered as scripted."""
    desk.far_ends[NUMBER] = [dies_before_the_last_confirmation_is_written, *then]
    fax_id = desk.send(NUMBER)
    desk.step()
    with pytest.raises(asyncio.CancelledError):
        desk.step()
    return fax_id


def the_one(fax: FaxView) -> DeliveryView:
    [delivery] = fax.deliveries
    return delivery


def decide(desk: Desk, asked: dict[str, object], position: str = "1", fax_id: str = "1") -> FaxView:
    bob = desk.world.bob
    who = (bob.viewer, "@me", "0003*210", fax_id, position, asked)
    return desk.world.db.write(control.decide, desk.world.queue, desk.now, *who)


@pytest.mark.parametrize(
    ("policy", "decision"), [(WhenUncertain.HOLD, None), (WhenUncertain.ASK, Decision.WANTED)], ids=str
)
def test_a_crash_before_the_confirmation_is_written_leaves_it_uncertain(
    desk: Desk, policy: WhenUncertain, decision: Decision | None
) -> None:
    set_policy(desk, policy)
    delivery = the_one(desk.finish(crash(desk)))
    assert (delivery.state, delivery.outcome) == (DeliveryState.UNCERTAIN, Outcome.UNCERTAIN)
    assert (delivery.decision, delivery.decided_at) == (decision, None)
    assert (delivery.pages_confirmed, len(desk.orders)) == (PAGES - 1, 1)


def test_a_crash_before_the_confirmation_is_written_is_made_up_for_if_the_extension_wants_that(desk: Desk) -> None:
    set_policy(desk, WhenUncertain.RESEND)
    delivery = the_one(desk.finish(crash(desk, ends(Outcome.SENT, 1))))
    assert (delivery.state, delivery.decision) == (DeliveryState.SENT, None)
    assert [call.outcome for call in delivery.calls] == [Outcome.UNCERTAIN, Outcome.SENT]
    assert [order.first_page for order in desk.orders] == [0, PAGES - 1], "only what was not confirmed goes out twice"


def test_while_it_waits_to_be_sent_again_it_has_no_reason_of_its_own(desk: Desk) -> None:
    set_policy(desk, WhenUncertain.RESEND)
    desk.far_ends[NUMBER] = [loses_the_last(PAGES - 1)]
    fax_id = desk.send(NUMBER)
    desk.step()
    desk.step()
    delivery = the_one(desk.view(fax_id))
    assert (delivery.state, delivery.outcome) == (DeliveryState.WAITING, None)


def test_what_may_have_arrived_never_fails(desk: Desk) -> None:
    set_policy(desk, WhenUncertain.RESEND)
    desk.far_ends[NUMBER] = [loses_the_last(2), ends(Outcome.BUSY), ends(Outcome.NO_SUCH_NUMBER)]
    delivery = the_one(desk.finish(desk.send(NUMBER)))
    assert [call.outcome for call in delivery.calls] == [Outcome.UNCERTAIN, Outcome.BUSY, Outcome.NO_SUCH_NUMBER]
    assert (delivery.state, delivery.outcome) == (DeliveryState.UNCERTAIN, Outcome.UNCERTAIN)


def test_sending_again_has_an_end(desk: Desk) -> None:
    set_policy(desk, WhenUncertain.RESEND)
    desk.far_ends[NUMBER] = [loses_the_last(2), *[loses_the_last(0)] * 9]
    delivery = the_one(desk.finish(desk.send(NUMBER)))
    assert (delivery.state, len(delivery.calls)) == (DeliveryState.UNCERTAIN, 3)


def test_with_all_pages_confirmed_there_is_nothing_to_send_again(desk: Desk) -> None:
    set_policy(desk, WhenUncertain.RESEND)
    desk.far_ends[NUMBER] = [ends(Outcome.BUSY, PAGES)]
    delivery = the_one(desk.finish(desk.send(NUMBER)))
    assert (delivery.state, len(desk.orders)) == (DeliveryState.UNCERTAIN, 1)


def test_what_may_have_arrived_is_uncertain_when_its_time_is_up(desk: Desk) -> None:
    set_policy(desk, WhenUncertain.RESEND)
    desk.far_ends[NUMBER] = [loses_the_last(2), ends(Outcome.BUSY)]
    fax_id = desk.send(NUMBER, terms=Terms(give_up_at=desk.now + timedelta(seconds=70)))
    desk.step()
    desk.step()
    desk.now += timedelta(seconds=80)
    desk.world.run(desk.preparer.give_up())
    assert the_one(desk.view(fax_id)).state is DeliveryState.UNCERTAIN


def test_what_may_have_arrived_is_uncertain_when_it_is_cancelled(desk: Desk) -> None:
    set_policy(desk, WhenUncertain.RESEND)
    desk.far_ends[NUMBER] = [loses_the_last(2)]
    fax_id = desk.send(NUMBER)
    desk.step()
    desk.step()
    bob = desk.world.bob
    desk.world.db.write(control.cancel, desk.world.queue, desk.now, bob.viewer, "@me", "0003*210", str(fax_id))
    assert the_one(desk.view(fax_id)).state is DeliveryState.UNCERTAIN


def test_a_call_that_is_cancelled_too_late_is_uncertain_and_not_made_again(desk: Desk) -> None:
    async def cancelled_meanwhile(order: CallOrder, record: Record) -> CallReport:
        bob = desk.world.bob
        ours = (desk.world.queue, desk.now, bob.viewer, "@me", "0003*210", str(order.fax_id))
        await desk.world.db.awrite(control.cancel, *ours)
        return await loses_the_last(2)(order, record)

    set_policy(desk, WhenUncertain.RESEND)
    desk.far_ends[NUMBER] = [cancelled_meanwhile]
    delivery = the_one(desk.finish(desk.send(NUMBER)))
    assert (delivery.state, delivery.outcome) == (DeliveryState.UNCERTAIN, Outcome.UNCERTAIN)


def test_somebody_says_what_became_of_it_and_is_believed_but_it_stays_uncertain(desk: Desk) -> None:
    set_policy(desk, WhenUncertain.ASK)
    desk.finish(crash(desk))
    desk.now += timedelta(hours=1)
    delivery = the_one(decide(desk, {"decision": "arrived"}))
    assert (delivery.state, delivery.decision) == (DeliveryState.UNCERTAIN, Decision.ARRIVED)
    assert delivery.decided_at == desk.now
    told = desk.world.column("SELECT facts FROM events WHERE kind = 'recipient' ORDER BY id DESC LIMIT 1")
    assert '"decision": "arrived"' in str(told[0])
    assert the_one(decide(desk, {"decision": "not_arrived"})).decision is Decision.NOT_ARRIVED


def test_what_is_sent_again_is_decided(desk: Desk) -> None:
    set_policy(desk, WhenUncertain.ASK)
    fax_id = str(desk.finish(crash(desk, ends(Outcome.SENT, PAGES))).id)
    recipients = desk.world.sending().recipients
    who = (desk.world.bob.viewer, "@me", "0003*210", fax_id, {"uncertain": True})
    desk.world.db.write(control.resend, desk.world.queue, recipients, desk.now, *who)
    delivery = the_one(desk.finish(int(fax_id)))
    assert (delivery.state, delivery.decision) == (DeliveryState.SENT, None)


def test_only_what_is_uncertain_can_be_decided_and_only_in_these_words(desk: Desk) -> None:
    desk.far_ends[NUMBER] = [ends(Outcome.SENT, PAGES)]
    desk.finish(desk.send(NUMBER))
    with pytest.raises(TooLate, match="7778888 has 3 of 3 pages"):
        decide(desk, {"decision": "arrived"})
    for wrong in ({}, {"decision": "wanted"}, {"decision": 1}, {"decision": "arrived", "why": "he called"}):
        with pytest.raises(RequestInvalid):
            decide(desk, dict(wrong))
    for position in ("0", "2", "x"):
        with pytest.raises(NotFound):
            decide(desk, {"decision": "arrived"}, position)
