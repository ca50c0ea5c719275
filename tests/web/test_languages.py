"""The languages of our pages: which one a browser gets, and that nothing of what pages say is missing in any."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from hypothesis import given
from hypothesis import strategies as st

from tests.web.write_words import catalogues
from unifax.web.languages import Languages, wanted

PLACE = re.compile(r"%\([a-z]+\)[sd]")


def test_nothing_is_left_untranslated() -> None:
    """To write what is new into the catalogues: `make words`."""
    empty = [
        (path.stem, message.id) for path, catalogue in catalogues() for message in catalogue if not all(said(message))
    ]
    assert empty == []


def test_what_is_filled_in_is_filled_in_everywhere() -> None:
    for path, catalogue in catalogues():
        for message in catalogue:
            ids = message.id if isinstance(message.id, tuple) else (message.id,)
            places = [set(PLACE.findall(text)) for text in (*ids, *said(message))]
            assert all(each <= places[0] | places[len(ids) - 1] for each in places), (path.stem, message.id)
            if len(ids) == 1:
                assert places[0] == places[-1], (path.stem, message.id)


def said(message: Message) -> tuple[str, ...]:
    """Return how a message is said in a language, in each of its forms."""
    forms = message.string if isinstance(message.string, list | tuple) else [message.string]
    return tuple(form or "" for form in forms)


def test_hebrew_is_written_from_the_right_and_counts_in_its_own_way() -> None:
    hebrew = Languages().named("he")
    assert hebrew is not None
    assert (hebrew.name, hebrew.direction) == ("עברית", "rtl")
    assert hebrew.gettext("Sign in") == "כניסה"
    assert hebrew.ngettext("%(num)s page", "%(num)s pages", 1) == "עמוד אחד"
    assert hebrew.ngettext("%(num)s page", "%(num)s pages", 7) == "%(num)s עמודים"
    assert hebrew.gettext("of no page of ours") == "of no page of ours"


def test_a_language_is_added_by_a_file(tmp_path: Path) -> None:
    (tmp_path / "fr.po").touch()
    languages = Languages(tmp_path)
    assert [language.tag for language in languages.all] == ["en", "fr"]
    french = languages.named("fr")
    assert french is not None
    assert (french.name, french.gettext("Sign in"), french.direction) == ("français", "Sign in", "ltr")


@pytest.mark.parametrize(
    ("header", "tags"),
    [
        ("", []),
        ("he", ["he"]),
        ("en;q=0.5, he", ["he", "en"]),
        ("en-GB, he;q=0", ["en"]),
        ("*, ;;;, he;q=x, fr", ["fr"]),
    ],
)
def test_the_languages_that_are_wanted(header: str, tags: list[str]) -> None:
    assert wanted(header) == tags


@given(st.text(max_size=40))
def test_any_wish_is_understood_or_left(header: str) -> None:
    assert all(tag.isalpha() for tag in wanted(header))
