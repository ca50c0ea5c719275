"""Tokens: every spelling that is met, and everything that is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from tests.world import NOW, World
from unifax.web.auth import token_of

FAX = "/uapi/faxes/@me/0003*210/1"


def request(headers: list[tuple[bytes, bytes]], query: bytes = b"") -> Request:
    return Request({"type": "http", "headers": headers, "query_string": query})


@pytest.mark.parametrize(
    ("header", "query"),
    [
        (b"Bearer t.o-k_n", b""),
        (b"bearer t.o-k_n", b""),
        (b"BEARER   t.o-k_n ", b""),
        (b"t.o-k_n", b""),
        (None, b"accessRequestToken=t.o-k_n"),
        (None, b"count=1&accessRequestToken=Bearer%20t.o-k_n"),
        (None, b"accessRequestToken=bearer+t.o-k_n"),
        (b"Bearer t.o-k_n", b"accessRequestToken=another"),
        (b"", b"accessRequestToken=t.o-k_n"),
    ],
)
def test_a_token_is_found_however_it_is_shown(header: bytes | None, query: bytes) -> None:
    assert token_of(request([] if header is None else [(b"authorization", header)], query)) == "t.o-k_n"


@pytest.mark.parametrize("header", [None, b"", b"  ", b"Bearer a b", b"Basic dXNlcjpwYXNz x", b"\xff\xfe", b"x" * 513])
def test_what_is_no_token_is_none(header: bytes | None) -> None:
    assert token_of(request([] if header is None else [(b"authorization", header)])) is None


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_any_bytes_are_a_token_or_none(header: bytes, query: bytes) -> None:
    token = token_of(request([(b"authorization", header)], b"accessRequestToken=" + query))
    assert token is None or token.isascii()


@pytest.mark.parametrize("shown", [None, "Bearer", "Bearer nobody's", "token.of-bob", "TOKEN.OF-BOB_1"])
def test_an_unknown_token_is_access_denied_and_told_which_scheme_to_use(refusing: World, shown: str | None) -> None:
    for method, path in (("GET", FAX), ("POST", "/uapi/faxes/@me/@self"), ("POST", "/uapi/faxes/")):
        answer = refusing.ask(method, path, headers={} if shown is None else {"Authorization": shown})
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "access_denied")
        assert answer.headers["www-authenticate"] == 'Bearer realm="unifax"'


def test_a_token_that_has_expired_is_access_denied(world: World) -> None:
    world.execute(f"UPDATE tokens SET expires_at = '{NOW.isoformat(timespec='microseconds')}'")
    assert world.ask("GET", FAX, world.bob).status_code == 401
