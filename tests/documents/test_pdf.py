"""What pdfium is told, and what it is asked: pages come out as a printer would print them."""

from collections.abc import Callable

import numpy as np
import pytest

from tests.documents import samples
from unifax.documents.bilevel import Grey
from unifax.documents.intake import Unfit
from unifax.documents.pdf import Pdf
from unifax.model.paper import RASTERS, Raster, Resolution

FINE = RASTERS[Resolution.FINE]
ANY = pytest.mark.parametrize("raster", RASTERS.values(), ids=RASTERS)
MM = 72 / 25.4

pytestmark = pytest.mark.usefixtures("pdfium")


pytestmark = pytest.mark.usefixtures("pdfium")


def ink(page: Grey) -> tuple[int, int, int, int]:
    """Return the first and last row and the first and last column that are not white."""
    rows, columns = (np.flatnonzero((page < 128).any(axis=axis)) for axis in (1, 0))
    return rows[0], rows[-1], columns[0], columns[-1]


@ANY
def test_a_frame_has_its_true_size_at_every_resolution(raster: Raster) -> None:
    page = Pdf(samples.pdf(f"{20 * MM} {(297 - 230) * MM} {100 * MM} {200 * MM} re f")).grey(0, raster)
    assert page.shape == (raster.a4_rows, raster.width)
    top, bottom, left, right = ink(page)
    assert top == pytest.approx(30 / 25.4 * raster.y_dpi, abs=2)
    assert bottom - top == pytest.approx(200 / 25.4 * raster.y_dpi, abs=2)
    margin = (raster.width - 210 / 25.4 * raster.x_dpi) / 2
    assert left == pytest.approx(margin + 20 / 25.4 * raster.x_dpi, abs=2)
    assert right - left == pytest.approx(100 / 25.4 * raster.x_dpi, abs=2)


@ANY
def test_text_is_black_and_white_at_every_resolution(raster: Raster) -> None:
    assert set(np.unique(Pdf(samples.pdf(samples.HELLO)).grey(0, raster))) == {0, 255}


def test_every_page_has_its_own_size_and_turn() -> None:
    pages = Pdf(
        samples.written(
            [
                b"<< /Type /Catalog /Pages 2 0 R >>",
                b"<< /Type /Pages /Kids [3 0 R 4 0 R 5 0 R] /Count 3 >>",
                b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
                b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 400] /Rotate 90 /Contents 6 0 R >>",
                b"<< /Type /Page /Parent 2 0 R /MediaBox [-9 -9 999 999] /CropBox [0 0 595 400] /Contents 6 0 R >>",
                samples.stream("", b"0 0 100 50 re f"),
            ]
        )
    )
    assert pages.pages == 3
    plain, rotated, cropped = (pages.grey(index, FINE) for index in range(3))
    assert plain.shape == (2287, 1728)
    assert rotated.shape == (round(300 / 72 * 195.58), 1728)  # held as its reader sees it: 400 wide, 300 high
    top, bottom, left, right = ink(rotated)
    assert (top, left) == (0, (1728 - round(400 / 72 * 204)) // 2)  # what was at the lower left is at the upper left
    assert (bottom - top, right - left) == pytest.approx((100 / 72 * 195.58, 50 / 72 * 204), abs=2)
    assert cropped.shape == (round(400 / 72 * 195.58), 1728)
    assert ink(cropped)[1] == len(cropped) - 1


def test_negative_and_inverted_boxes_are_boxes() -> None:
    page = Pdf(samples.pdf("-500 -700 100 100 re f", box="-100 -300 -600 -800")).grey(0, FINE)
    assert page.shape == (round(500 / 72 * 195.58), 1728)
    assert ink(page)[1] - ink(page)[0] == pytest.approx(100 / 72 * 195.58, abs=2)


@pytest.mark.parametrize("box", ["0 0 99999 99999", "0 0 99999 10", "0 0 0.5 700"])
def test_paper_of_impossible_size_is_refused(box: str) -> None:
    with pytest.raises(Unfit, match="has a page of impossible size: page 1"):
        Pdf(samples.pdf("", box=box)).check()


def test_what_only_its_owner_may_change_can_be_read() -> None:
    assert ink(Pdf(samples.locked(b"")).grey(0, FINE))


@pytest.mark.parametrize("make", [lambda: samples.locked(b"secret"), lambda: samples.ENCRYPTED])
def test_what_nobody_may_read_is_said(make: Callable[[], bytes]) -> None:
    with pytest.raises(Unfit, match="is password-protected"):
        Pdf(make())


@pytest.mark.parametrize("kind", ["acro", "xfa"])
def test_a_form_that_brings_its_own_looks_is_drawn(kind: str) -> None:
    top, bottom, left, right = ink(Pdf(samples.form(kind)).grey(0, FINE))
    assert (bottom - top, right - left) == pytest.approx((40 / 72 * 195.58, 200 / 72 * 204), abs=2)


def test_a_form_that_is_a_program_is_refused() -> None:
    with pytest.raises(Unfit, match=r"is an interactive \(XFA\) form; print it to a plain PDF first"):
        Pdf(samples.form("xfa only"))


@pytest.mark.parametrize(("flags", "printed"), [("/F 4", True), ("", False), ("/F 2", False), ("/F 36", True)])
def test_notes_are_drawn_as_a_printer_would(flags: str, printed: bool) -> None:
    page = Pdf(samples.noted(flags)).grey(0, FINE)
    assert (page < 128).any() == printed


GREY = "/ColorSpace /DeviceGray /BitsPerComponent 8"


@pytest.mark.parametrize(
    ("data", "promised"),
    [
        (samples.pdf(""), False),
        (samples.pdf("1 g 0 0 600 800 re f"), False),
        (samples.pdf("BT /F 24 Tf 72 700 Td (   ) Tj ET"), False),
        (samples.pdf("3 Tr BT /F 24 Tf 72 700 Td (words found by searching) Tj ET"), False),
        (samples.embedded(f"/Width 1 /Height 1 {GREY}", b"\xff"), False),
        (samples.embedded(f"/Width 100 /Height 100 {GREY} /Filter /DCTDecode", b"\xff\xd8\xff"), True),
        (samples.embedded(f"/Width 100 /Height 100 {GREY} /Filter /JPXDecode", b"rubbish"), True),
        (samples.pdf("0 0 1 1 re W n 100 100 50 50 re f"), True),
        (samples.pdf("0 0 1 1 re W n BT /F 24 Tf 72 700 Td (words) Tj ET"), True),
    ],
)
def test_a_white_page_says_whether_something_is_missing_from_it(data: bytes, promised: bool) -> None:
    document = Pdf(data)
    assert (document.grey(0, FINE) == 255).all()
    assert document.promises_ink(0) == promised
