"""The header values that SIP itself reads: URIs, names, Via, CSeq. Each is parsed from text and written as text.

Knows nothing of messages. Reading is tolerant, because the field is; every reader raises ProtocolError and nothing
else, in time that grows with the length of the text alone.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import unquote

from unifax.model.errors import ProtocolError
from unifax.wire.datagram import Address, Transport, canonical_ip

Params = tuple[tuple[str, str | None], ...]
"Parameters in their order, names in lower case, values as they came (quotes and all)."

DEFAULT_PORT, DEFAULT_TLS_PORT = 5060, 5061

_TRANSPORTS: Mapping[str, Transport] = {transport.value: transport for transport in Transport}
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*")
_HOST_PORT = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._\-]+))(?::([0-9]{1,5}))?")
_NO_URI = re.compile(r"[\x00-\x20<>\"\x7f]")
_TOKEN = re.compile(r"[A-Za-z0-9\-.!%*_+`'~]+")
_MOST_DIGITS = 20
"Of a number: more than any that is read has."


def default_port(transport: Transport) -> int:
    return DEFAULT_TLS_PORT if transport is Transport.TLS else DEFAULT_PORT


def split_list(text: str, separator: str) -> list[str]:
    """Split a header value where the separator stands outside quoted strings and angle brackets; drop empty pieces."""
    if separator not in text:
        piece = text.strip()
        return [piece] if piece else []
    if '"' not in text and "<" not in text:
        pieces = text.split(separator)
    else:
        pieces, start, quoted, angled, escaped = [], 0, False, False, False
        for position, character in enumerate(text):
            if escaped:
                escaped = False
            elif quoted:
                escaped = character == "\\"
                quoted = character != '"'
            elif character == '"':
                quoted = True
            elif character in "<>":
                angled = character == "<"
            elif character == separator and not angled:
                pieces.append(text[start:position])
                start = position + 1
        pieces.append(text[start:])
    return [piece for piece in map(str.strip, pieces) if piece]


def number(text: str, largest: int) -> int:
    """Return an unsigned decimal number. Raises ProtocolError."""
    digits = text.strip()
    if digits.isascii() and digits.isdigit() and len(significant := digits.lstrip("0")) <= _MOST_DIGITS:
        value = int(significant or "0")
        if value <= largest:
            return value
    raise ProtocolError(f"no number up to {largest}: {text[:40]!r}")


def host_port(text: str) -> tuple[str, int | None]:
    """Return host (IPv6 without brackets) and port. Underscores and a last label that ends in a digit are taken:
    containers are named so. Raises ProtocolError.
    """
    found = _HOST_PORT.fullmatch(text)
    if found is None:
        raise ProtocolError(f"no host: {text[:80]!r}")
    return found[1] or found[2], number(found[3], 65_535) if found[3] else None


def _write_host_port(host: str, port: int | None) -> str:
    bracketed = f"[{host}]" if ":" in host else host
    return bracketed if port is None else f"{bracketed}:{port}"


def parameters(pieces: list[str]) -> Params:
    """Return the parameters in the pieces between semicolons."""
    read = []
    for piece in pieces:
        name, equals, value = piece.partition("=")
        if name := name.strip():
            read.append((name.lower(), value.strip() if equals else None))
    return tuple(read)


def _write_params(params: Params) -> str:
    return "".join(f";{name}" if value is None else f";{name}={value}" for name, value in params)


def param(params: Params, name: str) -> str | None:
    """Return a parameter's value, "" for one without a value, None for one that is not there."""
    for known, value in params:
        if known == name:
            return value or ""
    return None


@dataclass(frozen=True, slots=True)
class Uri:
    """A SIP or tel URI (RFC 3261 19.1, RFC 3966); of any other scheme the text after the colon is in `user`."""

    scheme: str
    "Lower case."
    user: str | None
    "As it came, escapes and password too."
    host: str
    "Empty for tel and other schemes."
    port: int | None = None
    params: Params = ()
    headers: str = ""
    "What stands behind the question mark."

    @classmethod
    def parse(cls, text: str) -> Self:
        scheme, colon, rest = text.strip().partition(":")
        if not colon or _SCHEME.fullmatch(scheme) is None or _NO_URI.search(rest):
            raise ProtocolError(f"no URI: {text[:80]!r}")
        scheme = scheme.lower()
        if scheme == "tel":
            user, *pieces = rest.split(";")
            return cls(scheme, user, "", params=parameters(pieces))
        if scheme not in ("sip", "sips"):
            return cls(scheme, rest, "")
        # An "@" belongs into a user only as %40, but mail addresses are used as names: the last one counts.
        userinfo, at, rest = rest.rpartition("@")
        rest, _, headers = rest.partition("?")
        where, *pieces = rest.split(";")
        host, port = host_port(where)
        return cls(scheme, userinfo if at else None, host, port, parameters(pieces), headers)

    @property
    def number(self) -> str:
        """The user part as people write it, without password: what was dialled."""
        user = self.user or ""
        return unquote(user.partition(":")[0] if self.host else user)

    @property
    def address(self) -> Address:
        """Where the URI points (RFC 3263 4.1, 4.2); the host may be a name."""
        said = "tls" if self.scheme == "sips" else (param(self.params, "transport") or "udp").lower()
        transport = _TRANSPORTS.get(said, Transport.UDP)
        return Address(self.host, self.port or default_port(transport), transport)

    def __str__(self) -> str:
        if not self.host:
            return f"{self.scheme}:{self.user or ''}{_write_params(self.params)}"
        user = "" if self.user is None else f"{self.user}@"
        headers = f"?{self.headers}" if self.headers else ""
        return f"{self.scheme}:{user}{_write_host_port(self.host, self.port)}{_write_params(self.params)}{headers}"


@dataclass(frozen=True, slots=True)
class NameAddr:
    """What stands in To, From, Contact, Route and Record-Route (RFC 3261 20.10)."""

    uri: str
    "As it came; read it with Uri.parse."
    display: str = ""
    params: Params = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        text = text.strip()
        if text.startswith('"'):
            display, rest = _quoted(text)
        else:
            display, bracket, rest = text.partition("<")
            if not bracket:  # without angle brackets all parameters are the header's own
                uri, *pieces = text.split(";")
                return cls(uri.strip(), params=parameters(pieces))
            display, rest = display.strip(), bracket + rest
        if not rest.startswith("<"):
            raise ProtocolError(f"no address: {text[:80]!r}")
        uri, closing, rest = rest[1:].partition(">")
        if not closing:
            raise ProtocolError(f"no end of address: {text[:80]!r}")
        return cls(uri.strip(), display, parameters(split_list(rest, ";")))

    @property
    def tag(self) -> str:
        """The tag, or "" (RFC 2543 had none)."""
        return param(self.params, "tag") or ""

    def tagged(self, tag: str) -> Self:
        """Return this with the tag set, or without one if empty."""
        others = tuple(pair for pair in self.params if pair[0] != "tag")
        return type(self)(self.uri, self.display, (*others, ("tag", tag)) if tag else others)

    def __str__(self) -> str:
        return (f"{quoted(self.display)} " if self.display else "") + f"<{self.uri}>{_write_params(self.params)}"


def quoted(text: str) -> str:
    """Return a text as a quoted string (RFC 3261 25.1)."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def unquoted(text: str) -> str:
    """Return the meaning of a value, whether it is a quoted string or a word. Raises ProtocolError."""
    return _quoted(text)[0] if text.startswith('"') else text


def _quoted(text: str) -> tuple[str, str]:
    """Return the meaning of the quoted string that `text` starts with, and what follows it."""
    read, escaped = [], False
    for position, character in enumerate(text[1:], 2):
        if escaped:
            read.append(character)
            escaped = False
        elif character == "\\":
            escaped = True
        elif character == '"':
            return "".join(read), text[position:].lstrip()
        else:
            read.append(character)
    raise ProtocolError(f"no end of quoted string: {text[:80]!r}")


@dataclass(frozen=True, slots=True)
class Via:
    """One hop of a request's way (RFC 3261 20.42)."""

    transport: str
    host: str
    port: int | None = None
    params: Params = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        hop, *pieces = split_list(text, ";") or [""]
        protocol, _, rest = hop.partition("/")
        version, _, rest = rest.partition("/")
        transport, *where = rest.split() or [""]
        if protocol.strip().upper() != "SIP" or version.strip() != "2.0" or not where:
            raise ProtocolError(f"no Via: {text[:80]!r}")
        return cls(transport.upper(), *host_port("".join(where)), parameters(pieces))

    @property
    def branch(self) -> str:
        return param(self.params, "branch") or ""

    def seen_from(self, source: Address) -> Self:
        """Return this as a server notes it down: where the request really came from (RFC 3261 18.2.1, RFC 3581 4)."""
        asked = param(self.params, "rport") is not None
        params = [pair for pair in self.params if pair[0] not in ("received", "rport")]
        if asked:
            params.append(("rport", str(source.port)))
        if asked or self.host != source.host:
            params.append(("received", source.host))
        return type(self)(self.transport, self.host, self.port, tuple(params))

    @property
    def reply_to(self) -> Address:
        """Where the answer goes (RFC 3261 18.2.2, RFC 3581 4). maddr is not obeyed: it would aim us at strangers."""
        rport = param(self.params, "rport")
        port = number(rport, 65_535) if rport else self.port or DEFAULT_PORT
        return Address(param(self.params, "received") or self.host, port)

    @property
    def received_from(self) -> Address | None:
        """Where the far side of a Via of ours says that the request came from (RFC 3581 4); None if it says nothing."""
        host = canonical_ip((param(self.params, "received") or self.host).strip("[]"))
        rport = param(self.params, "rport")
        if host is None or not (rport or param(self.params, "received")):
            return None
        try:
            port = number(rport, 65_535) if rport else self.port or DEFAULT_PORT
        except ProtocolError:
            return None
        return Address(host, port) if port else None

    def __str__(self) -> str:
        return f"SIP/2.0/{self.transport} {_write_host_port(self.host, self.port)}{_write_params(self.params)}"


@dataclass(frozen=True, slots=True)
class CSeq:
    """The number of a request in its dialog, and its method (RFC 3261 20.16)."""

    number: int
    method: str

    @classmethod
    def parse(cls, text: str) -> Self:
        digits, *method = text.split() or [""]
        if len(method) != 1 or _TOKEN.fullmatch(method[0]) is None:
            raise ProtocolError(f"no CSeq: {text[:80]!r}")
        return cls(number(digits, (1 << 32) - 1), method[0])

    def __str__(self) -> str:
        return f"{self.number} {self.method}"


def q850_cause(reason: str) -> int | None:
    """Return the Q.850 cause of a Reason value (RFC 3326), or None."""
    protocol, *pieces = split_list(reason, ";") or [""]
    cause = param(parameters(pieces), "cause")
    if protocol.upper() != "Q.850" or cause is None:
        return None
    try:
        return number(cause, 127)
    except ProtocolError:
        return None


def retry_after_seconds(text: str) -> int | None:
    """Return the seconds of a Retry-After value: `120 (in a meeting);duration=60` (RFC 3261 20.33)."""
    digits = re.match(r"\s*([0-9]{1,9})", text)
    return int(digits[1]) if digits else None
