"""A transmission report is a PDF that says what it was given, and takes no words for anything else."""

from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]  # it has no types
import pytest

from tests.faxes import text_page
from unifax.documents.convert import Converter
from unifax.documents.pages import Page, thumbnail
from unifax.documents.report import Report, ReportPart
from unifax.model.paper import RASTERS, Resolution

FINE = RASTERS[Resolution.FINE]


def words_of(pdf: bytes) -> str:
    return "\n".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf))


def a_report(pages: int = 2, name: str = "letter.txt") -> Report:
    rows = [(str(number), "MCF", "10:00:00", "14400", "MMR", "yes", "0") for number in range(1, pages + 1)]
    columns = ("Page", "Answer", "Confirmed", "Rate", "Coding", "ECM", "Sent again")
    part = ReportPart("+49 30 1234", "SENT", "All pages were confirmed.", [("Station", "+49 30 99")], columns, rows)
    return Report("Transmission report", [("Files", name), ("Subject", "")], [part], "foot")


def a_picture() -> bytes:
    return thumbnail(Page(FINE.width, 60, FINE.x_dpi, FINE.y_dpi, text_page(1, 60).tobytes()))


def test_it_says_what_it_was_given(converter: Converter, pdfium: None) -> None:
    made = words_of(converter.report(a_report(), a_picture()))
    for words in ("Transmission report", "+49 30 1234", "SENT", "+49 30 99", "letter.txt", "14400", "foot"):
        assert words in made
    assert "Subject" not in made, "what is not known is left out"


def test_a_long_fax_has_its_pages_on_several_sheets_and_titles_on_each(converter: Converter, pdfium: None) -> None:
    made = pypdfium2.PdfDocument(converter.report(a_report(pages=150)))
    assert len(made) > 2
    assert all("Confirmed" in page.get_textpage().get_text_bounded() for page in made)


@pytest.mark.parametrize("name", ['#read("/etc/passwd")', "$x$", "*b* _i_ `c` \\ <l> @r", "]}", "פקס", "a" * 400])
def test_words_are_words_whatever_they_look_like(converter: Converter, pdfium: None, name: str) -> None:
    made = words_of(converter.report(a_report(name=name))).replace("\r\n", "").replace("\n", "")
    assert "root:" not in made
    assert len(made) > 100


def test_documents_are_still_made_after_it(converter: Converter, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("hello")
    converter.report(a_report())
    assert converter.inspect(tmp_path / "a.txt", "a.txt").pages == 1
