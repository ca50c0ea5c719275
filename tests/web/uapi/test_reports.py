"""The transmission report of a fax over HTTP: what it is made of, and when there is none."""

from collections.abc import Iterator

import pytest

from tests.desk import Desk, ends, give_pages
from tests.world import World, a_world
from unifax.documents.report import Report
from unifax.model.outcome import Outcome

REPORT = "/uapi/faxes/@me/0003*210/1/report"


@pytest.fixture(scope="module")
def made() -> list[tuple[Report, bytes]]:
    return []


@pytest.fixture(scope="module")
def over(tmp_path_factory: pytest.TempPathFactory, made: list[tuple[Report, bytes]]) -> Iterator[World]:
    """A fax of Bob's that one machine has confirmed, and that another has not."""

    def set_report(report: Report, picture: bytes) -> bytes:
        made.append((report, picture))
        return b"%PDF-1.7"

    with a_world(tmp_path_factory.mktemp("reports")) as world:
        world.set_report = set_report
        desk = Desk(world)
        desk.far_ends = {"7778888": [ends(Outcome.SENT, 3)], "7778801": [ends(Outcome.NO_SUCH_NUMBER)]}
        desk.finish(desk.send("7778888", "7778801"))
        give_pages(world)
        yield world


def test_it_tells_each_recipient_and_each_page(over: World, made: list[tuple[Report, bytes]]) -> None:
    answer = over.ask("GET", REPORT, over.bob)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["content-disposition"] == 'inline; filename="report-1.pdf"'
    report, picture = made[-1]
    assert picture.startswith(b"\x89PNG")
    sent, failed = report.recipients
    assert (sent.number, sent.result, [row[:2] for row in sent.pages]) == (
        "7778888",
        "SENT",
        [("1", "MCF"), ("2", "MCF"), ("3", "MCF")],
    )
    assert (failed.number, failed.result, list(failed.pages)) == ("7778801", "NOT SENT", [])
    assert "the number does not exist" in failed.summary
    receipts = [dict(each.facts)["Receipt"] for each in report.recipients]
    assert receipts == [f"{1:032x}/1", f"{1:032x}/2"]


def test_one_recipient_has_a_report_of_his_own(over: World, made: list[tuple[Report, bytes]]) -> None:
    assert over.ask("GET", f"{REPORT}?recipient=2", over.bob).status_code == 200
    assert [each.number for each in made[-1][0].recipients] == ["7778801"]
    for nobody in ("0", "3", "x", "01"):
        assert over.ask("GET", f"{REPORT}?recipient={nobody}", over.bob).status_code == 404


def test_before_its_end_there_is_none(world: World) -> None:
    Desk(world).send("7778888")
    answer = world.ask("GET", REPORT, world.bob)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "receipt_not_ready")


def test_what_was_deleted_is_not_shown_and_the_rest_is(over: World, made: list[tuple[Report, bytes]]) -> None:
    assert over.ask("DELETE", "/uapi/faxes/@me/0003*210/1/content", over.bob).status_code == 204
    assert over.ask("GET", REPORT, over.bob).status_code == 200
    report, picture = made[-1]
    assert picture == b""
    assert [each.result for each in report.recipients] == ["SENT", "NOT SENT"]
