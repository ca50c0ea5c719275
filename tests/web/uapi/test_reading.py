"""Lists: faxes sent and received, recipients, calls. Who sees which, and in which words."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.desk import Desk, ends
from tests.world import Person, World, a_world
from unifax.model.outcome import Outcome

SENT = "/uapi/faxes/@me/0003*210"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Bob has sent three faxes: to a busy machine and Beth, to Charlie, to Beth and a good machine. Nothing changes."""
    with a_world(tmp_path_factory.mktemp("told")) as world:
        desk = Desk(world)
        desk.far_ends["7778801"] = [ends(Outcome.BUSY)] * 3
        desk.far_ends["7778888"] = [ends(Outcome.SENT, 3)]
        for numbers in (("7778801", "0003*211"), ("0004*210",), ("0003*211", "7778888")):
            desk.finish(desk.send(*numbers))
        yield world


def ids(world: World, address: str, who: Person) -> list[str]:
    answer = world.ask("GET", address, who)
    assert answer.status_code == 200, answer.text
    return [entry["id"] for entry in answer.json()["entry"]]


def test_faxes_are_listed_with_their_recipients_and_the_newest_first(told: World) -> None:
    answer = told.ask("GET", SENT + "?count=1", told.bob).json()
    (fax,) = answer.pop("entry")
    shown = told.ask("GET", f"{SENT}/3", told.bob).json()
    for recipient in shown["recipients"]:
        del recipient["calls"]
    del shown["pageReports"]
    assert fax == shown
    assert answer == {
        "startIndex": 0,
        "totalResults": 3,
        "itemsPerPage": 1,
        "filtered": False,
        "sorted": True,
        "paging": {"next": "http://unifax/uapi/faxes/@me/0003*210?count=1&startIndex=1&cursor=after.3.3"},
    }


@pytest.mark.parametrize("spelling", ["/unifiedapi/faxes/%40me/0003%2A210/", "/uapi/faxes/@owner/210"])
def test_pages_are_named_as_the_request_was_spelt(told: World, spelling: str) -> None:
    first = told.ask("GET", f"{spelling}?count=2&accessRequestToken={told.bob.token}").json()
    assert first["paging"]["next"] == f"http://unifax{spelling}?count=2&startIndex=2&cursor=after.2.3"
    step = urlsplit(first["paging"]["next"])
    last = told.ask("GET", f"{step.path}?{step.query}", told.bob).json()
    assert [entry["id"] for entry in last["entry"]] == ["1"]
    assert "next" not in last["paging"]


def test_one_sees_the_extensions_of_oneself_and_those_below(told: World) -> None:
    alice, bob = told.alice.id, told.bob.id
    for who, user, seen in (
        (told.bob, "@me", ["3", "2", "1"]),
        (told.beth, "@me", []),
        (told.alice, "@me", ["3", "2", "1"]),
        (told.alice, f"{bob}", ["3", "2", "1"]),
        (told.alice, f"{told.beth.id}", []),
        (told.root, "@viewer", ["3", "2", "1"]),
        (told.root, f"{alice}", ["3", "2", "1"]),
        (told.root, f"{told.charlie.id}", []),
        (told.charlie, "@me", []),
    ):
        assert ids(told, f"/uapi/faxes/{user}/@self", who) == seen
    assert ids(told, "/uapi/inbox/@me/@self", told.alice) == ["3", "1"]
    assert ids(told, "/uapi/inbox/@me/@self", told.charlie) == ["2"]
    assert ids(told, "/uapi/inbox/@me/@self", told.root) == ["3", "2", "1"]


def test_a_fax_belongs_to_the_extension_it_was_sent_from(told: World) -> None:
    with_alice = f"/uapi/faxes/{told.alice.id}/0003*210"
    assert ids(told, with_alice, told.alice) == ids(told, with_alice, told.root) == ["3", "2", "1"]


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("filterBy=state&filterValue=Sent", ["3", "2"]),
        ("filterBy=recipients&filterOp=startsWith&filterValue=777", ["3", "1"]),
        ("filterBy=recipients&filterValue=0003*211&sortOrder=ascending", ["1", "3"]),
        ("filterBy=reason&filterValue=busy", ["1"]),
        ("filterBy=id&filterOp=inArray&filterValue=1,2,7", ["2", "1"]),
        ("filterBy=acceptedAt&filterOp=lessThan&filterValue=2026-02-03T04:05:06Z", []),
        ("filterBy=files&filterOp=contains&filterValue=LETTER&count=1", ["3"]),
        ("filterBy=pages&filterOp=greaterThan&filterValue=3", []),
        ("filterBy=extension&filterValue=0003*210&startIndex=2", ["1"]),
    ],
)
def test_faxes_are_filtered(told: World, query: str, seen: list[str]) -> None:
    for who in (told.bob, told.alice, told.root):
        assert ids(told, f"/uapi/faxes/@me/@self?{query}", who) == seen


def test_recipients_are_listed_in_their_order_with_their_calls(told: World) -> None:
    answer = told.ask("GET", f"{SENT}/1/recipients", told.bob).json()
    assert answer["entry"] == told.ask("GET", f"{SENT}/1", told.bob).json()["recipients"]
    assert answer["totalResults"] == 2
    failed = told.ask("GET", f"{SENT}/1/recipients?filterBy=state&filterValue=failed&fields=number", told.bob).json()
    assert failed["entry"] == [{"number": "7778801"}]


def test_calls_are_listed_the_first_first(told: World) -> None:
    answer = told.ask("GET", f"{SENT}/1/recipients/1/calls?fields=number,outcome&count=2", told.bob).json()
    assert answer["entry"] == [{"number": 1, "outcome": "busy"}, {"number": 2, "outcome": "busy"}]
    assert (answer["totalResults"], answer["paging"].keys()) == (3, {"next"})
    assert told.ask("GET", f"{SENT}/1/recipients/2/calls", told.bob).json()["entry"] == []
    late = f"{SENT}/1/recipients/1/calls?filterBy=startedAt&filterOp=greaterThan&filterValue=2026-02-03T04:05:06Z"
    assert [entry["number"] for entry in told.ask("GET", late, told.bob).json()["entry"]] == [2, 3]


@pytest.mark.parametrize("position", ["0", "3", "-1", "x", "01", "١", "9" * 40])
def test_a_recipient_that_is_not_there_is_not_found(told: World, position: str) -> None:
    answer = told.ask("GET", f"{SENT}/1/recipients/{position}/calls", told.bob)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("/uapi/faxes/@owner/@self", 400, "user_invalid"),
        ("/uapi/faxes/999/@self", 400, "user_invalid"),
        ("/uapi/faxes/x/@self", 400, "user_invalid"),
        ("/uapi/faxes/@me/0003*999", 400, "extension_invalid"),
        ("/uapi/faxes/@me/0003*210?fields=calls", 400, "fields_invalid"),
        ("/uapi/inbox/@me/0003*210/1", 404, "not_found"),
        ("/uapi/inbox/@me/0003*210/x", 404, "not_found"),
        ("/uapi/inbox/@me/@self/1", 400, "extension_invalid"),
        ("/uapi/inbox", 404, "not_found"),
    ],
)
def test_what_is_not_there_has_its_code(told: World, address: str, status: int, code: str) -> None:
    answer = told.ask("GET", address, told.bob)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_nothing_is_found_in_an_empty_list(world: World) -> None:
    for address in (SENT, "/uapi/inbox/@me/0003*210", "/uapi/faxes/@me/@self"):
        answer = world.ask("GET", address, world.bob)
        assert answer.status_code == 200
        assert (answer.json()["entry"], answer.json()["paging"], answer.json()["totalResults"]) == ([], {}, 0)


def test_head_is_answered_as_get_is(told: World) -> None:
    head, get = (told.ask(method, SENT, told.bob) for method in ("HEAD", "GET"))
    assert (head.status_code, head.headers["content-length"]) == (200, get.headers["content-length"])


def test_what_came_in_is_shown_and_marked(tmp_path: Path) -> None:
    with a_world(tmp_path) as world:
        desk = Desk(world)
        desk.finish(desk.send("0003*211"))
        inbox = "/uapi/inbox/@me/0003*211"
        document = world.column("SELECT document FROM inbox")[0]
        unread = {
            "id": "1",
            "extension": "0003*211",
            "sender": "0003*210",
            "receivedAt": "2026-02-03T04:05:06Z",
            "read": False,
            "pages": 3,
            "document": document,
            "complete": True,
        }
        assert world.ask("GET", f"{inbox}/1", world.beth).json() == unread
        assert world.ask("GET", inbox, world.beth).json()["entry"] == [unread]
        read = unread | {"read": True, "readAt": "2026-02-03T04:05:06Z"}
        assert world.ask("PATCH", f"{inbox}/1", world.beth, json={"read": True}).json() == read
        assert ids(world, f"{inbox}?filterBy=read&filterValue=true", world.beth) == ["1"]
        assert ids(world, f"{inbox}?filterBy=read&filterValue=false", world.beth) == []
        assert world.ask("PUT", f"{inbox}/1", world.alice, json={"read": False}).json() == unread
        assert ids(world, f"{inbox}?filterBy=readAt&filterOp=present", world.beth) == []
        for body in (b"", b"{}", b'{"read": 1}', b'{"read": null}', b"[]", b"read"):
            answer = world.ask("PATCH", f"{inbox}/1", world.beth, content=body)
            assert (answer.status_code, answer.json()["error"]["code"]) == (400, "request_invalid")
        assert world.ask("PATCH", f"{inbox}/1", world.bob, json={"read": True}).status_code == 401
        assert world.ask("GET", f"{inbox}/1", world.beth).json() == unread
