"""Scans in a PDF keep their pixels; what only looks like a scan is drawn."""

import zlib
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.documents import samples
from unifax.documents.bilevel import Grey
from unifax.documents.pdf import Pdf
from unifax.model.paper import RASTERS, Raster, Resolution

pytestmark = pytest.mark.usefixtures("pdfium")

FINE = RASTERS[Resolution.FINE]
WHITE = np.random.default_rng(1).random((2200, 1700)) < 0.5
"Letter paper at 200 dpi."
SCANNED = "q 612 0 0 792 0 0 cm /X Do Q"
GREY = "/ColorSpace /DeviceGray"


def scanned(
    white: NDArray[np.bool_] = WHITE,
    content: str = SCANNED,
    colours: str = GREY,
    box: str = "0 0 612 792",
    page: str = "",
) -> Pdf:
    """A page with one image of one bit on it; ones are white."""
    data = zlib.compress(np.packbits(white, axis=1).tobytes())
    head = (
        f"<< /Type /XObject /Subtype /Image /Width {white.shape[1]} /Height {white.shape[0]} {colours}"
        f" /BitsPerComponent 1 /Filter /FlateDecode /Length {len(data)} >>\nstream\n"
    )
    whole = samples.pdf(content, box=box, extra=[head.encode() + data + b"\nendstream"])
    return Pdf(whole.replace(b"/MediaBox", page.encode() + b" /MediaBox"))


def in_the_middle(page: Grey) -> NDArray[np.bool_]:
    return page[:, 14:1714] > 0


def test_a_scan_keeps_each_pixel() -> None:
    pdf = scanned()
    assert pdf.resolution(0) is Resolution.FINE
    assert np.array_equal(in_the_middle(pdf.grey(0, FINE)), WHITE)


def test_a_scan_with_words_to_be_searched_for_keeps_each_pixel() -> None:
    words = "BT 3 Tr /F 9 Tf 72 700 Td (words) Tj 0 -20 Td (more words) Tj ET"
    assert np.array_equal(in_the_middle(scanned(content=f"{SCANNED} {words}").grey(0, FINE)), WHITE)


def test_a_stencil_is_a_scan_if_it_is_black() -> None:
    """Its zeros are painted (PDF 1.7, 8.9.6.2)."""
    assert np.array_equal(in_the_middle(scanned(colours="/ImageMask true").grey(0, FINE)), WHITE)
    assert scanned(content=f"1 0 0 rg {SCANNED}", colours="/ImageMask true").resolution(0) is None


@pytest.mark.parametrize(("turn", "quarters"), [(90, -1), (180, 2), (270, 1)])
def test_a_scan_is_held_as_its_page_is(turn: int, quarters: int) -> None:
    """One that lies on its side is turned upright again, clockwise."""
    page = in_the_middle(scanned(page=f"/Rotate {turn}").grey(0, FINE))
    held = np.rot90(WHITE, quarters)
    assert np.array_equal(page, held if turn == 180 else np.rot90(held, -1))


@pytest.mark.parametrize(
    "make",
    [
        lambda: scanned(content=f"{SCANNED} 100 100 9 9 re f"),
        lambda: scanned(content=f"{SCANNED} BT /F 9 Tf 72 700 Td (Received) Tj ET"),
        lambda: scanned(content=f"{SCANNED} {SCANNED}"),
        lambda: scanned(content="q 600 0 0 600 0 0 cm /X Do Q"),
        lambda: scanned(content="q 612 30 0 792 0 0 cm /X Do Q"),
        lambda: scanned(content="q 612 0 0 -792 0 792 cm /X Do Q"),
        lambda: scanned(content="0 0 300 300 re W n " + SCANNED),
        lambda: scanned(box="0 0 300 300"),
        lambda: scanned(colours="/ColorSpace [/Indexed /DeviceRGB 1 <ff0000ffffff>]"),
    ],
)
def test_a_page_with_more_or_less_on_it_is_drawn(make: Callable[[], Pdf]) -> None:
    pdf = make()
    assert pdf.resolution(0) is None
    assert not np.array_equal(in_the_middle(pdf.grey(0, FINE)), WHITE)


def test_white_may_be_zero() -> None:
    assert np.array_equal(in_the_middle(scanned(~WHITE, colours=f"{GREY} /Decode [1 0]").grey(0, FINE)), WHITE)


def test_what_is_not_black_and_white_is_drawn() -> None:
    assert len(scanned(colours=f"{GREY} /Decode [0.3 0.9]").grey(0, FINE)) == 2144


@pytest.mark.parametrize("raster", RASTERS.values(), ids=RASTERS)
def test_a_scan_of_another_resolution_has_its_true_size(raster: Raster) -> None:
    white = np.ones((1100, 850), np.bool_)
    white[100:900, 100:600] = False
    black = np.argwhere(scanned(white).grey(0, raster) == 0)
    rows, columns = black.max(axis=0) - black.min(axis=0) + 1
    assert rows == pytest.approx(8 * raster.y_dpi, rel=0.01)
    assert columns == pytest.approx(5 * raster.x_dpi, rel=0.01)
