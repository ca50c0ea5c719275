"""What is known of the numbers that were called: seen, decided upon, forgotten."""

from datetime import timedelta

import httpx
import pytest

from tests.world import NOW, World
from unifax.model.call import CallReport, Media
from unifax.model.manner import BEST, Ability, Manner, Modem
from unifax.model.outcome import Outcome
from unifax.model.paper import Resolution
from unifax.store.destinations import note_call
from unifax.store.manners import learn

PATH = "/admin/destinations/7778888"
SENT = CallReport(Outcome.SENT, 1, media=Media.G711, far_station_id="+49 7778888", bits_per_second=9600)
SLOW = Ability(ecm=False, modem=Modem.V27TER)


def ask(world: World, method: str, path: str = PATH, body: object = None) -> httpx.Response:
    return world.ask(method, path, world.root, json=body)


def call(world: World, report: CallReport, manner: Manner = BEST, number: str = "7778888", minutes: int = 0) -> None:
    now = NOW + timedelta(minutes=minutes)
    world.db.write(lambda conn: note_call(conn, number, answered=report.media is not None, now=now))
    world.db.write(learn, number, "carrier", manner, report, now)


def test_what_calls_have_taught_is_shown_by_trunk_and_manner(world: World) -> None:
    call(world, CallReport(Outcome.PROTOCOL, media=Media.T38, far_ability=SLOW))
    call(world, SENT, Manner(t38=False), minutes=1)
    assert ask(world, "GET").json() == {
        "number": "7778888",
        "unanswered": 0,
        "triedAt": "2026-02-03T04:06:06Z",
        "farStationId": "+49 7778888",
        "farAbility": {"ecm": False, "modem": "v27ter", "resolutions": [*Resolution]},
        "known": [
            {
                "trunk": "carrier",
                "manner": {"t38": True, "ecm": True, "modem": "v17"},
                "failedAt": "2026-02-03T04:05:06Z",
                "failures": 1,
                "outcome": "protocol",
                "media": "t38",
            },
            {
                "trunk": "carrier",
                "manner": {"t38": False, "ecm": True, "modem": "v17"},
                "workedAt": "2026-02-03T04:06:06Z",
                "failures": 0,
                "bitsPerSecond": 9600,
            },
        ],
    }


def test_what_is_decided_replaces_what_was_decided_before(world: World) -> None:
    assert ask(world, "PUT", body={"t38": False, "modem": "v29"}).json()["pin"] == {"t38": False, "modem": "v29"}
    assert ask(world, "PUT", body={"ecm": False, "modem": None}).json()["pin"] == {"ecm": False}
    assert "pin" not in ask(world, "PUT", body={}).json()
    assert ask(world, "GET").json() == {"number": "7778888", "unanswered": 0, "known": []}


@pytest.mark.parametrize("body", [{"t38": "yes"}, {"ecm": 1}, {"modem": "v34"}, {"resolution": "sharp"}, []])
def test_what_cannot_be_decided_changes_nothing(world: World, body: object) -> None:
    ask(world, "PUT", body={"ecm": False})
    refused = ask(world, "PUT", body=body)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "request_invalid")
    assert ask(world, "GET").json()["pin"] == {"ecm": False}


def test_a_number_is_one_in_every_spelling(world: World) -> None:
    assert ask(world, "PUT", "/admin/destinations/+49%2030%20901820", {"ecm": False}).json()["number"] == "+4930901820"
    assert ask(world, "GET", "/admin/destinations/%2B4930901820").json()["pin"] == {"ecm": False}
    refused = ask(world, "GET", "/admin/destinations/nobody")
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "fx_recipients_invalid")


def test_what_is_forgotten_is_gone_but_for_the_calls_that_nobody_answered(world: World) -> None:
    assert ask(world, "GET").status_code == ask(world, "DELETE").status_code == 404
    call(world, SENT)
    ask(world, "PUT", body={"t38": False})
    assert ask(world, "DELETE").status_code == 204
    assert ask(world, "GET").status_code == 404
    assert not world.column("SELECT trunk FROM manners")
    call(world, CallReport(Outcome.BUSY))
    assert ask(world, "DELETE").status_code == 204
    assert ask(world, "GET").json()["unanswered"] == 1, "who is called may rest all the same"


def test_numbers_are_listed_and_filtered(world: World) -> None:
    for number in ("7778801", "7778888", "7778802"):
        call(world, SENT, number=number)
    shown = ask(world, "GET", "/admin/destinations?count=2").json()
    assert ([each["number"] for each in shown["entry"]], shown["totalResults"]) == (["7778801", "7778888"], 3)
    assert [len(each["known"]) for each in shown["entry"]] == [1, 1]
    [one] = ask(world, "GET", "/admin/destinations?filterBy=number&filterValue=7778802").json()["entry"]
    assert one["number"] == "7778802"
