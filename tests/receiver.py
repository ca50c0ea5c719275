"""A hook's receiver: a little HTTP server on loopback that keeps what it is told, and answers by script."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from standardwebhooks import Webhook

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
"Serves one connection."


@dataclass(frozen=True, slots=True)
class Heard:
    """One request, as it was read from the wire."""

    method: str
    target: str
    headers: dict[str, str]
    "Names in small letters."
    body: bytes

    @property
    def parameters(self) -> dict[str, str]:
        """What a form or a query says."""
        return dict(parse_qsl(self.signed.decode(), strict_parsing=True))

    @property
    def signed(self) -> bytes:
        """What the signature is over: the body, or the query."""
        return self.body or self.target.partition("?")[2].encode()

    def signature_is_of(self, secret: str) -> bool:
        """Whether one of the signatures is what the library of Standard Webhooks makes with a secret."""
        at = datetime.fromtimestamp(int(self.headers["webhook-timestamp"]), UTC)
        signature = Webhook(secret).sign(self.headers["webhook-id"], at, self.signed.decode())
        return signature in self.headers["webhook-signature"].split(" ")


@dataclass
class Receiver:
    """Answers by script: one entry a request, then 204."""

    answers: list[bytes] = field(default_factory=list)
    heard: list[Heard] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/told"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("ascii").split("\r\n")
        method, target, _ = lines[0].split(" ")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.heard.append(Heard(method, target, headers, body))
        writer.write(self.answers.pop(0) if self.answers else NO_CONTENT)


def answer(status: int, *headers: str, body: bytes = b"") -> bytes:
    """Write an answer down, with a true Content-Length."""
    lines = [f"HTTP/1.1 {status} So", *headers, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


NO_CONTENT = answer(204)


@asynccontextmanager
async def receiving(answers: Sequence[bytes] = (), tls: ssl.SSLContext | None = None) -> AsyncIterator[Receiver]:
    """Receive on a free port of loopback."""
    receiver = Receiver(list(answers))
    async with listening(receiver.serve, tls) as receiver.port:
        yield receiver


@asynccontextmanager
async def listening(serve: Serve, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Serve each connection on a free port of loopback, whose number this gives, until every one of them is over."""
    served: set[asyncio.Task[None] | None] = set()

    async def whole(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        served.add(asyncio.current_task())
        with suppress(OSError, asyncio.IncompleteReadError):
            try:
                await serve(reader, writer)
            finally:
                writer.close()
                await writer.wait_closed()

    async with await asyncio.start_server(whole, "127.0.0.1", 0, ssl=tls) as server:
        yield server.sockets[0].getsockname()[1]
    await asyncio.gather(*(task for task in served if task is not None))
