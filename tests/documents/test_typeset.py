"""What is set is data, and how much of it at once."""

import pytest
import typst
from hypothesis import given
from hypothesis import strategies as st

from unifax.documents.typeset import Typesetter, together


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
