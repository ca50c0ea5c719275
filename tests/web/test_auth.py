"""Tokens: every spelling that is met, and everything that is none."""

from datetime import timedelta

import pytest
from httpx import Response
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from tests.web.uapi.bodies import files, to
from tests.world import NOW, World
from unifax.service.rates import Quotas, Rates
from unifax.store.sessions import begin_session
from unifax.store.tokens import sweep
from unifax.web.auth import token_of
from unifax.web.browser import proof_of

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


SECRET = "s" * 43


@pytest.fixture
def signed_in(world: World) -> World:
    """Bob has signed in with a browser."""
    world.db.write(begin_session, world.bob.id, SECRET, NOW, NOW + timedelta(hours=1))
    send(world, {"Authorization": world.bob.token})
    return world


def cookie(**more: str) -> dict[str, str]:
    return {"Cookie": f"unifax={SECRET}"} | {name.replace("_", "-"): value for name, value in more.items()}


def send(world: World, headers: dict[str, str]) -> Response:
    return world.ask("POST", "/uapi/faxes/@me/0003*210", headers=headers, data=to("7778888"), files=files(b"text"))


def test_who_has_signed_in_may_look(signed_in: World) -> None:
    assert signed_in.ask("GET", FAX, headers=cookie()).json()["id"] == "1"
    assert signed_in.ask("GET", "/uapi/faxes/@me/0004*210/1", headers=cookie()).status_code == 401
    for wrong in ("", "t" * 43, SECRET + "s", SECRET[1:]):
        assert signed_in.ask("GET", FAX, headers={"Cookie": f"unifax={wrong}"}).status_code == 401


def test_with_a_cookie_nothing_is_changed_without_proof(signed_in: World) -> None:
    proof = proof_of(SECRET)
    for headers in (
        cookie(),
        cookie(X_CSRF_Token=""),
        cookie(X_CSRF_Token=SECRET),
        cookie(X_CSRF_Token=proof_of("t" * 43)),
        cookie(X_CSRF_Token=proof, Origin="https://evil.example"),
        cookie(X_CSRF_Token=proof, Origin="null"),
        cookie(X_CSRF_Token=proof, Sec_Fetch_Site="cross-site"),
        cookie(X_CSRF_Token=proof, Sec_Fetch_Site="same-site"),
    ):
        answer = send(signed_in, headers)
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "access_denied")
    assert signed_in.faxes() == 1
    ours = cookie(X_CSRF_Token=proof, Origin="http://unifax", Sec_Fetch_Site="same-origin")
    assert send(signed_in, ours).status_code == 200


def test_a_token_stands_above_a_cookie(signed_in: World) -> None:
    assert signed_in.ask("GET", FAX, signed_in.charlie, headers=cookie()).status_code == 401
    given = {"data": to("7778888"), "files": files(b"text")}
    assert (
        signed_in.ask("POST", "/uapi/faxes/@me/0003*210", signed_in.bob, headers=cookie(), **given).status_code == 200
    )


def test_a_session_opens_nothing_when_it_is_over_or_the_account_is_disabled(signed_in: World) -> None:
    signed_in.execute("UPDATE accounts SET enabled = 0 WHERE name = 'alice'")
    assert signed_in.ask("GET", FAX, headers=cookie()).status_code == 401
    signed_in.execute("UPDATE accounts SET enabled = 1")
    assert signed_in.ask("GET", FAX, headers=cookie()).status_code == 200
    signed_in.db.write(sweep, NOW + timedelta(hours=1))
    assert signed_in.ask("GET", FAX, headers=cookie()).status_code == 401


def test_people_do_not_use_up_each_others_rate(signed_in: World) -> None:
    signed_in.rates = Rates(Quotas(app=1), lambda: NOW)
    signed_in.db.write(begin_session, signed_in.beth.id, "b" * 43, NOW, NOW + timedelta(hours=1))
    assert [signed_in.ask("GET", FAX, headers=cookie()).status_code for _ in range(2)] == [200, 429]
    assert signed_in.ask("GET", FAX, headers={"Cookie": f"unifax={'b' * 43}"}).status_code != 429
