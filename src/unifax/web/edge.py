"""What surrounds every request: its id, its log line, the fields of every answer, tolerance for how it is spelt, and
care when it is refused early.

Knows no route and no account. Paths, tokens and names never reach the log: they are personal data.
"""

import asyncio
import logging
import re
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from unifax.model.concern import concerning
from unifax.model.trace import UNTRACED, Side, Span, Traces
from unifax.web.metrics import Watch
from unifax.web.uapi.errors import internal_error

log = logging.getLogger("unifax.web")

LINGER_SECONDS = 5.0
LINGER_BYTES = 64 * 1024 * 1024
"""How long, and how much, we go on reading after refusing a body. A client that writes all before it reads would find
its connection reset, and our answer lost, if we closed at once (nginx `lingering_close`; RFC 9112 9.6)."""

_UNTRACED = frozenset({"/healthz", "/readyz", "/metrics"})
"What is asked every few seconds, and says nothing of any fax."

_ORIGIN = re.compile(r"\Ahttps?://[^/]*", re.IGNORECASE)
CORRELATION = b"x-correlation-id"
"An id of the caller's own, given back as it came. It is not logged: who knows what callers write there."
_CORRELATION_VALUE = re.compile(rb"[A-Za-z0-9._:/=+-]{1,128}")

_SPELLING = {
    b"www-authenticate": b"WWW-Authenticate",
    b"etag": b"ETag",
    b"ratelimit": b"RateLimit",
    b"ratelimit-policy": b"RateLimit-Policy",
}


def plain_path(path: str) -> str:
    """Return the one form of a path our routes are written in.

    `/unifiedapi` is an old name of `/uapi`; trailing slashes mean nothing and are never answered by a redirect, which
    clients take for a failure; a request in absolute form (RFC 9112 3.2.2) names us once more.
    """
    path = _ORIGIN.sub("", path, count=1)
    if path == "/unifiedapi" or path.startswith("/unifiedapi/"):
        path = "/uapi" + path.removeprefix("/unifiedapi")
    return path.rstrip("/") or "/"


def spelled(name: bytes) -> bytes:
    """Return a header name as people write it: `Content-Type`. An old client (click2fax) looks for that very case."""
    return _SPELLING.get(name.lower()) or name.title()


def origin_of(request: HTTPConnection) -> str:
    """Return what we are called, as the request or the settings have it: `https://fax.example` (RFC 6454 6.2)."""
    return f"{request.url.scheme}://{request.url.netloc}"


class Edge:
    """The outermost ASGI application of the site.

    `public_url` is what the world calls us, `https://fax.example`; without it, each request names us as it does.
    """

    def __init__(
        self,
        app: ASGIApp,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
        public_url: str = "",
        watch: Watch | None = None,
        traces: Traces = UNTRACED,
    ) -> None:
        self._app = app
        self._clock = clock
        self._new_id = new_id
        self._watch = watch
        self._traces = traces
        self._public = urlsplit(public_url) if public_url else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = self._clock()
        request_id = self._new_id()
        scope = {**scope, "path": plain_path(scope["path"])}
        if self._public is not None:
            others = [(name, value) for name, value in scope["headers"] if name != b"host"]
            scope["headers"] = [(b"host", self._public.netloc.encode()), *others]
            scope["scheme"] = self._public.scheme
        scope["state"] = {**scope.get("state", {}), "request_id": request_id}
        exchange = _Exchange(scope, receive, send)
        traces = UNTRACED if scope["path"] in _UNTRACED else self._traces
        facts = {"http.request.method": scope["method"], "request.id": request_id}
        with (
            concerning(request=request_id),
            traces.span(scope["method"], facts, of=exchange.traceparent, side=Side.SERVER) as span,
        ):
            await self._answer(scope, exchange, request_id, began, span)

    async def _answer(self, scope: Scope, exchange: "_Exchange", request_id: str, began: datetime, span: Span) -> None:
        try:
            await self._app(scope, exchange.receive, exchange.send)
        except Exception:  # the edge of the task: a bug must cost one request, and be recorded once
            log.exception("%s failed", request_id)
            if exchange.status is None:
                await internal_error()(scope, exchange.receive, exchange.send)
            elif not exchange.complete:
                raise
        route = getattr(scope.get("route"), "path", "-")
        seconds = (self._clock() - began).total_seconds()
        if exchange.status is not None:
            span.name(f"{scope['method']} {route}")
            span.note({"http.route": route, "http.response.status_code": exchange.status})
            if exchange.status >= 500:
                span.fail(str(exchange.status))
        if self._watch is not None and exchange.status is not None:
            method = scope["method"] if route != "-" else "-"  # whatever a stranger makes up is no label
            self._watch.request(method, route, exchange.status, seconds)
        log.info("%s %s %s %s %d ms", request_id, scope["method"], route, exchange.status or "-", round(seconds * 1000))


class _Exchange:
    """One request and its answer, as they pass the edge."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.status: int | None = None
        self.complete = False
        headers = dict(scope["headers"])
        self._body_is_read = b"transfer-encoding" not in headers and headers.get(b"content-length", b"0") == b"0"
        self._old_spelling = scope["http_version"].startswith("1.")
        self._lingers = False
        self._receive = receive
        self._send = send
        self._state = scope["state"]
        self._correlation = headers.get(CORRELATION, b"")
        self.traceparent = headers.get(b"traceparent", b"").decode("latin-1")
        "The span of the caller's that this is part of, if he says so (W3C Trace Context)."

    async def receive(self) -> Message:
        message = await self._receive()
        self._body_is_read = self._body_is_read or not message.get("more_body", False)
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self._lingers = not self._body_is_read
            headers = [*message.get("headers", []), *self._always_told()]
            if self._lingers:
                headers.append((b"connection", b"close"))
            if self._old_spelling:
                headers = [(spelled(name), value) for name, value in headers]
            await self._send({**message, "headers": headers})
            return
        self.complete = not message.get("more_body", False)
        if self.complete and self._lingers:
            await self._send({**message, "more_body": True})
            await self._drain()
            message = {"type": "http.response.body", "body": b"", "more_body": False}
        await self._send(message)

    def _always_told(self) -> list[tuple[bytes, bytes]]:
        told = [(b"x-request-id", self._state["request_id"].encode())]
        if _CORRELATION_VALUE.fullmatch(self._correlation):
            told.append((CORRELATION, self._correlation))
        policies, standings = self._state.get("rate_fields", ([], []))
        if policies:
            told.append((b"ratelimit-policy", ", ".join(policies).encode()))
            told.append((b"ratelimit", ", ".join(standings).encode()))
        return told

    async def _drain(self) -> None:
        """Read and forget what the client still sends, within bounds."""
        left = LINGER_BYTES
        try:
            async with asyncio.timeout(LINGER_SECONDS):
                while left > 0 and not self._body_is_read:
                    left -= len((await self.receive()).get("body", b""))
        except TimeoutError:
            pass
