"""Bytes that are no HTTP, and clients that never come to the point."""

import asyncio
import logging
from collections.abc import Callable

import pytest
import uvloop
from starlette.types import Receive, Scope, Send

from tests.web.loopback import Answer, connected, exchange, post, read_answer, serving
from tests.web.uapi.test_bad_input import ADDRESS, headers
from tests.world import World
from unifax.web.http1 import Http1


class Impatient(Http1):
    head_seconds = 0.05


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"hello\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\n\r\n",
        b"GET /\xd7\x90 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"GET /" + b"a" * 1_000_000,
    ],
)
def test_what_is_no_http_is_answered_in_the_one_shape(refusing: World, garbage: bytes) -> None:
    answer = refusing.run(exchange(refusing.site(), garbage))
    assert (answer.status, answer.error()) == (400, "request_invalid")
    assert answer.headers["Connection"] == "close"


def test_a_chunk_that_is_none_is_refused(refusing: World) -> None:
    request = post(ADDRESS, headers(refusing), b"not a length\r\n", "Transfer-Encoding: chunked")
    answer = refusing.run(exchange(refusing.site(), request))
    assert (answer.status, answer.error()) == (400, "request_invalid")
    assert refusing.nothing_is_left()


def test_garbage_behind_an_answer_gets_no_second_one(refusing: World, caplog: pytest.LogCaptureFixture) -> None:
    async def talk() -> tuple[Answer, bytes]:
        async with serving(refusing.site()) as port, connected(port) as (reader, writer):
            writer.write(post(ADDRESS, "", b"", "Transfer-Encoding: chunked"))
            answer = await read_answer(reader)
            writer.write(b"not a length\r\n")
            return answer, await reader.read()

    answer, rest = refusing.run(talk())
    assert (answer.error(), rest) == ("access_denied", b"")
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


HALF = b"GET /healthz HTTP/1.1\r\nHost: a\r\n"


@pytest.mark.parametrize(("before", "said"), [(b"", b""), (b"", HALF), (HALF + b"\r\n", HALF)])
def test_a_client_whose_headers_never_end_is_hung_up_on(refusing: World, before: bytes, said: bytes) -> None:
    async def talk() -> bytes:
        async with serving(refusing.site(), Impatient) as port, connected(port) as (reader, writer):
            if before:
                writer.write(before)
                await read_answer(reader)
            writer.write(said)
            return await reader.read()

    assert refusing.run(talk()) == b""


def test_a_head_in_time_may_have_a_body_that_takes_its_own(refusing: World) -> None:
    class Waiting(Impatient):
        """Says when its patience with heads would be over."""

        over: asyncio.Event

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
            super().connection_made(transport)
            self.loop.call_later(2 * self.head_seconds, self.over.set)

    async def talk() -> Answer:
        Waiting.over = asyncio.Event()
        async with serving(refusing.site(), Waiting) as port, connected(port) as (reader, writer):
            writer.write(post(ADDRESS, headers(refusing), b"", "Content-Length: 7"))
            await Waiting.over.wait()
            writer.write(b"nothing")
            return await read_answer(reader)

    assert refusing.run(talk()).error() == "request_invalid"


@pytest.mark.parametrize("loop_factory", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def test_of_a_body_that_comes_faster_than_it_is_taken_little_is_held(
    loop_factory: Callable[[], asyncio.AbstractEventLoop],
) -> None:
    pieces: list[int] = []

    async def take_slowly(scope: Scope, receive: Receive, send: Send) -> None:
        more = True
        while more:
            for _ in range(50):  # so long others have the loop, and more comes in
                await asyncio.sleep(0)
            message = await receive()
            pieces.append(len(message["body"]))
            more = message["more_body"]
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def talk() -> None:
        async with serving(take_slowly) as port, connected(port) as (reader, writer):
            writer.write(post("/", "", bytes(4_000_000)))
            assert (await reader.readline()).startswith(b"HTTP/1.1 200")

    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(talk())
    assert sum(pieces) == 4_000_000
    assert max(pieces) <= 96 * 1024
