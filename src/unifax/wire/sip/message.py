"""SIP messages: bytes to values and back (RFC 3261 7). Tolerant in reading, exact in writing.

Knows nothing of transactions: what a message means in its place is not decided here.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Self, TypeVar

from unifax.model.errors import ProtocolError
from unifax.wire.datagram import Address, Transport
from unifax.wire.sip.fields import CSeq, NameAddr, Uri, Via, number, q850_cause, retry_after_seconds, split_list

MAX_OCTETS = 65_535
"Of a message: more does not fit into a datagram. Kamailio's receive buffer is as large."
MAX_HEADERS = 200
"Of a message. The longest seen in the field, through six proxies with ISUP headers, have about sixty."

VERSION = "SIP/2.0"

COMPACT: Mapping[str, str] = {
    "b": "Referred-By",
    "c": "Content-Type",
    "e": "Content-Encoding",
    "f": "From",
    "i": "Call-ID",
    "k": "Supported",
    "l": "Content-Length",
    "m": "Contact",
    "o": "Event",
    "r": "Refer-To",
    "s": "Subject",
    "t": "To",
    "u": "Allow-Events",
    "v": "Via",
    "x": "Session-Expires",
}
"The compact forms (RFC 3261 7.3.3 and the IANA registry)."

_LISTS = ("Via", "Route", "Record-Route", "Contact")
"Read as one header each, however many a line holds, because we take them apart."

_CANONICAL: Mapping[str, str] = {
    **COMPACT,
    **{
        name.lower(): name
        for name in (
            *COMPACT.values(),
            *_LISTS,
            *("Accept", "Allow", "CSeq", "Max-Forwards", "Reason", "Require", "Retry-After", "Server"),
            *("Unsupported", "User-Agent", "Warning", "WWW-Authenticate", "Proxy-Authenticate"),
            *("Authorization", "Proxy-Authorization", "Expires", "Min-Expires", "Min-SE"),
        )
    },
}
_USUAL = frozenset(_CANONICAL.values())
_SPELT: Mapping[str, str] = {**COMPACT, **{name: name for name in _USUAL}}
"Names as nearly everybody writes them, and what they are."

PHRASES: Mapping[int, str] = {
    100: "Trying",
    180: "Ringing",
    183: "Session Progress",
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    407: "Proxy Authentication Required",
    408: "Request Timeout",
    415: "Unsupported Media Type",
    416: "Unsupported URI Scheme",
    420: "Bad Extension",
    422: "Session Interval Too Small",
    423: "Interval Too Brief",
    480: "Temporarily Unavailable",
    481: "Call/Transaction Does Not Exist",
    482: "Loop Detected",
    484: "Address Incomplete",
    486: "Busy Here",
    487: "Request Terminated",
    488: "Not Acceptable Here",
    491: "Request Pending",
    500: "Server Internal Error",
    501: "Not Implemented",
    503: "Service Unavailable",
    505: "Version Not Supported",
    600: "Busy Everywhere",
    603: "Decline",
    606: "Not Acceptable",
}

_REMEMBERED = 64
"Values of headers, of each kind: who deals with a message reads the same ones again and again."
_via, _cseq = lru_cache(_REMEMBERED)(Via.parse), lru_cache(_REMEMBERED)(CSeq.parse)
_name_addr, _uri = lru_cache(_REMEMBERED)(NameAddr.parse), lru_cache(_REMEMBERED)(Uri.parse)

_TOKEN = re.compile(r"[A-Za-z0-9\-.!%*_+`'~]+")
_Value = TypeVar("_Value")
_VERSION = re.compile(r"SIP/[0-9]{1,3}\.[0-9]{1,3}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Headers:
    """Header fields in their order. Names are compared without regard to case; the usual spelling is kept."""

    fields: tuple[tuple[str, str], ...] = ()
    first: Mapping[str, str] = field(init=False, repr=False, compare=False)
    "The first value of each name in its usual spelling: who deals with a message asks for many."

    def __post_init__(self) -> None:
        object.__setattr__(self, "first", dict(reversed(self.fields)))

    @classmethod
    def of(cls, *fields: tuple[str, str]) -> Self:
        return cls(
            tuple([(name if name in _USUAL else _CANONICAL.get(name.lower(), name), value) for name, value in fields])
        )

    def all(self, name: str) -> list[str]:
        """Return the values of every header of this name."""
        if name in _USUAL:
            return [value for known, value in self.fields if known == name] if name in self.first else []
        wanted = name.lower()
        return [value for known, value in self.fields if known.lower() == wanted]

    def get(self, name: str) -> str | None:
        """Return the value of the first header of this name, or None."""
        return self.first.get(name) if name in _USUAL else next(iter(self.all(name)), None)

    def list(self, name: str) -> list[str]:
        """Return the members of a comma-separated header, over all its lines."""
        return [member for value in self.all(name) for member in split_list(value, ",")]

    def with_first(self, name: str, value: str) -> Self:
        """Return these with the first header of this name replaced; its usual spelling is expected."""
        at = next(at for at, (known, _) in enumerate(self.fields) if known == name)
        return type(self)((*self.fields[:at], (name, value), *self.fields[at + 1 :]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What requests and responses have in common. Content-Length is not among the headers: the writer knows it."""

    headers: Headers = Headers()
    body: bytes = b""

    # Typed readers: each raises ProtocolError when the header is missing or means nothing.

    @property
    def via(self) -> Via:
        """The topmost Via."""
        return self._read("Via", _via)

    @property
    def cseq(self) -> CSeq:
        return self._read("CSeq", _cseq)

    @property
    def call_id(self) -> str:
        return self._read("Call-ID", str)

    @property
    def from_(self) -> NameAddr:
        return self._read("From", _name_addr)

    @property
    def to(self) -> NameAddr:
        return self._read("To", _name_addr)

    @property
    def contact(self) -> Uri | None:
        """Where the far side wants to be reached, or None when it does not say."""
        contact = self.headers.get("Contact")
        return None if contact is None else _uri(_name_addr(contact).uri)

    @property
    def q850(self) -> int | None:
        """The Q.850 cause of the Reason header, if there is one (RFC 3326)."""
        causes = (q850_cause(reason) for reason in self.headers.list("Reason"))
        return next((cause for cause in causes if cause is not None), None)

    @property
    def retry_after_seconds(self) -> int | None:
        text = self.headers.get("Retry-After")
        return None if text is None else retry_after_seconds(text)

    def _read(self, name: str, reader: Callable[[str], _Value]) -> _Value:
        text = self.headers.first.get(name)
        if not text:
            raise ProtocolError(f"no {name}")
        return reader(text)

    def _write(self, start: str) -> bytes:
        lines = [start, *[f"{name}: {value}" for name, value in self.headers.fields]]
        text = "\r\n".join(lines)
        if not text.count("\r") == text.count("\n") == len(lines) - 1:
            raise ValueError(f"a line break inside a line of {lines!r}")
        head = f"{text}\r\nContent-Length: {len(self.body)}\r\n\r\n"
        return head.encode("utf-8", "surrogateescape") + self.body


@dataclass(frozen=True, slots=True)
class Request(Message):
    """A request. `bytes(request)` is what goes out; raises ValueError for a line break inside a header."""

    method: str
    uri: str
    "As it came: an unknown scheme is answered, not dropped."
    version: str = VERSION

    def __bytes__(self) -> bytes:
        return self._write(f"{self.method} {self.uri} {self.version}")

    def seen_from(self, source: Address) -> Self:
        """Return this with its topmost Via noting where it came from. Raises ProtocolError."""
        headers = self.headers.with_first("Via", str(self.via.seen_from(source)))
        return type(self)(self.method, self.uri, self.version, headers=headers, body=self.body)

    def sent_by(self, transport: Transport) -> Self:
        """Return this with its topmost Via naming what carries it (RFC 3261 18.1.1). Raises ProtocolError."""
        if transport is Transport.UDP:
            return self
        via = replace(self.via, transport=transport.upper())
        return replace(self, headers=self.headers.with_first("Via", str(via)))

    def response(
        self, status: int, *fields: tuple[str, str], tag: str = "", body: bytes = b"", reason: str = ""
    ) -> "Response":
        """Return an answer to this request (RFC 3261 8.2.6); `tag` is ours, for a To that has none yet.

        Nothing is read but To, and that only for a tag: a request that means nothing can be told so.
        """
        to = self.to.tagged(tag) if tag and not self.to.tag else self.headers.get("To") or ""
        copied = [("Via", via) for via in self.headers.all("Via")] + [("To", str(to))]
        copied += [(name, self.headers.get(name) or "") for name in ("From", "Call-ID", "CSeq")]
        return Response(
            status, reason or PHRASES.get(status, "Unknown"), headers=Headers.of(*copied, *fields), body=body
        )


@dataclass(frozen=True, slots=True)
class Response(Message):
    """A response. `bytes(response)` is what goes out."""

    status: int
    reason: str = ""

    def __bytes__(self) -> bytes:
        return self._write(f"{VERSION} {self.status} {self.reason}")


@lru_cache(maxsize=4)  # who writes a message down and who acts on it read it one after the other
def parse(data: bytes) -> Request | Response:
    """Return the message in a datagram.

    Takes bare line feeds, folded lines, compact names, spaces around colons and empty lines in front; what follows
    the Content-Length is dropped (RFC 3261 18.3). Raises ProtocolError, and nothing else.
    """
    if len(data) > MAX_OCTETS:
        raise ProtocolError(f"message of {len(data)} octets")
    lines, at = _head(data)
    fields: list[tuple[str, str]] = []
    length: int | None = None
    for line in lines[1:]:
        spelt, colon, value = line.partition(":")
        name, value = _SPELT.get(spelt) or _name(spelt), value.strip()
        if not colon:
            raise ProtocolError(f"no header: {line[:80]!r}")
        if name == "Content-Length":
            before, length = length, number(value, MAX_OCTETS)
            if before not in (None, length):
                raise ProtocolError("two lengths")
        elif name in _LISTS:
            fields += [(name, member) for member in split_list(value, ",")]
        else:
            fields.append((name, value))
        if len(fields) > MAX_HEADERS:
            raise ProtocolError(f"more than {MAX_HEADERS} headers")
    body = data[at:] if length is None else data[at : at + length]
    if length is not None and len(body) < length:
        raise ProtocolError(f"body of {len(body)} octets instead of {length}")
    return _message(lines[0], Headers(tuple(fields)), body)


def _name(spelt: str) -> str:
    """Return the name of a header that is spelt in no usual way. Raises ProtocolError."""
    name = spelt.rstrip()
    if _TOKEN.fullmatch(name) is None:
        raise ProtocolError(f"no header: {spelt[:80]!r}")
    return _CANONICAL.get(name.lower(), name)


def octets_of(data: bytes) -> int:
    """Return how long the message is whose headers `data` holds to their end. On a stream it has to say so itself
    (RFC 3261 18.3). Raises ProtocolError.
    """
    lines, at = _head(data)
    for line in lines[1:]:
        name, _, value = line.partition(":")
        if _CANONICAL.get(name.strip().lower()) == "Content-Length":
            return at + number(value, MAX_OCTETS)
    raise ProtocolError("no Content-Length on a stream")


def _head(data: bytes) -> tuple[list[str], int]:
    """Return start line and headers, unfolded, and where the body begins."""
    if (end := data.find(b"\r\n\r\n")) > 0:
        text = data[:end].decode("utf-8", "surrogateescape")
        lines = text.split("\r\n")
        if _is_plain(text, len(lines)):
            return lines, end + 4
    return _odd_head(data)


def _is_plain(text: str, lines: int) -> bool:
    """Whether start line and headers are written as nearly everybody does: none is empty, folded or oddly broken."""
    breaks = text.count("\r") == text.count("\n") == lines - 1
    return breaks and text[0] not in "\r \t" and "\r\n " not in text and "\r\n\t" not in text


def _odd_head(data: bytes) -> tuple[list[str], int]:
    """Return the same of a message with folded lines, bare line feeds or empty lines in front."""
    at = len(data) - len(data.lstrip(b"\r\n"))
    lines: list[list[str]] = []
    while True:
        end = data.find(b"\n", at)
        if end < 0:
            raise ProtocolError("the headers do not end")
        line = data[at:end].removesuffix(b"\r").decode("utf-8", "surrogateescape")
        at = end + 1
        if "\r" in line:
            raise ProtocolError("a carriage return inside a line")
        if not line:
            return ["".join(pieces) for pieces in lines], at
        if line[0] in " \t":
            if len(lines) < 2:
                raise ProtocolError("a folded start line")
            lines[-1].append(" " + line.strip())
        else:
            lines.append([line])


def _message(start: str, headers: Headers, body: bytes) -> Request | Response:
    first, *rest = start.split(None, 2) or [""]
    if _VERSION.fullmatch(first):
        if first.upper() != VERSION or not rest:
            raise ProtocolError(f"no status line: {start[:80]!r}")
        status = number(rest[0], 699)
        if status < 100:
            raise ProtocolError(f"status {status}")
        return Response(status, rest[1] if len(rest) > 1 else "", headers=headers, body=body)
    pieces = start.split()
    if len(pieces) != 3 or _TOKEN.fullmatch(pieces[0]) is None or _VERSION.fullmatch(pieces[2]) is None:
        raise ProtocolError(f"no request line: {start[:80]!r}")
    return Request(pieces[0], pieces[1], pieces[2].upper(), headers=headers, body=body)
