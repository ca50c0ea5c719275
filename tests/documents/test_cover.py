"""The cover page: what is said on it, in languages that run either way, and what a template may not do."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.documents.conftest import HEADER
from unifax.documents.convert import Converter, Limits
from unifax.documents.cover import PAGES_AT_MOST, CoverPage, words_of
from unifax.documents.intake import Unfit
from unifax.documents.pages import read_pages
from unifax.documents.typeset import Typesetter
from unifax.model.cover import LANGUAGES, MAX_MESSAGE, MAX_MESSAGE_LINES, RIGHT_TO_LEFT, Cover
from unifax.model.errors import FileInvalid
from unifax.model.paper import RASTERS, PaperTerms, Resolution

STANDARD = RASTERS[Resolution.STANDARD]
FULL = Cover(
    to="Praxis Dr. Weiß",
    company="Weiß & Co.",
    sender="רחל",
    subject="#strong[no markup] *here*",
    message="First line\n\nCall +972 3 123 4567",
    urgent=True,
    confidential=True,
)


def drawn(typesetter: Typesetter, cover: Cover, behind: int = 1) -> NDArray[np.bool_]:
    """Return the first page of a cover, True is black."""
    return np.asarray(CoverPage(cover, HEADER, behind, typesetter).grey(0, STANDARD) < 128)


def test_a_template_is_given_words_that_hold_together() -> None:
    header = replace(HEADER, recipient="+49 30 999")
    words = words_of(replace(FULL, language="he", message="טלפון +972 3 123\nend"), header, 7)
    assert words == {
        "to": "\u2068Praxis Dr. Weiß\u2069",
        "company": "\u2068Weiß & Co.\u2069",
        "from": "\u2068רחל\u2069",
        "subject": "\u2068#strong[no markup] *here*\u2069",
        "number": "\u2066+49 30 999\u2069",
        "station": "\u2066+1 555 0100\u2069",
        "date": "\u20662026-03-29 14:05 UTC+02:00\u2069",
        "pages": "\u20667\u2069",
        "message": [{"text": "טלפון \u2066+972 3 123\u2069", "rtl": True}, {"text": "end", "rtl": False}],
        "urgent": True,
        "confidential": True,
        "language": "he",
        "rtl": True,
    }


def test_what_is_not_said_is_not_there_and_who_writes_is_who_sends() -> None:
    words = words_of(Cover(), HEADER, 2)
    assert (words["to"], words["company"], words["subject"], words["number"], words["message"]) == ("", "", "", "", [])
    assert words["from"] == "\u2068Alice\u2069"


@pytest.mark.parametrize("member", ["to", "company", "sender", "subject", "message", "urgent", "confidential"])
def test_all_that_is_said_is_on_the_page(typesetter: Typesetter, member: str) -> None:
    without = replace(FULL, **{member: getattr(Cover(), member)})
    assert not np.array_equal(drawn(typesetter, FULL), drawn(typesetter, without))


def test_words_are_never_markup(typesetter: Typesetter) -> None:
    """Were it read by Typst, the page would be white, or an error."""
    page = drawn(typesetter, Cover(subject="W" * 7))
    markup = drawn(typesetter, Cover(subject="#hide[WWWWWWW]", message="#panic()\n= $ * _ ` <x> @y"))
    assert markup.sum() > page.sum()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_begins_where_its_language_does(typesetter: Typesetter, language: str) -> None:
    """Its heading stands at the right in Hebrew and Arabic, at the left elsewhere."""
    page = drawn(typesetter, Cover(language=language))
    rule = next(row for row in range(len(page)) if page[row].sum() > 1000)
    columns = np.flatnonzero(page[:rule].any(axis=0))
    assert (columns[0] > 900) == (language in RIGHT_TO_LEFT)
    assert (columns[-1] < 900) == (language not in RIGHT_TO_LEFT)


def test_a_message_as_long_as_can_be_takes_more_pages_and_they_are_counted(typesetter: Typesetter) -> None:
    lines = Cover(message="\n".join(["line"] * MAX_MESSAGE_LINES))
    assert CoverPage(lines, HEADER, 1, typesetter).pages == 3
    words = Cover(message=("word " * MAX_MESSAGE)[:MAX_MESSAGE].strip())
    assert CoverPage(words, HEADER, 1, typesetter).pages == 2


def test_letters_without_a_font_are_told(typesetter: Typesetter) -> None:
    assert not CoverPage(FULL, HEADER, 1, typesetter).lacks_letters(0)
    assert CoverPage(Cover(message="বাংলা"), HEADER, 1, typesetter).lacks_letters(0)


@settings(max_examples=25, deadline=None)
@given(st.builds(Cover.read, st.fixed_dictionaries({"language": st.sampled_from(LANGUAGES)})), st.data())
def test_any_words_make_a_page_within_its_margins(typesetter: Typesetter, cover: Cover, data: st.DataObject) -> None:
    printable = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn", "Co", "Zl", "Zp"]), max_size=100)
    to, subject = data.draw(printable), data.draw(printable)
    message = "\n".join(data.draw(st.lists(printable, max_size=20)))
    pages = CoverPage(replace(cover, to=to, subject=subject, message=message), HEADER, 1, typesetter)
    assert 1 <= pages.pages <= PAGES_AT_MOST
    columns = np.flatnonzero((pages.grey(0, STANDARD) < 128).any(axis=0))
    assert 100 < columns[0] < columns[-1] < 1628


@pytest.mark.parametrize(
    ("template", "says"),
    [
        ("#nonsense", r"cannot be made from the template 'own': unknown variable: nonsense"),
        ("#data.no_such_field", "cannot be made from the template 'own'"),
        ("#for _ in range(9) { pagebreak(weak: false) }", "is longer than 4 pages"),
        ('#read("/etc/passwd")', "cannot be made from the template 'own'"),
        ('#read("../order.py")', "cannot be made from the template 'own'"),
        ('#image("/etc/passwd")', "cannot be made from the template 'own'"),
    ],
)
def test_a_template_that_cannot_be_set_is_refused(typesetter: Typesetter, template: str, says: str) -> None:
    with pytest.raises(Unfit, match=says):
        CoverPage(Cover(template="own"), HEADER, 1, typesetter, template)


LETTERHEAD = """#let data = json(bytes(sys.inputs.data))
#set page(paper: "a4")
#image(bytes("<svg xmlns='http://www.w3.org/2000/svg' width='90' height='9'><rect width='90' height='9'/></svg>"))
#data.to, #data.pages
"""
OWN = {"letterhead": LETTERHEAD, "package": '#import "@preview/cetz:0.2.0": *', "for-ever": "#while true { [x] }"}


@pytest.fixture(scope="module")
def house() -> Iterator[Converter]:
    with Converter(Limits(page_seconds=3.0), OWN) as converter:
        yield converter


def faxed(converter: Converter, folder: Path, cover: Cover) -> tuple[list[NDArray[np.uint8]], list[int | None]]:
    """Return the rows of each page of a fax of two pages with a cover, and which file each page comes from."""
    (folder / "a").write_bytes(b"one\n\ftwo\n")
    terms = PaperTerms(resolution=Resolution.STANDARD, cover=cover)
    reports = converter.render([(folder / "a", "a")], folder / "out.tif", HEADER, terms)
    assert [report.number for report in reports] == list(range(1, len(reports) + 1))
    pages = [np.frombuffer(page.bits, np.uint8) for page in read_pages(folder / "out.tif")]
    return pages, [report.file for report in reports]


@pytest.mark.parametrize("template", ["plain", "letterhead"])
def test_a_cover_is_the_first_page_of_its_fax(house: Converter, tmp_path: Path, template: str) -> None:
    pages, files = faxed(house, tmp_path, Cover(template=template, to="Bob"))
    others, _ = faxed(house, tmp_path, Cover(template=template, to="Ann"))
    assert files == [None, 0, 0]
    assert not np.array_equal(pages[0], others[0])
    assert np.array_equal(pages[1], others[1])


@pytest.mark.parametrize(
    ("template", "says"),
    [
        ("package", r"^The file 'cover page' cannot be made from the template 'package': "),
        ("for-ever", r"^The file 'cover page' "),
        ("gone", r"^The file 'cover page' cannot be made: there is no template 'gone'\.$"),
    ],
)
def test_a_template_has_no_more_powers_than_a_stranger(
    house: Converter, tmp_path: Path, template: str, says: str
) -> None:
    with pytest.raises(FileInvalid, match=says):
        faxed(house, tmp_path, Cover(template=template))
