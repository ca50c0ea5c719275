"""Bodies of several parts, as gateways between SIP and ISUP send them (RFC 2046 5.1, RFC 3204, RFC 5621).

A fax needs the session description alone: what becomes of a message is that it seems to have come with nothing else.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

from unifax.wire.sip.desk import SDP
from unifax.wire.sip.fields import param, parameters, split_list
from unifax.wire.sip.message import Headers, Request, Response

MOST_PARTS = 16
"Of a body: SDP, ISUP, a location, a picture of the caller. Nobody sends more."

_Message = TypeVar("_Message", Request, Response)
_AS_IT_IS = frozenset({"", "7bit", "8bit", "binary"})
_END_OF_HEAD = re.compile(rb"(?:\A|\r?\n)\r?\n")


def unwrapped(message: _Message) -> _Message:
    """Return a message with the session description that is a part of its body in place of that body.

    One without several parts is as it was; and so is one of whose parts none is a session description, or one must be
    understood that we do not know (`handling=required`, RFC 5621 6). Where a part says nothing of it, that would be the
    default (RFC 3204 4); but who sends ISUP to everybody means nothing by it.
    """
    if not message.body:
        return message
    kind, *pieces = split_list(message.headers.get("Content-Type") or SDP, ";")
    boundary = (param(parameters(pieces), "boundary") or "").strip('"')
    if not kind.lower().startswith("multipart/") or not boundary:
        return message
    found: bytes | None = None
    for headers, content in _parts(message.body, boundary):
        if _kind(headers) == SDP and (headers.get("Content-Transfer-Encoding") or "").lower() in _AS_IT_IS:
            found = content if found is None else found
        elif "handling=required" in (headers.get("Content-Disposition") or "").lower().replace(" ", ""):
            return message
    if found is None:
        return message
    return replace(message, headers=message.headers.with_first("Content-Type", SDP), body=found)


def _parts(body: bytes, boundary: str) -> Iterator[tuple[Headers, bytes]]:
    """Yield headers and content of each part that can be read."""
    line = re.escape(boundary.encode("utf-8", "surrogateescape"))
    pieces = re.split(rb"(?:\A|(?<=\n)|\r?\n)--" + line + rb"(?:--)?[ \t]*(?:\r?\n|\Z)", body, maxsplit=MOST_PARTS)
    for piece in pieces[1:]:
        end = _END_OF_HEAD.search(piece)
        if end is not None:
            yield _headers(piece[: end.start()]), piece[end.end() :]


def _headers(head: bytes) -> Headers:
    lines = re.sub(r"\r?\n[ \t]+", " ", head.decode("utf-8", "surrogateescape")).splitlines()
    fields = (line.partition(":") for line in lines if ":" in line)
    return Headers.of(*((name.strip(), value.strip()) for name, _, value in fields))


def _kind(headers: Headers) -> str:
    return (headers.get("Content-Type") or "").partition(";")[0].strip().lower()
