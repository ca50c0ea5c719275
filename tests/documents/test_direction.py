"""Which way a text runs, and that numbers in it do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unifax.documents.direction import numbers_whole, runs_right_to_left


@pytest.mark.parametrize(
    ("paragraph", "rtl"),
    [
        ("", False),
        ("abc", False),
        ("123 שלום abc", True),
        ("abc שלום", False),
        ("+49 ٣ 17", False),
        ("(سلام)", True),
        ("\u2068abc\u2069 שלום", True),
        ("\u2066שלום\u2069 abc", False),
        ("\u2067\u2066ab\u2069 cd\u2069", False),
        ("\u2066שלום", False),
        ("\u2069 שלום", True),
    ],
)
def test_the_first_strong_letter_outside_of_isolates_tells_the_direction(paragraph: str, rtl: bool) -> None:
    assert runs_right_to_left(paragraph) is rtl


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("+972 3 123 4567", "\u2066+972 3 123 4567\u2069"),
        ("טל׳ +972-3-123 (45), סוף", "טל׳ \u2066+972-3-123 (45\u2069), סוף"),
        ("+1\u00a0555 או +2", "\u2066+1\u00a0555\u2069 או \u2066+2\u2069"),
        ("1 + 2, +x, 03-123", "1 + 2, +x, 03-123"),
    ],
)
def test_a_number_with_a_plus_is_isolated(text: str, whole: str) -> None:
    assert numbers_whole(text) == whole


@given(st.text(st.sampled_from("+0123 ()-./שא\n")))
def test_nothing_but_isolates_is_added_and_they_are_closed(text: str) -> None:
    whole = numbers_whole(text)
    assert whole.replace("\u2066", "").replace("\u2069", "") == text
    assert whole.count("\u2066") == whole.count("\u2069")
