"""Accounts: made, changed, disabled, removed."""

from collections.abc import Iterator

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.world import NOW, Person, World, a_world
from unifax.service.passwords import hashed, matches
from unifax.store import sessions, tokens

PASSWORD = "correct horse battery staple"


def error(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def password_is(world: World, login: str, password: str) -> bool:
    found = world.db.read(sessions.login_of, login)
    return found is not None and matches(found.password, password)


def test_an_account_is_made_with_all_that_was_asked_for(world: World) -> None:
    new = {"kind": "user", "name": " Dora ", "login": "Dora@Example.org", "password": PASSWORD}
    made = world.ask("POST", "/admin/accounts", world.alice, json=new)
    assert made.status_code == 200
    assert made.json() == {
        "id": made.json()["id"],
        "kind": "user",
        "parentId": str(world.alice.id),
        "name": "Dora",
        "login": "dora@example.org",
        "hasPassword": True,
        "enabled": True,
        "active": True,
        "createdAt": "2026-02-03T04:05:06Z",
    }
    assert world.ask("GET", f"/admin/accounts/{made.json()['id']}", world.alice).json() == made.json()
    assert password_is(world, "dora@example.org", PASSWORD)
    assert PASSWORD not in made.text


def test_what_is_taken_is_a_conflict_that_says_what(world: World) -> None:
    first = {"kind": "user", "name": "Dora", "login": "dora"}
    assert world.ask("POST", "/admin/accounts", world.alice, json=first).is_success
    for second, said in (({"name": "Dora"}, "name"), ({"name": "Dora II", "login": "DORA"}, "login")):
        answer = world.ask("POST", "/admin/accounts", world.alice, json={"kind": "user", **second})
        assert error(answer) == (409, "conflict")
        assert said in answer.json()["error"]["message"]
    # names are those of one organization, logins are everybody's
    other = {"kind": "user", "parentId": "5", "name": "Dora"}
    assert world.ask("POST", "/admin/accounts", world.root, json={**other, "login": "dora"}).status_code == 409
    assert world.ask("POST", "/admin/accounts", world.root, json=other).is_success
    assert world.ask("PATCH", f"/admin/accounts/{world.bob.id}", world.alice, json={"name": "beth"}).status_code == 409


def test_a_change_changes_what_it_names_and_nothing_else(world: World) -> None:
    path = f"/admin/accounts/{world.bob.id}"
    before = world.ask("GET", path, world.bob).json()
    assert world.ask("PATCH", path, world.alice, json={}).json() == before
    changed = world.ask("PATCH", path, world.alice, json={"name": "Robert", "login": "bob"})
    assert changed.json() == {**before, "name": "Robert", "login": "bob"}
    assert world.ask("GET", path, world.bob).json() == changed.json()


def test_who_has_no_login_any_more_has_no_password_and_is_signed_out(world: World) -> None:
    path = f"/admin/accounts/{world.bob.id}"
    world.ask("PATCH", path, world.alice, json={"login": "bob"})
    world.ask("PUT", f"{path}/password", world.alice, json={"password": PASSWORD})
    world.db.write(sessions.begin_session, world.bob.id, "session", NOW, NOW.replace(year=2027))
    changed = world.ask("PATCH", path, world.alice, json={"login": None}).json()
    assert ("login" in changed, changed["hasPassword"]) == (False, False)
    assert world.db.read(sessions.person_of_session, "session", NOW) is None
    assert not world.ask("PATCH", path, world.alice, json={"login": "bob"}).json()["hasPassword"]


@pytest.mark.parametrize("disabled", ["bob", "alice"])
def test_what_is_disabled_disables_all_below_it(world: World, disabled: str) -> None:
    def works(who: Person) -> bool:
        return world.ask("GET", "/admin/accounts/@me", who).is_success

    account: Person = getattr(world, disabled)
    path = f"/admin/accounts/{account.id}"
    assert world.ask("PATCH", path, world.root, json={"enabled": False}).json()["active"] is False
    assert (works(world.bob), works(world.beth)) == (False, disabled == "bob")
    assert works(world.charlie)
    seen = world.ask("GET", f"/admin/accounts/{world.bob.id}", world.root).json()
    assert (seen["enabled"], seen["active"]) == (disabled == "alice", False)
    assert world.ask("GET", "/admin/extensions/0003*210", world.root).json()["active"] is False
    assert world.ask("PATCH", path, world.root, json={"enabled": True}).json()["active"] is True
    assert works(world.bob)


def test_an_organization_cannot_fax_for_a_user_that_is_disabled(world: World) -> None:
    world.ask("PATCH", f"/admin/accounts/{world.bob.id}", world.alice, json={"enabled": False})
    for user in ("@me", "@owner", str(world.bob.id)):
        assert error(world.ask("POST", f"/uapi/faxes/{user}/0003*210", world.alice)) == (401, "access_denied")


def test_nobody_locks_himself_out(world: World) -> None:
    assert error(world.ask("PATCH", "/admin/accounts/@me", world.root, json={"enabled": False})) == (409, "conflict")
    assert error(world.ask("DELETE", "/admin/accounts/@me", world.root)) == (409, "conflict")
    assert world.ask("PATCH", "/admin/accounts/@me", world.root, json={"enabled": True, "name": "R"}).is_success


def test_an_account_that_something_hangs_on_is_not_removed(world: World) -> None:
    for account in (world.bob, world.alice):
        answer = world.ask("DELETE", f"/admin/accounts/{account.id}", world.root)
        assert error(answer) == (409, "conflict")
        assert "Disable it" in answer.json()["error"]["message"]
        assert world.ask("GET", "/admin/accounts/@me", account).is_success, "its Apps are there, too"


def test_the_apps_of_an_account_go_with_it(world: World) -> None:
    assert world.ask("DELETE", "/admin/extensions/0003*210", world.alice).status_code == 204
    assert world.ask("DELETE", f"/admin/accounts/{world.bob.id}", world.alice).status_code == 204
    assert world.db.read(tokens.viewer_of_token, world.bob.token, NOW) is None
    assert error(world.ask("GET", f"/admin/apps/{world.bob.viewer.app_id}", world.root)) == (404, "not_found")
    assert error(world.ask("GET", f"/admin/accounts/{world.bob.id}", world.root)) == (404, "not_found")


def test_ones_own_password_is_changed_by_who_knows_it(world: World) -> None:
    world.ask("PATCH", f"/admin/accounts/{world.bob.id}", world.alice, json={"login": "bob"})
    path, another = "/admin/accounts/@me/password", "another horse battery staple"
    assert world.ask("PUT", path, world.bob, json={"password": PASSWORD}).status_code == 204, "there was none"
    for wrong in ({}, {"currentPassword": ""}, {"currentPassword": another}):
        assert error(world.ask("PUT", path, world.bob, json={"password": another, **wrong})) == (401, "access_denied")
        assert password_is(world, "bob", PASSWORD)
    world.db.write(sessions.begin_session, world.bob.id, "session", NOW, NOW.replace(year=2027))
    known = {"password": another, "currentPassword": PASSWORD}
    assert world.ask("PUT", path, world.bob, json=known).status_code == 204
    assert password_is(world, "bob", another)
    assert world.db.read(sessions.person_of_session, "session", NOW) is None, "signed in with the old one"


def test_those_above_need_not_know_it_and_neither_does_an_administrator(world: World) -> None:
    world.ask("PATCH", f"/admin/accounts/{world.bob.id}", world.alice, json={"login": "bob"})
    world.ask("PATCH", "/admin/accounts/@me", world.root, json={"login": "root"})
    for _ in range(2):
        for who, whose in ((world.alice, world.bob.id), (world.root, world.bob.id), (world.root, world.root.id)):
            answer = world.ask("PUT", f"/admin/accounts/{whose}/password", who, json={"password": PASSWORD})
            assert answer.status_code == 204
    assert password_is(world, "root", PASSWORD)


def test_a_password_belongs_to_a_login(world: World) -> None:
    path = f"/admin/accounts/{world.bob.id}/password"
    assert error(world.ask("PUT", path, world.alice, json={"password": PASSWORD})) == (409, "conflict")
    new = {"kind": "user", "name": "Dora", "password": PASSWORD}
    assert error(world.ask("POST", "/admin/accounts", world.alice, json=new)) == (400, "request_invalid")


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {"kind": "user"},
        {"name": "Dora"},
        {"kind": "robot", "name": "Dora"},
        {"kind": "user", "name": ""},
        {"kind": "user", "name": 7},
        {"kind": "user", "name": "Dora", "login": "do ra"},
        {"kind": "user", "name": "Dora", "login": "dora", "password": "short"},
        {"kind": "user", "name": "Dora", "parentId": "alice"},
        {"kind": "user", "name": "Dora", "parentId": -2},
        {"kind": "user", "name": "Dora", "parentId": True},
        {"kind": "user", "name": "Dora", "enabled": False},
        {"kind": "user", "name": "Dora", "parent_id": 2},
    ],
)
def test_what_is_not_exact_is_refused(refusing: World, body: object) -> None:
    before = refusing.column("SELECT count(*) FROM accounts")
    answer = refusing.ask("POST", "/admin/accounts", refusing.root, json=body)
    assert error(answer) == (400, "request_invalid")
    assert refusing.column("SELECT count(*) FROM accounts") == before


def test_a_wrong_password_is_not_repeated_in_the_answer(refusing: World) -> None:
    answer = refusing.ask("PUT", "/admin/accounts/@me/password", refusing.root, json={"password": ["s3cret"]})
    assert error(answer) == (400, "request_invalid")
    assert "s3cret" not in answer.text


@pytest.mark.parametrize("account", ["0", "4711", "x", "-1", "1e3", "٣", "9" * 19, "@you"])
def test_an_account_that_is_not_there_is_not_found(refusing: World, account: str) -> None:
    for method in ("GET", "PATCH", "DELETE"):
        assert error(refusing.ask(method, f"/admin/accounts/{account}", refusing.root, json={})) == (404, "not_found")


@pytest.fixture(scope="module")
def anything_goes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A cast whose Bob may make whatever he is let."""
    with a_world(tmp_path_factory.mktemp("anything")) as made:
        yield made


JSON = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=30)
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=8,
)
FIELDS = ("kind", "parentId", "name", "login", "password", "enabled", "number", "ownerId", "trusted", "redirectUris")


@given(
    st.sampled_from(["/admin/accounts", "/admin/extensions", "/admin/apps"]),
    JSON | st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=4),
)
def test_any_json_is_an_answer_or_a_refusal_of_ours(anything_goes: World, path: str, body: object) -> None:
    answer = anything_goes.ask("POST", path, anything_goes.bob, json=body)
    assert answer.is_success or error(answer) in {
        (400, "request_invalid"),
        (401, "access_denied"),
        (404, "not_found"),
        (409, "conflict"),
    }


def test_the_list_is_a_collection_of_the_unifiedapi(world: World) -> None:
    first = world.ask("GET", "/admin/accounts?count=2&filterBy=kind&filterValue=user", world.root).json()
    assert [each["name"] for each in first["entry"]] == ["bob", "beth"]
    assert (first["totalResults"], first["filtered"]) == (3, True)
    rest = world.ask("GET", first["paging"]["next"].removeprefix("http://unifax"), world.root).json()
    assert [each["name"] for each in rest["entry"]] == ["charlie"]
    assert "next" not in rest["paging"]
    assert error(world.ask("GET", "/admin/accounts?filterBy=password", world.root)) == (400, "filterby_invalid")


def test_hashes_are_shown_to_nobody(world: World) -> None:
    world.execute(f"UPDATE accounts SET login = 'bob', password = '{hashed(PASSWORD)}' WHERE id = {world.bob.id}")
    for path in ("accounts", f"accounts/{world.bob.id}", "apps", f"apps/{world.bob.viewer.app_id}"):
        shown = world.ask("GET", f"/admin/{path}", world.root).text
        assert ("argon2" in shown, "sha256" in shown, "secret" in shown) == (False, False, False)
