"""The known clients, byte by byte as they were read or recorded, against a real server on loopback."""

import json

import pytest

from tests.kept import kept
from tests.web.loopback import connected, exchange, post, read_answer, serving
from tests.web.uapi.test_parts import EM, PRINTED, PRINTED_BOUNDARY, TYPOGRAPHIC
from tests.world import World

ACCEPTED = b'{"id":"1","uid":"00000000000000000000000000000001"}'

UNDICI = "----formdata-undici-012345678901"
"As Node's own fetch writes it."

MCP_HEADERS = """
Authorization: Bearer {token}
User-Agent: VoipNow Calls MCP/5.7.0
content-type: multipart/form-data; boundary={boundary}
accept: */*
accept-language: *
sec-fetch-mode: cors
accept-encoding: gzip, deflate
"""

CURL = "------------------------d74496d66958873e"


def mcp_body(name: str, recipients: str = '["0003*211","212"]') -> bytes:
    return (
        f'--{UNDICI}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\nThis is my fax\r\n"
        f'--{UNDICI}\r\nContent-Disposition: form-data; name="request"\r\n\r\n{{"recipients":{recipients}}}\r\n'
        f"--{UNDICI}--\r\n"
    ).encode()


def mcp_headers(world: World) -> str:
    return MCP_HEADERS.format(token=world.bob.token, boundary=UNDICI)


def click2fax(world: World, more: str = "") -> tuple[str, bytes]:
    """Headers and body of the vendor's PHP demo: `request` first, each file under its own name."""
    headers = f"""
Authorization: Bearer {world.bob.token}
Content-Disposition: multipart/form-data
Content-Type: multipart/form-data; boundary={CURL}
Accept: */*
{more}"""
    body = (
        f'--{CURL}\r\nContent-Disposition: form-data; name="request"\r\n\r\n{{"recipients":["7778888"]}}\r\n'
        f'--{CURL}\r\nContent-Disposition: form-data; name="my fax.pdf"; filename="my fax.pdf"\r\n'
        "Content-Type: application/pdf\r\n\r\n%PDF-1.4\r\nsome\r\n"
        f'--{CURL}\r\nContent-Disposition: form-data; name="b.txt"; filename="b.txt"\r\n'
        f"Content-Type: text/plain\r\n\r\nsecond\r\n--{CURL}--\r\n"
    )
    return headers, body.encode()


def content(world: World) -> list[bytes]:
    blobs = world.column("SELECT blob FROM fax_files ORDER BY position")
    return [kept(world.folder, blob).read_bytes() for blob in blobs]


def names(world: World) -> list[object]:
    return world.column("SELECT name FROM fax_files ORDER BY position")


@pytest.mark.parametrize("authorization", ["Authorization: Bearer {}", "Authorization: {}", "Authorization:BEARER {}"])
@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
@pytest.mark.parametrize(
    ("boundary", "body"), [(PRINTED_BOUNDARY.decode(), PRINTED), (EM * 4 + "325343636", TYPOGRAPHIC)]
)
def test_the_documented_example_is_accepted_as_printed(
    world: World, boundary: str, body: bytes, newline: bytes, authorization: str
) -> None:
    headers = f"{authorization.format(world.bob.token)}\nContent-Type: multipart/form-data; boundary={boundary}"
    answer = world.run(exchange(world.site(), post("/uapi/faxes/@me/0003*210", headers, body.replace(b"\n", newline))))
    assert (answer.status, answer.body) == (200, ACCEPTED)
    assert (content(world), names(world)) == ([b"This is my fax"], ["fax.txt"])
    assert world.column("SELECT number FROM deliveries") == ["7778888"]


@pytest.mark.parametrize(
    ("sent", "shown"), [("fax.txt", "fax.txt"), ("дом.txt", "дом.txt"), ("say %22hi%22.txt", 'say "hi".txt')]
)
def test_the_vendors_mcp_server_sends_a_fax(world: World, sent: str, shown: str) -> None:
    request = post("/uapi/faxes/@me/0003*210", mcp_headers(world), mcp_body(sent))
    answer = world.run(exchange(world.site(), request))
    assert (answer.status, answer.body) == (200, ACCEPTED)
    assert answer.headers["Content-Type"] == "application/json"
    assert (content(world), names(world)) == ([b"This is my fax"], [shown])
    assert world.column("SELECT number FROM deliveries ORDER BY position") == ["0003*211", "212"]


@pytest.mark.parametrize("recipients", ['["@self"]', "[]"])
def test_what_the_mcp_server_lets_through_is_refused_by_us(world: World, recipients: str) -> None:
    request = post("/uapi/faxes/@me/0003*210", mcp_headers(world), mcp_body("fax.txt", recipients))
    answer = world.run(exchange(world.site(), request))
    assert (answer.status, answer.error()) == (400, "fx_recipients_invalid")


def test_the_mcp_server_without_a_user_gets_a_json_400(world: World) -> None:
    answer = world.run(exchange(world.site(), post("/uapi/faxes/", mcp_headers(world), mcp_body("fax.txt"))))
    assert (answer.status, answer.error()) == (400, "extension_invalid")


def test_the_mcp_servers_insecure_way_gets_a_json_400(world: World) -> None:
    headers = f"Authorization: Bearer {world.bob.token}\nContent-Type: text/plain;charset=UTF-8"
    answer = world.run(exchange(world.site(), post("/uapi/faxes/@me/0003*210", headers, b"[object FormData]")))
    assert (answer.status, answer.error()) == (400, "request_invalid")


def test_click2fax_sends_two_files_under_their_own_names(world: World) -> None:
    answer = world.run(exchange(world.site(), post("/unifiedapi/faxes/@me/0003*210", *click2fax(world))))
    assert (answer.status, answer.body) == (200, ACCEPTED)
    assert (content(world), names(world)) == ([b"%PDF-1.4\r\nsome", b"second"], ["my fax.pdf", "b.txt"])


def test_a_client_that_waits_to_be_told_to_continue_is_told(world: World) -> None:
    headers, body = click2fax(world, "Expect: 100-continue")

    async def talk() -> tuple[bytes, int]:
        async with serving(world.site()) as port, connected(port) as (reader, writer):
            writer.write(post("/unifiedapi/faxes/@me/0003*210", headers, body)[: -len(body)])
            interim = await reader.readuntil(b"\r\n\r\n")
            writer.write(body)
            return interim, (await read_answer(reader)).status

    interim, status = world.run(talk())
    assert interim.startswith(b"HTTP/1.1 100 ")
    assert status == 200


def test_a_client_that_waits_is_refused_before_it_has_sent_anything(world: World) -> None:
    headers, body = click2fax(world, "Expect: 100-continue")

    async def talk() -> tuple[int, str]:
        async with serving(world.site()) as port, connected(port) as (reader, writer):
            writer.write(post("/unifiedapi/faxes/@me/@self", headers, body)[: -len(body)])
            answer = await read_answer(reader)
            return answer.status, answer.error()

    assert world.run(talk()) == (400, "extension_invalid")


def test_a_body_in_chunks_is_accepted(world: World) -> None:
    body = mcp_body("fax.txt")
    chunks = (
        b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:50], body[50:51], body[51:])) + b"0\r\n\r\n"
    )
    request = post("/uapi/faxes/@me/0003*210", mcp_headers(world), chunks, "Transfer-Encoding: chunked")
    assert world.run(exchange(world.site(), request)).body == ACCEPTED
    assert content(world) == [b"This is my fax"]


def test_a_target_in_absolute_form_is_accepted(world: World) -> None:
    request = post("http://uapi.example/uapi/faxes/@me/0003*210/?", mcp_headers(world), mcp_body("fax.txt"))
    assert world.run(exchange(world.site(), request)).body == ACCEPTED


def test_the_request_part_may_be_a_file(world: World) -> None:
    body = mcp_body("fax.txt").replace(b'name="request"', b'name="request"; filename="request.json"')
    answer = world.run(exchange(world.site(), post("/uapi/faxes/@me/0003*210", mcp_headers(world), body)))
    assert answer.body == ACCEPTED
    assert names(world) == ["fax.txt"]


def test_a_php_client_may_show_its_token_twice_and_a_telphin_client_by_query(world: World) -> None:
    token = world.bob.token
    for query in (token, f"Bearer%20{token}", f"Bearer+{token}"):
        headers = f"Content-Type: multipart/form-data; boundary={UNDICI}"
        request = post(f"/uapi/faxes/@me/0003*210?accessRequestToken={query}", headers, mcp_body("fax.txt"))
        assert world.run(exchange(world.site(), request)).status == 200
    both = post(f"/uapi/faxes/@me/0003*210?accessRequestToken={token}", mcp_headers(world), mcp_body("fax.txt"))
    assert json.loads(world.run(exchange(world.site(), both)).body)["id"] == "4"


def test_header_names_are_spelt_as_old_clients_look_for_them(world: World) -> None:
    answer = world.run(exchange(world.site(), post("/uapi/faxes/@me/0003*210", "X: y", b"")))
    assert answer.status == 401
    assert {"Content-Type", "Content-Length", "WWW-Authenticate", "X-Request-Id"} <= set(answer.headers)
