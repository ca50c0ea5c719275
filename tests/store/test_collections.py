"""Pages of tables: every page costs the same, and none is skipped or met twice, whatever is added meanwhile."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert

from tests.steps import steps_of
from tests.world import NOW, World, a_world
from unifax.model.accounts import AccountKind, Viewer
from unifax.model.collection import OPERATIONS, Anchor, Condition, Kind, Listing, Operation, Value, Window, holds
from unifax.model.terms import Priority
from unifax.store import collections
from unifax.store.collections import everything, page_of, scopes_of
from unifax.store.db import Connection
from unifax.store.schema import deliveries, faxes
from unifax.store.views import RECEIVED, SENT, fax_views

MANY = 3_000


def fill(world: World, many: int) -> None:
    """Have Bob and Beth send many faxes in turn, and Charlie one for each ten of theirs."""
    bob, beth, charlie = (person.extension.id for person in (world.bob, world.beth, world.charlie) if person.extension)
    sent = [
        {
            "id": i,
            "uid": f"{i:032x}",
            "account_id": world.bob.id,
            "extension_id": charlie if i % 10 == 0 else bob if i % 2 else beth,
            "accepted_at": NOW.replace(minute=i // 60 % 60, second=i % 60, microsecond=i * 7919 % 1000000),
            "work": 1,
            "document": f"{i:064x}" if i % 3 else None,
            "pages": i % 7 + 1 if i % 3 else None,
            "state": "Sent" if i % 4 else "Send Failed",
            "priority": Priority.NORMAL.value,
        }
        for i in range(1, many + 1)
    ]
    of_them = {"position": 0, "trunk": "sandbox", "calls": 1, "work": 1, "pages_confirmed": 0, "calls_before": 0}
    ended = {"Sent": {"state": "sent", "outcome": "sent"}, "Send Failed": {"state": "failed", "outcome": "busy"}}
    calls = [
        {**of_them, **ended[str(fax["state"])], "fax_id": i, "number": f"777{i % 100}"} for i, fax in enumerate(sent, 1)
    ]

    def put(conn: Connection) -> None:
        conn.execute(insert(faxes), sent)
        conn.execute(insert(deliveries), calls)

    world.db.write(put)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with a_world(tmp_path_factory.mktemp("filled")) as world:
        fill(world, MANY)
        yield world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as made:
        yield made


def page(conn: Connection, viewer: Viewer, window: Window) -> Listing:
    listing = page_of(conn, SENT, scopes_of(SENT, everything(conn, viewer)), window)
    assert [fax.id for fax in fax_views(conn, listing.ids, in_full=False)] == list(listing.ids)
    return listing


def following(window: Window, listing: Listing) -> Window:
    anchor = Anchor(listing.ids[-1], listing.total, backwards=False)
    return Window(window.count, window.start_index + window.count, anchor, window.descending, window.condition)


CONDITIONS = [
    None,
    Condition("state", Operation.EQUALS, ("Sent",)),
    Condition("recipients", Operation.CONTAINS, ("77",)),
    Condition("acceptedAt", Operation.PRESENT, ()),
]


@pytest.mark.sqlite
@pytest.mark.parametrize(("condition", "descending"), [(None, False), *((each, True) for each in CONDITIONS)])
@pytest.mark.parametrize("who", ["root", "alice", "bob"])
def test_every_page_costs_the_same(filled: World, who: str, condition: Condition | None, descending: bool) -> None:
    viewer = {"root": filled.root, "alice": filled.alice, "bob": filled.bob}[who].viewer

    def walk(conn: Connection) -> list[int]:
        costs = []
        window = Window(50, 0, None, descending, condition)
        listing = page(conn, viewer, window)
        while listing.has_next:
            window = following(window, listing)
            with steps_of(conn) as steps:
                listing = page(conn, viewer, window)
            costs.append(steps[0])
        return costs

    costs = filled.db.read(walk)
    assert len(costs) > 20
    assert max(costs[:-1]) <= min(costs[:-1]) * 1.3 + 2  # the last page may be short


@pytest.mark.sqlite
def test_a_page_of_few_faxes_among_many_costs_no_more(filled: World, world: World) -> None:
    fill(world, 200)
    costs = []
    for each in (filled, world):

        def turn(conn: Connection) -> int:
            with steps_of(conn) as steps:
                page(conn, each.bob.viewer, Window(20, 20, Anchor(100, 0, backwards=False), descending=True))  # noqa: B023  # called at once
            return steps[0]

        costs.append(each.db.read(turn))
    assert abs(costs[0] - costs[1]) <= 2


@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("merged", [100, 0])
def test_walking_while_faxes_come_in_skips_none_and_meets_none_twice(
    world: World, monkeypatch: pytest.MonkeyPatch, descending: bool, merged: int
) -> None:
    monkeypatch.setattr(collections, "MERGED_AT_MOST", merged)
    fill(world, 100)
    there = {i for i in range(1, 101) if i % 10}
    window = Window(7, descending=descending)
    met: list[int] = []
    while True:
        listing = world.db.read(page, world.alice.viewer, window)
        met += listing.ids
        assert listing.total == len(there)
        if not listing.has_next:
            break
        window = following(window, listing)
        if len(met) < 60:
            added = world.faxes() + 1
            world.execute(
                "INSERT INTO faxes (id, uid, account_id, extension_id, accepted_at, work, state, priority) SELECT"
                f" {added}, 'new-{added}', account_id, extension_id, accepted_at, 1, 'Sent', 10 FROM faxes WHERE id = 1"
            )
    assert len(met) == len(set(met))
    assert met == sorted(met, reverse=descending)
    assert there <= set(met)
    if descending:
        assert there == set(met)


def test_no_extensions_no_faxes(world: World) -> None:
    nobody = Viewer(world.charlie.id + 100, AccountKind.USER, 0)
    assert world.db.read(page, nobody, Window()) == Listing((), 0, 0, has_next=False, has_prev=False)


TEXTS = st.sampled_from(["Sent", "sent", "%", "_", "\\", "777", "7771", "0" * 31 + "a", "Ünï", "0003*210"])
VALUES: dict[Kind, st.SearchStrategy[Value]] = {
    Kind.TEXT: TEXTS,
    Kind.NUMBER: st.integers(0, 40),
    Kind.MOMENT: st.integers(0, 60).map(lambda seconds: NOW + timedelta(seconds=seconds - 10)),
    Kind.FLAG: st.integers(0, 1),
}


@st.composite
def conditions(draw: st.DrawFn, fields: Sequence[str]) -> Condition:
    name = draw(st.sampled_from(fields))
    kind = SENT.fields[name].kind
    operation = draw(st.sampled_from(sorted(OPERATIONS[kind])))
    many = {Operation.PRESENT: 0, Operation.IN_ARRAY: 3}.get(operation, 1)
    return Condition(name, operation, tuple(draw(VALUES[kind]) for _ in range(many)))


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with a_world(tmp_path_factory.mktemp("few")) as world:
        fill(world, 40)
        yield world


@given(
    condition=conditions(["id", "uid", "extension", "state", "acceptedAt", "pages", "document", "recipients", "reason"])
)
def test_the_database_filters_as_the_words_say(few: World, condition: Condition) -> None:
    listing = few.db.read(page, few.root.viewer, Window(100, condition=condition))
    everything = few.db.read(fax_views, range(1, 41), in_full=False)
    values = {
        fax.id: {
            "id": fax.id,
            "uid": fax.uid,
            "extension": fax.extension,
            "state": fax.state.value,
            "acceptedAt": fax.accepted_at,
            "pages": fax.pages,
            "document": fax.document.sha256 if fax.document else None,
            "recipients": fax.deliveries[0].recipient,
            "reason": fax.deliveries[0].outcome.value if fax.deliveries[0].outcome else None,
        }
        for fax in everything
    }
    assert list(listing.ids) == [fax_id for fax_id, value in values.items() if holds(condition, value[condition.field])]
    assert listing.total == len(listing.ids)


@pytest.mark.parametrize("source", [SENT, RECEIVED])
def test_every_field_can_be_filtered_by_in_every_way(few: World, source: collections.Source) -> None:
    values: dict[Kind, Value] = {Kind.TEXT: "x", Kind.NUMBER: 1, Kind.MOMENT: NOW, Kind.FLAG: 1}
    for name, field in source.fields.items():
        for operation in OPERATIONS[field.kind]:
            condition = Condition(name, operation, () if operation is Operation.PRESENT else (values[field.kind],))
            few.db.read(
                lambda conn, asked: page_of(conn, source, scopes_of(source, everything(conn, few.alice.viewer)), asked),
                Window(condition=condition),
            )
