"""Documents as HTTP hands them out: whole, a part (Range), or not at all when the client has them already (RFC 9110).

A document is in pieces, some of ours and some in a file: it is read as it is sent, and never held whole. Knows no fax.
"""

import asyncio
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from unifax.documents.fax_pdf import Piece, Slice
from unifax.web.uapi.errors import CODES, error_response

CHUNK_BYTES = 256 * 1024

Taken = Callable[[], AbstractAsyncContextManager[Sequence[Path]]]
"Has one file here to be read."

_RANGE = re.compile(r"bytes=\s*(?:([0-9]{1,18})\s*-\s*([0-9]{1,18})?|-\s*([0-9]{1,18}))\s*", re.ASCII | re.IGNORECASE)
_TAG = re.compile(r'(?:W/)?"[^"]*"')


@dataclass(frozen=True, slots=True)
class Paper:
    """A document that can be handed out."""

    taken: Taken
    "What slices are of, while it is read."
    pieces: Sequence[Piece]
    tag: str
    "Names these very octets: what is different has another tag."
    media_type: str
    name: str
    "Of the file, if somebody saves it: ASCII, no quotes."

    def length(self) -> int:
        """Return how many octets there are."""
        return sum(_length(piece) for piece in self.pieces)


def hand_out(request: Request, paper: Paper) -> Response:
    """Answer a request for a document: 200, 206, 304 or 416.

    Of several ranges, or of one that we do not understand, nothing is made: the whole is sent (RFC 9110 14.2).
    """
    length, tag = paper.length(), f'"{paper.tag}"'
    headers = {
        "ETag": tag,
        "Cache-Control": "private, no-cache",  # it may be kept, but each time we are asked whether it may be seen
        "Content-Disposition": f'inline; filename="{paper.name}"',
        "X-Content-Type-Options": "nosniff",
        "Accept-Ranges": "bytes",
    }
    if _is_among(tag, request.headers.get("if-none-match", "")):
        return Response(status_code=304, headers=headers)
    if_range = request.headers.get("if-range", tag)
    asked = request.headers.get("range", "") if if_range == tag else ""
    found = _RANGE.fullmatch(asked)
    if found is None or request.method != "GET":
        return _Octets(paper, range(length), 200, headers)
    part = _part(found, length)
    if not part:
        return error_response(
            416, CODES[416], f"The document has {length} octets.", {"Content-Range": f"bytes */{length}"}
        )
    headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{length}"
    return _Octets(paper, part, 206, headers)


def _is_among(tag: str, listed: str) -> bool:
    """Whether If-None-Match names what there is (RFC 9110 13.1.2; compared weakly)."""
    return listed.strip() == "*" or tag in (each.removeprefix("W/") for each in _TAG.findall(listed))


def _part(found: re.Match[str], length: int) -> range:
    """Return what a range asks for, as far as it is there: empty when none of it is."""
    first, last, suffix = found.groups()
    if suffix is not None:
        return range(max(0, length - int(suffix)), length)
    stop = length if last is None else min(int(last) + 1, length)
    return range(int(first), stop)


class _Octets(Response):
    """A part of a document, on its way."""

    def __init__(self, paper: Paper, part: range, status: int, headers: dict[str, str]) -> None:
        super().__init__(None, status, {**headers, "Content-Length": str(len(part))}, paper.media_type)
        self._paper = paper
        self._part = part

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._paper.taken() as (file,):
            handle = await asyncio.to_thread(os.open, file, os.O_RDONLY)
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            if scope["method"] != "HEAD":
                for piece in parts_of(self._paper.pieces, self._part):
                    data = piece
                    if isinstance(piece, Slice):
                        data = piece.turned(await asyncio.to_thread(os.pread, handle, piece.octets, piece.offset))
                    await send({"type": "http.response.body", "body": data, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            os.close(handle)


def parts_of(pieces: Sequence[Piece], part: range) -> Iterator[Piece]:
    """Yield what a part of a document is made of, no more at once than is read at once."""
    begin = 0
    for piece in pieces:
        end = begin + _length(piece)
        first, last = max(begin, part.start), min(end, part.stop)
        for at in range(first, last, CHUNK_BYTES):
            size = min(CHUNK_BYTES, last - at)
            if isinstance(piece, bytes):
                yield piece[at - begin : at - begin + size]
            else:
                yield Slice(piece.offset + at - begin, size, piece.is_reversed)
        begin = end


def _length(piece: Piece) -> int:
    return len(piece) if isinstance(piece, bytes) else piece.octets
