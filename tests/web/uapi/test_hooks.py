"""The resource of hooks: made, seen, changed, removed, in the style of VoipNow's Call Events."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.desk import Desk
from tests.world import World, a_world
from unifax.model.hook import MAX_HOOKS, MAX_NOTE, Answer
from unifax.store import notices

AT = "/uapi/extensions/@me/0003*210/faxEvents"
URL = "https://receiver.example/told?by=fax"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as made:
        yield made


def made(world: World, **asked: object) -> dict[str, object]:
    """Have Bob make a hook."""
    answer = world.ask("POST", AT, world.bob, json={"type": 0, "url": URL, **asked})
    assert answer.status_code == 200, answer.text
    told: dict[str, object] = answer.json()
    return told


def refused(world: World, method: str, path: str, **more: object) -> tuple[int, str]:
    answer = world.ask(method, path, world.bob, **more)
    return answer.status_code, answer.json()["error"]["code"]


def test_a_hook_is_made_and_its_secret_is_shown_once(world: World) -> None:
    hook = made(world, method=2, note="our ledger")
    secret = hook.pop("secret")
    assert isinstance(secret, str)
    assert secret.startswith("whsec_")
    assert hook == {
        "id": "1",
        "type": 0,
        "url": URL,
        "method": 2,
        "status": 1,
        "note": "our ledger",
        "modified": "2026-02-03T04:05:06Z",
    }
    assert world.ask("GET", f"{AT}/0/1", world.bob).json() == hook
    assert secret.removeprefix("whsec_") not in str(world.column("SELECT * FROM hooks"))


def test_what_is_not_said_is_as_in_voipnow(world: World) -> None:
    hook = made(world)
    assert (hook["method"], hook["status"], hook["note"]) == (0, 1, "")


def test_the_type_may_stand_in_the_address(world: World) -> None:
    answer = world.ask("POST", f"{AT}/2/", world.bob, json={"url": URL})
    assert (answer.status_code, answer.json()["type"]) == (200, 2)
    assert refused(world, "POST", f"{AT}/2", json={"url": URL, "type": 1}) == (400, "request_invalid")


def test_numbers_may_be_written_as_strings(world: World) -> None:
    hook = made(world, type="1", method="2", status="0")
    assert (hook["type"], hook["method"], hook["status"]) == (1, 2, 0)


def test_an_address_may_be_encoded_as_a_whole(world: World) -> None:
    assert made(world, url="https%3A%2F%2Freceiver.example%2Ftold%3Fby%3Dfax")["url"] == URL


def test_hooks_are_a_collection(world: World) -> None:
    made(world)
    made(world, type=1)
    made(world, type=1, status=0)
    everything = world.ask("GET", AT, world.bob).json()
    assert [hook["id"] for hook in everything["entry"]] == ["1", "2", "3"]
    assert "secret" not in everything["entry"][0]
    assert everything["totalResults"] == 3
    of_a_type = world.ask("GET", f"{AT}/1", world.bob, params={"sortOrder": "descending", "fields": "id"}).json()
    assert of_a_type["entry"] == [{"id": "3"}, {"id": "2"}]
    on = world.ask("GET", AT, world.bob, params={"filterBy": "status", "filterValue": "1", "count": "1"}).json()
    assert ([hook["id"] for hook in on["entry"]], on["totalResults"]) == (["1"], 2)
    assert world.ask("GET", on["paging"]["next"], world.bob).json()["entry"][0]["id"] == "2"
    assert refused(world, "GET", AT, params={"filterBy": "note", "filterValue": "x"}) == (400, "filterby_invalid")


def test_a_hook_is_changed_in_what_is_said(world: World) -> None:
    made(world, note="old")
    changed = world.ask("PUT", f"{AT}/0/1", world.bob, json={"status": 0, "url": "http://other.example:8080"}).json()
    assert (changed["status"], changed["url"], changed["note"]) == (0, "http://other.example:8080", "old")
    assert world.ask("GET", f"{AT}/0/1", world.bob).json() == changed
    assert refused(world, "PUT", f"{AT}/0/1", json={"type": 1}) == (400, "request_invalid")
    assert refused(world, "PUT", f"{AT}/0/1", json={"url": "http://10.0.0.1/"}) == (400, "request_invalid")
    assert world.ask("GET", f"{AT}/0/1", world.bob).json() == changed


def test_a_hook_that_is_removed_is_gone_with_its_notices(world: World) -> None:
    hook = made(world)
    Desk(world).send("7778888")
    assert len(world.column("SELECT id FROM notices")) == 1
    removed = world.ask("DELETE", f"{AT}/0/1", world.bob)
    assert removed.status_code == 200
    assert removed.json() == {name: value for name, value in hook.items() if name != "secret"}
    for method, path in (("GET", ""), ("PUT", ""), ("DELETE", ""), ("POST", "/secret"), ("POST", "/replay")):
        assert refused(world, method, f"{AT}/0/1{path}") == (404, "not_found")
    assert world.column("SELECT id FROM notices") == []


def test_what_a_hook_is_told_can_be_listed(world: World) -> None:
    made(world)
    desk = Desk(world)
    desk.send("7778888")
    desk.send("7778888")
    due = world.db.read(notices.due_notice, 1, 1)
    assert due is not None
    world.db.write(
        notices.record_try, due, Answer(None, "it could not be reached"), world.now + timedelta(seconds=5), world.now
    )
    told = world.ask("GET", f"{AT}/0/1/notices", world.bob).json()
    events = world.column("SELECT id FROM events WHERE kind = 'fax' ORDER BY id")
    assert told["totalResults"] == 2
    assert told["entry"][1] == {
        "id": "1",
        "event": str(events[0]),
        "replay": 0,
        "state": "waiting",
        "tries": 1,
        "nextTryAt": "2026-02-03T04:05:11Z",
        "triedAt": "2026-02-03T04:05:06Z",
        "trouble": "it could not be reached",
    }
    untried = world.ask("GET", f"{AT}/0/1/notices?filterBy=tries&filterValue=0&fields=id", world.bob).json()
    assert untried["entry"] == [{"id": "2"}]
    made(world)
    assert world.ask("GET", f"{AT}/0/2/notices", world.bob).json()["entry"] == []


def test_a_new_secret_is_another_one(world: World) -> None:
    first = made(world)["secret"]
    second = world.ask("POST", f"{AT}/0/1/secret", world.bob).json()["secret"]
    assert first != second != made(world)["secret"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": 3},
        {"type": None},
        {"method": 3},
        {"status": 2},
        {"status": "on"},
        {"note": "x" * (MAX_NOTE + 1)},
        {"note": 5},
        {"url": None},
        {"url": ""},
        {"url": "receiver.example"},
        {"url": "ftp://receiver.example/"},
        {"url": "https://user:password@receiver.example/"},
        {"url": "https://receiver.example/#here"},
        {"url": "https://receiver.example/ b"},
        {"url": "https://" + "x" * 9000},
        {"url": "http://192.168.1.1/"},
        {"url": "http://[::ffff:10.0.0.1]/"},
        {"url": "http://2130706433/"},
        {"url": 5},
    ],
    ids=str,
)
def test_what_cannot_be_is_refused(world: World, wrong: dict[str, object]) -> None:
    assert refused(world, "POST", AT, json={"type": 0, "url": URL, **wrong}) == (400, "request_invalid")
    assert world.column("SELECT id FROM hooks") == []


@pytest.mark.parametrize("body", [b"", b"[]", b"type=0", b'{"type":', b"{}", b'"x"'])
def test_what_is_no_hook_is_refused(world: World, body: bytes) -> None:
    assert refused(world, "POST", AT, content=body) == (400, "request_invalid")


@pytest.mark.parametrize("at", [f"{AT}/3", f"{AT}/x/1", f"{AT}/0/x", f"{AT}/0/{10**20}", f"{AT}/0/1/more", f"{AT}/1/1"])
def test_what_is_not_there_is_not_found(world: World, at: str) -> None:
    made(world)
    assert refused(world, "GET", at) == (404, "not_found")


def test_an_extension_has_to_be_named(world: World) -> None:
    assert refused(world, "GET", "/uapi/extensions/@me/@self/faxEvents") == (400, "extension_invalid")
    assert refused(world, "GET", "/uapi/extensions/nobody/0003*210/faxEvents") == (400, "user_invalid")


@pytest.mark.parametrize("at", ["/@me/0003*210/phoneCallEvents", "/@me/0003*210", "", "/@me/0003*210/faxEventsToo"])
def test_what_else_extensions_have_is_not_implemented(world: World, at: str) -> None:
    assert refused(world, "GET", f"/uapi/extensions{at}") == (501, "request_not_implemented")


def test_an_extension_has_so_many_hooks_and_no_more(world: World) -> None:
    for _ in range(MAX_HOOKS):
        made(world)
    assert refused(world, "POST", AT, json={"type": 0, "url": URL}) == (409, "conflict")


def test_events_are_told_again_since_a_moment_after_an_event_or_one_by_one(world: World) -> None:
    desk = Desk(world)
    desk.send("7778888")
    desk.send("7778888")
    made(world)
    events = world.column("SELECT id FROM events WHERE kind = 'fax' ORDER BY id")

    def replayed(**asked: object) -> tuple[object, object]:
        answer = world.ask("POST", f"{AT}/0/1/replay", world.bob, json=asked).json()
        return answer["notices"], answer.get("lastEvent")

    assert replayed(since="2026-02-03T04:05:06Z") == (2, str(events[1]))
    assert replayed(since="2026-02-03T04:05:07Z") == (0, None)
    assert replayed(after=str(events[0])) == (1, str(events[1]))
    assert replayed(event=str(events[0])) == (1, str(events[0]))
    kept = world.column("SELECT event_id || '.' || replay FROM notices ORDER BY id")
    assert kept == [
        f"{event}.{replay}" for event, replay in zip([*events, *reversed(events)], [0, 0, 1, 1], strict=True)
    ]


@pytest.mark.parametrize(
    "asked", [{}, {"since": "yesterday"}, {"event": "x"}, {"event": 1}, {"event": "1", "after": "1"}, {"after": "-1"}]
)
def test_what_is_to_be_told_again_must_be_clear(world: World, asked: dict[str, object]) -> None:
    made(world)
    assert refused(world, "POST", f"{AT}/0/1/replay", json=asked) == (400, "request_invalid")


def test_only_events_of_a_hooks_own_can_be_told_again(world: World) -> None:
    desk = Desk(world)
    desk.send("0004*210")
    desk.step()
    made(world)
    of_charlie = world.column("SELECT id FROM events WHERE kind = 'received'")
    of_a_recipient = world.column("SELECT id FROM events WHERE kind = 'recipient'")
    for event in (*of_charlie, *of_a_recipient, 9999):
        assert refused(world, "POST", f"{AT}/0/1/replay", json={"event": str(event)}) == (404, "not_found")


def test_a_hook_that_is_off_is_told_nothing_again(world: World) -> None:
    made(world, status=0)
    assert refused(world, "POST", f"{AT}/0/1/replay", json={"event": "1"}) == (409, "conflict")
