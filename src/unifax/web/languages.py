"""The languages of our pages: which there are, which of them a browser wants, and what stands in it. Knows no page.

What is written in the sources is English. Each other language is a catalogue of gettext in `words/`, read as it is when
the site is made: to add one, add a file (`docs/center.md`).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from starlette.requests import Request
from starlette.responses import Response

SOURCE = "en"
WORDS = Path(__file__).with_name("words")
COOKIE = "language"
COOKIE_SECONDS = 365 * 24 * 3600

_RANGE = re.compile(r"\s*([A-Za-z]{1,8})(?:-[A-Za-z0-9-]*)?\s*(?:;\s*q\s*=\s*([01](?:\.[0-9]{0,3})?)\s*)?", re.ASCII)


def N_(text: str) -> str:
    """Mark a text of a table for translation, and return it as it is. The name is gettext's own."""
    return text


@dataclass(frozen=True, slots=True)
class Language:
    """One language, and how things are said in it."""

    tag: str
    "As `lang` has it (BCP 47)."
    name: str
    "In its own words."
    direction: str
    "`ltr` or `rtl`, as `dir` has it."
    _locale: Locale
    _translations: NullTranslations

    def gettext(self, text: str) -> str:
        """Return a text of ours in this language."""
        return self._translations.gettext(text)

    def ngettext(self, one: str, many: str, count: int) -> str:
        """Return a text about so many in this language."""
        return self._translations.ngettext(one, many, count)

    def moment(self, at: datetime, zone: tzinfo) -> str:
        """Write a moment, as clocks of a zone show it."""
        return str(format_datetime(at.astimezone(zone), "medium", locale=self._locale)).replace("\u202f", " ")

    def date(self, day: date) -> str:
        """Write a day."""
        return str(format_date(day, "medium", locale=self._locale))

    def number(self, number: float) -> str:
        """Write a number."""
        return str(format_decimal(number, locale=self._locale))


class Languages:
    """All languages that there are."""

    def __init__(self, folder: Path = WORDS) -> None:
        there = [_language(SOURCE, NullTranslations())]
        there += [_language(path.stem, _catalogue(path)) for path in sorted(folder.glob("*.po"))]
        self._by_tag: Mapping[str, Language] = {language.tag: language for language in there}

    @property
    def all(self) -> Sequence[Language]:
        """Return them, the one of the sources first."""
        return tuple(self._by_tag.values())

    def named(self, tag: str) -> Language | None:
        """Return a language by its tag."""
        return self._by_tag.get(tag)

    def of(self, request: Request) -> Language:
        """Return the language of a browser: the one that was chosen in it, else the first it asks for that we have."""
        chosen = self._by_tag.get(request.cookies.get(COOKIE, ""))
        if chosen is not None:
            return chosen
        asked = (self._by_tag.get(tag) for tag in wanted(request.headers.get("accept-language", "")))
        return next((language for language in asked if language is not None), self._by_tag[SOURCE])


def wanted(accept_language: str) -> Sequence[str]:
    """Return the languages that are wanted, the most wanted first (RFC 9110 12.5.4); without their regions."""
    ranges = [found for each in accept_language[:500].split(",") if (found := _RANGE.fullmatch(each))]
    weighed = [(float(found[2] or 1), found[1].lower()) for found in ranges]
    return [tag for weight, tag in sorted(weighed, key=lambda each: -each[0]) if weight > 0]


def remember_language(response: Response, language: Language, *, secure: bool) -> None:
    """Have the browser show this language from now on."""
    response.set_cookie(
        COOKIE, language.tag, max_age=COOKIE_SECONDS, path="/", secure=secure, httponly=True, samesite="lax"
    )


def _language(tag: str, translations: NullTranslations) -> Language:
    locale = Locale.parse(tag)
    return Language(tag, locale.get_display_name() or tag, locale.text_direction, locale, translations)


@cache  # it takes some tens of milliseconds, and the site is made often in tests
def _catalogue(path: Path) -> NullTranslations:
    with path.open("rb") as file:
        catalogue = read_po(file, locale=path.stem)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)
