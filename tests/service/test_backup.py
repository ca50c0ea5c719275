"""A backup holds one moment of an installation at work, and brings it back without sending anything twice."""

import json
import threading
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from tests.desk import Desk, ends
from tests.kept import kept
from tests.world import NOW, World, a_world
from unifax.model.errors import ContentLost, Misconfigured
from unifax.model.fax import DeliveryState, FaxView
from unifax.model.keeping import Why
from unifax.model.outcome import Outcome
from unifax.service.backup import back_up, restore
from unifax.store import forgetting
from unifax.store.blobs import Blobs
from unifax.store.db import Database, open_database
from unifax.store.faxes import fax_view
from unifax.store.sealing import MasterKeys

pytestmark = pytest.mark.sqlite


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_world(tmp_path / "live") as world:
        (world.folder / "keys").mkdir()
        (world.folder / "keys" / "hooks.key").write_bytes(b"k" * 32)
        yield Desk(world)


def sent(desk: Desk) -> FaxView:
    desk.far_ends["7778888"] = [ends(Outcome.SENT, 3)]
    return desk.finish(desk.send("7778888"))


def backed_up(world: World, to: Path) -> Path:
    back_up(world.db, world.blobs, world.folder, to, lambda: NOW)
    return to


def put_back(backup: Path, folder: Path, *, nothing_sent: bool = False) -> Database:
    folder.mkdir(exist_ok=True)
    opened = partial(open_database, folder)
    restore(backup, Blobs(folder / "blobs"), folder, opened, lambda: NOW, nothing_sent=nothing_sent)
    return open_database(folder)


def view(world: World, db: Database, fax_id: int) -> FaxView:
    fax = db.read(fax_view, world.root.viewer, fax_id)
    assert fax is not None
    return fax


def test_what_was_over_comes_back_as_it_was(desk: Desk, tmp_path: Path) -> None:
    fax = sent(desk)
    backup = backed_up(desk.world, tmp_path / "backup")
    with closing(put_back(backup, tmp_path / "again")) as db:
        assert view(desk.world, db, fax.id) == fax
    assert fax.document is not None
    assert kept(tmp_path / "again", fax.document.sha256).exists()
    assert (tmp_path / "again" / "keys" / "hooks.key").read_bytes() == b"k" * 32


def test_what_was_under_way_is_uncertain_and_not_sent_by_itself(desk: Desk, tmp_path: Path) -> None:
    waiting, unprepared = desk.send("7778888"), desk.send("7778888")
    desk.prepare(waiting, 1)
    backup = backed_up(desk.world, tmp_path / "backup")
    with closing(put_back(backup, tmp_path / "again")) as db:
        assert view(desk.world, db, waiting).deliveries[0].state is DeliveryState.UNCERTAIN
        assert view(desk.world, db, unprepared).deliveries[0].state is DeliveryState.CANCELLED
    with closing(put_back(backup, tmp_path / "at_once", nothing_sent=True)) as db:
        assert view(desk.world, db, waiting).deliveries[0].state is DeliveryState.WAITING


def test_a_later_backup_copies_what_is_new_and_drops_what_is_gone(desk: Desk, tmp_path: Path) -> None:
    world, first = desk.world, sent(desk)
    backup = backed_up(world, tmp_path / "backup")
    before = {path.name: path.stat().st_ino for path in (backup / "files").glob("??/*")}
    second = sent(desk)
    world.db.write(forgetting.forget_fax, first.id, Why.ASKED, world.bob.id, NOW)
    backed_up(world, backup)
    after = {path.name: path.stat().st_ino for path in (backup / "files").glob("??/*")}
    assert len(before) == len(after) == 2
    assert not before.keys() & after.keys()
    with closing(put_back(backup, tmp_path / "again")) as db:
        assert view(world, db, first.id).forgotten_at == NOW
        assert view(world, db, second.id) == second


def test_a_backup_needs_no_master_key_and_tells_nothing(tmp_path: Path) -> None:
    with a_world(tmp_path / "live") as world:
        keys = MasterKeys.read("ab" * 32)
        world.blobs = Blobs(world.folder / "blobs", keys=keys)
        fax = sent(Desk(world))
        backup = tmp_path / "backup"
        back_up(world.db, Blobs(world.folder / "blobs"), world.folder, backup, lambda: NOW)
        assert all(path.read_bytes().startswith(b"unifax1\n") for path in (backup / "files").glob("??/*"))
        put_back(backup, tmp_path / "again").close()
        assert fax.document is not None
        with Blobs(tmp_path / "again" / "blobs", keys=keys).taken(fax.document) as path:
            assert path.read_text()


def test_a_backup_that_is_not_whole_is_not_put_back(desk: Desk, tmp_path: Path) -> None:
    fax = sent(desk)
    backup = backed_up(desk.world, tmp_path / "backup")
    assert fax.document is not None
    (file,) = (backup / "files").glob(f"??/{fax.document.sha256}*")
    octets = file.read_bytes()
    file.write_bytes(b"x" + octets[1:])
    with pytest.raises(ContentLost):
        put_back(backup, tmp_path / "changed")
    file.unlink()
    with pytest.raises(ContentLost):
        put_back(backup, tmp_path / "missing")
    file.write_bytes(octets)
    with (backup / "unifax.db").open("ab") as database:
        database.write(b"x")
    with pytest.raises(Misconfigured, match="not what was backed up"):
        put_back(backup, tmp_path / "database")
    (backup / "backup.json").unlink()
    with pytest.raises(Misconfigured, match="no whole backup"):
        put_back(backup, tmp_path / "manifest")


def test_a_backup_is_not_put_over_an_installation(desk: Desk, tmp_path: Path) -> None:
    backup = backed_up(desk.world, tmp_path / "backup")
    assert json.loads((backup / "backup.json").read_text())["files"] == 0
    with pytest.raises(Misconfigured, match="has a database"):
        put_back(backup, desk.world.folder)


def test_a_backup_of_an_installation_at_work_has_every_file_that_it_names(desk: Desk, tmp_path: Path) -> None:
    enough = threading.Event()

    def accept() -> None:
        while not enough.is_set():
            desk.send("7778888")

    at_work = threading.Thread(target=accept)
    at_work.start()
    try:
        for _ in range(3):
            backed_up(desk.world, tmp_path / "backup")
    finally:
        enough.set()
        at_work.join()
    put_back(tmp_path / "backup", tmp_path / "again").close()  # which looks at each file
