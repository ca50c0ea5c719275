"""The words that things are found by: of names and numbers, without case, accents and marks. Knows no database."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

LONGEST = 40
"Letters of a word that count."
MOST = 200
"Words of one thing that count."
_PARTS = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"\s*\+?[0-9][0-9\s().\-/]*")
_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True, order=True)
class Beginning:
    """Words that are looked for: those that begin so, or this one alone."""

    text: str
    is_whole: bool = False

    @property
    def after(self) -> str:
        """What comes after all words that begin so, in the order of characters."""
        return self.text + _LAST


def folded(text: str) -> str:
    """Return a text as it is compared: without case, accents and the difference of wide and narrow letters."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def words_of(texts: Iterable[str]) -> frozenset[str]:
    """Return the words of some texts; of a telephone number, however it is written, its digits in one."""
    found: set[str] = set()
    for text in texts:
        if _NUMBER.fullmatch(text):
            found.add(digits(text)[:LONGEST])
        found.update(part[:LONGEST] for part in _PARTS.findall(folded(text)))
    return frozenset(sorted(found)[:MOST])


def asked_words(text: str) -> tuple[str, ...]:
    """Return what somebody looks for: all of it is to be found. What looks like a telephone number is one word."""
    if _NUMBER.fullmatch(text):
        return (digits(text)[:LONGEST],)
    return tuple(dict.fromkeys(part[:LONGEST] for part in _PARTS.findall(folded(text))))[:10]


def digits(text: str) -> str:
    """Return the digits of a number."""
    return "".join(letter for letter in text if letter.isdigit() and letter.isascii())
