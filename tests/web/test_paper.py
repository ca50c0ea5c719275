"""Documents are handed out whole, in part, or not at all, and what is handed out is what there is."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from unifax.documents.fax_pdf import Piece, Slice
from unifax.web import paper
from unifax.web.paper import Paper, hand_out, parts_of

KEPT = bytes(range(256)) * 40
WHOLE = b"begin\n" + KEPT[100:300] + b"middle\n" + KEPT[5000:10000] + b"end\n"


@pytest.fixture(scope="module")
def letter(tmp_path_factory: pytest.TempPathFactory) -> Paper:
    file = tmp_path_factory.mktemp("paper") / "kept"
    file.write_bytes(KEPT)
    pieces: list[Piece] = [b"begin\n", Slice(100, 200, False), b"middle\n", Slice(5000, 5000, False), b"end\n"]

    @asynccontextmanager
    async def taken() -> AsyncIterator[list[Path]]:
        yield [file]

    return Paper(taken, pieces, "tag-1", "application/pdf", "letter.pdf")


def ask(letter: Paper, headers: Mapping[str, str], method: str = "GET") -> httpx.Response:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await hand_out(Request(scope), letter)(scope, receive, send)

    async def asking() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://unifax") as client:
            return await client.request(method, "/", headers=headers)

    return asyncio.run(asking())


def test_the_whole_is_handed_out_for_the_one_who_asks(letter: Paper) -> None:
    answer = ask(letter, {})
    assert (answer.status_code, answer.content) == (200, WHOLE)
    assert answer.headers == {
        "etag": '"tag-1"',
        "cache-control": "private, no-cache",
        "content-disposition": 'inline; filename="letter.pdf"',
        "x-content-type-options": "nosniff",
        "accept-ranges": "bytes",
        "content-length": str(len(WHOLE)),
        "content-type": "application/pdf",
    }


def test_head_tells_everything_and_hands_out_nothing(letter: Paper) -> None:
    answer = ask(letter, {"Range": "bytes=0-1"}, "HEAD")
    assert (answer.status_code, answer.content, answer.headers["content-length"]) == (200, b"", str(len(WHOLE)))


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("bytes=0-0", WHOLE[:1]),
        ("bytes=3-210", WHOLE[3:211]),
        ("Bytes=5000-", WHOLE[5000:]),
        ("bytes=-7", WHOLE[-7:]),
        ("bytes=-999999", WHOLE),
        ("bytes=5200-999999", WHOLE[5200:]),
    ],
)
def test_a_part_is_handed_out(letter: Paper, asked: str, part: bytes) -> None:
    answer = ask(letter, {"Range": asked})
    assert (answer.status_code, answer.content) == (206, part)
    begin = WHOLE.index(part)
    assert answer.headers["content-range"] == f"bytes {begin}-{begin + len(part) - 1}/{len(WHOLE)}"


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "pages=1-2", "bytes=x-y", "bytes=", "bytes=-", "0-1"])
def test_what_is_not_understood_is_answered_by_the_whole(letter: Paper, asked: str) -> None:
    answer = ask(letter, {"Range": asked})
    assert (answer.status_code, answer.content) == (200, WHOLE)


@pytest.mark.parametrize("asked", ["bytes=99999-", "bytes=-0", "bytes=9-8"])
def test_a_part_that_is_not_there_cannot_be_handed_out(letter: Paper, asked: str) -> None:
    answer = ask(letter, {"Range": asked})
    assert (answer.status_code, answer.json()["error"]["code"]) == (416, "range_not_satisfiable")
    assert answer.headers["content-range"] == f"bytes */{len(WHOLE)}"


@pytest.mark.parametrize("known", ['"tag-1"', 'W/"tag-1"', '"a", "tag-1"', "*"])
def test_who_has_it_is_not_sent_it_again(letter: Paper, known: str) -> None:
    answer = ask(letter, {"If-None-Match": known, "Range": "bytes=0-1"})
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", '"tag-1"')


@pytest.mark.parametrize("known", ['"tag-2"', "tag-1", ""])
def test_who_has_something_else_is_sent_it(letter: Paper, known: str) -> None:
    assert ask(letter, {"If-None-Match": known}).content == WHOLE


def test_a_part_of_something_else_is_not_continued(letter: Paper) -> None:
    assert ask(letter, {"Range": "bytes=5-9", "If-Range": '"tag-1"'}).content == WHOLE[5:10]
    assert ask(letter, {"Range": "bytes=5-9", "If-Range": '"tag-2"'}).content == WHOLE


@given(begin=st.integers(0, len(WHOLE)), size=st.integers(0, len(WHOLE)), chunk=st.integers(1, 7000))
def test_any_part_is_made_of_small_pieces(letter: Paper, begin: int, size: int, chunk: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paper, "CHUNK_BYTES", chunk)
        pieces = list(parts_of(letter.pieces, range(begin, min(begin + size, len(WHOLE)))))
    made = [piece if isinstance(piece, bytes) else KEPT[piece.offset : piece.offset + piece.octets] for piece in pieces]
    assert b"".join(made) == WHOLE[begin : begin + size]
    assert all(0 < len(each) <= chunk for each in made)
