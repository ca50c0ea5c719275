"""Bytes to letters, letters to lines: by eye and by property."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unifax.documents.intake import Kind, Unfit, kind_of
from unifax.documents.text import COLUMNS, LINES, Line, decode, lay_out

HEBREW = "שלום רב, מצורף המסמך שביקשת אתמול בטלפון. נא לאשר קבלה."


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.4", Kind.PDF),
        (b"\xff\xd8\xff\xe0", Kind.JPG),
        (b"II*\0", Kind.TIF),
        (b"MM\0*", Kind.TIF),
        (b"MM\0+", Kind.TIF),
        (b"II* is a text", Kind.TXT),
        (b"PDF-1.4", Kind.TXT),
    ],
)
def test_only_the_first_bytes_say_what_a_file_is(data: bytes, kind: Kind) -> None:
    assert kind_of(data) is kind


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1255"])
def test_hebrew_is_read_in_every_encoding(encoding: str) -> None:
    assert decode(HEBREW.encode(encoding)) == HEBREW


@pytest.mark.parametrize("text", ["Grüße", "Rechnung über 100 €", "hello – world", "Straße 5, 80331 München"])
def test_a_few_letters_are_not_taken_for_those_of_a_machine_nobody_has(text: str) -> None:
    assert decode(text.encode("cp1252")) == text


def test_a_guess_that_leaves_control_characters_is_not_the_last() -> None:
    assert decode("Zażółć gęślą jaźń\r\n".encode("cp1250") * 3) == "Zażółć gęślą jaźń\r\n" * 3


def test_japanese_in_seven_bits_is_not_taken_for_ascii() -> None:
    text = "ご注文ありがとうございます。ファクスをお送りします。"
    assert decode(text.encode("iso-2022-jp")) == text


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Co"]), min_size=1))
def test_utf_8_is_always_itself(text: str) -> None:
    data = text.encode()
    if not data.strip() or not text.strip("\ufeff").strip() or b"%PDF-" in data or text.startswith("\ufeff"):
        return
    assert decode(data) == text


@given(st.binary())
def test_any_bytes_are_a_text_or_unfit(data: bytes) -> None:
    try:
        text = decode(data)
    except Unfit:
        return
    assert text.strip()
    assert "\0" not in text


@given(st.text())
def test_no_line_is_too_long_and_no_page_too_full(text: str) -> None:
    pages = list(lay_out(text))
    assert pages
    assert all(1 <= len(page) <= LINES for page in pages)
    assert all(len(line.text) <= 4 * COLUMNS for page in pages for line in page)


@given(st.text(st.characters(categories=["L", "N", "P", "Zs"])))
def test_no_letter_is_lost(text: str) -> None:
    """Spaces may become others or fall away at the end of a line; what can be seen stays, in order."""
    shown = "".join(line.text for page in lay_out(text) for line in page)
    assert "".join(shown.split()) == "".join(text.split())


def lines(text: str) -> list[str]:
    return [line.text for page in lay_out(text) for line in page]


def test_long_lines_break_between_words_and_long_words_anywhere() -> None:
    assert lines("word " * 17) == [" ".join(["word"] * 16), "word"]
    assert lines("x" * 200) == ["x" * 80, "x" * 80, "x" * 40]
    assert lines("字" * 50) == ["字" * 40, "字" * 10]


def test_tabs_and_runs_of_spaces_keep_their_width() -> None:
    assert lines("a\tb") == ["a" + "\xa0" * 7 + "b"]
    assert lines("  a  b c") == ["\xa0\xa0a\xa0\xa0b c"]


def test_line_ends_of_every_kind_and_the_last_one_adds_nothing() -> None:
    assert lines("a\r\nb\rc\nd\r\n") == ["a", "b", "c", "d"]
    assert lines("a\n\nb") == ["a", "", "b"]


def test_a_form_feed_begins_a_page() -> None:
    assert [[line.text for line in page] for page in lay_out("a\n\fb\f\fc\f")] == [["a"], ["b"], [""], ["c"]]


def test_direction_is_that_of_the_first_strong_letter() -> None:
    assert list(lay_out("123 שלום abc\nabc שלום\n123")) == [
        [Line("123 שלום abc", True), Line("abc שלום", False), Line("123", False)]
    ]
