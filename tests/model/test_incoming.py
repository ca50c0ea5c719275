"""Telephone numbers that we are called by."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unifax.model.errors import RequestInvalid
from unifax.model.incoming import new_did, parse_did


@pytest.mark.parametrize("text", ["+49401234", "0049401234", "49401234", "+49 40 12-34", "(0049) 40/1234"])
def test_an_international_number_is_one_however_it_is_written(text: str) -> None:
    assert parse_did(text) == "49401234"


def test_a_national_number_stays_as_it_is_dialled() -> None:
    assert parse_did("0401234") == "0401234"


@pytest.mark.parametrize("text", ["", "+", "0", "00", "0003*210", "+49x", "1" * 21, "anonymous", "４９"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert parse_did(text) is None
    with pytest.raises(RequestInvalid):
        new_did(text)


@given(st.text(max_size=30))
def test_a_number_is_digits_and_is_parsed_once_and_for_all(text: str) -> None:
    number = parse_did(text)
    assert number is None or (number.isascii() and number.isdigit())
