"""What is kept of a fax, as its owner says it over HTTP."""

import pytest

from tests.desk import Desk, ends, give_pages
from tests.world import World
from unifax.model.outcome import Outcome

SENT, RECEIVED = "/uapi/faxes/@me/0003*210/1", "/uapi/inbox/@me/0003*211/1"


@pytest.fixture
def over(world: World) -> World:
    """A fax that Bob has sent to Beth, and to a number."""
    desk = Desk(world)
    desk.far_ends["7778888"] = [ends(Outcome.SENT, 2)]
    desk.rendering = lambda files: 2
    desk.finish(desk.send("0003*211", "7778888"))
    give_pages(world)
    return world


def code(answer: object) -> object:
    return answer["error"]["code"]  # type: ignore[index]  # the JSON of a refusal


@pytest.mark.parametrize("of", [SENT, RECEIVED])
def test_a_content_is_deleted_and_a_receipt_is_there(over: World, of: str) -> None:
    owner = over.bob if of == SENT else over.beth
    assert over.ask("GET", f"{of}/deletion", owner).status_code == 404
    assert over.ask("GET", f"{of}/document.pdf", owner).status_code == 200
    assert over.ask("DELETE", f"{of}/content", owner).status_code == 204
    assert over.ask("DELETE", f"{of}/content", owner).status_code == 204
    gone = over.ask("GET", f"{of}/document.pdf", owner)
    assert (gone.status_code, code(gone.json())) == (410, "content_forgotten")
    receipt = over.ask("GET", f"{of}/deletion", owner).json()
    assert (receipt["why"], receipt["accountId"]) == ("asked", str(owner.id))
    shown = over.ask("GET", of, owner).json()
    assert shown["document"] == receipt["contents"][0]["sha256"]
    assert shown["contentDeletedAt"] == receipt["at"]


@pytest.mark.parametrize("of", [SENT, RECEIVED])
def test_an_organization_holds_what_its_users_would_delete(over: World, of: str) -> None:
    owner = over.bob if of == SENT else over.beth
    assert over.ask("PUT", f"{of}/hold", over.alice).status_code == 204
    assert "heldAt" in over.ask("GET", of, owner).json()
    refused = over.ask("DELETE", f"{of}/content", owner)
    assert (refused.status_code, code(refused.json())) == (409, "conflict")
    assert over.ask("DELETE", f"{of}/hold", owner).status_code == 401
    assert over.ask("DELETE", f"{of}/hold", over.alice).status_code == 204
    assert over.ask("DELETE", f"{of}/content", owner).status_code == 204


@pytest.mark.parametrize("verb", ["DELETE {}/content", "GET {}/deletion", "PUT {}/hold", "DELETE {}/hold"])
@pytest.mark.parametrize("of", [SENT, RECEIVED])
def test_a_stranger_says_nothing_about_it(over: World, verb: str, of: str) -> None:
    method, path = verb.format(of).split()
    assert over.ask(method, path, over.charlie).status_code == 401


def test_a_sender_says_how_long_a_fax_is_kept(world: World) -> None:
    files = [("files", ("a.txt", b"text")), ("request", (None, '{"recipients":["7778888"],"label":"hr","keepDays":7}'))]
    assert world.ask("POST", "/uapi/faxes/@me/0003*210", world.bob, files=files).status_code == 200
    shown = world.ask("GET", SENT, world.bob).json()
    assert (shown["label"], shown["keepDays"]) == ("hr", 7)


@pytest.mark.parametrize(
    "wrong", ['"label":"two words"', '"label":7', '"keepDays":0', '"keepDays":true', '"keepDays":"7"']
)
def test_what_is_no_rule_is_refused(world: World, wrong: str) -> None:
    files = [("files", ("a.txt", b"text")), ("request", (None, f'{{"recipients":["7778888"],{wrong}}}'))]
    refused = world.ask("POST", "/uapi/faxes/@me/0003*210", world.bob, files=files)
    assert (refused.status_code, code(refused.json())) == (400, "request_invalid")
    assert world.nothing_is_left()
