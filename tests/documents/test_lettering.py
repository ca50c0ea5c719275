"""Letters on bare paper are drawn smooth and cut; where there is anything under them, the page is as it was."""

import numpy as np
import pytest

from tests.documents import samples
from unifax.documents.bilevel import black_and_white
from unifax.documents.legibility import topology_error
from unifax.documents.lettering import Lettering
from unifax.documents.pdf import Pdf
from unifax.documents.sheet import Place
from unifax.documents.typeset import Typesetter
from unifax.model.paper import RASTERS, Resolution

FINE, R400 = RASTERS[Resolution.FINE], RASTERS[Resolution.R400]
A4 = Place(False, 20, 1687, 2287)
WORDS = "BT /F 14 Tf 72 700 Td (Words on bare paper) Tj ET"
PICTURE = "q 100 0 0 100 72 300 cm BI /W 4 /H 1 /CS /G /BPC 8 ID 0Zz~ EI Q"
FALSE_FRIENDS = {
    "on a tint": "0.8 g 60 690 300 30 re f 0 g",
    "white on black": "0 g 60 690 300 30 re f 1 g",
    "pale": "0.75 g",
    "hollow": "1 Tr",
    "on a picture": "q 500 0 0 50 60 680 cm BI /W 4 /H 1 /CS /G /BPC 8 ID 0Zz~ EI Q",
    "struck through in grey": "0.7 G 1 w 60 705 m 300 705 l S",
    "too small": "0.4 0 0 0.4 0 0 cm",
}

pytestmark = pytest.mark.usefixtures("pdfium")


def lettering(content: str) -> Lettering | None:
    return Lettering.on(Pdf(samples.pdf(content))._page(0), A4)


def words(typesetter: Typesetter, size: float, colour: str = "black") -> Pdf:
    """Return a page of Liberation Serif."""
    text = "Handed down and bound, a board would add paid dues; the quick brown fox jumps over a lazy dog. " * 12
    page = f'#set text(font: "Liberation Serif", size: {size}pt, fill: {colour})\n{text}'
    return Pdf(typesetter.set(page.encode(), {}))


def error(page: Pdf) -> float:
    finest = black_and_white(page.grey(0, R400), R400)
    return topology_error(black_and_white(page.grey(0, FINE), FINE), Resolution.FINE, finest, Resolution.R400)


@pytest.mark.parametrize("beside", ["", "0 G 0.5 w 60 690 300 30 re S", "0.3 0 0 rg"])
def test_a_page_of_nothing_but_letters_is_the_same_without_a_look_at_its_greys(beside: str) -> None:
    page = Pdf(samples.pdf(f"{beside} {WORDS}"))
    letters = page.letters(0, FINE)
    assert letters is not None
    assert np.array_equal(letters, black_and_white(page.grey(0, FINE), FINE).packed)
    again = page.letters(0, FINE)
    assert again is not None
    assert np.array_equal(letters, again), "the first left white paper"


@pytest.mark.parametrize("beside", [PICTURE, *FALSE_FRIENDS.values()])
def test_a_page_with_more_than_letters_is_looked_at(beside: str) -> None:
    assert Pdf(samples.pdf(f"{beside} {WORDS}")).letters(0, FINE) is None


@pytest.mark.parametrize("size", [10, 10.5, 11, 12])
def test_bowls_of_serif_letters_stay_closed(typesetter: Typesetter, size: float) -> None:
    assert error(words(typesetter, size)) <= 0.02


def test_coloured_letters_are_as_black_as_black_ones(typesetter: Typesetter) -> None:
    red, black = (words(typesetter, 11, colour).grey(0, FINE) for colour in ("maroon", "black"))
    assert np.array_equal(red, black)
    assert set(np.unique(red)) == {0, 255}


def test_dark_lines_and_white_fills_change_nothing() -> None:
    found = lettering(f"1 g 0 0 595 842 re f 0 G 0.5 w 60 690 300 30 re S 0.2 g 60 688 300 1 re f 0 0 0.5 rg {WORDS}")
    assert found is not None


@pytest.mark.parametrize("before", FALSE_FRIENDS.values(), ids=FALSE_FRIENDS)
def test_other_letters_are_drawn_as_they_are(before: str) -> None:
    assert lettering(f"{before} {WORDS}") is None


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("box", ["0 0 595 842", "0 0 842 595", "-100 -50 800 900"])
def test_what_stands_beside_the_letters_keeps_its_greys_however_the_page_is_turned(turn: int, box: str) -> None:
    def page(content: str) -> Pdf:
        return Pdf(samples.pdf(content, box=box).replace(b"/MediaBox", b"/Rotate %d /MediaBox" % turn))

    words = "BT /F 14 Tf 72 500 Td (Words on bare paper) Tj ET"
    picture, letters, both = (page(content).grey(0, FINE) for content in (PICTURE, words, f"{words} {PICTURE}"))
    assert set(np.unique(letters)) == {0, 255}
    assert len(np.unique(picture)) > 3
    assert np.array_equal(both, np.minimum(letters, picture))


def test_a_page_of_very_many_things_is_left_alone() -> None:
    fills = " ".join(f"0.5 g {5 * (at % 50)} {100 + 5 * (at // 50)} 4 4 re f" for at in range(100))
    assert lettering(f"{fills} 0 g {WORDS}") is None


def test_a_note_on_a_page_may_lie_on_its_letters() -> None:
    assert Lettering.on(Pdf(samples.noted("4"))._page(0), A4) is None


def test_a_page_without_letters_has_no_lettering() -> None:
    assert lettering("0 0 m 9 9 l S") is None
    assert lettering("") is None
