"""What is set is data, and how much of it at once."""

from pathlib import Path

import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st

from unifax.documents import typeset
from unifax.documents.pdf import Pdf
from unifax.documents.typeset import Typesetter, together
from unifax.model.paper import RASTERS, Resolution


@given(st.integers(1, 10_000), st.sampled_from([1, 2, 16, 32]))
def test_every_page_is_set_once_with_those_around_it(number: int, most: int) -> None:
    pages = together(number, most)
    assert number in pages
    assert len(pages) <= most
    assert {together(each, most) for each in pages} == {pages}


def test_the_first_page_waits_for_no_other() -> None:
    assert [list(together(number, 4)) for number in (1, 2, 4, 8)] == [[1], [2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]


@pytest.mark.parametrize("source", [b'#read("/etc/hostname")', b'#import "@preview/cetz:0.2.0": *', b"#nonsense"])
def test_what_cannot_be_set_is_an_error_of_typst(typesetter: Typesetter, source: bytes) -> None:
    with pytest.raises(typst.TypstError):
        typesetter.set(source, [])


@settings(max_examples=15, deadline=None)
@given(st.text(max_size=40) | st.text('\\"#${}u();*', max_size=40))
def test_words_in_the_source_are_as_good_as_words_in_an_input(typesetter: Typesetter, text: str) -> None:
    text = text.encode(errors="replace").decode()
    template = Path(typeset.__file__).parent / "templates" / "text.typ"
    lines: typeset.Json = [[{"text": text, "rtl": False, "even": True}]]
    one, other = (Pdf(typesetter.set(each, lines)) for each in ("text", template.read_bytes()))
    standard = RASTERS[Resolution.STANDARD]
    assert one.grey(0, standard).tobytes() == other.grey(0, standard).tobytes()
