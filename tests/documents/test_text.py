"""Bytes to letters, letters to lines: by eye and by property."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from unifax.documents.intake import Kind, Unfit, kind_of
from unifax.documents.text import COLUMNS, LINES, Line, Text, decode, lay_out
from unifax.documents.typeset import Typesetter
from unifax.model.charset import codec_of
from unifax.model.paper import RASTERS, Resolution

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


@pytest.mark.parametrize("charset", ["iso-8859-8-i", "windows-1255", "cp862", "utf-16-le", "utf-8"])
def test_a_charset_that_is_named_is_not_guessed_at(charset: str) -> None:
    assert decode(HEBREW.encode(codec_of(charset)), charset) == HEBREW


def test_a_mark_in_front_is_no_letter_whatever_the_charset() -> None:
    assert decode(b"\xef\xbb\xbfabc", "utf-8") == "abc"
    assert decode(b"\xff\xfea\0", "utf-16-le") == "a"


@pytest.mark.parametrize(("data", "charset"), [(b"\xe9t\xe9", "utf-8"), (b"abc", "utf-16"), (b"a\x00b", "cp1252")])
def test_what_is_not_in_its_charset_is_refused_by_name(data: bytes, charset: str) -> None:
    with pytest.raises(Unfit, match=f"is not text in {charset}"):
        decode(data, charset)


def test_a_visual_text_stays_as_it_is_seen() -> None:
    assert list(lay_out("םולש abc\n", visual=True)) == [[Line("\u202dםולש abc\u202c", False)]]


def test_a_visual_line_that_is_too_long_is_broken_where_it_is_read_first() -> None:
    """A Hebrew one at the right, an English one at the left."""
    hebrew, english = "בבב " * 20 + "א" * 8, "a" * 8 + " bbb" * 20
    wrapped = [[line.text[1:-1] for line in page] for page in lay_out(f"{hebrew}\n{english}\n", visual=True)]
    assert wrapped == [[("בבב " * 18 + "א" * 8), "בבב בבב", "a" * 8 + " bbb" * 18, "bbb bbb"]]


def test_a_telephone_number_stays_in_one_piece_where_lines_run_right_to_left() -> None:
    assert lines("טלפון +972 3-123 (4567) סוף") == ["טלפון \u2066+972 3-123 (4567\u2069) סוף"]
    assert lines("call +972 3 123 4567, שלום") == ["call +972 3 123 4567, שלום"]


def test_a_text_without_fonts_for_it_is_refused_and_a_rare_letter_is_not(typesetter: Typesetter) -> None:
    with pytest.raises(Unfit, match="is written in letters that there is no font for here, such as BENGALI LETTER BA"):
        Text("বাংলা ভাষা\n".encode(), typesetter)
    text = Text("A letter in English\n\fwith one word, বা, in another script: ক".encode(), typesetter)
    assert [text.lacks_letters(index) for index in range(text.pages)] == [False, True]


@pytest.mark.parametrize(
    "words",
    [
        "ąęłżß Ελληνικά Кириллица",
        "שָׁלוֹם עֲלֵיכֶם",
        "السلام عليكم",
        "漢字 かな カナ 한국어",
        "สวัสดีครับ",
        "नमस्ते क्षेत्र",
        "┌─┐ ✓ ☎ € ₪",
    ],
)
def test_the_fonts_that_setup_installs_have_these_letters(typesetter: Typesetter, words: str) -> None:
    assert not typesetter.letters.missing(words)


FINE = RASTERS[Resolution.FINE]


def ink(typesetter: Typesetter, text: str, charset: str = "utf-8") -> NDArray[np.bool_]:
    """Return what is drawn of a text, cut out of its paper."""
    black = Text(text.encode(codec_of(charset)), typesetter, charset).grey(0, FINE) < 128
    rows, columns = (np.flatnonzero(black.any(axis=axis)) for axis in (1, 0))
    return np.asarray(black[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])


def same(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> bool:
    """Tell whether two drawings are the same but for where a pixel begins."""
    if any(abs(a - b) > 1 for a, b in zip(one.shape, other.shape, strict=True)):
        return False
    rows, columns = min(one.shape[0], other.shape[0]), min(one.shape[1], other.shape[1])
    wrong = one[:rows, :columns] ^ other[:rows, :columns]
    return bool(wrong.sum() < 0.2 * one.sum())


def test_hebrew_in_the_order_of_the_eye_looks_like_hebrew_in_the_order_of_reading(typesetter: Typesetter) -> None:
    read, seen = ink(typesetter, "שלום", "iso-8859-8-i"), ink(typesetter, "םולש", "iso-8859-8")
    assert same(read, seen)
    assert not same(read, seen[:, ::-1])
    assert not same(read, ink(typesetter, "םולש", "iso-8859-8-i"))


def test_a_number_on_a_hebrew_page_looks_as_it_does_alone(typesetter: Typesetter) -> None:
    """The page ends at the left with the number: cut to its width it is the number."""
    number, page = ink(typesetter, "+972 3 123 4567"), ink(typesetter, "טלפון +972 3 123 4567")
    wide = number.shape[1]
    found = page[:, :wide]
    rows = np.flatnonzero(found.any(axis=1))
    assert same(found[rows[0] : rows[-1] + 1], number)


@pytest.mark.parametrize("letter", ["अ", "Ⅷ", "W", "ฬ"])
def test_lines_of_wide_letters_are_pressed_into_the_margins(typesetter: Typesetter, letter: str) -> None:
    text = Text((letter * 160).encode(), typesetter)
    columns = np.flatnonzero((text.grey(0, FINE) < 128).any(axis=0))
    assert text.pages == 1
    assert 178 <= columns[0] < columns[-1] <= 1550


def test_lines_of_a_script_that_runs_right_to_left_are_pressed_too(typesetter: Typesetter) -> None:
    columns = np.flatnonzero((Text(("א" + "Ⅷ" * 79).encode(), typesetter).grey(0, FINE) < 128).any(axis=0))
    assert 178 <= columns[0] < columns[-1] <= 1550


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=1000).filter(lambda text: text.count("\f") < 7))
def test_any_text_is_the_pages_that_it_was_counted_as_or_unfit(typesetter: Typesetter, text: str) -> None:
    try:
        drawn = Text(text.encode(), typesetter, "utf-8")
    except Unfit:
        return
    for index in range(drawn.pages):
        assert drawn.grey(index, RASTERS[Resolution.STANDARD]).shape == (1143, 1728)


@pytest.mark.parametrize("resolution", Resolution)
def test_a_page_is_whole_at_every_resolution(typesetter: Typesetter, resolution: Resolution) -> None:
    raster = RASTERS[resolution]
    grey = Text(b"This is my fax\n" * 60, typesetter).grey(0, raster)
    assert grey.shape == (raster.a4_rows, raster.width)
    rows = np.flatnonzero((grey < 128).any(axis=1)) / raster.a4_rows
    assert 0.06 < rows[0] < 0.09
    assert 0.88 < rows[-1] < 0.93


def test_long_texts_are_set_some_pages_at_a_time_and_in_any_order(typesetter: Typesetter) -> None:
    text = Text("".join(f"{number}\f" for number in range(45)).encode(), typesetter)
    alone = Text(b"44", typesetter).grey(0, FINE)
    assert text.pages == 45
    assert np.array_equal(text.grey(44, FINE), alone)
    assert not np.array_equal(text.grey(0, FINE), alone)
    assert np.array_equal(text.grey(44, FINE), alone)
