"""Faxes found by their words: what is found, and that it costs little however many there are."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from tests.steps import steps_of
from tests.world import NOW, World, a_world
from unifax.model.accounts import Viewer
from unifax.model.words import Beginning
from unifax.store.collections import everything
from unifax.store.db import Connection
from unifax.store.schema import deliveries, fax_files, faxes, inbox
from unifax.store.searching import RECEIVED_BOX, SENT_BOX, Box, Wanted, catch_up, is_behind, search

MANY = 6_000


def fill(world: World, many: int) -> None:
    """Have Bob and Charlie send and receive in turn; each tenth fax is Charlie's."""
    bob, charlie = (person.extension.id for person in (world.bob, world.charlie) if person.extension)
    ids = range(1, many + 1)
    owner = {i: charlie if i % 10 == 0 else bob for i in ids}
    at = {i: NOW + timedelta(minutes=i) for i in ids}
    sent = [
        {
            "id": i,
            "uid": f"{i:032x}",
            "account_id": world.bob.id,
            "extension_id": owner[i],
            "accepted_at": at[i],
            "work": 1,
            "priority": 10,
            "state": "Send Failed" if i % 1000 == 7 else "Sent",
            "label": "invoice" if i % 100 == 3 else None,
        }
        for i in ids
    ]
    files = [
        {
            "fax_id": i,
            "position": 0,
            "name": f"Report-{i}.pdf" if i % 500 else "Großer Plan.pdf",
            "kind": "pdf",
            "blob": "b",
            "bytes": 1,
            "pages": 1,
        }
        for i in ids
    ]
    to = {"position": 0, "trunk": "sandbox", "calls": 1, "work": 1, "pages_confirmed": 0, "calls_before": 0}
    recipients = [{**to, "fax_id": i, "number": f"+4930{i:07d}", "state": "sent", "outcome": "sent"} for i in ids]
    received = [
        {
            "id": i,
            "extension_id": owner[i],
            "sender": f"+4989{i:07d}",
            "document": "d",
            "pages": 1,
            "complete": 1,
            "bad_rows": 0,
            "received_at": at[i],
            "told": 1,
            "far_station_id": "ACME LTD" if i % 300 == 1 else None,
            "read_at": None if i % 50 == 1 else at[i],
        }
        for i in ids
    ]

    def put(conn: Connection) -> None:
        conn.execute(insert(faxes), sent)
        conn.execute(insert(fax_files), files)
        conn.execute(insert(deliveries), recipients)
        conn.execute(insert(inbox), received)

    world.db.write(put)
    for box in (SENT_BOX, RECEIVED_BOX):
        while world.db.write(catch_up, box):
            pass


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with a_world(tmp_path_factory.mktemp("filled")) as world:
        fill(world, MANY)
        yield world


def found(world: World, who: Viewer, wanted: Wanted, box: Box = SENT_BOX, before: int | None = None) -> Sequence[int]:
    return list(world.db.read(lambda conn: search(conn, box, everything(conn, who), wanted, before, 25)))


def words(*texts: str) -> Sequence[Sequence[Beginning]]:
    return [[Beginning(text)] for text in texts]


def test_a_fax_is_found_by_its_number_its_file_and_its_label(filled: World) -> None:
    bob = filled.bob.viewer
    assert found(filled, bob, Wanted(words("49300004711"))) == [4711]
    assert found(filled, bob, Wanted(words("report", "4711"))) == [4711]
    assert found(filled, bob, Wanted(words("invoice")))[:2] == [5903, 5803]
    assert found(filled, filled.alice.viewer, Wanted(words("grosser", "plan"))) == []  # each 500th is Charlie's
    assert len(found(filled, filled.charlie.viewer, Wanted(words("grosser", "plan")))) == MANY // 500
    assert found(filled, bob, Wanted(words("nothing"))) == []


def test_a_received_fax_is_found_by_its_sender_and_what_its_machine_calls_itself(filled: World) -> None:
    assert found(filled, filled.bob.viewer, Wanted(words("49890004711")), RECEIVED_BOX) == [4711]
    assert found(filled, filled.bob.viewer, Wanted(words("acm")), RECEIVED_BOX)[:2] == [5701, 5401]
    assert found(filled, filled.bob.viewer, Wanted(unread=True), RECEIVED_BOX)[:2] == [5951, 5901]
    assert found(filled, filled.charlie.viewer, Wanted(unread=True), RECEIVED_BOX) == []


def test_what_others_have_is_not_found(filled: World) -> None:
    assert found(filled, filled.charlie.viewer, Wanted(words("report", "4711"))) == []
    assert found(filled, filled.root.viewer, Wanted(words("report", "4711"))) == [4711]


def test_times_and_states_narrow_what_is_found(filled: World) -> None:
    of_an_hour = Wanted(since=NOW + timedelta(minutes=1200), until=NOW + timedelta(minutes=1260))
    ids = found(filled, filled.bob.viewer, of_an_hour)
    assert ids[0] == 1259
    assert all(1200 <= each < 1260 for each in ids)
    assert found(filled, filled.bob.viewer, Wanted(equal={"state": "Send Failed"})) == [5007, 4007, 3007, 2007, 1007, 7]
    both = Wanted(words("pdf"), until=NOW + timedelta(minutes=3000), equal={"state": "Send Failed"})
    assert found(filled, filled.bob.viewer, both) == [2007, 1007, 7]


def test_pages_follow_one_another_without_a_gap(filled: World) -> None:
    for wanted in (Wanted(words("report")), Wanted(words("invoice")), Wanted()):
        first = found(filled, filled.bob.viewer, wanted)
        second = found(filled, filled.bob.viewer, wanted, before=first[-1])
        all_of_them = filled.db.read(
            lambda conn: search(conn, SENT_BOX, everything(conn, filled.bob.viewer), wanted, None, 50)  # noqa: B023  # called at once
        )
        assert [*first, *second] == list(all_of_them)


def test_what_is_new_is_found_at_the_next_search(tmp_path: Path) -> None:
    with a_world(tmp_path) as world:
        assert not world.db.read(is_behind, SENT_BOX)
        fill(world, 20)
        assert not world.db.read(is_behind, SENT_BOX)
        world.execute("DELETE FROM fax_words WHERE found_id > 15")
        assert world.db.read(is_behind, SENT_BOX)
        assert not world.db.write(catch_up, SENT_BOX)
        assert found(world, world.bob.viewer, Wanted(words("49300000017"))) == [17]


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("wanted", "box"),
    [
        (Wanted(words("report", "4711")), SENT_BOX),
        (Wanted(words("49300004711")), SENT_BOX),
        (Wanted(equal={"state": "Send Failed"}), SENT_BOX),
        (Wanted(since=NOW + timedelta(minutes=10), until=NOW + timedelta(minutes=40)), SENT_BOX),
        (Wanted(words("acm")), RECEIVED_BOX),
        (Wanted(unread=True), RECEIVED_BOX),
        (Wanted(words("report")), SENT_BOX),
    ],
    ids=["file", "number", "state", "days", "station", "unread", "of all"],
)
def test_a_search_looks_at_few_of_many_faxes(filled: World, wanted: Wanted, box: Box) -> None:
    rare = 500  # as if there were ten times as many faxes

    def look(conn: Connection) -> int:
        sight = everything(conn, filled.bob.viewer)
        with steps_of(conn) as steps:
            assert search(conn, box, sight, wanted, None, 25, rare)
        return steps[0] * 100

    assert filled.db.read(look) < 4 * MANY, "to look at each fax takes some ten steps"
