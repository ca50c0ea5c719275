"""A charset is the name of a text encoding, or a sentence that says so."""

import encodings
from encodings.aliases import aliases

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unifax.model.charset import codec_of, is_visual, parse_charset
from unifax.model.errors import RequestInvalid


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("utf-8", "utf-8"),
        ("UTF-16", "utf-16"),
        (" Windows-1255 ", "windows-1255"),
        ("iso-8859-8", "iso-8859-8"),
        ("ISO-8859-8-I", "iso-8859-8-i"),
        ("latin1", "latin1"),
        ("shift_jis", "shift_jis"),
        ("iso-2022-jp", "iso-2022-jp"),
        ("cp862", "cp862"),
        ("windows-31j", "windows-31j"),
    ],
)
def test_a_charset_keeps_its_name(given: str, kept: str) -> None:
    assert parse_charset(given) == kept


@pytest.mark.parametrize(
    "name",
    [
        "",
        "utf-9",
        "rot13",
        "base64",
        "zlib",
        "idna",
        "punycode",
        "unicode_escape",
        "undefined",
        "a\0b",
        "../x",
        "aliases",
    ],
)
def test_what_is_no_text_encoding_is_refused(name: str) -> None:
    with pytest.raises(RequestInvalid, match="'charset' must be the name of a text encoding"):
        parse_charset(name)


def test_names_that_are_not_known_are_not_remembered() -> None:
    before = len(encodings._cache)
    for number in range(100):
        with pytest.raises(RequestInvalid):
            parse_charset(f"nothing-{number}")
    assert len(encodings._cache) == before


@pytest.mark.parametrize("name", sorted(filter(str.islower, aliases)))
def test_every_alias_of_pythons_is_known(name: str) -> None:
    try:
        b"?".decode(aliases[name])
    except (LookupError, UnicodeError):
        return
    assert parse_charset(name.replace("_", "-")) == name.replace("_", "-")


@given(st.text() | st.none() | st.integers() | st.lists(st.text()))
def test_anything_is_a_charset_or_refused(anything: object) -> None:
    try:
        name = parse_charset(anything)
    except RequestInvalid:
        return
    assert parse_charset(name) == name
    codec_of(name)


def test_hebrew_is_in_the_order_of_the_eye_only_by_its_own_name() -> None:
    assert [is_visual(name) for name in ("iso-8859-8", "visual", "hebrew", "iso-8859-8-e")] == [True] * 4
    assert [is_visual(name) for name in ("iso-8859-8-i", "logical", "windows-1255", "utf-8")] == [False] * 4


def test_small_sets_of_letters_are_read_by_the_larger_ones_that_people_mean() -> None:
    assert b"\x80 5 \x96 7".decode(codec_of("iso-8859-1")) == "€ 5 – 7"
    assert b"\x80 5".decode(codec_of("us-ascii")) == "€ 5"
