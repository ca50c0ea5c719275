"""The audit log over HTTP: all that changes anything is in it, for those whom it concerns and those above them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk import Desk, give_pages
from tests.web.uapi.bodies import files, to
from tests.world import Person, World, a_world
from unifax.model.audit import Action, checked
from unifax.service.auditing import exported
from unifax.store import audit

FAXES = "/uapi/faxes/@me/0003*210"
HOOKS = "/uapi/extensions/@me/0003*210/faxEvents"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as made:
        yield made


def log(world: World, who: Person) -> list[tuple[str, str, str | None]]:
    """Return what somebody sees: action, subject and who did it, the first first."""
    answer = world.ask("GET", "/admin/audit?sortOrder=ascending", who)
    assert answer.status_code == 200
    return [(each["action"], each["subject"], each.get("actorId")) for each in answer.json()["entry"]]


def done(world: World, method: str, path: str, who: Person, **more: object) -> dict[str, object]:
    answer = world.ask(method, path, who, **more)
    assert answer.status_code < 300, answer.text
    return dict(answer.json()) if answer.content else {}


def test_what_administrators_do_is_written_down(world: World) -> None:
    alice, root = world.alice, world.root
    new = {"kind": "user", "name": "Zoe", "login": "zoe"}
    zoe = str(done(world, "POST", "/admin/accounts", alice, json=new)["id"])
    done(world, "PATCH", f"/admin/accounts/{zoe}", alice, json={"name": "Zoë"})
    done(world, "PUT", f"/admin/accounts/{zoe}/password", alice, json={"password": "correct horse battery"})
    number = {"ownerId": zoe, "number": "0003*299"}
    done(world, "POST", "/admin/extensions", alice, json=number)
    done(world, "PATCH", "/admin/extensions/0003*299", alice, json={"whenUncertain": "ask"})
    app = str(
        done(world, "POST", "/admin/apps", alice, json={"accountId": zoe, "name": "an App", "trusted": True})["id"]
    )
    done(world, "PATCH", f"/admin/apps/{app}", alice, json={"name": "the App"})
    done(world, "POST", f"/admin/apps/{app}/secret", alice)
    done(world, "POST", f"/admin/apps/{app}/tokens", alice, json={"expiresIn": 60})
    done(world, "DELETE", f"/admin/apps/{app}", alice)
    done(world, "DELETE", "/admin/extensions/0003*299", alice)
    done(world, "DELETE", f"/admin/accounts/{zoe}", alice)
    done(world, "PUT", "/admin/destinations/7778888", root, json={"t38": False})
    done(world, "DELETE", "/admin/destinations/7778888", root)
    by_alice, by_root = str(alice.id), str(root.id)
    assert log(world, root) == [
        ("account.added", f"account {zoe}", by_alice),
        ("account.changed", f"account {zoe}", by_alice),
        ("account.password_set", f"account {zoe}", by_alice),
        ("extension.added", "extension 0003*299", by_alice),
        ("extension.changed", "extension 0003*299", by_alice),
        ("app.added", f"app {app}", by_alice),
        ("app.changed", f"app {app}", by_alice),
        ("app.secret_renewed", f"app {app}", by_alice),
        ("token.issued", f"app {app}", by_alice),
        ("app.removed", f"app {app}", by_alice),
        ("extension.removed", "extension 0003*299", by_alice),
        ("account.removed", f"account {zoe}", by_alice),
        ("destination.pinned", "number 7778888", by_root),
        ("destination.forgotten", "number 7778888", by_root),
    ]
    assert len(log(world, alice)) == 12, "what she did she sees, though Zoë is gone"
    assert log(world, world.charlie) == []


def test_what_becomes_of_faxes_and_hooks_is_written_down(world: World) -> None:
    bob, beth = world.bob, world.beth
    desk = Desk(world)
    desk.finish(desk.send("0003*211"))
    give_pages(world)
    done(world, "POST", FAXES, bob, data=to("7778888"), files=files(b"hello"))
    done(world, "POST", f"{FAXES}/2/cancel", bob)
    done(world, "POST", f"/uapi/faxes/{bob.id}/0003*210/2/resend", world.alice)
    done(world, "POST", HOOKS, bob, json={"type": 0, "url": "http://127.0.0.1/"})
    done(world, "PUT", "/uapi/inbox/@me/0003*211/1", beth, json={"read": True})
    for form in ("document.tif", "document.pdf", "pages/1.png"):
        assert world.ask("GET", f"/uapi/inbox/@me/0003*211/1/{form}", beth).status_code == 200
    done(world, "PUT", f"/uapi/inbox/{beth.id}/0003*211/1/hold", world.root)
    done(world, "DELETE", f"/uapi/inbox/{beth.id}/0003*211/1/hold", world.root)
    by_bob, by_beth = str(bob.id), str(beth.id)
    assert log(world, world.alice) == [
        ("fax.accepted", "fax 2", by_bob),
        ("fax.cancelled", "fax 2", by_bob),
        ("fax.sent_again", "fax 2", str(world.alice.id)),
        ("hook.added", "extension 0003*210", by_bob),
        ("inbox.marked", "received 1", by_beth),
        *[("content.read", "received 1", by_beth)] * 3,
        ("content.held", "received 1", str(world.root.id)),
        ("content.let_go", "received 1", str(world.root.id)),
    ]
    assert [action for action, _, _ in log(world, bob)] == [each for each, _, _ in log(world, world.alice)[:4]]
    assert log(world, world.charlie) == []


def test_what_apps_and_people_come_in_by_is_written_down(world: World) -> None:
    bob = {"client_id": "key-bob", "client_secret": "secret-bob"}
    granted = world.ask("POST", "/oauth/token.php", data={"grant_type": "client_credentials", **bob}).json()
    world.ask("POST", "/oauth/token.php", data={"grant_type": "client_credentials", **bob, "client_secret": "wrong"})
    world.ask("POST", "/oauth/revoke.php", data={"token": granted["access_token"], **bob})
    assert [action for action, _, _ in log(world, world.bob)] == ["token.granted", "token.revoked"]


def test_what_was_not_done_is_not_written_down(world: World) -> None:
    assert world.ask("POST", FAXES, world.charlie, data=to("7778888"), files=files(b"hello")).status_code >= 400
    assert world.ask("DELETE", f"/admin/accounts/{world.alice.id}", world.root).status_code == 409
    assert log(world, world.root) == []


def test_the_log_can_be_searched_and_is_whole(world: World) -> None:
    for _ in range(3):
        done(world, "POST", FAXES, world.bob, data=to("7778888"), files=files(b"hello"))
    query = "filterBy=subject&filterOp=equals&filterValue=fax%202"
    [entry] = world.ask("GET", f"/admin/audit?{query}", world.alice).json()["entry"]
    assert (entry["action"], entry["facts"]) == (Action.FAX_ACCEPTED, {"recipients": 1})
    lines = world.db.read(lambda conn: [exported(each) for each in audit.all_entries(conn)])
    assert checked(lines).sha256 == lines[-1]["sha256"]
    assert entry["sha256"] == lines[1]["sha256"]
