"""A machine that takes no such pages gets coarser ones, and to the fax it is one call."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faxes import text_page
from tests.terminals import FaxCall, receives, sends
from tests.world import World, a_world
from unifax.documents.coarser import coarsen
from unifax.documents.pages import Page, PageWriter, read_pages
from unifax.documents.strips import read_strips
from unifax.model.call import CallOrder, CallReport, Dial, Milestone, Progress
from unifax.model.manner import Ability, Modem
from unifax.model.outcome import Outcome
from unifax.model.paper import RASTERS, Resolution
from unifax.model.transcript import Entry, Layer
from unifax.service.fitting import Fitting
from unifax.wire.t30 import FROM_T30, Frame
from unifax.wire.t30_ability import ability_of

COARSE = Ability(True, Modem.V17, frozenset({Resolution.STANDARD}))
ABLE = Ability(True, Modem.V17)
TOO_FINE = CallReport(Outcome.INCOMPATIBLE, t30_code=11, far_ability=COARSE)
SENT = CallReport(Outcome.SENT, 2, t30_code=0, far_ability=COARSE)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as made:
        yield made


@pytest.fixture
def order(tmp_path: Path) -> CallOrder:
    document = fax(tmp_path / "fax.tif", Resolution.FINE, Resolution.SUPERFINE)
    return CallOrder(1, 1, 1, "sandbox", "7778888", "0003*210", "0003 210", document, 2, 0)


def fax(path: Path, *resolutions: Resolution) -> Path:
    with path.open("w+b") as file, PageWriter(file.fileno(), len(resolutions)) as writer:
        for number, raster in enumerate((RASTERS[each] for each in resolutions), 1):
            white = text_page(number, rows=200, width=raster.width).tobytes()
            writer.write(Page(raster.width, 200, raster.x_dpi, raster.y_dpi, bytes(255 - byte for byte in white)))
    return path


class Line:
    """Makes calls that end by script."""

    def __init__(self, *reports: CallReport) -> None:
        self.orders: list[CallOrder] = []
        self.heights: list[list[int]] = []
        "Rows of the pages of each call."
        self._reports = iter(reports)

    async def dial(self, order: CallOrder, record: object) -> CallReport:
        self.orders.append(order)
        self.heights.append([strip.rows for strip in read_strips(order.document)])
        return next(self._reports)


def called(world: World, dial: Dial, order: CallOrder) -> tuple[CallReport, list[Progress]]:
    happened: list[Progress] = []

    async def record(progress: Progress) -> None:
        happened.append(progress)

    report = world.run(Fitting(dial, coarsen, world.blobs).dial(order, record))
    assert world.staged() == []
    return report, happened


@pytest.mark.parametrize("ability", [None, ABLE])
def test_a_fax_that_fits_is_sent_as_it_is(world: World, order: CallOrder, ability: Ability | None) -> None:
    line = Line(replace(SENT, far_ability=ABLE))
    order = replace(order, far_ability=ability)
    assert called(world, line.dial, order)[0].outcome is Outcome.SENT
    assert line.orders == [order]


def test_what_is_known_of_the_machine_saves_a_call(world: World, order: CallOrder) -> None:
    line = Line(SENT)
    assert called(world, line.dial, replace(order, far_ability=COARSE))[0] == SENT
    assert line.heights == [[100, 50]]


def test_a_call_that_finds_out_is_made_again_at_once(world: World, order: CallOrder) -> None:
    line = Line(TOO_FINE, SENT)
    assert called(world, line.dial, order)[0] == SENT
    assert line.heights == [[200, 200], [100, 50]]


def test_it_goes_on_from_the_page_that_was_too_fine(world: World, order: CallOrder) -> None:
    line = Line(
        replace(TOO_FINE, pages_confirmed=1, transcript=(Entry(1.0, Layer.T30, None, "DCN"),)),
        CallReport(Outcome.SENT, 1, transcript=(Entry(2.0, Layer.T30, None, "MCF"),)),
    )
    report, _ = called(world, line.dial, replace(order, pages=3, first_page=1))
    assert [each.first_page for each in line.orders] == [1, 2]
    assert (report.outcome, report.pages_confirmed) == (Outcome.SENT, 2)
    assert [entry.text.partition(":")[0] for entry in report.transcript] == [
        "DCN",
        "called again, with coarser pages",
        "MCF",
    ]


@pytest.mark.parametrize(
    "report",
    [replace(TOO_FINE, far_ability=None), replace(TOO_FINE, far_ability=ABLE), replace(TOO_FINE, t30_code=41)],
)
def test_what_coarser_pages_do_not_help_is_not_tried_again(world: World, order: CallOrder, report: CallReport) -> None:
    line = Line(report)
    assert called(world, line.dial, order)[0] == report


def test_a_machine_that_takes_not_even_those_is_called_no_third_time(world: World, order: CallOrder) -> None:
    assert called(world, Line(TOO_FINE, TOO_FINE).dial, order)[0] == TOO_FINE


def test_a_line_that_breaks_leaves_nothing(world: World, order: CallOrder) -> None:
    async def broken(order: CallOrder, record: object) -> CallReport:
        raise OSError("no line")

    with pytest.raises(OSError, match="no line"):
        called(world, broken, replace(order, far_ability=COARSE))
    assert world.staged() == []


@pytest.mark.parametrize("resolution", list(Resolution)[1:])
def test_the_oldest_machine_gets_every_page(world: World, tmp_path: Path, resolution: Resolution) -> None:
    """Through libspandsp, from end to end."""
    received = tmp_path / "received.tif"

    async def dial(order: CallOrder, record: object) -> CallReport:
        call = FaxCall(
            sends(order.document, first_page=order.first_page), replace(receives(received), fine=False), pause=0.0
        )
        assert await asyncio.to_thread(call.run)
        [dis] = [frame.bits for frame in call.sender.all(Frame) if frame.name == "DIS"][:1]
        finished = call.sender.finished
        assert finished is not None
        outcome = call.sender.terminal.proven or FROM_T30[finished.code]
        return CallReport(outcome, finished.pages_sent, t30_code=finished.code, far_ability=ability_of(dis))

    document = fax(tmp_path / "fax.tif", resolution, resolution)
    order = CallOrder(1, 1, 1, "sandbox", "7778888", "0003*210", "0003 210", document, 2, 0)
    report, _ = called(world, dial, order)
    assert (report.outcome, report.pages_confirmed) == (Outcome.SENT, 2)
    coarse = tmp_path / "coarse.tif"
    assert coarsen(document, COARSE.resolutions, coarse)
    assert [page.bits for page in read_pages(received)] == [page.bits for page in read_pages(coarse)]
    assert {strip.width for strip in read_strips(received)} == {1728}


def test_progress_of_both_calls_is_one(world: World, order: CallOrder) -> None:
    reports = iter([replace(TOO_FINE, pages_confirmed=1), CallReport(Outcome.SENT, 1)])

    async def dial(order: CallOrder, record: object) -> CallReport:
        assert callable(record)
        await record(Progress(Milestone.PAGE_CONFIRMED, 1))
        return next(reports)

    report, happened = called(world, dial, order)
    assert [progress.pages_confirmed for progress in happened] == [1, 2]
    assert report.pages_confirmed == 2


def test_pages_finer_than_is_wanted_are_never_sent(world: World, order: CallOrder) -> None:
    line = Line(replace(SENT, far_ability=ABLE))
    called(world, line.dial, replace(order, finest=Resolution.STANDARD))
    assert line.heights == [[100, 50]]
    line = Line(replace(SENT, far_ability=ABLE))
    called(world, line.dial, replace(order, finest=Resolution.FINE, far_ability=ABLE))
    assert line.heights == [[200, 100]]
    line = Line(TOO_FINE, SENT)
    called(world, line.dial, replace(order, finest=Resolution.FINE))
    assert line.heights == [[200, 100], [100, 50]]
