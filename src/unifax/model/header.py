"""The line at the top of each page: where it stands, and what it says. Draws nothing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from unifax.model.errors import RequestInvalid

MAX_LINE = 100
MAX_PARTS = 8

FIELDS = ("date", "sender", "station", "recipient", "page", "pages")
REQUIRED = ("date", "sender", "station")
"When, who, and from which machine: on every page, or the first (47 CFR 68.318(d))."

DEFAULT_LINE = "{date} | {sender} | {station} | page {page} of {pages}"

_TOKEN = re.compile(r"\{([^{}]*)\}|[{}]")


class HeaderPosition(StrEnum):
    """Where the header line stands."""

    AUTO = "auto"
    "In the top margin where nothing is there, else above the page."
    ABOVE = "above"
    "Above the page, which becomes 5 mm longer."
    OVER = "over"
    "In the top margin, over whatever is there: the page keeps its length."
    OFF = "off"


@dataclass(frozen=True, slots=True)
class HeaderStyle:
    """The header line of an extension."""

    position: HeaderPosition = HeaderPosition.AUTO
    line: str = DEFAULT_LINE
    """Words, and fields in braces. A bar divides it into parts: the first stands at one edge of the page, the last at
    the other."""

    @property
    def lacks(self) -> tuple[str, ...]:
        """The fields that the law of the United States asks for and that it does not show."""
        if self.position is HeaderPosition.OFF:
            return REQUIRED
        named = {token[1] for token in _TOKEN.finditer(self.line)}
        return tuple(field for field in REQUIRED if field not in named)


PLAIN = HeaderStyle()


def parse_header_line(text: str) -> str:
    """Return a header line as it is kept. Raises RequestInvalid, naming the field that there is not."""
    line = text.strip()
    if not line or len(line) > MAX_LINE or not line.isprintable():
        raise RequestInvalid(f"'headerLine' must be one line of up to {MAX_LINE} printable characters.")
    if line.count("|") >= MAX_PARTS:
        raise RequestInvalid(f"'headerLine' must have at most {MAX_PARTS} parts.")
    known = ", ".join(f"{{{field}}}" for field in FIELDS)
    for token in _TOKEN.finditer(line):
        if token[1] is None:
            raise RequestInvalid(f"'headerLine' has a brace without its other one; its fields are {known}.")
        if token[1] not in FIELDS:
            raise RequestInvalid(f"'headerLine' has no field {{{token[1]}}}; its fields are {known}.")
    return line


def parse_header_position(text: str) -> HeaderPosition:
    """Return where a header line stands. Raises RequestInvalid."""
    try:
        return HeaderPosition(text)
    except ValueError:
        raise RequestInvalid(f"'headerPosition' must be one of {', '.join(HeaderPosition)}.") from None


def filled(line: str, values: Mapping[str, str]) -> tuple[str, ...]:
    """Return the parts of a line with its fields filled in. A part that has a field without a value is left out."""
    parts = []
    for part in line.split("|"):
        if all(values[token[1]] for token in _TOKEN.finditer(part)):
            parts.append(_TOKEN.sub(lambda token: values[token[1]], part).strip())
    return tuple(part for part in parts if part)
