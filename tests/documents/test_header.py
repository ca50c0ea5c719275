"""The line at the top of a page: where it stands, what it says, in any script."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.documents.conftest import HEADER
from unifax.documents.bilevel import Packed
from unifax.documents.header import HeaderLine, rows_of
from unifax.documents.order import Header
from unifax.documents.typeset import Typesetter
from unifax.model.header import HeaderPosition, HeaderStyle
from unifax.model.paper import RASTERS, Resolution

FINE = RASTERS[Resolution.FINE]
TOP = rows_of(FINE)
Ink = NDArray[np.bool_]


def paper(rows: int = 300, black: int | None = None) -> Packed:
    """Return a page that is white but for one row."""
    page = np.zeros((rows, FINE.width // 8), np.uint8)
    if black is not None:
        page[black] = 255
    return page


def strip(typesetter: Typesetter, header: Header, number: int = 1, total: int = 9) -> Ink:
    """Return the line of a page."""
    line = HeaderLine(header, total, typesetter, FINE).on(paper(), number)
    return np.unpackbits(line[:TOP], axis=1).astype(np.bool_)


def says(line: str, text: str = "Alice", recipient: str = "") -> Header:
    return replace(HEADER, text=text, recipient=recipient, style=HeaderStyle(line=line))


def words(ink: Ink) -> list[Ink]:
    """Return what stands in a line, from the left: each with as much white around as five letters have, cut out."""
    columns = np.flatnonzero(ink.any(axis=0))
    cuts = np.flatnonzero(np.diff(columns) > 30)
    found = []
    for part in np.split(columns, cuts + 1):
        cut = ink[:, part[0] : part[-1] + 1]
        rows = np.flatnonzero(cut.any(axis=1))
        found.append(cut[rows[0] : rows[-1] + 1])
    return found


def same(one: Ink, other: Ink) -> bool:
    """Tell whether two drawings are the same but for where a pixel begins: ink of each is next to ink of the other."""
    if max(abs(a - b) for a, b in zip(one.shape, other.shape, strict=True)) > 2:
        return False
    rows, columns = (max(sides) for sides in zip(one.shape, other.shape, strict=True))
    one, other = (np.pad(each, ((0, rows - each.shape[0]), (0, columns - each.shape[1]))) for each in (one, other))
    return bool((one & ~grown(other)).sum() + (other & ~grown(one)).sum() < 0.03 * one.sum())


def grown(ink: Ink) -> Ink:
    """Return a drawing whose ink reaches a pixel further to all sides."""
    wide = np.pad(ink, 1)
    rows, columns = ink.shape
    around = [wide[y : y + rows, x : x + columns] for y in range(3) for x in range(3)]
    return np.asarray(np.any(around, axis=0))


@pytest.mark.parametrize(
    ("position", "black", "shape", "line_at_top", "row"),
    [
        (HeaderPosition.AUTO, 50, 300, True, 50),
        (HeaderPosition.AUTO, 20, 300 + TOP, True, 20 + TOP),
        (HeaderPosition.ABOVE, 50, 300 + TOP, True, 50 + TOP),
        (HeaderPosition.OVER, 50, 300, True, 50),
        (HeaderPosition.OVER, 20, 300, True, None),
        (HeaderPosition.OFF, 20, 300, False, 20),
    ],
)
def test_a_line_stands_where_its_style_wants_it(
    typesetter: Typesetter, position: HeaderPosition, black: int, shape: int, line_at_top: bool, row: int | None
) -> None:
    header = replace(HEADER, style=HeaderStyle(position))
    page = HeaderLine(header, 1, typesetter, FINE).on(paper(black=black), 1)
    assert page.shape == (shape, FINE.width // 8)
    full = np.flatnonzero((page == 255).all(axis=1))
    assert list(full) == ([] if row is None else [row])
    assert bool(page[:5].any() or page[5:18].any()) is line_at_top


def test_a_page_shorter_than_its_line_gets_a_whole_line(typesetter: Typesetter) -> None:
    for position in (HeaderPosition.AUTO, HeaderPosition.ABOVE, HeaderPosition.OVER):
        page = HeaderLine(replace(HEADER, style=HeaderStyle(position)), 1, typesetter, FINE).on(paper(rows=3), 1)
        assert len(page) >= TOP


@pytest.mark.parametrize("resolution", Resolution)
def test_a_line_is_as_high_on_paper_at_every_resolution(typesetter: Typesetter, resolution: Resolution) -> None:
    raster = RASTERS[resolution]
    blank = np.zeros((raster.a4_rows, raster.width // 8), np.uint8)
    page = np.unpackbits(HeaderLine(HEADER, 1, typesetter, raster).on(blank, 1), axis=1)
    rows = np.flatnonzero(page.any(axis=1)) / raster.y_dpi * 25.4
    columns = np.flatnonzero(page.any(axis=0)) / raster.x_dpi * 25.4
    assert 0.8 <= rows[0] < rows[-1] < 5.2
    assert columns[0] == pytest.approx(6, abs=0.5)
    assert columns[-1] == pytest.approx(raster.width / raster.x_dpi * 25.4 - 6, abs=0.5)


def test_all_that_the_law_asks_for_is_there_from_edge_to_edge(typesetter: Typesetter) -> None:
    seen = words(strip(typesetter, HEADER))
    alone = [
        words(strip(typesetter, says(part)))[0]
        for part in ("{date}", "{sender}", "{station}", "page {page} of {pages}")
    ]
    assert len(seen) == 4
    assert all(same(one, other) for one, other in zip(seen, alone, strict=True))


def test_a_hebrew_line_runs_from_the_right_and_its_numbers_do_not(typesetter: Typesetter) -> None:
    line = "{date} | {sender} | {station} | עמוד {page} מתוך {pages}"
    seen = words(strip(typesetter, says(line, "מרפאת כהן")))
    date, station, name = (
        words(strip(typesetter, says(part, "מרפאת כהן")))[0] for part in ("{date}", "{station}", "{sender}")
    )
    assert len(seen) == 4
    assert same(seen[3], date)
    assert same(seen[2], name)
    assert same(seen[1], station)


@pytest.mark.parametrize(("words_before", "text"), [("אל", "Alice"), ("To", "Alice"), ("אל", "כהן")])
def test_a_telephone_number_looks_the_same_in_any_words(typesetter: Typesetter, words_before: str, text: str) -> None:
    """Beside letters of any direction the number is the drawing that it is alone, its plus in front."""
    number = "+972 3 123 4567"
    (alone,) = words(strip(typesetter, says("{recipient}", recipient=number)))
    seen = words(strip(typesetter, says(f"{words_before}: {{recipient}}", text, number)))
    (whole,) = seen
    number_is_first = words_before == "אל"  # from the left, which is where a Hebrew line ends
    edge = whole[:, : alone.shape[1]] if number_is_first else whole[:, -alone.shape[1] :]
    rows = np.flatnonzero(edge.any(axis=1))
    assert same(edge[rows[0] : rows[-1] + 1], alone)


def test_several_recipients_are_not_named_to_each_other(typesetter: Typesetter) -> None:
    line = "{date} | To {recipient} | {page}/{pages}"
    unnamed = strip(typesetter, says(line))
    assert np.array_equal(unnamed, strip(typesetter, says("{date} | {page}/{pages}")))
    assert not np.array_equal(unnamed, strip(typesetter, says(line, recipient="1")))


def test_a_long_line_is_pressed_together_and_nothing_of_it_is_lost(typesetter: Typesetter) -> None:
    line = "{date} | {sender} | {station} | {page}"
    long, usual = (strip(typesetter, says(line, text)) for text in ("W" * 60, "W"))
    for ink in (long, usual):
        columns = np.flatnonzero(ink.any(axis=0))
        assert 40 < columns[0] < columns[-1] < 1690
    assert len(words(long)) == len(words(usual)) == 4


def test_every_page_has_its_own_number_however_many_there_are(typesetter: Typesetter) -> None:
    line = HeaderLine(says("{page}"), 70, typesetter, FINE)
    together = [line.on(paper(), number) for number in range(1, 71)]
    assert len({page.tobytes() for page in together}) == 70
    for number in (1, 2, 31, 32, 33, 63, 64, 70):
        alone = HeaderLine(says("{page}"), 70, typesetter, FINE).on(paper(), number)
        assert np.array_equal(alone, together[number - 1]), number


@settings(max_examples=30, deadline=None)
@given(st.text(st.characters(exclude_categories=["C", "Z"]), max_size=60), st.text(max_size=20))
def test_any_name_makes_a_line(typesetter: Typesetter, text: str, number: str) -> None:
    header = replace(HEADER, text=text, recipient=number.encode(errors="replace").decode())
    assert len(HeaderLine(header, 1, typesetter, FINE).on(paper(), 1)) == 300
