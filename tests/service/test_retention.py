"""What is not to be kept any more is deleted, its record stays, and nothing else is touched."""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.desk import Desk, ends
from tests.kept import kept
from tests.world import NOW, World, a_world
from unifax.model.audit import Action
from unifax.model.errors import AccessDenied, Conflict, ContentForgotten, TooLate
from unifax.model.fax import FaxView
from unifax.model.keeping import Keeping, KeepingRules, Why
from unifax.model.outcome import Outcome
from unifax.service import control, retention
from unifax.store import audit, forgetting, views
from unifax.store.blobs import Blobs
from unifax.store.sealing import MasterKeys
from unifax.work.jobs import forget_job

DAY = timedelta(days=1)
TABLES = ("faxes", "fax_files", "uploads", "inbox")
HERE = ("@me", "0003*210")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as world:
        yield world


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)


def sent(desk: Desk, number: str = "7778888") -> FaxView:
    """Send a fax to its end."""
    desk.far_ends[number] = [ends(Outcome.SENT, 3)]
    return desk.finish(desk.send(number))


def age(world: World, rules: KeepingRules, days: float) -> None:
    """Do the day's work, so many days later."""
    world.rules, world.now = rules, NOW + days * DAY
    world.run(world.retention.daily("run", world.now.toordinal()))


def files(world: World) -> list[Path]:
    return [path for path in (world.folder / "blobs").rglob("*") if path.is_file()]


def forgotten(world: World) -> list[int]:
    ids = world.column("SELECT id FROM faxes WHERE forgotten_at IS NOT NULL ORDER BY id")
    return [each for each in ids if isinstance(each, int)]


def test_a_fax_kept_long_enough_is_deleted_and_its_record_stays(desk: Desk) -> None:
    fax = sent(desk)
    assert fax.document is not None
    age(desk.world, KeepingRules(days=10), 9.9)
    assert desk.view(fax.id) == fax
    age(desk.world, KeepingRules(days=10), 10)
    after = desk.view(fax.id)
    assert after.forgotten_at == desk.world.now
    assert after.document is not None
    assert (after.document.sha256, after.pages, after.deliveries) == (fax.document.sha256, fax.pages, fax.deliveries)
    assert files(desk.world) == []
    with pytest.raises(ContentForgotten), desk.world.blobs.taken(after.document):
        pass
    receipt = desk.world.db.read(lambda conn: forgetting.deletion(conn, fax_id=fax.id))
    assert receipt is not None
    assert (receipt.at, receipt.why, receipt.account_id) == (desk.world.now, Why.KEPT_LONG_ENOUGH, None)
    assert [each["of"] for each in receipt.contents] == ["document", "file"]
    assert receipt.contents[0]["sha256"] == fax.document.sha256


def test_without_a_rule_everything_is_kept_for_ever(desk: Desk) -> None:
    fax = sent(desk)
    age(desk.world, KeepingRules(), 30_000)
    assert desk.view(fax.id) == fax
    assert len(files(desk.world)) == 2


def test_a_fax_that_has_not_come_to_its_end_is_not_touched(desk: Desk) -> None:
    fax_id = desk.send("7778888")
    age(desk.world, KeepingRules(days=1), 50)
    assert forgotten(desk.world) == []
    desk.far_ends["7778888"] = [ends(Outcome.SENT, 3)]
    assert desk.finish(fax_id).deliveries[0].pages_confirmed == 3


@pytest.mark.parametrize(
    ("own", "extension", "kept_days"),
    [
        (Keeping("invoices", 3), 20, 3),
        (Keeping("invoices"), 20, 50),
        (Keeping("letters"), 20, 20),
        (Keeping(), 20, 20),
        (Keeping("letters"), 0, 10),
    ],
)
def test_the_rule_of_the_fax_goes_before_its_labels_its_extensions_and_the_installations(
    desk: Desk, own: Keeping, extension: int, kept_days: int
) -> None:
    fax = sent(desk)
    label = "NULL" if own.label is None else f"'{own.label}'"
    desk.world.execute(f"UPDATE faxes SET label = {label}, keep_days = {own.days}")
    desk.world.execute(f"UPDATE extensions SET keep_days = {extension}")
    rules = KeepingRules(10, {"invoices": 50})
    age(desk.world, rules, kept_days - 0.1)
    assert forgotten(desk.world) == []
    age(desk.world, rules, kept_days)
    assert forgotten(desk.world) == [fax.id]


def test_what_is_held_is_kept_until_it_is_let_go(desk: Desk) -> None:
    world, fax = desk.world, sent(desk)
    world.db.write(retention.hold_sent, world.alice.viewer, *HERE, str(fax.id), NOW)
    age(world, KeepingRules(days=1), 5)
    with pytest.raises(Conflict, match="held"):
        world.db.write(retention.forget_sent, world.bob.viewer, *HERE, str(fax.id), NOW)
    assert forgotten(world) == []
    world.db.write(retention.hold_sent, world.alice.viewer, *HERE, str(fax.id), None)
    age(world, KeepingRules(days=1), 6)
    assert forgotten(world) == [fax.id]


def test_a_user_may_not_let_go_of_what_is_held(desk: Desk) -> None:
    fax = sent(desk)
    with pytest.raises(AccessDenied):
        desk.world.db.write(retention.hold_sent, desk.world.bob.viewer, *HERE, str(fax.id), None)


def test_each_who_has_a_fax_keeps_it_by_his_own_rule(desk: Desk) -> None:
    """A fax between extensions is one file, in two rows."""
    world = desk.world
    fax = desk.finish(desk.send("0003*211"))
    world.execute("UPDATE extensions SET keep_days = 5 WHERE number = '0003*210'")
    age(world, KeepingRules(days=10), 5)
    assert forgotten(world) == [fax.id]
    (received,) = world.db.read(views.inbox_views, [1])
    with world.blobs.taken(received.document) as path:
        assert path.read_text()
    age(world, KeepingRules(days=10), 10)
    (received,) = world.db.read(views.inbox_views, [1])
    assert received.forgotten_at == world.now
    assert files(world) == []


def test_a_fax_of_the_first_release_keeps_the_file_that_another_shares(desk: Desk) -> None:
    """Then the same file was kept once, under its hash."""
    world, faxes = desk.world, [sent(desk), sent(desk)]
    document = faxes[0].document
    assert document is not None
    path = kept(world.folder, document.sha256)
    path.rename(path.with_name(document.sha256))
    world.execute(f"UPDATE faxes SET document = '{document.sha256}', place = NULL")
    world.execute(f"UPDATE faxes SET keep_days = 1 WHERE id = {faxes[0].id}")
    age(world, KeepingRules(), 2)
    assert forgotten(world) == [faxes[0].id]
    assert kept(world.folder, document.sha256).exists()


def test_to_delete_is_asked_for_once_it_is_over_and_done_once(desk: Desk) -> None:
    world = desk.world
    fax_id = desk.send("7778888")
    with pytest.raises(TooLate):
        world.db.write(retention.forget_sent, world.bob.viewer, *HERE, str(fax_id), NOW)
    desk.far_ends["7778888"] = [ends(Outcome.SENT, 3)]
    desk.finish(fax_id)
    assert len(world.db.write(retention.forget_sent, world.bob.viewer, *HERE, str(fax_id), NOW)) == 2
    assert world.db.write(retention.forget_sent, world.bob.viewer, *HERE, str(fax_id), NOW) == ()
    receipt = world.db.read(retention.receipt_sent, world.bob.viewer, *HERE, str(fax_id))
    assert (receipt.why, receipt.account_id) == (Why.ASKED, world.bob.id)


def test_what_was_deleted_is_not_sent_again(desk: Desk) -> None:
    world = desk.world
    desk.far_ends["7778888"] = [ends(Outcome.BUSY)] * 3
    fax = desk.finish(desk.send("7778888"))
    world.db.write(retention.forget_sent, world.bob.viewer, *HERE, str(fax.id), NOW)
    office = world.office()
    with pytest.raises(ContentForgotten, match="nothing to send again"):
        world.db.write(
            control.resend, world.queue, office.sending.recipients, NOW, world.bob.viewer, *HERE, str(fax.id), {}
        )


def test_the_key_of_what_was_deleted_is_nowhere(world: World) -> None:
    world.blobs = Blobs(world.folder / "blobs", keys=MasterKeys.read("ab" * 32))
    fax = sent(Desk(world))
    assert fax.document is not None
    assert fax.document.place is not None
    key = fax.document.place.split(".")[2]
    with world.blobs.taken(fax.document) as path:
        assert path.read_text()
    age(world, KeepingRules(days=1), 2)
    places = [place for table in TABLES for place in world.column(f"SELECT place FROM {table}")]
    assert places
    assert not any(key in str(place) for place in places)


def left(world: World, at: datetime) -> Path:
    """Leave a file as a crash does between keeping it and naming it."""
    staged = world.blobs.stage()
    staged.write_text("nobody names this")
    content = world.blobs.keep(staged)
    path = kept(world.folder, content.place)
    os.utime(path, (at.timestamp(), at.timestamp()))
    return path


def test_what_nobody_names_is_removed_but_not_what_is_about_to_be_named(desk: Desk) -> None:
    world = desk.world
    sent(desk)
    for path in files(world):
        os.utime(path, (0, 0))
    named = files(world)
    old, new = left(world, NOW - 1.1 * DAY), left(world, NOW - 0.9 * DAY)
    assert world.run(world.retention.sweep()) == 1
    assert sorted(files(world)) == sorted([*named, new])
    assert not old.exists()


def test_each_days_work_calls_for_the_next(world: World) -> None:
    world.run(world.retention.begin())
    today = NOW.toordinal()
    assert world.queue.live([forget_job(today).id]) == {forget_job(today).id}
    world.run(world.retention.daily("run", today))
    world.run(world.retention.daily("run", today))
    tomorrow = forget_job(today + 1).id
    assert world.queue.live([tomorrow]) == {tomorrow}


def test_a_fax_that_waits_for_somebodys_word_is_kept_until_that_is_said(desk: Desk) -> None:
    world = desk.world
    world.execute("UPDATE extensions SET when_uncertain = 'ask'")
    desk.far_ends["7778888"] = [ends(Outcome.UNCERTAIN)]
    fax = desk.finish(desk.send("7778888"))
    age(world, KeepingRules(days=10), 100)
    assert forgotten(world) == []
    world.now = NOW
    said = {"decision": "arrived"}
    decided = world.ask("PUT", f"/uapi/faxes/@me/0003*210/{fax.id}/recipients/1/decision", world.bob, json=said)
    assert decided.status_code < 300, decided.text
    age(world, KeepingRules(days=10), 101)
    assert forgotten(world) == [fax.id]


def test_what_is_deleted_because_of_its_age_is_in_the_audit_log_of_whose_it_was(desk: Desk) -> None:
    fax = sent(desk, "0003*211")
    age(desk.world, KeepingRules(days=10), 10)
    age(desk.world, KeepingRules(days=10), 11)
    entries = [entry.deed for entry in desk.world.db.read(lambda conn: list(audit.all_entries(conn)))]
    assert [(each.action, each.subject, each.account_id, each.actor_id) for each in entries] == [
        (Action.CONTENT_DELETED, f"fax {fax.id}", desk.world.bob.id, None),
        (Action.CONTENT_DELETED, "received 1", desk.world.beth.id, None),
    ]
