"""Tokens and codes: whose they are, how long, and what ends them."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.world import NOW, Person, World, a_world
from unifax.model.accounts import Viewer
from unifax.store import tokens
from unifax.store.tokens import Client, Code, Consent

SOON = NOW + timedelta(minutes=10)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as made:
        yield made


def client(world: World, who: str = "alice") -> Client:
    found = world.db.read(tokens.client_of_key, f"key-{who}")
    assert found is not None
    return found


def seen(world: World, token: str) -> Viewer | None:
    return world.db.read(tokens.viewer_of_token, token, NOW)


def consent(world: World, app: str = "alice", who: Person | None = None) -> Consent:
    return Consent("consent-1", client(world, app).id, (who or world.bob).id)


def test_a_token_tells_who_is_asking_until_it_expires(world: World) -> None:
    assert seen(world, world.bob.token) == world.bob.viewer
    assert world.db.read(tokens.viewer_of_token, world.bob.token, NOW + timedelta(hours=1)) is None
    assert seen(world, world.bob.token + "x") is None
    assert seen(world, "") is None


def test_a_refresh_token_opens_no_door(world: World) -> None:
    world.db.write(tokens.issue, consent(world), "refresh", "again", NOW, SOON)
    assert seen(world, "again") is None


@pytest.mark.parametrize("disabled", ["apps", "accounts"])
@pytest.mark.parametrize("whose", ["alice", "bob", "root"])
def test_who_is_disabled_is_kept_out_with_all_below_and_all_they_let_in(
    world: World, disabled: str, whose: str
) -> None:
    world.db.write(tokens.issue, consent(world), "access", "granted", NOW, SOON)
    assert seen(world, "granted") is not None
    where = f"name = 'app of {whose}'" if disabled == "apps" else f"name = '{whose}'"
    world.execute(f"UPDATE {disabled} SET enabled = 0 WHERE {where}")
    ended = {
        ("apps", "alice"): {"alice", "granted"},
        ("apps", "bob"): {"bob"},
        ("apps", "root"): {"root"},
        ("accounts", "alice"): {"alice", "bob", "beth", "granted"},
        ("accounts", "bob"): {"bob", "granted"},
        ("accounts", "root"): {"root", "alice", "bob", "beth", "charlie", "granted"},
    }[disabled, whose]
    cast = {"root": world.root, "alice": world.alice, "bob": world.bob, "beth": world.beth, "charlie": world.charlie}
    out = {name for name, who in cast.items() if seen(world, who.token) is None}
    assert out | ({"granted"} if seen(world, "granted") is None else set()) == ended
    unusable = {name for name in cast if world.db.read(tokens.client_of_key, f"key-{name}") is None}
    assert unusable == ended - {"granted"}


def test_a_code_is_good_once_and_the_second_time_ends_what_was_made_of_it(world: World) -> None:
    granted = Code(consent(world), "https://app.example/", "challenge")
    world.db.write(tokens.add_code, "code", granted, NOW, SOON)
    assert world.db.write(tokens.use_code, client(world), "code", NOW) == granted
    world.db.write(tokens.issue, granted.consent, "access", "made of it", NOW, SOON)
    assert world.db.write(tokens.use_code, client(world), "code", NOW) is None
    assert seen(world, "made of it") is None


def test_a_refresh_token_is_good_once_and_the_second_time_ends_its_whole_family(world: World) -> None:
    family = consent(world)
    world.db.write(tokens.issue, family, "refresh", "first", NOW, SOON)
    assert world.db.write(tokens.use_refresh_token, client(world), "first", NOW) == family
    world.db.write(tokens.issue, family, "refresh", "second", NOW, SOON)
    world.db.write(tokens.issue, family, "access", "access", NOW, SOON)
    assert world.db.write(tokens.use_refresh_token, client(world), "first", NOW) is None
    assert world.db.write(tokens.use_refresh_token, client(world), "second", NOW) is None
    assert seen(world, "access") is None
    assert seen(world, world.bob.token) is not None


def test_another_app_can_neither_use_nor_use_up_nor_revoke_what_is_not_its_own(world: World) -> None:
    charlie = client(world, "charlie")
    world.db.write(tokens.add_code, "code", Code(consent(world), "", None), NOW, SOON)
    world.db.write(tokens.issue, consent(world), "refresh", "again", NOW, SOON)
    assert world.db.write(tokens.use_code, charlie, "code", NOW) is None
    assert world.db.write(tokens.use_refresh_token, charlie, "again", NOW) is None
    world.db.write(tokens.revoke, charlie, "again", NOW)
    world.db.write(tokens.revoke, charlie, world.bob.token, NOW)
    assert seen(world, world.bob.token) is not None
    assert world.db.write(tokens.use_code, client(world), "code", NOW) is not None
    assert world.db.write(tokens.use_refresh_token, client(world), "again", NOW) is not None


def test_what_has_expired_is_good_for_nothing_and_swept(world: World) -> None:
    world.db.write(tokens.add_code, "code", Code(consent(world), "", None), NOW, NOW)
    world.db.write(tokens.issue, consent(world), "refresh", "again", NOW, NOW)
    assert world.db.write(tokens.use_code, client(world), "code", NOW) is None
    assert world.db.write(tokens.use_refresh_token, client(world), "again", NOW) is None
    assert world.db.write(tokens.sweep, NOW) == 2
    assert world.db.write(tokens.sweep, NOW) == 0
    assert seen(world, world.bob.token) is not None
    assert world.db.write(tokens.sweep, NOW + timedelta(hours=1)) == 5


def test_revoking_an_access_token_leaves_the_rest_of_its_consent(world: World) -> None:
    for kind, token in (("access", "one"), ("access", "two"), ("refresh", "again")):
        world.db.write(tokens.issue, consent(world), kind, token, NOW, SOON)
    world.db.write(tokens.revoke, client(world), "one", NOW)
    assert (seen(world, "one"), seen(world, "two") is None) == (None, False)
    world.db.write(tokens.revoke, client(world), "again", NOW)
    assert seen(world, "two") is None


def test_an_app_with_a_new_secret_begins_anew(world: World) -> None:
    world.db.write(tokens.add_code, "code", Code(consent(world), "", None), NOW, SOON)
    world.db.write(tokens.end_app, client(world).id)
    assert seen(world, world.alice.token) is None
    assert world.db.write(tokens.use_code, client(world), "code", NOW) is None
    assert seen(world, world.bob.token) is not None
