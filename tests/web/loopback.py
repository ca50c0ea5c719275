"""The site behind its real HTTP server on loopback, and clients that send bytes, as one writes them down."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import uvicorn
from starlette.requests import Request
from starlette.types import ASGIApp

from unifax.web.http1 import Http1


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, as read from the wire."""

    status: int
    headers: Mapping[str, str]
    "Names as they were spelt."
    body: bytes

    def error(self) -> str:
        """Return the code of an error in the one JSON shape."""
        assert self.headers["Content-Type"] == "application/json"
        told = json.loads(self.body)
        assert set(told) == {"error"}
        assert set(told["error"]) == {"code", "message"}
        assert told["error"]["message"]
        return str(told["error"]["code"])


async def anybody(_: Request) -> None:
    """Let everybody in, as a door may."""


@asynccontextmanager
async def serving(site: ASGIApp, http: type[Http1] = Http1) -> AsyncIterator[int]:
    """Serve the site on a free port of loopback, as `unifax web` does, and give the port."""
    config = uvicorn.Config(site, http=http, ws="none", log_config=None, access_log=False, lifespan="off")
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    await server.startup(sockets=[listening])
    try:
        yield listening.getsockname()[1]
    finally:
        await server.shutdown(sockets=[listening])


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def read_answer(reader: asyncio.StreamReader) -> Answer:
    """Read one answer with a Content-Length, or without a body."""
    lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines[1:] if line)
    length = {name.lower(): value for name, value in headers.items()}.get("content-length", "0")
    return Answer(int(lines[0].split(" ")[1]), headers, await reader.readexactly(int(length)))


async def exchange(site: ASGIApp, request: bytes) -> Answer:
    """Send bytes to the site, and read its one answer."""
    async with serving(site) as port, connected(port) as (reader, writer):
        writer.write(request)
        return await read_answer(reader)


def post(path: str, headers: str, body: bytes, framing: str | None = None) -> bytes:
    """Return a POST: header lines as written down, one a line, and a true Content-Length unless framed otherwise."""
    lines = [f"POST {path} HTTP/1.1", "Host: uapi.example", *headers.strip().splitlines()]
    lines.append(f"Content-Length: {len(body)}" if framing is None else framing)
    return "\r\n".join([*lines, "", ""]).encode() + body
