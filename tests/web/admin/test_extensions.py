"""Extensions: numbers, prefixes, how they present themselves, whether they may fax."""

import httpx
import pytest

from tests.web.uapi.bodies import files, to
from tests.world import World
from unifax.store import accounts


def error(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_an_extension_is_made_and_faxes(world: World) -> None:
    new = {"ownerId": world.bob.id, "number": "0003*222", "stationId": "+1 415 222", "headerText": "Bob & Co."}
    made = world.ask("POST", "/admin/extensions", world.alice, json=new)
    assert made.status_code == 200
    assert made.json() == {
        "id": made.json()["id"],
        "number": "0003*222",
        "ownerId": str(world.bob.id),
        "stationId": "+1 415 222",
        "headerText": "Bob & Co.",
        "headerPosition": "auto",
        "headerLine": "{date} | {sender} | {station} | page {page} of {pages}",
        "resolution": "auto",
        "faxEnabled": True,
        "resume": True,
        "maxCalls": 2,
        "whenUncertain": "hold",
        "keepDays": 0,
        "mailReceived": [],
        "mailReports": [],
        "mailSenders": [],
        "cover": "",
        "telephoneNumbers": [],
        "active": True,
    }
    assert world.ask("GET", "/admin/extensions/0003*222", world.bob).json() == made.json()
    for number in ("0003*222", "222"):
        sent = world.ask("POST", f"/uapi/faxes/@me/{number}", world.bob, data=to("7778888"), files=files(b"hello"))
        assert sent.status_code == 200


def test_what_is_not_said_is_told_by_its_number_and_its_user(world: World) -> None:
    long = {"ownerId": str(world.bob.id), "number": "0003*1234567890123456", "faxEnabled": False}
    made = world.ask("POST", "/admin/extensions", world.alice, json=long).json()
    assert made["stationId"] == "0003*123456789012345"
    assert (made["headerText"], made["faxEnabled"], made["active"]) == ("bob", False, False)


def test_an_administrator_alone_leaves_out_what_the_law_asks_for(world: World) -> None:
    path = "/admin/extensions/0003*210"
    line = "{sender}, {station} | {date} | {recipient} | {page}/{pages}"
    changed = world.ask("PATCH", path, world.alice, json={"headerLine": line, "headerPosition": "over"}).json()
    assert (changed["headerLine"], changed["headerPosition"]) == (line, "over")
    for change in ({"headerLine": "{sender} | {station}"}, {"headerPosition": "off"}):
        assert world.ask("PATCH", path, world.alice, json=change).status_code == 401
    new = {"ownerId": str(world.bob.id), "number": "0003*222", "headerPosition": "off"}
    assert world.ask("POST", "/admin/extensions", world.alice, json=new).status_code == 401
    made = world.ask("POST", "/admin/extensions", world.root, json=new).json()
    assert made["headerPosition"] == "off"
    kept = {"headerText": "Bob", "headerPosition": "off"}  # what an administrator has left out, others need not put in
    assert world.ask("PATCH", "/admin/extensions/0003*222", world.alice, json=kept).status_code == 200


def test_an_administrator_says_which_telephone_numbers_it_has(world: World) -> None:
    path = "/admin/extensions/0003*210"
    given = {"telephoneNumbers": ["+49 40 1234", "0049401234", "0151-77"], "maxCalls": 0}
    changed = world.ask("PATCH", path, world.root, json=given).json()
    assert (changed["telephoneNumbers"], changed["maxCalls"]) == (["015177", "49401234"], 0)
    listed = world.ask("GET", "/admin/extensions?filterBy=telephoneNumbers&filterValue=49401234", world.alice)
    assert listed.json()["entry"] == [changed]
    assert world.ask("PATCH", path, world.alice, json={"telephoneNumbers": ["55"]}).status_code == 401
    for numbers in (["zero"], ["55"] * 1001, "55", [55]):
        assert world.ask("PATCH", path, world.root, json={"telephoneNumbers": numbers}).status_code == 400
    other = {"telephoneNumbers": ["+5550100", "49401234"]}
    assert world.ask("PATCH", "/admin/extensions/0004*210", world.root, json=other).status_code == 409
    assert world.ask("GET", "/admin/extensions/0004*210", world.root).json()["telephoneNumbers"] == []
    new = {
        "ownerId": str(world.bob.id),
        "number": "0003*222",
        "telephoneNumbers": ["5550100"],
        "maxCalls": 3,
        "keepDays": 9,
    }
    made = world.ask("POST", "/admin/extensions", world.root, json=new).json()
    assert (made["telephoneNumbers"], made["maxCalls"], made["keepDays"]) == (["5550100"], 3, 9)
    assert world.ask("PATCH", path, world.root, json={"telephoneNumbers": []}).json()["telephoneNumbers"] == []


def test_whether_it_goes_on_after_the_pages_confirmed_can_be_changed(world: World) -> None:
    new = {"ownerId": str(world.bob.id), "number": "0003*222", "resume": False}
    assert world.ask("POST", "/admin/extensions", world.alice, json=new).json()["resume"] is False
    path = "/admin/extensions/0003*222"
    assert world.ask("PATCH", path, world.alice, json={"resume": True}).json()["resume"] is True
    assert world.ask("GET", path, world.bob).json()["resume"] is True
    assert world.ask("PATCH", path, world.alice, json={"whenUncertain": "ask"}).json()["whenUncertain"] == "ask"
    assert world.ask("PATCH", path, world.alice, json={"whenUncertain": "panic"}).status_code == 400
    refused = world.ask("PATCH", path, world.alice, json={"resume": "no"})
    assert refused.status_code == 400


def test_an_extension_that_may_not_fax_neither_sends_nor_receives(world: World) -> None:
    path = "/admin/extensions/0003*210"
    assert world.ask("PATCH", path, world.alice, json={"faxEnabled": False}).json()["active"] is False
    body = {"data": to("7778888"), "files": files(b"hello")}
    assert error(world.ask("POST", "/uapi/faxes/@me/0003*210", world.bob, **body)) == (401, "access_denied")
    body = {"data": to("0003*210"), "files": files(b"hello")}
    answer = world.ask("POST", "/uapi/faxes/@me/0003*211", world.beth, **body)
    assert error(answer) == (400, "fx_recipients_invalid")
    assert world.ask("PATCH", path, world.alice, json={"faxEnabled": True}).json()["active"] is True
    assert world.ask("POST", "/uapi/faxes/@me/0003*211", world.beth, **body).is_success


def test_a_change_is_what_the_next_fax_is_sent_with(world: World) -> None:
    change = {"stationId": "0800 FAX".replace("FAX", "329"), "headerText": "Praxis Dr. Weiß"}
    changed = world.ask("PATCH", "/admin/extensions/0003*210", world.alice, json=change).json()
    kept = world.db.read(accounts.extension_named, "0003*210")
    assert kept is not None
    assert (kept.station_id, kept.header_text) == ("0800 329", "Praxis Dr. Weiß")
    assert (changed["stationId"], changed["headerText"]) == (kept.station_id, kept.header_text)


def test_a_client_prefix_stays_that_of_one_organization(world: World) -> None:
    def make(who: str, owner: int, number: str) -> httpx.Response:
        return world.ask("POST", "/admin/extensions", getattr(world, who), json={"ownerId": owner, "number": number})

    # An organization uses the prefixes it has; which others there are, it does not learn.
    assert make("alice", world.bob.id, "0003*300").status_code == 200
    told = {make("alice", world.bob.id, number).json()["error"]["message"].replace("0005", "0004") for number in FREE}
    assert len(told) == 1
    assert error(make("alice", world.bob.id, "0004*300")) == (401, "access_denied")
    # An administrator begins new ones, and takes none from another.
    assert error(make("root", world.bob.id, "0004*300")) == (409, "conflict")
    assert make("root", world.bob.id, "0005*300").status_code == 200
    assert make("alice", world.beth.id, "0005*301").status_code == 200
    assert error(make("root", world.charlie.id, "0005*302")) == (409, "conflict")
    assert error(make("root", world.bob.id, "0003*210")) == (409, "conflict")
    assert make("root", world.bob.id, "003*210").status_code == 200, "another prefix, however alike"


FREE = ("0004*300", "0005*300")


def test_only_users_have_extensions(world: World) -> None:
    for owner in (world.alice.id, world.root.id):
        new = {"ownerId": owner, "number": "0003*300"}
        assert error(world.ask("POST", "/admin/extensions", world.root, json=new)) == (400, "request_invalid")


@pytest.mark.parametrize(
    "change",
    [
        {"number": "210"},
        {"number": "0003*"},
        {"number": "+1415"},
        {"number": "0003*21O"},
        {"number": "٠٠٠٣*210"},
        {"number": "1" * 17 + "*1"},
        {"stationId": ""},
        {"stationId": "ACME"},
        {"stationId": "1" * 21},
        {"headerText": "two\nlines"},
        {"headerText": "x" * 61},
        {"headerPosition": "below"},
        {"resolution": "best"},
        {"resolution": 300},
        {"headerLine": "{date} {who} {station}"},
        {"headerLine": "{date} {sender} {station"},
        {"headerLine": "x" * 101},
        {"faxEnabled": "yes"},
        {"faxEnabled": 1},
        {"ownerId": "@me"},
        {"short": "210"},
    ],
)
def test_what_is_not_exact_is_refused(refusing: World, change: dict[str, object]) -> None:
    new = {"ownerId": refusing.bob.id, "number": "0003*444", **change}
    assert error(refusing.ask("POST", "/admin/extensions", refusing.root, json=new)) == (400, "request_invalid")
    answer = refusing.ask("PATCH", "/admin/extensions/0003*210", refusing.root, json=change)
    assert error(answer) == (400, "request_invalid")
    assert refusing.db.read(accounts.extension_named, "0003*444") is None


def test_an_extension_with_faxes_is_not_removed(world: World) -> None:
    body = {"data": to("0003*211"), "files": files(b"hello")}
    assert world.ask("POST", "/uapi/faxes/@me/0003*210", world.bob, **body).is_success
    for number in ("0003*210", "0003*211"):
        assert error(world.ask("DELETE", f"/admin/extensions/{number}", world.alice)) == (409, "conflict")
        assert world.ask("GET", f"/admin/extensions/{number}", world.alice).is_success
    assert world.ask("DELETE", "/admin/extensions/0004*210", world.root).status_code == 204
    assert error(world.ask("GET", "/admin/extensions/0004*210", world.root)) == (404, "not_found")


def test_a_number_may_be_spelt_as_addresses_are(refusing: World) -> None:
    for number in ("0003*210", "0003%2A210", "0003*210/"):
        assert refusing.ask("GET", f"/admin/extensions/{number}", refusing.bob).json()["number"] == "0003*210"
    for number in ("210", "0003*999", "x"):
        assert error(refusing.ask("GET", f"/admin/extensions/{number}", refusing.bob)) == (404, "not_found")


def test_the_list_can_be_asked_for_a_users(world: World) -> None:
    asked = f"/admin/extensions?filterBy=ownerId&filterValue={world.beth.id}&fields=number"
    assert world.ask("GET", asked, world.alice).json()["entry"] == [{"number": "0003*211"}]


def test_its_mail_addresses_and_its_cover_page_can_be_changed(world: World) -> None:
    path = "/admin/extensions/0003*210"
    given = {"mailReceived": ["desk@Example.COM", "desk@example.com"], "mailSenders": ["ann.o'hara+fax@example.com"]}
    changed = world.ask("PATCH", path, world.alice, json={**given, "cover": "letterhead"}).json()
    assert (changed["mailReceived"], changed["mailReports"]) == (["desk@example.com"], [])
    assert (changed["mailSenders"], changed["cover"]) == (["ann.o'hara+fax@example.com"], "letterhead")
    kept = world.ask("PATCH", path, world.alice, json={"mailReports": ["a@b.example"], "mailReceived": []}).json()
    assert (kept["mailReceived"], kept["mailReports"], kept["cover"]) == ([], ["a@b.example"], "letterhead")
    long = "a" * 65 + "@example.com"
    for wrong in (
        "",
        "a",
        "@b",
        "a@",
        "a b@c",
        "a@b\r\nBcc: x@y",
        "a@b,c@d",
        "<a@b>",
        '"a b"@c',
        "a@[127.0.0.1]",
        long,
    ):
        assert world.ask("PATCH", path, world.alice, json={"mailReceived": [wrong]}).status_code == 400, wrong
    assert world.ask("PATCH", path, world.alice, json={"mailReceived": ["a@b"] * 21}).status_code == 400
    assert world.ask("PATCH", path, world.alice, json={"cover": "../x"}).status_code == 400
