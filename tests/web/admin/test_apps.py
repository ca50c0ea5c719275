"""Apps: keys, secrets, tokens, and where codes may be sent."""

import re
from datetime import timedelta

import httpx
import pytest

from tests.world import NOW, World
from unifax.service.programs import MAX_APPS
from unifax.store import tokens
from unifax.store.accounts import digest

ACCEPTED_BY_CLIENTS = r"[A-Za-z0-9_.-]{10,}"


def error(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def made(world: World, **more: object) -> dict[str, str]:
    answer = world.ask("POST", "/admin/apps", world.bob, json={"name": "Scanner", **more})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    shown: dict[str, str] = answer.json()
    return shown


def test_an_app_is_made_and_its_secret_shown_once(world: World) -> None:
    app = made(world, redirectUris=["https://scan.example/back", "https://scan.example/back"])
    secret, key = app.pop("secret"), app["key"]
    assert app == {
        "id": app["id"],
        "accountId": str(world.bob.id),
        "name": "Scanner",
        "key": key,
        "trusted": False,
        "enabled": True,
        "redirectUris": ["https://scan.example/back"],
    }
    assert re.fullmatch(ACCEPTED_BY_CLIENTS, key)
    assert re.fullmatch(ACCEPTED_BY_CLIENTS, secret)
    assert world.ask("GET", f"/admin/apps/{app['id']}", world.bob).json() == app
    client = world.db.read(tokens.client_of_key, key)
    assert client is not None
    assert (client.secret_sha256, client.trusted) == (digest(secret), False)


def test_a_trusted_app_is_given_tokens_that_live_as_long_as_asked(world: World) -> None:
    app = made(world, trusted=True)
    for body, seconds in (({}, 3600), ({"expiresIn": 60}, 60), ({"expiresIn": 366 * 86400}, 366 * 86400)):
        answer = world.ask("POST", f"/admin/apps/{app['id']}/tokens", world.bob, json=body)
        token = answer.json()["accessToken"]
        assert answer.json() == {"accessToken": token, "tokenType": "Bearer", "expiresIn": seconds}
        assert answer.headers["Cache-Control"] == "no-store"
        assert re.fullmatch(ACCEPTED_BY_CLIENTS, token)
        last = NOW + timedelta(seconds=seconds - 1)
        viewer = world.db.read(tokens.viewer_of_token, token, last)
        assert viewer is not None
        assert (viewer.account_id, viewer.app_id) == (world.bob.id, int(app["id"]))
        assert world.db.read(tokens.viewer_of_token, token, last + timedelta(seconds=1)) is None


def test_a_token_needs_no_body_but_a_trusted_app_and_a_life(world: World) -> None:
    app = made(world)
    path = f"/admin/apps/{app['id']}"
    assert error(world.ask("POST", f"{path}/tokens", world.bob)) == (409, "conflict")
    assert world.ask("PATCH", path, world.bob, json={"trusted": True}).json()["trusted"] is True
    assert world.ask("POST", f"{path}/tokens", world.bob).is_success
    for life in (0, -1, 366 * 86400 + 1, 1.5, "60", True, None, 10**400):
        answer = world.ask("POST", f"{path}/tokens", world.bob, json={"expiresIn": life})
        assert error(answer) == (400, "request_invalid")


def test_another_secret_ends_the_tokens_of_the_app_and_no_others(world: World) -> None:
    app = made(world, trusted=True)
    token = world.ask("POST", f"/admin/apps/{app['id']}/tokens", world.bob).json()["accessToken"]
    renewed = world.ask("POST", f"/admin/apps/{app['id']}/secret", world.bob)
    assert renewed.headers["Cache-Control"] == "no-store"
    assert renewed.json()["key"] == app["key"]
    assert renewed.json()["secret"] != app["secret"]
    client = world.db.read(tokens.client_of_key, app["key"])
    assert client is not None
    assert client.secret_sha256 == digest(renewed.json()["secret"])
    assert world.db.read(tokens.viewer_of_token, token, NOW) is None
    assert world.db.read(tokens.viewer_of_token, world.bob.token, NOW) == world.bob.viewer


def test_an_app_that_is_disabled_or_removed_opens_no_door(world: World) -> None:
    app = made(world, trusted=True)
    path = f"/admin/apps/{app['id']}"
    token = world.ask("POST", f"{path}/tokens", world.bob).json()["accessToken"]
    shown = {"Authorization": f"Bearer {token}"}
    assert world.ask("GET", path, headers=shown).is_success
    assert world.ask("PATCH", path, world.bob, json={"enabled": False}).json()["enabled"] is False
    assert error(world.ask("GET", path, headers=shown)) == (401, "access_denied")
    assert world.ask("PATCH", path, world.bob, json={"enabled": True}).is_success
    assert world.ask("GET", path, headers=shown).is_success
    assert world.ask("DELETE", path, headers=shown).status_code == 204
    assert error(world.ask("GET", path, headers=shown)) == (401, "access_denied")
    assert error(world.ask("GET", path, world.bob)) == (404, "not_found")


def test_a_change_changes_what_it_names_and_nothing_else(world: World) -> None:
    app = made(world)
    app.pop("secret")
    path = f"/admin/apps/{app['id']}"
    assert world.ask("PATCH", path, world.bob, json={}).json() == app
    change = {"name": "Printer", "redirectUris": ["http://127.0.0.1/back", "https://a.example/"]}
    assert world.ask("PATCH", path, world.bob, json=change).json() == {**app, **change}
    assert world.ask("PATCH", path, world.bob, json={"redirectUris": []}).json()["redirectUris"] == []


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"name": None},
        {"trusted": "yes"},
        {"enabled": None},
        {"redirectUris": "https://a.example/"},
        {"redirectUris": ["http://a.example/"]},
        {"redirectUris": ["https://a.example/ https://b.example/"]},
        {"redirectUris": ["https://a.example/"] * 21},
        {"redirectUris": [7]},
        {"key": "mine"},
        {"secret": "mine"},
        {"accountId": 1},
    ],
)
def test_what_is_not_exact_is_refused(refusing: World, change: dict[str, object]) -> None:
    path = f"/admin/apps/{refusing.bob.viewer.app_id}"
    before = refusing.ask("GET", path, refusing.bob).json()
    assert error(refusing.ask("PATCH", path, refusing.bob, json=change)) == (400, "request_invalid")
    assert refusing.ask("GET", path, refusing.bob).json() == before


def test_names_are_those_of_one_account(world: World) -> None:
    made(world)
    assert error(world.ask("POST", "/admin/apps", world.bob, json={"name": "Scanner"})) == (409, "conflict")
    assert world.ask("POST", "/admin/apps", world.beth, json={"name": "Scanner"}).is_success


def test_an_account_has_a_thousand_apps_and_no_more(world: World) -> None:
    world.execute(
        "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)"
        " INSERT INTO apps (account_id, name, key, secret_sha256, trusted, enabled, redirect_uris)"
        f" SELECT {world.bob.id}, 'App ' || i, 'key ' || i, printf('%064d', i), 0, 1, '' FROM n"
    )
    answer = world.ask("POST", "/admin/apps", world.bob, json={"name": "one more"})
    assert error(answer) == (409, "conflict")
    assert str(MAX_APPS) in answer.json()["error"]["message"]
    assert world.ask("POST", "/admin/apps", world.beth, json={"name": "one more"}).is_success
