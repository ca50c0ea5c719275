"""What happened in a call, for those who may see the fax: a ladder, or JSON."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.desk import Desk, dies, ends
from tests.world import World, a_world
from unifax.model.call import CallOrder, CallReport, Milestone, Progress, Record
from unifax.model.outcome import Outcome
from unifax.model.transcript import Entry, Layer, Way
from unifax.web.uapi.transcripts import wants_json

FIRST = "/uapi/faxes/@me/0003*210/1/recipients/1/calls/1/transcript"
PACKETS = FIRST.replace("transcript", "packets.pcap.gz")


async def is_not_allowed(order: CallOrder, record: Record) -> CallReport:
    entries = (
        Entry(0.0, Layer.SIP, Way.OUT, f"INVITE sip:{order.number}@192.0.2.1\nCSeq: 1 INVITE"),
        Entry(0.1, Layer.SIP, Way.IN, "403 Forbidden\nServer: carrier"),
        Entry(0.1, Layer.MEDIA, None, "none", {"came": 0}),
    )
    return CallReport(Outcome.NOT_AUTHORIZED, sip_status=403, transcript=entries, packets=b"packets")


@pytest.fixture(scope="module")
def called(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Bob's fax was refused by the carrier."""
    with a_world(tmp_path_factory.mktemp("called")) as world:
        desk = Desk(world)
        desk.far_ends["7778888"] = [is_not_allowed]
        desk.finish(desk.send("7778888"))
        yield world


def test_people_get_a_ladder_with_the_likely_cause(called: World) -> None:
    answer = called.ask("GET", FIRST, called.bob)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["vary"] == "Accept"
    lines = answer.text.splitlines()
    assert lines[:4] == [
        "Call 1, begun 2026-02-03 04:05:06 UTC",
        "not_authorized: the trunk does not let us call",
        "Likely cause: the server knows us and does not let us call: the number, the caller's number or our address is"
        " not allowed",
        "What helps: ask the carrier whether this address (line.address) and caller id may call this number",
    ]
    assert any(line.startswith("     0.100  |<-- 403 Forbidden ---") for line in lines)
    assert lines[-2:] == ["0.100 < 403 Forbidden", "Server: carrier"]


def test_programs_get_json(called: World) -> None:
    answer = called.ask("GET", FIRST, called.bob, headers={"Accept": "application/json"})
    assert answer.headers["content-type"] == "application/json"
    told = answer.json()
    assert (told["call"]["number"], told["call"]["outcome"], told["call"]["sipStatus"]) == (1, "not_authorized", 403)
    assert set(told["advice"]) == {"cause", "remedy"}
    assert told["entries"] == [
        {"at": 0.0, "layer": "sip", "way": "out", "text": "INVITE sip:7778888@192.0.2.1\nCSeq: 1 INVITE"},
        {"at": 0.1, "layer": "sip", "way": "in", "text": "403 Forbidden\nServer: carrier"},
        {"at": 0.1, "layer": "media", "text": "none", "counts": {"came": 0}},
    ]


def test_packets_are_handed_out_as_a_file(called: World) -> None:
    answer = called.ask("GET", PACKETS, called.bob)
    assert (answer.headers["content-type"], answer.content) == ("application/gzip", b"packets")
    assert answer.headers["content-disposition"] == 'attachment; filename="fax-1-1-1.pcap.gz"'
    assert called.ask("GET", PACKETS.replace("@me", "@owner"), called.charlie).status_code == 401


def test_a_call_without_packets_has_none(world: World) -> None:
    desk = Desk(world)
    desk.far_ends["7778888"] = [ends(Outcome.BUSY)]
    desk.send("7778888")
    desk.step()
    desk.step()
    answer = world.ask("GET", PACKETS, world.bob)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


def test_of_a_call_whose_process_died_the_transcript_is_what_was_written_down(world: World) -> None:
    async def dies_once_answered(order: CallOrder, record: Record) -> CallReport:
        desk.now += timedelta(seconds=12)
        await record(Progress(Milestone.ANSWERED))
        return await dies(order, record)

    desk = Desk(world)
    desk.far_ends["7778888"] = [dies_once_answered]
    desk.send("7778888")
    desk.step()
    with pytest.raises(asyncio.CancelledError):
        desk.step()
    assert world.ask("GET", FIRST, world.bob).status_code == 404, "it has not ended yet, as far as is known"
    desk.step()
    text = world.ask("GET", FIRST, world.bob).text
    assert "lost: our own process ended during the call" in text
    told = [line.split("|  ")[1] for line in text.splitlines() if "|  " in line]
    assert told[:3] == ["now dialling", "now answered", "result: lost; 0 pages were written down as confirmed"]


def test_only_who_may_see_the_fax_sees_its_calls(called: World) -> None:
    for above in (called.alice, called.root):
        assert called.ask("GET", FIRST, above).status_code == 200
    assert called.ask("GET", FIRST.replace("@me", "@owner"), called.charlie).status_code == 401


@pytest.mark.parametrize("there", ["1/calls/2", "2/calls/1", "x/calls/y", "1/calls/%00"])
def test_a_call_that_was_not_made_is_not_found(called: World, there: str) -> None:
    answer = called.ask("GET", FIRST.replace("1/calls/1", there), called.bob)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("accept", "json"),
    [
        ("", False),
        ("*/*", False),
        ("text/html, */*;q=0.8", False),
        ("application/json", True),
        ("Application/JSON; charset=utf-8", True),
        ("text/plain, application/json;q=0.5", False),
        ("text/plain;q=0.5, application/json", True),
        ("application/json;q=0", False),
        ("application/json;q=x", False),
    ],
)
def test_json_is_for_those_who_ask_for_it(accept: str, json: bool) -> None:
    assert wants_json(accept) is json
