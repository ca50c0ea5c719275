"""Whatever the rows say is open has live work again, whatever became of it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.desk import PAGES, Desk, ends
from tests.world import NOW, a_world
from unifax.model.fax import DeliveryState, FaxState
from unifax.model.outcome import Outcome
from unifax.model.retry import RetryPolicy
from unifax.store.calls import begin_call
from unifax.work.reconciler import reconcile


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_world(tmp_path) as world:
        made = Desk(world)
        made.far_ends["7778888"] = [ends(Outcome.SENT, PAGES)]
        made.send("7778888")
        yield made


def spoil(desk: Desk, how: str) -> None:
    """Have all work failed for good, or gone."""
    desk.world.execute(
        "DELETE FROM workflow_status" if how == "gone" else f"UPDATE workflow_status SET status = '{how}'"
    )


@pytest.mark.parametrize("how", ["ERROR", "CANCELLED", "SUCCESS", "gone"])
@pytest.mark.parametrize("state", [DeliveryState.PREPARING, DeliveryState.WAITING])
def test_work_that_is_lost_is_replaced_once(desk: Desk, how: str, state: DeliveryState) -> None:
    if state is DeliveryState.WAITING:
        desk.step()
    spoil(desk, how)
    assert reconcile(desk.world.db, desk.world.queue, desk.now) == 1
    assert reconcile(desk.world.db, desk.world.queue, desk.now) == 0
    assert desk.finish(1).state is FaxState.SENT


def test_a_call_whose_work_is_lost_is_settled_by_the_new_work(desk: Desk) -> None:
    desk.step()
    desk.world.db.write(begin_call, 1, 1, 1, "a process that died", NOW, RetryPolicy(), {})
    spoil(desk, "ERROR")
    assert reconcile(desk.world.db, desk.world.queue, desk.now) == 1
    fax = desk.finish(1)
    assert [call.outcome for call in fax.deliveries[0].calls] == [Outcome.LOST, Outcome.SENT]


def test_work_that_is_live_is_left_alone(desk: Desk) -> None:
    assert reconcile(desk.world.db, desk.world.queue, desk.now) == 0
    desk.step()
    assert reconcile(desk.world.db, desk.world.queue, desk.now) == 0
    desk.finish(1)
    assert reconcile(desk.world.db, desk.world.queue, desk.now) == 0


def test_a_call_that_is_not_due_needs_no_look(desk: Desk) -> None:
    desk.far_ends["7778888"] = [ends(Outcome.BUSY)]
    desk.step()
    desk.step()
    spoil(desk, "gone")
    assert reconcile(desk.world.db, desk.world.queue, desk.now) == 0
    assert reconcile(desk.world.db, desk.world.queue, desk.now + timedelta(hours=1)) == 1


def test_more_than_one_batch_is_looked_through(desk: Desk) -> None:
    for _ in range(4):
        desk.send("7778888", "7778801")
    spoil(desk, "gone")
    assert reconcile(desk.world.db, desk.world.queue, desk.now, batch=2) == 5, "one piece of work prepares a whole fax"
    desk.open()
