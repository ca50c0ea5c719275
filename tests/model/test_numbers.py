"""Numbers as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unifax.model.errors import RecipientsInvalid
from unifax.model.numbers import ExtensionNumber, parse_recipient, shorten


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("7778888", "7778888"),
        ("+1 (555) 010-9999", "+15550109999"),
        ("0003*211", "0003*211"),
        ("03/123.45 67", "031234567"),
    ],
)
def test_a_number_is_read_as_people_write_it(written: str, plain: str) -> None:
    assert parse_recipient(written) == plain


@pytest.mark.parametrize("wrong", ["", "@self", "12a", "++1", "*", "0003*", "1*2*3", "1" * 21, "٣٤٥", "<7778888>"])
def test_what_is_no_number_is_refused(wrong: str) -> None:
    with pytest.raises(RecipientsInvalid):
        parse_recipient(wrong)


@given(st.text(max_size=60))
def test_any_text_is_a_number_or_refused(text: str) -> None:
    try:
        plain = parse_recipient(text)
    except RecipientsInvalid:
        return
    assert parse_recipient(plain) == plain
    assert all(character in "+*0123456789" for character in plain)


def test_an_extended_number_is_read_and_written_back() -> None:
    number = ExtensionNumber.parse("0003*210")
    assert number == ExtensionNumber("0003", "210")
    assert str(number) == "0003*210"
    assert ExtensionNumber.parse("210") is None


def test_log_lines_show_no_whole_number() -> None:
    assert shorten("7778888") == "77*****"
