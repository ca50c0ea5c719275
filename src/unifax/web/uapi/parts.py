"""A multipart body, bytes in, parts out, as they come. Knows no files, no limits on size and no network.

Well-formed bodies (RFC 2046 5.1.1, RFC 7578) are read by python-multipart. `LooseReader` reads what people type by
hand, above all the example printed in the UnifiedAPI's own page ("Create Faxes", v3.0), which is no valid multipart:

- its first line has dashes behind the boundary, the later ones do not begin with the two dashes more that they should,
  and the last one does not close the body; in some prints the dashes have become typographic ones;
- a header is written `Content-Type;application/octet-stream`, an "empty" line may hold a non-breaking space;
- the empty line between the headers and the JSON is missing, and lines may end with LF alone.

It is used only when the body's first line is not `--boundary` CRLF, yet is the boundary when dashes are left aside.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser

from unifax.model.errors import RequestInvalid
from unifax.web.uapi.disposition import text_of

MAX_HEADERS = 16
MAX_HEADER_BYTES = 8192
MAX_LINE_BYTES = 1024
"No delimiter line is longer: python-multipart takes boundaries of 256 bytes, RFC 2046 of 70."

_DASH = rb"(?:-|\xe2\x80[\x90-\x95])"
_SPACE = rb"(?:[ \t\r\n]|\xc2\xa0)"
_LINE = re.compile(rb"%b*(?P<mark>%b*(?P<core>.*?))%b*%b*" % (_SPACE, _DASH, _DASH, _SPACE), re.DOTALL)
_BLANK = re.compile(rb"%b*" % _SPACE)
_TAIL = re.compile(rb"%b*%b*" % (_DASH, _SPACE))
_HEADER = re.compile(rb"(Content-[A-Za-z-]+)[ \t]*[:;](.*)", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PartBegan:
    """The headers of the next part have come."""

    headers: Mapping[str, str]
    "By lower-case name."


@dataclass(frozen=True, slots=True)
class PartData:
    """Some of the part's content."""

    data: bytes


@dataclass(frozen=True, slots=True)
class PartEnded:
    """The part is whole."""


PartEvent = PartBegan | PartData | PartEnded


class Reader(Protocol):
    """Reads a body in pieces: `StrictReader` and `LooseReader`."""

    def receive(self, data: bytes) -> list[PartEvent]:
        """Take the next bytes; return what they complete. Raises RequestInvalid."""

    def end(self) -> list[PartEvent]:
        """The body is over; return what that completes. Raises RequestInvalid when something is missing."""


class StrictReader:
    """A well-formed body."""

    def __init__(self, boundary: bytes) -> None:
        self._events: list[PartEvent] = []
        self._name = b""
        self._value = b""
        self._headers: dict[str, str] = {}
        self._over = False
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._headers_begin,
                    "on_header_field": self._header_name,
                    "on_header_value": self._header_value,
                    "on_header_end": self._header_end,
                    "on_headers_finished": self._part_begins,
                    "on_part_data": self._part_data,
                    "on_part_end": lambda: self._events.append(PartEnded()),
                    "on_end": self._body_ends,
                },
                max_header_count=MAX_HEADERS,
                max_header_size=MAX_HEADER_BYTES,
            )
        except FormParserError as error:
            raise RequestInvalid("The boundary of the multipart body is too long.") from error

    def receive(self, data: bytes) -> list[PartEvent]:
        if self._over:
            return []  # an epilogue (RFC 2046 5.1.1) is to be ignored
        try:
            self._parser.write(data)
        except FormParserError as error:
            raise RequestInvalid("The body is not valid multipart/form-data.") from error
        events, self._events = self._events, []
        return events

    def end(self) -> list[PartEvent]:
        if not self._over:
            raise RequestInvalid("The multipart body ends before its closing boundary.")
        return []

    def _headers_begin(self) -> None:
        self._headers = {}

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        self._headers.setdefault(text_of(self._name).strip().lower(), text_of(self._value).strip())
        self._name = self._value = b""

    def _part_begins(self) -> None:
        self._events.append(PartBegan(self._headers))

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        self._events.append(PartData(data[start:end]))

    def _body_ends(self) -> None:
        self._over = True


class LooseReader:
    """A body written by hand; see the head of this module. Give it what follows the first line."""

    def __init__(self, mark: bytes) -> None:
        self._mark = mark
        "How every delimiter line begins: the dashes and the core of the boundary, as the first line had them."
        self._held = b""
        self._headers: dict[str, str] | None = {}
        "Of the part that is beginning; None inside a part's content."
        self._at_line_start = True
        "Whether what we hold begins a line, inside content."

    def receive(self, data: bytes) -> list[PartEvent]:
        return self._read(data, final=False)

    def end(self) -> list[PartEvent]:
        events = self._read(b"", final=True)
        if self._headers is None:
            events.append(PartEnded())
        elif self._headers:
            events += [PartBegan(self._headers), PartEnded()]
        return events

    def _read(self, data: bytes, final: bool) -> list[PartEvent]:
        self._held += data
        events: list[PartEvent] = []
        moved = True
        while moved and self._held:
            moved = self._read_header(events, final) if self._headers is not None else self._read_content(events, final)
        return events

    def _read_header(self, events: list[PartEvent], final: bool) -> bool:
        """Take one line before a part's content; return whether there may be more to do."""
        assert self._headers is not None
        end = self._held.find(b"\n")
        if end < 0 and not final and len(self._held) <= MAX_HEADER_BYTES:
            return False
        line = self._held[: end + 1] if end >= 0 else self._held
        header = _HEADER.match(line)
        if header:
            if len(line) > MAX_HEADER_BYTES or len(self._headers) >= MAX_HEADERS:
                raise RequestInvalid("The headers of a part of the body are too long.")
            self._headers.setdefault(text_of(header[1]).lower(), text_of(header[2]).strip())
        elif not self._headers:
            # Between parts, and behind the last of them: empty lines and stray delimiters mean nothing.
            if not self._is_blank(line) and not self._is_delimiter(line):
                raise RequestInvalid("A part of the multipart body has no Content-Disposition header.")
        else:
            self._begin(events)
            if not self._is_blank(line):
                return True  # the empty line is missing: this one is content already
        self._held = self._held[len(line) :]
        return True

    def _begin(self, events: list[PartEvent]) -> None:
        assert self._headers is not None
        events.append(PartBegan(self._headers))
        self._headers = None
        self._at_line_start = True

    def _is_blank(self, line: bytes) -> bool:
        return len(line) <= MAX_HEADER_BYTES and _BLANK.fullmatch(line) is not None

    def _is_delimiter(self, line: bytes) -> bool:
        if len(line) > MAX_LINE_BYTES or not line.startswith(self._mark):
            return False
        return _TAIL.fullmatch(line, len(self._mark)) is not None

    def _read_content(self, events: list[PartEvent], final: bool) -> bool:
        """Let content go up to the next delimiter line; return whether one was found."""
        held, search = self._held, 0
        while (at := held.find(self._mark, search)) >= 0:
            search = at + 1
            if not (held.endswith(b"\n", 0, at) if at else self._at_line_start):
                continue
            end = held.find(b"\n", at)
            line = held[at : end + 1] if end >= 0 else held[at:]
            undecided = end < 0 and not final and len(line) <= MAX_LINE_BYTES
            if not undecided and not self._is_delimiter(line):
                continue
            content = held[: at - 2] if held.endswith(b"\r\n", 0, at) else held[: max(0, at - 1)]
            if content:
                events.append(PartData(content))
            if undecided:
                self._keep(len(content))
                return False
            events.append(PartEnded())
            self._headers = {}
            self._held = held[at + len(line) :]
            return True
        # What is left could still become a line break and a mark.
        out = len(held) if final else max(0, len(held) - len(self._mark) - 2)
        if out:
            events.append(PartData(held[:out]))
            self._keep(out)
        return False

    def _keep(self, start: int) -> None:
        if start:
            self._held = self._held[start:]
            self._at_line_start = False


class PartReader:
    """Reads a body whose boundary is known, strictly or loosely as its first line asks for."""

    def __init__(self, boundary: bytes) -> None:
        self._boundary = boundary
        self._strict = StrictReader(boundary)
        self._opening = b""
        self._chosen: Reader | None = None

    def receive(self, data: bytes) -> list[PartEvent]:
        """Take the next bytes; return what they complete. Raises RequestInvalid."""
        if self._chosen is not None:
            return self._chosen.receive(data)
        self._opening = (self._opening + data).lstrip(b"\r\n")
        if b"\n" not in self._opening and len(self._opening) <= MAX_LINE_BYTES:
            return []
        return self._choose()

    def end(self) -> list[PartEvent]:
        """The body is over; return what that completes. Raises RequestInvalid when something is missing."""
        events = self._choose() if self._chosen is None else []
        assert self._chosen is not None
        return events + self._chosen.end()

    def _choose(self) -> list[PartEvent]:
        line, newline, rest = self._opening.partition(b"\n")
        proper = b"--" + self._boundary
        well_formed = line.endswith(b"\r") and line.rstrip(b" \t\r") in (proper, proper + b"--")
        wanted, found = _LINE.fullmatch(self._boundary), _LINE.fullmatch(line[: MAX_LINE_BYTES + 1])
        if (
            len(line) <= MAX_LINE_BYTES
            and newline
            and not well_formed
            and wanted
            and found
            and found["core"] == wanted["core"] != b""
        ):
            self._chosen = LooseReader(found["mark"])
            return self._chosen.receive(rest)
        self._chosen = self._strict
        return self._chosen.receive(self._opening)
