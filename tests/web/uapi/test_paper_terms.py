"""What a request asks of paper is kept with the fax and shown; what makes no sense is named."""

import json
from collections.abc import Mapping

import httpx
import pytest

from tests.desk import Desk
from tests.papers import reports
from tests.web.uapi.bodies import files
from tests.world import World

FAXES = "/uapi/faxes/@me/0003*210"
ASKED = {
    "resolution": "superfine",
    "treatment": "text",
    "pages": {"1": {"treatment": "photo"}},
    "charset": "windows-1255",
    "cover": {"to": "Ann", "from": "Bob", "subject": "Order", "urgent": True},
}
SHOWN = {
    **ASKED,
    "cover": {
        "template": "plain",
        "language": "en",
        "to": "Ann",
        "from": "Bob",
        "subject": "Order",
        "urgent": True,
        "confidential": False,
    },
}


def send(world: World, asked: Mapping[str, object], **headers: str) -> httpx.Response:
    request = {"request": json.dumps({"recipients": ["7778888"], **asked})}
    return world.ask("POST", FAXES, world.bob, data=request, files=files(b"hi"), headers=headers)


def test_what_was_asked_is_shown_with_the_fax_and_in_lists(world: World) -> None:
    send(world, ASKED)
    assert world.ask("GET", f"{FAXES}/1", world.bob).json()["paper"] == SHOWN
    assert world.ask("GET", FAXES, world.bob).json()["entry"][0]["paper"] == SHOWN


def test_a_fax_whose_files_are_announced_can_ask_the_same(world: World) -> None:
    announced = {"recipients": ["7778888"], "files": [{"name": "a.txt", "size": 2, "type": "text/plain"}], **ASKED}
    assert world.ask("POST", FAXES, world.bob, json=announced).status_code == 200
    assert world.ask("GET", f"{FAXES}/1", world.bob).json()["paper"] == SHOWN


def test_a_cover_is_made_from_a_template_that_there_is(world: World) -> None:
    found = world.ask("GET", "/uapi/covers", world.bob).json()
    assert found == {"templates": ["plain", "letterhead"], "languages": ["en", "de", "es", "fr", "he", "ar"]}
    assert send(world, {"cover": {"template": "letterhead"}}).status_code == 200
    answer = send(world, {"cover": {"template": "other"}})
    assert answer.status_code == 400
    assert answer.json()["error"]["message"] == "'cover.template' must be one of plain, letterhead."


def test_files_are_looked_into_in_the_charset_that_was_named(world: World) -> None:
    send(world, {"charset": "Windows-1255"})
    send(world, {})
    announced = {"recipients": ["7778888"], "files": [{"name": "a.txt", "size": 2, "type": "text/plain"}], **ASKED}
    (file,) = world.ask("POST", FAXES, world.bob, json=announced).json()["files"]
    address = file["redirectUri"].removeprefix("http://fax.example")
    assert world.ask("PUT", address, content=b"hi").status_code == 200
    assert world.charsets == ["windows-1255", None, "windows-1255"]


def test_the_resolution_of_the_extension_is_for_those_who_ask_for_none(world: World) -> None:
    world.ask("PATCH", "/admin/extensions/0003*210", world.alice, json={"resolution": "superfine"})
    for asked in ({}, {"resolution": None}, {"resolution": "auto"}, {"resolution": "300"}):
        send(world, asked)
    shown = [world.ask("GET", f"{FAXES}/{number}", world.bob).json().get("paper") for number in (1, 2, 3, 4)]
    assert shown == [{"resolution": "superfine"}, {"resolution": "superfine"}, None, {"resolution": "300"}]


def test_who_asks_nothing_is_shown_nothing(world: World) -> None:
    send(world, {"resolution": "auto", "treatment": "auto", "cover": None})
    assert "paper" not in world.ask("GET", f"{FAXES}/1", world.bob).json()


@pytest.mark.parametrize("member", ASKED)
def test_what_makes_no_sense_is_named_and_nothing_is_kept(world: World, member: str) -> None:
    answer = send(world, {**ASKED, member: 7})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "request_invalid")
    assert f"'{member}" in answer.json()["error"]["message"]
    assert world.nothing_is_left()


def test_a_page_that_is_not_there_is_named_and_nothing_is_kept(world: World) -> None:
    answer = send(world, {"pages": {"1": {"treatment": "photo"}, "2": {"treatment": "text"}}})
    assert (answer.status_code, answer.json()["error"]["message"]) == (
        400,
        "'pages.2' is not there: the last page is 1.",
    )
    assert world.nothing_is_left()


def test_the_same_key_with_other_paper_is_another_request(world: World) -> None:
    key = {"Idempotency-Key": "k"}
    assert send(world, ASKED, **key).status_code == 200
    assert send(world, ASKED, **key).headers["idempotency-replayed"] == "true"
    assert send(world, {**ASKED, "resolution": "fine"}, **key).status_code == 422


def test_what_became_of_the_pages_is_shown_once_they_are_made_but_not_in_lists(world: World) -> None:
    desk = Desk(world)
    fax_id = desk.send("7778888")
    assert "pageReports" not in world.ask("GET", f"{FAXES}/{fax_id}", world.bob).json()
    desk.step()
    assert world.ask("GET", f"{FAXES}/{fax_id}", world.bob).json()["pageReports"] == [
        {
            "page": page.number,
            "file": "letter.txt",
            "resolution": "fine",
            "treatment": "text",
            "seconds": 16.7,
            "warnings": [],
        }
        for page in reports(3)
    ]
    assert "pageReports" not in world.ask("GET", FAXES, world.bob).json()["entry"][0]
