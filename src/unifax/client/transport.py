"""Between our requests and httpx's: shared by both shells. The only module but them that knows httpx."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import httpx

from unifax.client.errors import ClientError, Unreachable
from unifax.client.steps import Answer, Request

PIECE_BYTES = 64 * 1024
TIMEOUT = httpx.Timeout(60, connect=10)
QUIET = httpx.Timeout(60, connect=10, read=45)
"While listening: the service gives a sign of life every 15 seconds."


class Disk(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body in pieces, some of them on the disk; can be sent again from its beginning."""

    def __init__(self, request: Request) -> None:
        self._pieces = request.body
        self.bytes = sum(os.stat(each).st_size if isinstance(each, Path) else len(each) for each in self._pieces)

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            if isinstance(piece, bytes):
                yield piece
                continue
            with piece.open("rb") as file:
                while data := file.read(PIECE_BYTES):
                    yield data

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            if isinstance(piece, bytes):
                yield piece
                continue
            file = await asyncio.to_thread(piece.open, "rb")
            with file:
                while data := await asyncio.to_thread(file.read, PIECE_BYTES):
                    yield data


def service_at(url: str) -> httpx.URL:
    """Return the address of a service. Raises ClientError."""
    try:
        address = httpx.URL(url.rstrip("/"))
    except httpx.InvalidURL as error:
        raise ClientError(f"'{url}' is not the address of a service: {error}") from error
    if address.scheme not in ("http", "https") or not address.host:
        raise ClientError(f"'{url}' is not the address of a service")
    return address


def built(service: httpx.URL, request: Request, timeout: httpx.Timeout = TIMEOUT) -> httpx.Request:
    """Return a request for httpx. Raises OSError for a file of the body."""
    url = httpx.URL(request.target if "://" in request.target else f"{service}{request.target}")
    stream = Disk(request)
    headers = {"host": url.netloc.decode("ascii"), "accept": "*/*", "user-agent": "unifax", **request.headers}
    if stream.bytes or request.method in ("POST", "PUT", "PATCH"):
        headers["content-length"] = str(stream.bytes)
    return httpx.Request(
        request.method,
        url.copy_merge_params(request.query) if request.query else url,
        headers=[(name.encode(), value.encode()) for name, value in headers.items()],
        stream=stream,
        extensions={"timeout": timeout.as_dict()},
    )


def answer_of(response: httpx.Response, body: bytes = b"") -> Answer:
    """Return our answer for httpx's, with the body that was read of it."""
    headers: Mapping[str, str] = {name.lower(): value for name, value in response.headers.items()}
    return Answer(response.status_code, headers, body)


@contextmanager
def reaching() -> Iterator[None]:
    """Turn what httpx raises into Unreachable, or ClientError for what can never be."""
    try:
        yield
    except (httpx.UnsupportedProtocol, httpx.LocalProtocolError, httpx.InvalidURL) as error:
        raise ClientError(f"this cannot be asked: {error}") from error
    except httpx.HTTPError as error:
        raise Unreachable(f"the service cannot be reached: {error or type(error).__name__}") from error


@contextmanager
def whole(file: Path) -> Iterator[BinaryIO]:
    """Give a file to write to, which takes its place only when all is written; else nothing is left."""
    part = file.with_name(f".{file.name}.part")
    try:
        with part.open("wb") as written:
            yield written
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
