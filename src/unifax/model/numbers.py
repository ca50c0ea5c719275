"""Numbers as people write them: extension numbers and telephone numbers of the UnifiedAPI (VNUAPI30, Data Types)."""

import re
from dataclasses import dataclass

from unifax.model.errors import RecipientsInvalid

_EXTENDED = re.compile(r"([0-9]{1,16})\*([0-9]{1,16})")
_PHONE = re.compile(r"\+?[0-9]{1,20}")
_PUNCTUATION = re.compile(r"[\s().\-/]")


@dataclass(frozen=True, slots=True)
class ExtensionNumber:
    """An extended extension number: `0003*210` is client prefix 0003, extension 210."""

    prefix: str
    short: str

    @classmethod
    def parse(cls, text: str) -> "ExtensionNumber | None":
        """Return the number, or None when the text has another form (a short number, a telephone number)."""
        found = _EXTENDED.fullmatch(text)
        return cls(found[1], found[2]) if found else None

    def __str__(self) -> str:
        return f"{self.prefix}*{self.short}"


def parse_recipient(text: str) -> str:
    """Return a recipient in its plain form: `0003*211`, or digits with an optional leading plus.

    Spaces, dots, dashes, slashes and brackets that people put into telephone numbers are dropped.
    Raises RecipientsInvalid.
    """
    plain = _PUNCTUATION.sub("", text)
    if _EXTENDED.fullmatch(plain) or _PHONE.fullmatch(plain):
        return plain
    raise RecipientsInvalid(f"'{text[:40]}' is neither a telephone number nor an extension number.")


def shorten(number: str) -> str:
    """Return a number as log lines may show it: `77*****`. Full numbers are personal data."""
    return number[:2] + "*" * max(0, len(number) - 2)
