"""What a header line says: fields that there are, parts that have something to say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unifax.model.errors import RequestInvalid
from unifax.model.header import (
    DEFAULT_LINE,
    FIELDS,
    HeaderPosition,
    HeaderStyle,
    filled,
    parse_header_line,
    parse_header_position,
)

VALUES = {field: field.upper() for field in FIELDS}


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("", "'headerLine' must be one line"),
        ("x" * 101, "of up to 100 printable characters"),
        ("two\nlines", "'headerLine' must be one line"),
        ("|" * 8, "at most 8 parts"),
        ("{Date}", r"has no field \{Date\}; its fields are \{date\}, \{sender\}"),
        ("{}", r"has no field \{\}"),
        ("{date", "a brace without its other one"),
        ("date}", "a brace without its other one"),
        ("{{date}}", "a brace without its other one"),
        ("{date!r}", r"has no field \{date!r\}"),
    ],
)
def test_what_cannot_be_filled_in_is_refused(line: str, says: str) -> None:
    with pytest.raises(RequestInvalid, match=says):
        parse_header_line(line)


def test_a_position_is_a_word() -> None:
    assert parse_header_position("over") is HeaderPosition.OVER
    with pytest.raises(RequestInvalid, match="'headerPosition' must be one of auto, above, over, off"):
        parse_header_position("below")


def test_fields_are_filled_in_and_bars_part_the_line() -> None:
    assert filled(parse_header_line(" {date}, {sender} | עמוד {page}/{pages} "), VALUES) == (
        "DATE, SENDER",
        "עמוד PAGE/PAGES",
    )


def test_a_part_with_nothing_to_say_is_left_out() -> None:
    assert filled("{date} | To {recipient} | | {page}", {**VALUES, "recipient": ""}) == ("DATE", "PAGE")


def test_a_value_is_never_taken_for_a_field() -> None:
    assert filled("{sender} | {page}", {**VALUES, "sender": "{page} | \\1"}) == ("{page} | \\1", "PAGE")


def test_the_law_asks_for_when_who_and_from_where() -> None:
    assert HeaderStyle().lacks == ()
    assert HeaderStyle(line="{sender} {page}").lacks == ("date", "station")
    assert HeaderStyle(HeaderPosition.OFF, DEFAULT_LINE).lacks == ("date", "sender", "station")


@given(st.text() | st.lists(st.sampled_from(["{date}", "{page}", "|", "{", "}", "x", " "])).map("".join))
def test_any_text_is_a_line_that_can_be_filled_in_or_refused(text: str) -> None:
    try:
        line = parse_header_line(text)
    except RequestInvalid:
        return
    assert parse_header_line(line) == line
    assert not set("{}") & set("".join(filled(line, VALUES)))
