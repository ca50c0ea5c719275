"""What GET shows of a fax: everything in the UnifiedAPI's manner, and to nobody who should not see it."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from tests.web.uapi.bodies import files, to
from tests.world import World
from unifax.model.call import Media
from unifax.model.content import Content
from unifax.model.fax import CallView, DeliveryState, DeliveryView, FaxState, FaxView
from unifax.model.manner import BEST, Manner
from unifax.model.outcome import Outcome
from unifax.model.terms import Priority, Terms
from unifax.web.uapi.shape import xml_date_time
from unifax.web.uapi.shapes import fax_shape

SENT_BY_BOB = "/uapi/faxes/@me/0003*210/1"


def accept_one(world: World) -> None:
    answer = world.ask(
        "POST", "/uapi/faxes/@me/0003*210", world.bob, data=to("7778888", "0003*211"), files=files(b"hi")
    )
    assert answer.json()["id"] == "1"


def test_a_fax_is_shown_as_soon_as_it_is_accepted(world: World) -> None:
    accept_one(world)
    answer = world.ask("GET", SENT_BY_BOB, world.bob)
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {
        "id": "1",
        "uid": "00000000000000000000000000000001",
        "extension": "0003*210",
        "state": "Pre-Approved",
        "acceptedAt": "2026-02-03T04:05:06Z",
        "priority": "normal",
        "files": [{"name": "1.txt"}],
        "recipients": [
            {"number": "7778888", "state": "preparing", "pagesConfirmed": 0, "calls": []},
            {"number": "0003*211", "state": "preparing", "pagesConfirmed": 0, "calls": []},
        ],
    }


def test_an_address_may_be_written_in_many_ways(world: World) -> None:
    accept_one(world)
    for address in (
        SENT_BY_BOB + "/",
        "/unifiedapi/faxes/@me/0003*210/1",
        "/uapi/faxes/%40me/0003%2a210/1",
        "/uapi/faxes/@owner/210/1",
        "/uapi/faxes/@viewer/0003*210/01",
        f"/uapi/faxes/{world.bob.id}/210/1",
    ):
        assert world.ask("GET", address, world.bob).status_code == 200
    for above in (world.alice, world.root):
        assert world.ask("GET", SENT_BY_BOB, above).status_code == 200


@pytest.mark.parametrize("fax_id", ["2", "0", "-1", "x", "1.0", "9" * 18, "9" * 19, "9" * 400, "%00", "١"])
def test_a_fax_that_does_not_exist_is_not_found(refusing: World, fax_id: str) -> None:
    answer = refusing.ask("GET", f"/uapi/faxes/@me/0003*210/{fax_id}", refusing.bob)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


def test_a_fax_is_shown_at_its_own_extension_only(world: World) -> None:
    accept_one(world)
    assert world.ask("GET", "/uapi/faxes/@owner/0003*211/1", world.alice).status_code == 404
    assert world.ask("GET", "/uapi/faxes/@me/@self/1", world.bob).json()["error"]["code"] == "extension_invalid"


def test_everything_that_is_known_is_shown_in_the_apis_manner() -> None:
    at = datetime(2026, 2, 3, 6, 5, 6, 987654, tzinfo=timezone(timedelta(hours=2)))
    call = CallView(1, BEST, at, at, at, None, at, Outcome.BUSY, 0, 486, None, None, None, None, "abc@unifax")
    up = CallView(2, Manner(t38=False), at, None, None, None, None, None, 0, None, None, None, None, None, None)
    whole = CallView(1, BEST, at, at, at, at, at, Outcome.SENT, 2, 200, 0, Media.G711, "+1 555", 14400, "def@unifax")
    shown = fax_shape(
        FaxView(
            id=7,
            uid="a" * 32,
            extension="0003*210",
            state=FaxState.SCHEDULED,
            accepted_at=at,
            terms=Terms(Priority.URGENT, at, None),
            pages=2,
            files=("a.pdf", "b.txt"),
            document=Content("f" * 64),
            deliveries=(
                DeliveryView("7778801", DeliveryState.WAITING, 0, Outcome.BUSY, at, False, (call, up)),
                DeliveryView("7778888", DeliveryState.SENT, 2, Outcome.SENT, None, False, (whole,)),
            ),
        )
    ).model_dump(mode="json", by_alias=True, exclude_none=True)
    moment = "2026-02-03T04:05:06Z"
    assert shown["document"] == "f" * 64
    assert (shown["priority"], shown["sendAfter"], "giveUpAt" in shown) == ("urgent", moment, False)
    assert (shown["pages"], shown["files"]) == (2, [{"name": "a.pdf"}, {"name": "b.txt"}])
    waiting, sent = shown["recipients"]
    assert waiting == {
        "number": "7778801",
        "state": "waiting",
        "pagesConfirmed": 0,
        "reason": {"code": "busy", "text": "the number is busy", "fault": "callee"},
        "nextCallAt": moment,
        "calls": [
            {
                "number": 1,
                "manner": {"t38": True, "ecm": True, "modem": "v17"},
                "startedAt": moment,
                "ringingAt": moment,
                "answeredAt": moment,
                "endedAt": moment,
                "outcome": "busy",
                "pagesConfirmed": 0,
                "sipStatus": 486,
                "callId": "abc@unifax",
            },
            {
                "number": 2,
                "manner": {"t38": False, "ecm": True, "modem": "v17"},
                "startedAt": moment,
                "pagesConfirmed": 0,
            },
        ],
    }
    assert sent["calls"][0] == {
        "number": 1,
        "manner": {"t38": True, "ecm": True, "modem": "v17"},
        "startedAt": moment,
        "ringingAt": moment,
        "answeredAt": moment,
        "t38At": moment,
        "endedAt": moment,
        "outcome": "sent",
        "pagesConfirmed": 2,
        "sipStatus": 200,
        "t30Code": 0,
        "media": "g711",
        "farStationId": "+1 555",
        "bitsPerSecond": 14400,
        "callId": "def@unifax",
    }


def test_a_moment_is_told_in_utc_to_the_second() -> None:
    assert xml_date_time(datetime(2015, 1, 23, 4, 56, 22, 1, tzinfo=UTC)) == "2015-01-23T04:56:22Z"


def test_head_is_answered_as_get_is(world: World) -> None:
    accept_one(world)
    head, get = (world.ask(method, SENT_BY_BOB, world.bob) for method in ("HEAD", "GET"))
    assert (head.status_code, head.headers["content-length"]) == (200, get.headers["content-length"])
    assert set(world.ask("PUT", SENT_BY_BOB, world.bob).headers["allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
