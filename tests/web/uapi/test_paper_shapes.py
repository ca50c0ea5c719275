"""What is said of a page."""

import pytest

from unifax.model.paper import Coding, PageReport, PageWarning, Resolution, Treatment
from unifax.web.uapi.paper_shapes import page_shape


@pytest.mark.parametrize(
    ("warning", "said"),
    [
        (PageWarning.BLANK, "Nothing is on this page"),
        (PageWarning.SMALL_TEXT, "'fine'"),
        (PageWarning.MISSING_LETTERS, "Boxes"),
        (PageWarning.LONG, "4 minutes"),
    ],
)
def test_a_warning_is_a_sentence(warning: PageWarning, said: str) -> None:
    page = PageReport(2, 1, Resolution.FINE, 2287, Treatment.PHOTO, {Coding.MMR: 432_000}, (warning,))
    shape = page_shape(page, ["a.txt", "b.pdf"])
    assert (shape.page, shape.file, shape.treatment, shape.seconds) == (2, "b.pdf", "photo", 240.0)
    assert shape.warnings[0].code == warning
    assert said in shape.warnings[0].text


def test_a_cover_page_is_of_no_file() -> None:
    page = PageReport(1, None, Resolution.FINE, 2287, Treatment.TEXT, {Coding.MMR: 1800})
    assert page_shape(page, ["a.txt"]).file is None
