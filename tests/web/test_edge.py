"""What surrounds every request: spelling of addresses and headers, one shape for every failure, ids, logs."""

import logging
from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from tests.web.loopback import anybody, exchange, post
from tests.web.uapi.bodies import files, to
from tests.world import NOW, World
from unifax.web.edge import Edge, plain_path, spelled
from unifax.web.uapi.errors import answer_errors


@pytest.mark.parametrize(
    ("path", "plain"),
    [
        ("/", "/"),
        ("//", "/"),
        ("", "/"),
        ("/uapi/faxes/", "/uapi/faxes"),
        ("/unifiedapi", "/uapi"),
        ("/unifiedapi/faxes/@me/210/", "/uapi/faxes/@me/210"),
        ("/unifiedapis", "/unifiedapis"),
        ("http://host:8080/uapi/cdr", "/uapi/cdr"),
        ("HTTPS://host", "/"),
        ("/uapi/faxes/http://host/1", "/uapi/faxes/http://host/1"),
    ],
)
def test_a_path_has_one_plain_form(path: str, plain: str) -> None:
    assert plain_path(path) == plain


@given(st.text(max_size=50))
def test_any_path_has_a_plain_form_without_a_last_slash(path: str) -> None:
    plain = plain_path(path)
    assert plain == "/" or not plain.endswith("/")


@pytest.mark.parametrize("name", [b"Content-Type", b"WWW-Authenticate", b"X-Request-Id", b"Retry-After", b"ETag"])
def test_headers_are_spelt_as_people_write_them(name: bytes) -> None:
    assert spelled(name.lower()) == name


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/uapi", 404, "not_found"),
        ("GET", "/favicon.ico", 404, "not_found"),
        ("POST", "/uapi/faxes/a/b/c/d", 404, "not_found"),
        ("POST", "/uapi/faxes//0003*210", 400, "extension_invalid"),
        ("PATCH", "/uapi/faxes/@me/0003*210", 405, "method_not_allowed"),
        ("DELETE", "/uapi/faxes/@me/0003*210/1", 405, "method_not_allowed"),
        ("PUT", "/uapi/faxes", 405, "method_not_allowed"),
        ("BREW", "/uapi/faxes", 405, "method_not_allowed"),
        ("GET", "/uapi/cdr", 501, "request_not_implemented"),
        ("GET", "/unifiedapi/cdr/33/?count=20&startIndex=0", 501, "request_not_implemented"),
        ("POST", "/uapi/phoneCalls/@me/@self", 501, "request_not_implemented"),
        ("PUT", "/uapi/extensions/@me/0003*210/phoneCallEvents/1/2", 501, "request_not_implemented"),
        ("POST", "/uapi/faxesque", 501, "request_not_implemented"),
    ],
)
def test_what_the_framework_refuses_has_the_one_shape_too(
    refusing: World, method: str, path: str, status: int, code: str
) -> None:
    answer = refusing.ask(method, path, refusing.bob)
    assert answer.headers["content-type"] == "application/json"
    assert (answer.status_code, set(answer.json()), answer.json()["error"]["code"]) == (status, {"error"}, code)
    assert (status == 405) == ("allow" in answer.headers)


def test_allow_names_the_methods_there_are(refusing: World) -> None:
    assert refusing.ask("PUT", "/uapi/faxes/@me/0003*210", refusing.bob).headers["allow"] == "GET, HEAD, OPTIONS, POST"


def failing_site() -> Edge:
    """A site whose every route fails in its own way."""
    app = FastAPI(openapi_url=None)

    @app.post("/status/{status}")
    async def status(status: int) -> Response:
        raise HTTPException(status, "framework words")

    @app.post("/bug")
    async def bug() -> Response:
        raise ZeroDivisionError("secret")

    @app.post("/typed/{number}")
    async def typed(number: int) -> int:
        return number

    @app.post("/half")
    async def half(request: Request) -> Response:
        async def body() -> AsyncIterator[bytes]:
            yield b"half"
            raise ZeroDivisionError("secret")

        return StreamingResponse(body(), headers={"content-length": "8"})

    answer_errors(app, anybody)
    return Edge(app, lambda: NOW, lambda: "request-1")


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/status/413", 413, "request_too_large"),
        ("/status/415", 415, "media_type_not_supported"),
        ("/status/422", 422, "request_invalid"),
        ("/status/418", 418, "request_invalid"),
        ("/status/503", 503, "service_unavailable"),
        ("/status/507", 507, "internal_server_error"),
        ("/typed/x", 400, "request_invalid"),
        ("/bug", 500, "internal_server_error"),
    ],
)
def test_every_failure_has_the_one_shape_on_the_wire(refusing: World, path: str, status: int, code: str) -> None:
    answer = refusing.run(exchange(failing_site(), post(path, "", b"")))
    assert (answer.status, answer.error()) == (status, code)
    assert b"secret" not in answer.body


def test_every_address_that_is_told_is_what_the_world_calls_us(world: World) -> None:
    metadata = "/.well-known/oauth-authorization-server"
    assert world.ask("GET", metadata).json()["issuer"] == "http://unifax"
    world.public_url = "https://fax.example"
    assert world.ask("GET", metadata).json()["issuer"] == "https://fax.example"
    assert "__Host-" in world.ask("GET", "/sign-in").headers["set-cookie"]


def test_an_answer_that_breaks_off_is_cut_and_not_patched_up(refusing: World) -> None:
    with pytest.raises(EOFError):
        refusing.run(exchange(failing_site(), post("/half", "", b"")))


def test_every_answer_carries_the_id_under_which_it_is_logged(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    answer = world.ask(
        "POST", "/uapi/faxes/@me/0003*210", world.bob, data=to("7778888"), files=files(b"This is my fax")
    )
    assert answer.headers["x-request-id"] == "request-1"
    lines = [record.getMessage() for record in caplog.records if record.name == "unifax.web"]
    assert lines == [
        "request-1 accepted fax 1 of 1 files",
        "request-1 POST /uapi/faxes/{user}/{extension} 200 0 ms",
    ]


def test_logs_hold_no_number_no_token_no_name_and_no_content(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    def inspect(*_: object) -> None:
        raise ZeroDivisionError

    for wrong in (False, True):
        if wrong:
            world.inspect = inspect  # type: ignore[assignment]  # it fails, and a traceback is logged
        address = f"/uapi/faxes/{world.bob.id}/0003*210?accessRequestToken={world.bob.token}"
        given = [("files", ("hush.txt", b"secret content", "text/plain"))]
        world.ask("POST", address, world.bob, data=to("7778888"), files=given)
        world.ask("POST", address, world.bob, data=to("999123", "@self"), files=given)
        world.ask("GET", "/uapi/cdr/0003*210", world.charlie)
    ours = "\n".join(caplog.handler.format(record) for record in caplog.records if record.name.startswith("unifax"))
    assert "ZeroDivisionError" in ours
    for personal in ("7778888", "999123", "0003*210", "token.of", "hush", "secret content"):
        assert personal not in ours


@pytest.mark.parametrize("given", ["a", "4bf92f35-77b3.4da6_a3:ce/92", "x" * 128])
def test_a_callers_own_id_is_given_back_beside_ours(refusing: World, given: str) -> None:
    answer = refusing.ask("GET", "/healthz", headers={"X-Correlation-Id": given, "X-Request-Id": "theirs"})
    assert answer.headers["x-correlation-id"] == given
    assert answer.headers["x-request-id"] == "request-1"


@pytest.mark.parametrize("given", ["", "a b", "x" * 129, "a\tb", "<b>"])
def test_what_is_no_id_is_not_given_back(refusing: World, given: str) -> None:
    assert "x-correlation-id" not in refusing.ask("GET", "/healthz", headers={"X-Correlation-Id": given}).headers
