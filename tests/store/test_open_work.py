"""What must have live work now is found page by page, and what waits for hours costs nothing."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from tests.desk import Desk
from tests.steps import steps_of
from tests.world import NOW, a_world
from unifax.model.fax import DeliveryState
from unifax.store.db import Connection
from unifax.store.open_work import OpenWork, open_work
from unifax.store.schema import deliveries

PREPARING, WAITING = DeliveryState.PREPARING, DeliveryState.WAITING
LATER = NOW + timedelta(hours=6)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_world(tmp_path) as world:
        yield Desk(world)


def waiting(desk: Desk, *seconds: float) -> Sequence[OpenWork]:
    """Have a fax whose recipients are called so many seconds from now; return all that are due now, two at a time."""
    fax_id = desk.send("7778888")
    rows = [
        {"fax_id": fax_id, "position": n, "number": f"777{n:04}", "trunk": "sandbox", "state": "waiting", "calls": 1}
        | {"work": 2, "pages_confirmed": 0, "calls_before": 0, "next_call_at": NOW + timedelta(seconds=each)}
        for n, each in enumerate(seconds, 1)
    ]
    desk.world.db.write(lambda conn: conn.execute(insert(deliveries), rows))
    return seen(desk, WAITING)


def seen(desk: Desk, state: DeliveryState) -> Sequence[OpenWork]:
    found: list[OpenWork] = []
    while rows := desk.world.db.read(open_work, state, found[-1] if found else None, 2, NOW):
        found += rows
    return found


def test_of_what_waits_only_what_is_due_must_have_work(desk: Desk) -> None:
    due = waiting(desk, -5, 60, -60, 0, -5, 3600, -5)
    assert [row.delivery_id for row in due] == [4, 2, 6, 8, 5], "what is due first comes first, and each is met once"
    assert {(row.work, row.trunk, row.state) for row in due} == {(2, "sandbox", WAITING)}


def test_what_is_prepared_is_found_by_the_work_of_its_fax(desk: Desk) -> None:
    faxes = [desk.send("7778888", "7778801"), desk.send("7778888")]
    assert [(row.fax_id, row.delivery_id, row.due_at) for row in seen(desk, PREPARING)] == [
        (faxes[0], 1, None),
        (faxes[0], 2, None),
        (faxes[1], 3, None),
    ]


@pytest.mark.sqlite
@pytest.mark.parametrize("state", [PREPARING, WAITING])
def test_what_waits_for_hours_costs_nothing(desk: Desk, state: DeliveryState) -> None:
    def steps(conn: Connection) -> int:
        with steps_of(conn) as counted:
            open_work(conn, state, None, 500, NOW)
        return counted[0]

    waiting(desk, -1)
    alone = desk.world.db.read(steps)
    waiting(desk, *[(LATER - NOW).total_seconds()] * 3000)
    assert desk.world.db.read(steps) <= alone + 2
