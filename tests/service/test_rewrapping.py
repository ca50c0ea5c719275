"""A new master key takes the place of the old one while faxes are at work, and hosts must have what files need."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk import Desk, ends
from tests.world import NOW, World, a_world
from unifax.model.audit import Action
from unifax.model.errors import Misconfigured, Unavailable
from unifax.model.fax import FaxState
from unifax.model.keeping import Why
from unifax.model.outcome import Outcome
from unifax.service.agreeing import agree_on_masters, agree_on_receipt_keys
from unifax.service.readiness import Store
from unifax.service.receipt_keys import ReceiptKeys
from unifax.service.rewrapping import give_up, rewrap
from unifax.store import audit, forgetting
from unifax.store.blobs import Blobs
from unifax.store.sealing import MasterKeys

OLD, NEW = MasterKeys.read("11" * 32), MasterKeys.read("22" * 32)
BOTH = MasterKeys.read("\n".join(("22" * 32, "11" * 32)))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as made:
        made.blobs = Blobs(tmp_path / "blobs", keys=OLD)
        made.db.write(agree_on_masters, OLD)
        yield made


def wrapped_by(world: World) -> set[str]:
    """Return the names of the master keys that rows speak of."""
    places = [each for table in ("faxes", "fax_files", "inbox") for each in world.column(f"SELECT place FROM {table}")]
    return {str(place).split(".")[1] for place in places if place}


def test_under_a_new_key_all_is_read_without_the_old_one_and_what_is_under_way_goes_on(world: World) -> None:
    desk = Desk(world)
    desk.far_ends["7778888"] = [ends(Outcome.BUSY), ends(Outcome.SENT, 3)]
    waiting, over = desk.send("7778888"), desk.send("0003*211")
    desk.step()
    desk.step()
    world.blobs.keys = BOTH
    assert rewrap(world.db, BOTH, lambda: NOW).left == 0
    assert wrapped_by(world) == {NEW.first}
    world.blobs.keys = NEW
    world.db.write(agree_on_masters, NEW)
    assert desk.finish(waiting).state is FaxState.SENT
    document = desk.view(over).document
    assert document is not None
    with world.blobs.taken(document) as path:
        assert path.stat().st_size > 0
    assert rewrap(world.db, BOTH, lambda: NOW).anew == 0, "it is done once"


def test_rows_that_name_one_file_still_name_one_so_the_last_of_them_removes_it(world: World) -> None:
    desk = Desk(world)
    fax = desk.finish(desk.send("0003*211"))
    rewrap(world.db, BOTH, lambda: NOW)
    assert world.column("SELECT place FROM faxes") == world.column("SELECT place FROM inbox")
    kept = world.db.write(forgetting.forget_fax, fax.id, Why.ASKED, world.bob.id, NOW)
    assert kept is not None
    assert len(kept) == 1, "the file that was sent; its pages are Beth's, too"
    assert len(world.db.write(forgetting.forget_received, 1, Why.ASKED, world.beth.id, NOW) or ()) == 1


def test_what_is_under_a_key_that_is_not_here_is_left_and_counted(world: World) -> None:
    desk = Desk(world)
    desk.finish(desk.send("0003*211"))
    assert rewrap(world.db, NEW, lambda: NOW).left > 0
    assert wrapped_by(world) == {OLD.first}
    with pytest.raises(Misconfigured, match=OLD.first):
        world.db.write(agree_on_masters, NEW)


def test_a_host_needs_every_key_that_files_are_under(world: World) -> None:
    for keys in (None, NEW):
        with pytest.raises(Misconfigured, match=OLD.first):
            world.db.write(agree_on_masters, keys)
    world.db.write(agree_on_masters, BOTH)
    for keys in (OLD, NEW):
        with pytest.raises(Misconfigured):
            world.db.write(agree_on_masters, keys)
    rewrap(world.db, BOTH, lambda: NOW)
    world.db.write(agree_on_masters, NEW)
    with pytest.raises(Misconfigured, match=NEW.first):
        world.db.write(agree_on_masters, OLD)


def test_a_host_that_runs_without_the_key_of_another_is_not_ready(world: World) -> None:
    part = Store(world.db, world.blobs).part()
    part.check()
    world.db.write(agree_on_masters, BOTH)
    with pytest.raises(Unavailable, match=NEW.first):
        part.check()


def test_a_key_that_is_lost_can_be_given_up(world: World) -> None:
    assert give_up(world.db, OLD.first, NOW)
    world.db.write(agree_on_masters, NEW)
    assert not give_up(world.db, OLD.first, NOW)


def test_who_replaces_keys_is_in_the_audit_log(world: World) -> None:
    rewrap(world.db, BOTH, lambda: NOW)
    give_up(world.db, NEW.first, NOW)
    deeds = [entry.deed for entry in world.db.read(lambda conn: list(audit.all_entries(conn)))]
    assert [(each.action, each.subject) for each in deeds] == [
        (Action.MASTER_KEY_RENEWED, f"master key {NEW.first}"),
        (Action.MASTER_KEY_GIVEN_UP, f"master key {NEW.first}"),
    ]


def test_hosts_sign_receipts_by_keys_that_all_of_them_have(world: World, tmp_path: Path) -> None:
    first, second = ReceiptKeys(tmp_path / "one"), ReceiptKeys(tmp_path / "two")
    world.db.write(agree_on_receipt_keys, first)
    with pytest.raises(Misconfigured, match=first.public()[0]["kid"]):
        world.db.write(agree_on_receipt_keys, second)
    assert not list((tmp_path / "two").glob("*")), "a host that may not join makes no key"
    (tmp_path / "two").mkdir(exist_ok=True)
    for file in (tmp_path / "one").iterdir():
        (tmp_path / "two" / file.name).write_bytes(file.read_bytes())
    world.db.write(agree_on_receipt_keys, second)
