"""Who has signed in, and until when."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.world import NOW, World, a_world
from unifax.model.accounts import AccountKind, Viewer
from unifax.store import sessions, tokens
from unifax.store.sessions import Login, Person

LATER = NOW + timedelta(hours=12)
KEPT = "$argon2id$kept"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as made:
        made.execute(f"UPDATE accounts SET login = name, password = '{KEPT}' WHERE name IN ('alice', 'bob')")
        yield made


def signed_in(world: World, secret: str) -> Person | None:
    return world.db.read(sessions.person_of_session, secret, NOW)


def test_a_session_tells_who_has_signed_in_until_it_is_over(world: World) -> None:
    world.db.write(sessions.begin_session, world.bob.id, "secret", NOW, LATER)
    assert signed_in(world, "secret") == Person(Viewer(world.bob.id, AccountKind.USER, None), "bob")
    assert signed_in(world, "another") is None
    assert world.db.read(sessions.person_of_session, "secret", LATER) is None
    world.db.write(sessions.end_session, "secret")
    assert signed_in(world, "secret") is None


def test_a_session_is_kept_as_a_hash_only_and_swept(world: World) -> None:
    world.db.write(sessions.begin_session, world.bob.id, "secret", NOW, NOW)
    assert "secret" not in str(world.column("SELECT sha256 FROM sessions"))
    world.db.write(tokens.sweep, NOW)
    assert world.column("SELECT sha256 FROM sessions") == []


def test_nobody_signs_in_to_an_account_that_is_disabled_or_has_no_password(world: World) -> None:
    world.db.write(sessions.begin_session, world.bob.id, "secret", NOW, LATER)
    assert world.db.read(sessions.login_of, "bob") == Login(world.bob.id, KEPT)
    assert world.db.read(sessions.login_of, "beth") is None
    world.execute("UPDATE accounts SET enabled = 0 WHERE name = 'alice'")
    assert world.db.read(sessions.login_of, "alice") is None
    assert world.db.read(sessions.login_of, "bob") is None
    assert signed_in(world, "secret") is None


def test_a_hash_made_anew_does_not_undo_a_new_password(world: World) -> None:
    world.db.write(sessions.keep_password, world.bob.id, KEPT, "$argon2id$better")
    world.db.write(sessions.keep_password, world.alice.id, "$argon2id$older", "$argon2id$better")
    held = world.column("SELECT password FROM accounts WHERE password IS NOT NULL ORDER BY name")
    assert held == [KEPT, "$argon2id$better"]
