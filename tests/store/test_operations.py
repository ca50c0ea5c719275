"""What those who run the service look at."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from tests.desk import Desk, ends
from tests.steps import steps_of
from tests.stored import ENDS, OPEN_OF, store
from tests.world import NOW, World, a_world
from unifax.model.content import Content
from unifax.model.fax import DeliveryState
from unifax.model.outcome import Outcome
from unifax.store import operations
from unifax.store.db import Connection
from unifax.store.operations import CallEnded, Place
from unifax.store.usage import usage_since

MANY = 2_000
DOCUMENT = Content("0" * 64, None)


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with a_world(tmp_path_factory.mktemp("stored")) as world:
        extensions = [person.extension for person in (world.bob, world.beth, world.charlie) if person.extension]
        store(world.db, extensions, DOCUMENT, MANY, NOW)
        yield world


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_world(tmp_path) as world:
        yield Desk(world)


def test_calls_are_counted_by_the_day_they_ended_and_by_how(stored: World) -> None:
    days = [NOW.date() - timedelta(days=ago) for ago in reversed(range(70))]
    counted = stored.db.read(operations.ended_by_day, days)
    assert sum(each.calls for each in counted) == MANY
    busy = [each for each in counted if each.outcome is Outcome.BUSY]
    assert sum(each.calls for each in busy) == sum(ENDS[n % len(ENDS)] is Outcome.BUSY for n in range(MANY))
    assert [each.day for each in busy] == sorted({each.day for each in busy})
    calls = stored.db.read(walked, list(Outcome))
    late = stored.db.read(operations.ended_by_day, days[-7:])
    assert sum(each.calls for each in late) == sum(call.ended_at.date() >= days[-7] for call in calls)


def test_what_waits_is_told_by_what_it_waits_for_and_how_long(stored: World) -> None:
    waiting = stored.db.read(operations.queued, NOW)
    assert {(each.state, each.due) for each in waiting} == {(DeliveryState.WAITING, False)}
    expected = {ENDS[n % len(ENDS)] for n in range(OPEN_OF - 1, MANY, OPEN_OF)} - {Outcome.SENT}
    assert {each.outcome for each in waiting} == expected
    assert all(sum(each.by_age[4:]) == sum(each.by_age) for each in waiting), "all are older than a day"


def test_what_is_new_is_told_apart_from_what_is_old(desk: Desk) -> None:
    desk.far_ends["7778888"] = [ends(Outcome.BUSY), ends(Outcome.SENT, 3)]
    desk.send("7778888")
    db = desk.world.db
    (preparing,) = db.read(operations.queued, NOW + timedelta(minutes=5))
    assert (preparing.state, preparing.by_age) == (DeliveryState.PREPARING, (0, 1, 0, 0, 0))
    desk.step()
    (due,) = db.read(operations.queued, NOW + timedelta(seconds=1))
    assert (due.due, due.outcome, due.by_age) == (True, None, (1, 0, 0, 0, 0))
    desk.step()
    (later,) = db.read(operations.queued, NOW + timedelta(seconds=1))
    assert (later.due, later.outcome, later.oldest) == (False, Outcome.BUSY, NOW)


def test_use_is_told_by_organization_as_the_limits_count_it(stored: World) -> None:
    used = stored.db.read(operations.use_since, NOW - timedelta(days=30))
    assert [each.name for each in used] == ["alice", "other"], "who has used most is first"
    for each, person in zip(used, (stored.bob, stored.charlie), strict=True):
        usage = stored.db.read(usage_since, person.id, NOW - timedelta(days=30))
        assert usage is not None
        assert (each.recipients, each.pages) == (usage.recipients, usage.pages)


def walked(conn: Connection, outcomes: Sequence[Outcome], number: str = "") -> list[CallEnded]:
    found: list[CallEnded] = []
    after = None
    while page := operations.calls_ended(conn, after, 100, outcomes, number):
        found += page
        after = Place(page[-1].ended_at, page[-1].delivery_id, page[-1].call_number)
    return found


def test_ended_calls_are_walked_from_the_latest_to_the_first_and_none_is_met_twice(stored: World) -> None:
    calls = stored.db.read(walked, list(Outcome))
    assert len({(call.delivery_id, call.call_number) for call in calls}) == len(calls) == MANY
    assert [call.ended_at for call in calls] == sorted((call.ended_at for call in calls), reverse=True)
    failed = stored.db.read(walked, [Outcome.BUSY, Outcome.DROPPED])
    assert failed == [call for call in calls if call.outcome in (Outcome.BUSY, Outcome.DROPPED)]
    number = calls[7].number
    assert stored.db.read(walked, list(Outcome), number) == [call for call in calls if call.number == number]
    assert sum(call.is_recorded for call in calls) == MANY // 10


@pytest.mark.sqlite
def test_a_page_of_ended_calls_costs_the_same_wherever_it_lies(stored: World) -> None:
    def cost(conn: Connection, after: Place | None) -> tuple[int, Place]:
        with steps_of(conn) as steps:
            page = operations.calls_ended(conn, after, 20, list(Outcome))
        return steps[0], Place(page[-1].ended_at, page[-1].delivery_id, page[-1].call_number)

    first, after = stored.db.read(cost, None)
    for _ in range(MANY // 20 - 5):
        last, after = stored.db.read(cost, after)
    assert last < 1.5 * first + 5


def test_a_call_that_is_up_is_told_and_who_makes_it(desk: Desk) -> None:
    up: list[operations.CallNow] = []

    async def far_end(order: object, record: object) -> object:
        up.extend(await desk.world.db.aread(operations.calls_now))
        return await ends(Outcome.SENT, 3)(order, record)  # type: ignore[arg-type]  # as it was given

    desk.far_ends["7778888"] = [far_end]  # type: ignore[list-item]  # likewise
    desk.finish(desk.send("7778888"))
    (call,) = up
    assert (call.number, call.extension, call.trunk, call.pages) == ("7778888", "0003*210", "sandbox", 3)
    assert (call.incoming, call.pages_confirmed, call.process) == (False, 0, "desk.1")
    assert desk.world.db.read(operations.calls_now) == []
