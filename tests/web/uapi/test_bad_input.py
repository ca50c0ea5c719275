"""Bodies that are too long, cut off or never end: refused while they come, and nothing of them stays."""

import asyncio
from dataclasses import replace

import pytest

from tests.web.loopback import Answer, connected, exchange, post, read_answer, serving
from tests.world import World

ADDRESS = "/uapi/faxes/@me/0003*210"
HEADERS = "Content-Type: multipart/form-data; boundary=x\nAuthorization: Bearer {}"
FILE = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\n'
REQUEST = b'\r\n--x\r\nContent-Disposition: form-data; name="request"\r\n\r\n{"recipients":["7778888"]}\r\n--x--\r\n'


def headers(world: World) -> str:
    return HEADERS.format(world.bob.token)


def test_a_body_that_says_it_is_too_long_is_refused_before_it_is_read(world: World) -> None:
    async def talk() -> Answer:
        async with serving(world.site()) as port, connected(port) as (reader, writer):
            writer.write(post(ADDRESS, headers(world), FILE, "Content-Length: 10485761"))
            return await read_answer(reader)

    answer = world.run(talk())
    assert (answer.status, answer.error()) == (413, "request_too_large")
    assert answer.headers["Connection"] == "close"
    assert world.nothing_is_left()


def test_a_body_of_exactly_the_limit_is_accepted(world: World) -> None:
    body = FILE + b"y" * 500 + REQUEST
    for limit, status in ((len(body), 200), (len(body) - 1, 413)):
        world.limits = replace(world.limits, bytes=limit)
        assert world.run(exchange(world.site(), post(ADDRESS, headers(world), body))).status == status


def test_chunks_are_refused_as_soon_as_they_pass_the_limit(world: World) -> None:
    """The client never ends its body; it is answered all the same."""
    world.limits = replace(world.limits, bytes=100_000)
    chunk = b"2710\r\n" + b"y" * 10_000 + b"\r\n"

    async def talk() -> Answer:
        async with serving(world.site()) as port, connected(port) as (reader, writer):
            writer.write(
                post(ADDRESS, headers(world), b"%x\r\n%b\r\n" % (len(FILE), FILE), "Transfer-Encoding: chunked")
            )
            for _ in range(10):
                writer.write(chunk)
            return await read_answer(reader)

    answer = world.run(talk())
    assert (answer.status, answer.error()) == (413, "request_too_large")
    assert world.nothing_is_left()


def test_a_client_that_writes_everything_before_it_reads_still_learns_why_it_was_refused(world: World) -> None:
    """Were the connection closed at once, it would be reset with the answer in it."""
    body = FILE + b"y" * 20_000_000

    async def talk() -> Answer:
        async with serving(world.site()) as port, connected(port) as (reader, writer):
            writer.write(post(ADDRESS, headers(world), body))
            await writer.drain()
            answer = await read_answer(reader)
            assert await reader.read() == b""  # and then it is closed in order
            return answer

    assert world.run(talk()).error() == "request_too_large"


@pytest.mark.parametrize("sent", [0, 10, len(FILE), len(FILE) + 70_000])
def test_a_client_that_leaves_half_way_leaves_nothing_behind(world: World, sent: int) -> None:
    body = FILE + b"y" * 100_000 + REQUEST

    async def talk() -> None:
        async with serving(world.site()) as port, connected(port) as (_, writer):
            writer.write(post(ADDRESS, headers(world), body)[: sent - len(body)])
            await writer.drain()
            # leaving `serving` waits for the request that is still being read

    world.run(talk())
    assert world.nothing_is_left()


def test_a_client_that_falls_silent_is_told_that_it_waited_too_long(world: World) -> None:
    world.silence_seconds = 0.05

    async def talk() -> Answer:
        async with serving(world.site()) as port, connected(port) as (reader, writer):
            writer.write(post(ADDRESS, headers(world), FILE, "Content-Length: 1000"))
            return await read_answer(reader)

    answer = world.run(talk())
    assert (answer.status, answer.error()) == (408, "request_timeout")
    assert world.nothing_is_left()


def test_a_client_that_lets_its_body_drip_is_not_waited_for_without_end(world: World) -> None:
    world.silence_seconds = 0.05

    async def talk() -> Answer:
        async with serving(world.site()) as port, connected(port) as (reader, writer):
            writer.write(post(ADDRESS, headers(world), b"", "Transfer-Encoding: chunked"))
            answering = asyncio.ensure_future(read_answer(reader))
            while not answering.done():
                writer.write(b"1\r\n-\r\n")
                await asyncio.wait({answering}, timeout=0.01)
            return answering.result()

    assert world.run(talk()).error() == "request_timeout"
    assert world.nothing_is_left()


def test_refused_requests_are_answered_before_their_body_has_come(world: World) -> None:
    async def ask(port: int, address: str, lines: str) -> Answer:
        async with connected(port) as (reader, writer):
            writer.write(post(address, lines, FILE, "Content-Length: 1000000"))
            return await read_answer(reader)

    async def talk() -> list[tuple[int, str]]:
        async with serving(world.site()) as port:
            answers = await asyncio.gather(
                ask(port, ADDRESS, "Content-Type: multipart/form-data; boundary=x"),
                ask(port, "/uapi/faxes/@me/@self", headers(world)),
                ask(port, "/uapi/faxes/@me/0004*210", headers(world)),
                ask(port, "/uapi/cdr", headers(world)),
                ask(port, ADDRESS, headers(world).replace("form-data", "mixed")),
            )
        return [(answer.status, answer.error()) for answer in answers]

    assert world.run(talk()) == [
        (401, "access_denied"),
        (400, "extension_invalid"),
        (401, "access_denied"),
        (501, "request_not_implemented"),
        (400, "request_invalid"),
    ]


def test_a_connection_is_kept_for_the_next_request_when_the_whole_body_was_read(world: World) -> None:
    async def talk() -> list[int]:
        async with serving(world.site()) as port, connected(port) as (reader, writer):
            statuses = []
            for body in (FILE + b"\x00" + REQUEST, b"nothing", FILE + b"text" + REQUEST):
                writer.write(post(ADDRESS, headers(world), body))
                statuses.append((await read_answer(reader)).status)
            return statuses

    assert world.run(talk()) == [200, 400, 200]
