"""Faxes written down and seen."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from tests.desk import Desk
from tests.papers import reports
from tests.world import NOW, a_world
from unifax.model.content import Content
from unifax.model.fax import DeliveryState, FaxState
from unifax.store import faxes
from unifax.store.faxes import NewFax, NewFile, NewRecipient


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_world(tmp_path) as world:
        yield Desk(world)


def test_a_fax_is_seen_by_its_account_and_those_above_and_nobody_else(desk: Desk) -> None:
    fax_id = desk.send("7778888", "7778801")
    world = desk.world
    for who in (world.root, world.alice, world.bob):
        fax = world.db.read(faxes.fax_view, who.viewer, fax_id)
        assert fax is not None
        assert (fax.state, fax.extension, fax.files, fax.document) == (
            FaxState.PRE_APPROVED,
            "0003*210",
            ("letter.txt",),
            None,
        )
        assert [one.recipient for one in fax.deliveries] == ["7778888", "7778801"]
    for who in (world.beth, world.charlie):
        assert world.db.read(faxes.fax_view, who.viewer, fax_id) is None
    assert world.db.read(faxes.fax_view, world.root.viewer, 4711) is None


def test_a_fax_that_cannot_be_written_whole_is_not_written(desk: Desk) -> None:
    assert desk.world.bob.extension is not None
    new = NewFax(
        "u",
        desk.world.bob.id,
        desk.world.bob.extension.id,
        (NewFile("a.txt", "txt", Content("0" * 64), 1, 1),),
        (NewRecipient("7", "sandbox", None), NewRecipient("8", None, None)),
        NOW,
    )
    with pytest.raises(IntegrityError):
        desk.world.db.write(faxes.add_fax, new)
    assert desk.world.faxes() == 0


def test_pages_are_written_once_and_only_by_the_work_that_may(desk: Desk) -> None:
    fax_id = desk.send("7778888", "0003*211")
    assert desk.world.db.write(faxes.renew_preparing, fax_id, 1) == 2
    assert desk.world.db.write(faxes.renew_preparing, fax_id, 1) is None
    assert desk.world.db.read(faxes.unprepared, fax_id, 1) is None
    assert desk.world.db.write(faxes.set_prepared, fax_id, 1, Content("d" * 64), reports(3), NOW) is None
    assert not desk.world.db.write(faxes.set_unpreparable, fax_id, 1)
    ready = desk.world.db.write(faxes.set_prepared, fax_id, 2, Content("d" * 64), reports(3), NOW)
    assert ready is not None
    assert [(call.call_number, call.work, call.trunk) for call in ready] == [(1, 1, "sandbox")]
    assert desk.world.db.write(faxes.set_prepared, fax_id, 2, Content("e" * 64), reports(4), NOW) is None
    assert desk.world.db.write(faxes.renew_preparing, fax_id, 2) is None
    fax = desk.view(fax_id)
    assert (fax.document, fax.pages, list(fax.page_reports)) == (Content("d" * 64), 3, reports(3))
    assert [one.state for one in fax.deliveries] == [DeliveryState.WAITING, DeliveryState.SENT]
    assert desk.world.column("SELECT count(*) FROM inbox") == [1]
