"""Transcripts: kept beside the call, never in its way, and forgotten in time."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.desk import PAGES, Desk, FarEnd, ends
from tests.world import World, a_world
from unifax.model.call import CallOrder, CallReport, Record
from unifax.model.errors import NotFound
from unifax.model.fax import FaxState
from unifax.model.outcome import Outcome
from unifax.model.transcript import Entry, Layer, Way
from unifax.service import recording
from unifax.service.recording import Records

INVITE = Entry(0.0, Layer.SIP, Way.OUT, "INVITE sip:7778888@192.0.2.1")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_world(tmp_path) as world:
        yield Desk(world)


def recorded(outcome: Outcome, pages: int, *entries: Entry) -> FarEnd:
    async def far_end(order: CallOrder, record: Record) -> CallReport:
        report = await ends(outcome, pages)(order, record)
        return CallReport(report.outcome, report.pages_confirmed, transcript=entries)

    return far_end


def of_call(world: World, number: str, *, position: str = "1", fax_id: str = "1") -> list[Entry]:
    address = ("@me", "0003*210", fax_id, position, number)
    _, call, entries = world.db.read(recording.transcript, world.bob.viewer, *address)
    assert str(call.number) == number
    return list(entries)


def test_each_call_has_its_own_transcript(desk: Desk) -> None:
    busy = Entry(1.0, Layer.SIP, Way.IN, "486 Busy Here")
    desk.far_ends["7778888"] = [recorded(Outcome.BUSY, 0, INVITE, busy), recorded(Outcome.SENT, PAGES, INVITE)]
    assert desk.finish(desk.send("7778888")).state is FaxState.SENT
    assert of_call(desk.world, "1") == [INVITE, busy]
    assert of_call(desk.world, "2") == [INVITE]


@pytest.mark.parametrize(
    ("position", "number"), [("0", "1"), ("2", "1"), ("x", "1"), ("1", "0"), ("1", "2"), ("1", "01"), ("1", "9" * 30)]
)
def test_a_call_that_was_not_made_has_none(desk: Desk, position: str, number: str) -> None:
    desk.far_ends["7778888"] = [recorded(Outcome.SENT, PAGES, INVITE)]
    desk.finish(desk.send("7778888"))
    with pytest.raises(NotFound):
        of_call(desk.world, number, position=position)


def test_a_call_whose_line_brings_none_has_none(desk: Desk) -> None:
    desk.far_ends["7778888"] = [ends(Outcome.SENT, PAGES)]
    desk.finish(desk.send("7778888"))
    with pytest.raises(NotFound, match="Nothing is kept"):
        of_call(desk.world, "1")


def test_a_transcript_that_cannot_be_kept_fails_no_call(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.world.execute("DROP TABLE call_records")
    desk.far_ends["7778888"] = [recorded(Outcome.SENT, PAGES, INVITE)]
    assert desk.finish(desk.send("7778888")).state is FaxState.SENT
    assert [each.getMessage() for each in caplog.records if each.levelname == "ERROR"] == [
        "fax 1 call 1.1: no transcript"
    ]


def test_transcripts_are_forgotten_in_time(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "FORGOTTEN_AT_ONCE", 1)
    desk.far_ends["7778888"] = [recorded(Outcome.SENT, PAGES, INVITE) for _ in range(3)]
    begun = desk.now
    for days in (0, 1, 2):
        desk.now = begun + timedelta(days=days)
        desk.finish(desk.send("7778888"))
    desk.world.run(Records(desk.world.db, 1, lambda: begun + timedelta(days=2, seconds=1)).forget())
    assert desk.world.column("SELECT delivery_id FROM call_records") == [3]
