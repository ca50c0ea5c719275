"""SIP messages as they are shown to people: the lines that matter, and nothing that is secret. Decides nothing."""

import re

from unifax.model.errors import ProtocolError
from unifax.wire.sip.desk import SDP, clean
from unifax.wire.sip.message import Message, Request, Response, parse

MOST_CHARACTERS = 4096
"Of one message as it is shown."

HEADERS = frozenset(
    (
        *("Via", "Route", "Record-Route", "From", "To", "Call-ID", "CSeq", "Contact", "Content-Type"),
        *("Require", "Supported", "Unsupported", "RSeq", "RAck", "Session-Expires", "Min-SE", "Expires"),
        *("Reason", "Retry-After", "Warning", "User-Agent", "Server", "P-Asserted-Identity", "Diversion"),
        *("WWW-Authenticate", "Proxy-Authenticate", "Authorization", "Proxy-Authorization"),
    )
)
"The headers that say why a call went as it did."

_ANSWERS_TO_CHALLENGES = frozenset({"Authorization", "Proxy-Authorization"})
_PARAMETER = re.compile(r'([\w-]+)\s*=\s*("[^"]*"|[^,\s]*)')
_TOLD = frozenset({"username", "realm", "algorithm", "qop", "uri"})
"Of an answer to a challenge. With the others the password can be tried out at leisure."

_PARAMETER_OCTETS = re.compile(rb'([\w-]+)\s*=\s*("[^"]*"|[^,\s]*)')
_ANSWER = re.compile(
    rb"^((?:proxy-)?authorization[ \t]*:[ \t]*[\w-]*)([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)", re.IGNORECASE | re.MULTILINE
)
_KEY = re.compile(rb"^(a=crypto:|k=)([^\r\n]*)", re.MULTILINE)
"A secret, and what stands before it in its line."

_CALL_ID = re.compile(rb"^(?:call-id|i)[ \t]*:[ \t]*([^\r\n]*)", re.IGNORECASE | re.MULTILINE)


def call_id_of(data: bytes) -> str:
    """Return the Call-ID in a datagram, without reading the rest of it; empty when there is none."""
    found = _CALL_ID.search(data)
    return found[1].strip().decode("utf-8", "surrogateescape") if found is not None else ""


def shown(data: bytes) -> str:
    """Return a message in lines. Of one that cannot be read, only its first line and that it cannot."""
    try:
        message = parse(data)
    except ProtocolError as error:
        first = clean(data.lstrip(b"\r\n")[:200].split(b"\n")[0].decode("utf-8", "replace"))
        return f"{first}\n(cannot be read: {clean(str(error))[:200]})"
    return message_shown(message)


def message_shown(message: Request | Response) -> str:
    """Return a message in lines."""
    start = f"{message.method} {message.uri}" if isinstance(message, Request) else f"{message.status} {message.reason}"
    headers = [
        f"{name}: {_answer_told(value) if name in _ANSWERS_TO_CHALLENGES else value}"
        for name, value in message.headers.fields
        if name in HEADERS
    ]
    lines = [start, *headers, *_body(message)]
    text = "\n".join(lines)
    if not (text.isascii() and "".join(lines).isprintable()):
        text = "\n".join(map(clean, lines))
    return text if len(text) <= MOST_CHARACTERS else text[:MOST_CHARACTERS] + "\n…"


def masked(data: bytes) -> bytes:
    """Return a message, octet for octet, with stars for what is secret: answers to challenges, keys of encryption."""
    return _KEY.sub(_stars, _ANSWER.sub(_stars, data))


def _stars(found: re.Match[bytes]) -> bytes:
    """Put stars for a secret, but for its line breaks, and what may be told of it."""
    secret = found[2]
    stars = bytearray(b"".join(bytes((octet,)) if octet in b"\r\n\t " else b"*" for octet in secret))
    for parameter in _PARAMETER_OCTETS.finditer(secret):
        if parameter[1].decode("ascii", "replace").lower() in _TOLD:
            stars[slice(*parameter.span())] = parameter[0]
    return found[1] + bytes(stars)


def _answer_told(value: str) -> str:
    scheme, _, rest = value.strip().partition(" ")
    told = [f"{word}={text}" for word, text in _PARAMETER.findall(rest) if word.lower() in _TOLD]
    return f"{scheme} {', '.join([*told, '…'])}"


def _body(message: Message) -> list[str]:
    """Return a session description without keys of encryption; of another body, its size."""
    if not message.body:
        return []
    kind = (message.headers.get("Content-Type") or SDP).partition(";")[0].strip().lower()
    if kind != SDP:
        return ["", f"({len(message.body)} octets)"]
    lines = message.body.decode("utf-8", "replace").splitlines()
    return ["", *["a=crypto:…" if line.startswith("a=crypto") else line for line in lines if not line.startswith("k=")]]
