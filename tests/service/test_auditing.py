"""What is done is written down with it, or not at all; and heads of the log are signed."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from tests.world import NOW, World, a_world
from unifax.model.accounts import AccountKind
from unifax.model.audit import Action, Deed, checked
from unifax.model.errors import Conflict, Forged, NotFound
from unifax.service import administration, auditing
from unifax.service.administration import NewAccount
from unifax.service.auditing import HEAD, Heads, exported, hold
from unifax.service.receipt_keys import opened
from unifax.store import audit
from unifax.store.db import Connection

DEED = Deed(NOW, Action.SERVICE_STARTED, "service")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as made:
        yield made


def lines(world: World) -> list[dict[str, object]]:
    return world.db.read(lambda conn: [exported(each) for each in audit.all_entries(conn)])


def heads(world: World) -> Heads:
    return Heads(world.db, world.receipt_keys, lambda: NOW)


def add(world: World, name: str) -> None:
    new = NewAccount(AccountKind.USER, None, name, None, None)
    done = auditing.deed(world.alice.viewer, NOW, Action.ACCOUNT_ADDED)
    world.db.write(auditing.noting, done, administration.add_account, world.alice.viewer, new, NOW)


def test_what_was_done_and_its_entry_are_one_transaction(world: World) -> None:
    add(world, "Robert")
    [line] = lines(world)
    [made] = world.column("SELECT id FROM accounts WHERE name = 'Robert'")
    assert (line["action"], line["subject"], line["account"]) == ("account.added", f"account {made}", made)
    assert (line["actor"], line["app"]) == (world.alice.id, world.alice.viewer.app_id)
    with pytest.raises(Conflict):
        add(world, "Robert")
    assert len(lines(world)) == 1, "what was refused was not done"
    add(world, "Rob")
    assert checked(lines(world)).id == 2


def test_ids_have_no_gaps_though_writes_are_undone(world: World) -> None:
    def fails(conn: Connection) -> None:
        audit.note(conn, [DEED, DEED])
        raise NotFound("no")

    for _ in range(2):
        with pytest.raises(NotFound):
            world.db.write(fails)
        world.db.write(audit.note, [DEED, DEED])
    world.db.write(audit.note, [])
    assert [line["id"] for line in lines(world)] == [1, 2, 3, 4]
    assert checked(lines(world)).id == 4


@pytest.mark.parametrize("table", ["audit_log", "audit_heads"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET {} = 'x'"])
def test_the_database_changes_no_entry(world: World, table: str, statement: str) -> None:
    world.db.write(audit.note, [DEED])
    world.run(heads(world).sign())
    column = "action" if table == "audit_log" else "jws"
    with pytest.raises(IntegrityError, match="nothing is changed"):
        world.execute(statement.format(table, column))


def test_the_last_entry_is_signed_once(world: World) -> None:
    world.run(heads(world).sign())
    assert not world.column("SELECT jws FROM audit_heads")
    world.db.write(audit.note, [DEED])
    for _ in range(2):
        world.run(heads(world).sign())
    [head] = world.db.read(audit.heads)
    said = json.loads(opened(head, HEAD, world.receipt_keys.public()))
    assert (said["entry"], said["sha256"]) == (1, lines(world)[0]["sha256"])
    world.db.write(audit.note, [DEED])
    world.run(heads(world).sign())
    assert hold(checked(lines(world)), world.db.read(audit.heads), world.receipt_keys.public()) == 2


def test_an_end_that_is_cut_off_is_missed(world: World) -> None:
    world.db.write(audit.note, [DEED, DEED])
    world.run(heads(world).sign())
    known, keys = world.db.read(audit.heads), world.receipt_keys
    with pytest.raises(Forged, match="cut off"):
        hold(checked(lines(world)[:1]), known, keys.public())
    with pytest.raises(Forged):
        hold(checked(lines(world)), [keys.sign("another-kind", b"{}")], keys.public())
    with pytest.raises(Forged, match="no JSON"):
        hold(checked(lines(world)), [keys.sign(HEAD, b"\xff")], keys.public())


def test_what_nothing_is_known_about_is_no_subject(world: World) -> None:
    with pytest.raises(TypeError):
        world.db.write(auditing.noting, auditing.deed(world.bob.viewer, NOW, Action.MARKED), lambda conn: 4711)
