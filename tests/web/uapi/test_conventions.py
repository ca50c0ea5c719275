"""What all services of the UnifiedAPI have in common: tokens, errors, addresses, as documents and clients have them."""

import json

import pytest

from tests.web.loopback import connected, exchange, post, read_answer, serving
from tests.web.uapi.bodies import files, to
from tests.world import World

FAX = "/uapi/faxes/@me/0003*210"
TOKEN = "token.of-bob_1"


@pytest.mark.parametrize("prefix", ["/uapi", "/unifiedapi"])
@pytest.mark.parametrize(
    ("path", "header"),
    [
        ("/faxes/@me/0003*210", f"Authorization: Bearer {TOKEN}"),
        ("/faxes/@me/0003*210", f"Authorization:Bearer {TOKEN}"),
        ("/faxes/@me/0003*210", f"authorization: {TOKEN}"),
        (f"/faxes/@me/0003*210?accessRequestToken={TOKEN}", "Accept: */*"),
        (f"/faxes/@me/0003*210/?accessRequestToken=Bearer%20{TOKEN}", "Accept: */*"),
        (f"/faxes/@me/0003*210?accessRequestToken={TOKEN}", f"Authorization: Bearer {TOKEN}"),
        ("/faxes/@me/0003*210/?count=20&startIndex=0", f"Authorization: Bearer {TOKEN}"),
        ("/faxes/%40me/0003%2A210/?", f"Authorization: Bearer {TOKEN}"),
    ],
)
def test_a_token_and_an_address_may_be_written_in_every_way_that_is_met(
    refusing: World, prefix: str, path: str, header: str
) -> None:
    answer = refusing.run(
        exchange(refusing.site(), f"GET {prefix}{path} HTTP/1.1\r\nHost: f\r\n{header}\r\n\r\n".encode())
    )
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    assert json.loads(answer.body)["entry"] == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/uapi/cdr/33/?count=20&startIndex=0"),
        ("GET", f"/uapi/cdr?accessRequestToken={TOKEN}"),
        ("POST", "/uapi/phoneCalls/@me/@self"),
        ("GET", "/uapi/phoneCalls/@me/@self/?count=20"),
        ("GET", "/unifiedapi/phoneCalls/@me/0003*210"),
        ("GET", "/uapi/extensions/@me/0003*210/phoneCallEvents/"),
        ("DELETE", "/uapi/extensions/@me/0003*210/phoneCallEvents/1/2"),
    ],
)
def test_what_known_clients_ask_of_other_services_is_not_implemented(refusing: World, method: str, path: str) -> None:
    head = f"{method} {path} HTTP/1.1\r\nHost: f\r\nAuthorization: Bearer {TOKEN}\r\nContent-Length: 0\r\n\r\n"
    answer = refusing.run(exchange(refusing.site(), head.encode()))
    assert (answer.status, answer.error()) == (501, "request_not_implemented")


def test_what_is_wrong_is_told_in_the_documented_order(world: World) -> None:
    """Token, user, extension, permission, recipients, files: each is told only when all before it are right."""
    empty = files(b"")
    for path, who, recipients, status, code in (
        ("/uapi/faxes/77777/@self", None, [], 401, "access_denied"),
        ("/uapi/faxes/77777/@self", world.bob, [], 400, "user_invalid"),
        ("/uapi/faxes/@me/@self", world.bob, [], 400, "extension_invalid"),
        ("/uapi/faxes/@me/0004*210", world.bob, [], 401, "access_denied"),
        (FAX, world.bob, [], 400, "fx_recipients_invalid"),
        (FAX, world.bob, ["7778888"], 400, "fx_file_invalid"),
    ):
        answer = world.ask("POST", path, who, data=to(*recipients), files=empty)
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert world.nothing_is_left()


def test_requests_one_after_the_other_on_one_connection_are_answered_alike(refusing: World) -> None:
    async def talk() -> list[int]:
        async with serving(refusing.site()) as port, connected(port) as (reader, writer):
            statuses = []
            for path in ("/uapi/cdr", FAX, "/uapi/cdr/", "/nothing"):
                writer.write(f"GET {path} HTTP/1.1\r\nHost: f\r\nAuthorization: {TOKEN}\r\n\r\n".encode())
                statuses.append((await read_answer(reader)).status)
            return statuses

    assert refusing.run(talk()) == [501, 200, 501, 404]


@pytest.mark.parametrize("path", ["/oauth/token.php", "/oauth/token.php/", FAX, "/unifiedapi/faxes/@me/0003*210/"])
def test_no_address_is_ever_answered_by_a_redirect(refusing: World, path: str) -> None:
    answer = refusing.run(exchange(refusing.site(), post(path, "Content-Type: text/plain;charset=UTF-8", b"x")))
    assert answer.status in {400, 401}
    assert "Location" not in answer.headers
    assert answer.headers["Content-Type"].startswith("application/json")
