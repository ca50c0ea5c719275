"""What became of each page is what was asked for, and is said."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.documents import samples
from tests.documents.conftest import HEADER, black
from unifax.documents.convert import Converter
from unifax.documents.pages import read_pages
from unifax.model.paper import RASTERS, Coding, PageReport, PageWarning, PaperTerms, Resolution, Treatment

Render = Callable[..., tuple[PageReport, ...]]


@pytest.fixture
def render(converter: Converter, tmp_path: Path) -> Render:
    """Render files as one fax, `out.tif`, and return what is said of its pages."""

    def rendered(*files: bytes, terms: PaperTerms) -> tuple[PageReport, ...]:
        named = []
        for index, data in enumerate(files):
            (tmp_path / f"{index}").write_bytes(data)
            named.append((tmp_path / f"{index}", f"{index}"))
        return converter.render(named, tmp_path / "out.tif", HEADER, terms)

    return rendered


@pytest.mark.parametrize("resolution", Resolution)
def test_every_resolution_is_drawn_and_written_as_it_was_asked_for(
    render: Render, tmp_path: Path, resolution: Resolution
) -> None:
    text = b"a text\n"
    reports = render(text, samples.pdf(samples.HELLO), samples.jpeg(), terms=PaperTerms(resolution=resolution))
    raster = RASTERS[resolution]
    for number, (page, report) in enumerate(zip(read_pages(tmp_path / "out.tif"), reports, strict=True), 1):
        assert (page.width, page.rows) == (raster.width, report.rows)
        assert (page.x_dpi, page.y_dpi) == pytest.approx((raster.x_dpi, raster.y_dpi), rel=1e-4)
        assert (report.number, report.file, report.resolution) == (number, number - 1, resolution)
        assert 100 < report.octets[Coding.MMR] < 20_000
        assert black(page).any()


def test_a_page_that_is_a_fax_already_keeps_its_resolution_and_its_pixels(render: Render, tmp_path: Path) -> None:
    paper = Image.fromarray(np.random.default_rng(1).random((900, 1728)) < 0.9)
    scan = samples.saved(paper, "TIFF", dpi=(204, 98), compression="group4")
    (report,) = render(scan, terms=PaperTerms())
    (page,) = read_pages(tmp_path / "out.tif")
    assert report.resolution is Resolution.STANDARD
    assert np.array_equal(black(page)[20:], ~np.asarray(paper))


def test_each_page_is_treated_as_was_asked_for_it(render: Render) -> None:
    grey = Image.linear_gradient("L").resize((1000, 1400))
    photo = samples.saved(grey, "JPEG", dpi=(150, 150))
    terms = PaperTerms(treatment=Treatment.TEXT, page_treatments={2: Treatment.PHOTO})
    assert [page.treatment for page in render(photo, photo, photo, terms=terms)] == ["text", "photo", "text"]


def test_a_page_of_minutes_is_a_long_page(render: Render) -> None:
    noise = Image.fromarray((np.random.default_rng(1).random((2200, 1600)) * 255).astype(np.uint8))
    pages = render(samples.saved(noise, "TIFF"), b"text", terms=PaperTerms(treatment=Treatment.PHOTO))
    assert [PageWarning.LONG in page.warnings for page in pages] == [True, False]
    assert [page.octets[Coding.MMR] > 216_000 for page in pages] == [True, False]


def test_what_is_missing_from_a_page_is_said(render: Render) -> None:
    broken = samples.pdf("0 0 1 1 re W n 100 100 50 50 re f", "", samples.HELLO)
    pages = render(broken, "Letters we have, and one that we have not: \U00012000\n".encode(), terms=PaperTerms())
    assert [page.warnings for page in pages] == [(PageWarning.BLANK,), (), (), (PageWarning.MISSING_LETTERS,)]


def test_letters_that_are_missing_from_the_header_line_are_said_once(converter: Converter, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("the first page\n\fand a letter of another: \U00012000\n")
    header = replace(HEADER, text="বাংলা")
    pages = converter.render([(tmp_path / "a", "a")], tmp_path / "out.tif", header)
    assert [page.warnings for page in pages] == [(PageWarning.MISSING_LETTERS,)] * 2


def test_small_print_is_drawn_finer_unless_a_resolution_was_asked_for(render: Render) -> None:
    line = "The quick brown fox jumps over the lazy dog, and other small print of eight words "
    lines = " ".join(f"BT /F 4 Tf 72 {700 - 5 * n} Td ({line * 2}) Tj ET" for n in range(30))
    (free,) = render(samples.pdf(lines), terms=PaperTerms())
    (standard,) = render(samples.pdf(lines), terms=PaperTerms(resolution=Resolution.STANDARD))
    assert free.resolution is Resolution.SUPERFINE
    assert (standard.resolution, standard.warnings) == (Resolution.STANDARD, (PageWarning.SMALL_TEXT,))
