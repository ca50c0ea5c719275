"""Who may administer what: everything, tried by everybody. Nobody reaches above himself, or beside him."""

from collections.abc import Iterator, Mapping
from itertools import count

import pytest

from tests.world import NOW, Person, World, a_world
from unifax.model.accounts import AccountKind
from unifax.store import accounts

GONE = (404, "not_found")
NO = (401, "access_denied")
TAKEN = (409, "conflict")
UNIQUE = count(1)
PASSWORD = "correct horse battery staple"


@pytest.fixture(scope="module")
def cast(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A cast shared by all tests here: what they try leaves everybody where he was."""
    with a_world(tmp_path_factory.mktemp("administration")) as made:
        yield made


def tried(
    world: World, method: str, path: str, body: Mapping[str, object] | None = None
) -> dict[str, int | tuple[int, str]]:
    """Return what everybody gets: the status, and the code of a refusal. What is refused changes nothing.

    `{who}` in a value of the body is the name of the one who tries.
    """
    told: dict[str, int | tuple[int, str]] = {}
    for name in ("root", "alice", "bob", "beth", "charlie"):
        who = getattr(world, name)
        assert isinstance(who, Person)
        before = everything(world)
        asked = {
            key: value.format(who=name) if isinstance(value, str) else value for key, value in (body or {}).items()
        }
        answer = world.ask(method, path, who, json=asked)
        told[name] = answer.status_code
        if not answer.is_success:
            told[name] = (answer.status_code, answer.json()["error"]["code"])
            assert everything(world) == before
    return told


def everything(world: World) -> list[object]:
    tables = ("accounts", "extensions", "apps", "tokens", "destinations", "manners")
    return [world.db.read(lambda conn: conn.exec_driver_sql(f"SELECT * FROM {each}").all()) for each in tables]  # noqa: B023


def a_user(world: World) -> int:
    """Add one more user of Alice, whom nobody will miss."""
    name = f"user {next(UNIQUE)}"
    return world.db.write(accounts.add_account, AccountKind.USER, world.alice.id, name, NOW, name.replace(" ", "."))


@pytest.mark.parametrize(("method", "body"), [("GET", None), ("PATCH", {"name": "bob"})])
def test_a_user_is_seen_by_himself_and_changed_by_those_above(
    cast: World, method: str, body: Mapping[str, object] | None
) -> None:
    bob = 200 if method == "GET" else NO
    told = tried(cast, method, f"/admin/accounts/{cast.bob.id}", body)
    assert told == {"root": 200, "alice": 200, "bob": bob, "beth": GONE, "charlie": GONE}


@pytest.mark.parametrize(("method", "body"), [("GET", None), ("PATCH", {"name": "alice"})])
def test_an_organization_is_changed_by_an_administrator(
    cast: World, method: str, body: Mapping[str, object] | None
) -> None:
    alice = 200 if method == "GET" else NO
    told = tried(cast, method, f"/admin/accounts/{cast.alice.id}", body)
    assert told == {"root": 200, "alice": alice, "bob": GONE, "beth": GONE, "charlie": GONE}


@pytest.mark.parametrize(("method", "body"), [("GET", None), ("PATCH", {"name": "root"})])
def test_an_administrator_is_changed_by_himself(cast: World, method: str, body: Mapping[str, object] | None) -> None:
    told = tried(cast, method, f"/admin/accounts/{cast.root.id}", body)
    assert told == {"root": 200, "alice": GONE, "bob": GONE, "beth": GONE, "charlie": GONE}


def test_everybody_finds_himself(cast: World) -> None:
    for who in (cast.root, cast.alice, cast.bob, cast.beth, cast.charlie):
        assert cast.ask("GET", "/admin/accounts/@me", who).json()["id"] == str(who.id)
        assert cast.ask("GET", f"/admin/apps/{who.viewer.app_id}", who).json()["accountId"] == str(who.id)


def test_a_user_is_made_below_an_organization_by_those_above(cast: World) -> None:
    path, new = "/admin/accounts", {"kind": "user", "parentId": cast.alice.id}
    told = tried(cast, "POST", path, {**new, "name": "made by {who}"})
    assert told == {"root": 200, "alice": 200, "bob": NO, "beth": NO, "charlie": NO}
    told = tried(cast, "POST", path, {**new, "name": "made by alice"})
    assert told == {"root": TAKEN, "alice": TAKEN, "bob": NO, "beth": NO, "charlie": NO}
    below_bob = tried(cast, "POST", path, {"kind": "user", "parentId": cast.bob.id, "name": "below Bob"})
    refused = (400, "request_invalid")
    assert below_bob == {"root": refused, "alice": refused, "bob": NO, "beth": NO, "charlie": NO}


def test_an_organization_is_made_by_an_administrator_only(cast: World) -> None:
    parents: list[dict[str, object]] = [{}, {"parentId": cast.root.id}]
    for number, parent in enumerate(parents):
        new = {"kind": "organization", "name": f"organization {number}", **parent}
        told = tried(cast, "POST", "/admin/accounts", new)
        assert told == {"root": 200, "alice": NO, "bob": NO, "beth": NO, "charlie": NO}


def test_nobody_makes_an_administrator_or_moves_an_account(cast: World) -> None:
    refused = dict.fromkeys(("root", "alice", "bob", "beth", "charlie"), (400, "request_invalid"))
    assert tried(cast, "POST", "/admin/accounts", {"kind": "administrator", "name": "another"}) == refused
    for change in ({"parentId": cast.alice.id}, {"kind": "administrator"}, {"id": "1"}):
        assert tried(cast, "PATCH", "/admin/accounts/@me", change) == refused
    assert tried(cast, "PATCH", f"/admin/apps/{cast.bob.viewer.app_id}", {"accountId": cast.root.id}) == refused
    assert tried(cast, "PATCH", "/admin/extensions/0003*210", {"ownerId": cast.charlie.id}) == refused


def test_an_account_is_removed_by_those_above(cast: World) -> None:
    # The first of those who may finds it, and nobody does afterwards.
    told = tried(cast, "DELETE", f"/admin/accounts/{a_user(cast)}")
    assert told == {"root": 204, "alice": GONE, "bob": GONE, "beth": GONE, "charlie": GONE}
    assert cast.ask("DELETE", f"/admin/accounts/{a_user(cast)}", cast.alice).status_code == 204
    assert tried(cast, "DELETE", "/admin/accounts/@me") == {
        "root": TAKEN,
        "alice": NO,
        "bob": NO,
        "beth": NO,
        "charlie": NO,
    }


def test_a_password_is_set_by_those_above(cast: World) -> None:
    path = f"/admin/accounts/{a_user(cast)}/password"
    told = tried(cast, "PUT", path, {"password": PASSWORD})
    assert told == {"root": 204, "alice": 204, "bob": GONE, "beth": GONE, "charlie": GONE}


@pytest.mark.parametrize(("method", "body"), [("GET", None), ("PATCH", {"faxEnabled": True})])
def test_an_extension_is_seen_by_its_user_and_changed_by_those_above(
    cast: World, method: str, body: Mapping[str, object] | None
) -> None:
    bob = 200 if method == "GET" else NO
    told = tried(cast, method, "/admin/extensions/0003*210", body)
    assert told == {"root": 200, "alice": 200, "bob": bob, "beth": GONE, "charlie": GONE}


def test_an_extension_is_made_and_removed_by_those_above(cast: World) -> None:
    told = tried(cast, "POST", "/admin/extensions", {"ownerId": cast.bob.id, "number": "0003*301"})
    assert told == {"root": 200, "alice": TAKEN, "bob": NO, "beth": GONE, "charlie": GONE}
    told = tried(cast, "DELETE", "/admin/extensions/0003*301")
    assert told == {"root": 204, "alice": GONE, "bob": GONE, "beth": GONE, "charlie": GONE}
    assert cast.ask("DELETE", "/admin/extensions/0003*210", cast.bob).status_code == 401
    assert cast.ask("POST", "/admin/extensions", cast.alice, json={"ownerId": cast.bob.id, "number": "0003*302"})
    assert cast.ask("DELETE", "/admin/extensions/0003*302", cast.alice).status_code == 204


APPS: list[tuple[str, str, Mapping[str, object] | None]] = [
    ("GET", "", None),
    ("PATCH", "", {"trusted": True, "enabled": True}),
    ("POST", "/tokens", {"expiresIn": 60}),
]


@pytest.mark.parametrize(("method", "below", "body"), APPS)
def test_an_app_is_its_accounts_and_of_those_above(
    cast: World, method: str, below: str, body: Mapping[str, object] | None
) -> None:
    told = tried(cast, method, f"/admin/apps/{cast.bob.viewer.app_id}{below}", body)
    assert told == {"root": 200, "alice": 200, "bob": 200, "beth": GONE, "charlie": GONE}
    told = tried(cast, method, f"/admin/apps/{cast.alice.viewer.app_id}{below}", body)
    assert told == {"root": 200, "alice": 200, "bob": GONE, "beth": GONE, "charlie": GONE}
    told = tried(cast, method, f"/admin/apps/{cast.root.viewer.app_id}{below}", body)
    assert told == {"root": 200, "alice": GONE, "bob": GONE, "beth": GONE, "charlie": GONE}


def test_an_app_is_made_and_ended_by_its_account_and_those_above(cast: World) -> None:
    for name in ("root", "alice", "bob"):
        who = getattr(cast, name)
        new = {"name": f"made by {name}", "accountId": cast.bob.id}
        assert cast.ask("POST", "/admin/apps", cast.beth, json=new).status_code == 404
        assert cast.ask("POST", "/admin/apps", cast.charlie, json=new).status_code == 404
        made = cast.ask("POST", "/admin/apps", who, json=new).json()["id"]
        for stranger in (cast.beth, cast.charlie):
            assert cast.ask("POST", f"/admin/apps/{made}/secret", stranger).status_code == 404
            assert cast.ask("DELETE", f"/admin/apps/{made}", stranger).status_code == 404
        assert cast.ask("POST", f"/admin/apps/{made}/secret", who).status_code == 200
        assert cast.ask("DELETE", f"/admin/apps/{made}", who).status_code == 204
    told = tried(cast, "POST", "/admin/apps", {"name": "an App of the administrator", "accountId": cast.root.id})
    assert told == {"root": 200, "alice": GONE, "bob": GONE, "beth": GONE, "charlie": GONE}


@pytest.mark.parametrize("what", ["accounts", "apps", "extensions"])
def test_lists_hold_what_is_ones_own_or_below(cast: World, what: str) -> None:
    def seen(who: Person) -> set[str]:
        answer = cast.ask("GET", f"/admin/{what}?count=5000", who)
        return {each["id"] for each in answer.json()["entry"]}

    alices, bobs, beths, charlies = map(seen, (cast.alice, cast.bob, cast.beth, cast.charlie))
    assert seen(cast.root) >= alices | charlies
    assert alices >= bobs | beths
    assert bobs
    assert not bobs & beths
    assert not alices & charlies


@pytest.mark.parametrize(
    ("method", "path", "done"),
    [
        ("PUT", "/admin/destinations/7778888", 200),
        ("GET", "/admin/destinations/7778888", 200),
        ("GET", "/admin/destinations", 200),
        ("GET", "/admin/trunks", 200),
        ("DELETE", "/admin/destinations/7778888", 204),
    ],
)
def test_what_is_known_of_numbers_is_for_administrators(cast: World, method: str, path: str, done: int) -> None:
    assert cast.ask("PUT", "/admin/destinations/7778888", cast.root, json={"ecm": False}).status_code == 200
    told = tried(cast, method, path)
    assert told == {"root": done, "alice": NO, "bob": NO, "beth": NO, "charlie": NO}


ROUTES = [
    ("GET", "/admin/destinations"),
    ("GET", "/admin/trunks"),
    *((method, "/admin/destinations/7778888") for method in ("GET", "PUT", "DELETE")),
    *((method, f"/admin/{what}") for method in ("GET", "POST") for what in ("accounts", "apps", "extensions")),
    *((method, f"/admin/accounts/{each}") for method in ("GET", "PATCH", "DELETE") for each in ("@me", "1")),
    *((method, "/admin/extensions/0003*210") for method in ("GET", "PATCH", "DELETE")),
    *((method, "/admin/apps/1") for method in ("GET", "PATCH", "DELETE")),
    ("PUT", "/admin/accounts/@me/password"),
    ("POST", "/admin/apps/1/secret"),
    ("POST", "/admin/apps/1/tokens"),
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_an_app_that_is_not_trusted_administers_nothing(refusing: World, method: str, path: str) -> None:
    refusing.execute("UPDATE apps SET trusted = 0")
    for who in (refusing.root, refusing.alice, refusing.bob, refusing.charlie):
        answer = refusing.ask(method, path, who, json={})
        assert (answer.status_code, answer.json()["error"]["code"]) == NO
    assert refusing.ask(method, path).status_code == 401
