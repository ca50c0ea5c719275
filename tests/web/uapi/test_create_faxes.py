"""Create Faxes, v3.0, row by row of its page: addresses, recipients, files, answers and errors."""

import json
from dataclasses import replace

import httpx
import pytest

from tests.kept import kept
from tests.web.uapi.bodies import Given, files, to
from tests.world import Person, World
from unifax.documents.intake import Found, Kind
from unifax.model.errors import Unavailable

ADDRESS = "/uapi/faxes/@me/0003*210"
PDF, JPG, TIF = b"%PDF-1.7\n", b"\xff\xd8\xff\xe0", b"II*\x00"


def send(
    world: World, address: str = ADDRESS, who: Person | None = None, given: Given | None = None, **data: object
) -> httpx.Response:
    body = {"data": to("7778888"), "files": files(b"This is my fax") if given is None else given, **data}
    return world.ask("POST", address, who or world.bob, **body)


def refused(world: World, answer: httpx.Response, status: int, code: str) -> bool:
    assert answer.headers["content-type"] == "application/json"
    told = answer.json()
    assert set(told) == {"error"}
    assert set(told["error"]) == {"code", "message"}
    assert world.nothing_is_left()
    return (answer.status_code, told["error"]["code"]) == (status, code)


def test_the_answer_is_the_id_as_a_string_and_the_uid(world: World) -> None:
    answer = send(world)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.content == b'{"id":"1","uid":"00000000000000000000000000000001"}'
    assert world.column("SELECT name FROM fax_files") == ["1.txt"]
    (blob,) = world.column("SELECT blob FROM fax_files")
    assert kept(world.folder, blob).read_bytes() == b"This is my fax"
    assert world.queue.live(["prepare.1.1"]) == {"prepare.1.1"}
    assert world.staged() == []


@pytest.mark.parametrize(
    "address",
    [
        ADDRESS,
        ADDRESS + "/",
        ADDRESS + "?",
        "/uapi/faxes/%40me/0003%2A210",
        "/uapi/faxes/@viewer/0003*210",
        "/uapi/faxes/@owner/0003*210",
        "/uapi/faxes/@me/210",
        "/unifiedapi/faxes/@me/0003*210",
        "/unifiedapi/faxes/@me/0003*210/",
    ],
)
def test_an_address_may_be_written_in_many_ways_and_is_never_redirected(world: World, address: str) -> None:
    assert send(world, address).status_code == 200
    assert world.column("SELECT account_id FROM faxes ORDER BY id") == [world.bob.id]


def test_the_user_may_be_an_account_number_of_oneself_or_below(world: World) -> None:
    for who in (world.bob, world.alice, world.root):
        assert send(world, f"/uapi/faxes/{world.bob.id}/0003*210", who).status_code == 200
    assert world.column("SELECT account_id FROM faxes ORDER BY id") == [world.bob.id] * 3


def test_an_organization_and_an_administrator_may_use_the_extensions_below_them(world: World) -> None:
    for who in (world.alice, world.root):
        assert send(world, ADDRESS, who).status_code == 200
        assert send(world, f"/uapi/faxes/{world.alice.id}/0003*210", who).status_code == 200
        assert send(world, "/uapi/faxes/@owner/0003*210", who).status_code == 200
    owners = world.column("SELECT account_id FROM faxes ORDER BY id")
    assert owners == [world.alice.id, world.alice.id, world.bob.id, world.root.id, world.alice.id, world.bob.id]


@pytest.mark.parametrize("user", ["@you", "bob", "999999", "9" * 30, "-1", "٣", "@ME ", "'; --"])
def test_a_user_that_does_not_exist_is_user_invalid(refusing: World, user: str) -> None:
    assert refused(refusing, send(refusing, f"/uapi/faxes/{user}/0003*210"), 400, "user_invalid")
    # and the user is looked at before the extension
    assert refused(refusing, send(refusing, f"/uapi/faxes/{user}/@self"), 400, "user_invalid")


@pytest.mark.parametrize("extension", ["@self", "0003*999", "999", "phone", "0003*", "*", "٣"])
def test_an_extension_that_does_not_exist_is_extension_invalid(refusing: World, extension: str) -> None:
    assert refused(refusing, send(refusing, f"/uapi/faxes/@me/{extension}"), 400, "extension_invalid")
    assert refused(refusing, send(refusing, f"/uapi/faxes/@owner/{extension}"), 400, "extension_invalid")


@pytest.mark.parametrize("address", ["/uapi/faxes", "/uapi/faxes/", "/uapi/faxes/@me", "/unifiedapi/faxes/@me/"])
def test_an_address_without_an_extension_is_extension_invalid(refusing: World, address: str) -> None:
    assert refused(refusing, send(refusing, address), 400, "extension_invalid")


def test_nobody_acts_for_others(refusing: World) -> None:
    for address in (
        f"/uapi/faxes/{refusing.beth.id}/0003*211",
        f"/uapi/faxes/{refusing.alice.id}/0003*210",
        f"/uapi/faxes/{refusing.charlie.id}/0004*210",
        "/uapi/faxes/@me/0003*211",
        "/uapi/faxes/@me/0004*210",
        "/uapi/faxes/@owner/0004*210",
    ):
        assert refused(refusing, send(refusing, address), 401, "access_denied")
    # Alice may act for both of her users, but none of them uses the other's extension.
    assert refused(
        refusing, send(refusing, f"/uapi/faxes/{refusing.beth.id}/0003*210", refusing.alice), 401, "access_denied"
    )


def test_an_extension_without_fax_may_not_send(world: World) -> None:
    world.execute("UPDATE extensions SET fax_enabled = 0 WHERE number = '0003*210'")
    assert refused(world, send(world), 401, "access_denied")


@pytest.mark.parametrize(
    "request_part",
    [
        {},
        {"recipients": None},
        {"recipients": []},
        {"recipients": {}},
        {"recipients": "7778888"},
        {"recipients": [7778888]},
        {"recipients": [None]},
        {"recipients": [["7778888"]]},
        {"recipients": [""]},
        {"recipients": ["@self"]},
        {"recipients": ["John Doe <3334444>"]},
        {"recipients": ["1" * 21]},
        {"recipients": ["\ud800"]},
        {"recipients": ["٣٣٣٤٤٤٤"]},
        {"recipients": ["7778888", "0003*999"]},
        {"recipients": ["9990000"]},
        {"recipients": ["7778801", "7778802", "7778803", "7778804", "7778805", "7778806"]},
        {"recipients": ["7778888"] * 10_000},
        {"recipients": [str(number) for number in range(5_000_000, 5_010_000)]},
        {"Recipients": ["7778888"]},
    ],
)
def test_recipients_that_are_missing_or_wrong_are_fx_recipients_invalid(refusing: World, request_part: object) -> None:
    answer = send(refusing, data={"request": json.dumps(request_part)})
    assert refused(refusing, answer, 400, "fx_recipients_invalid")


def test_a_number_that_no_trunk_reaches_is_told_so(refusing: World) -> None:
    assert "No trunk reaches '9990000'" in send(refusing, data=to("9990000")).json()["error"]["message"]


def test_a_missing_request_part_is_fx_recipients_invalid(refusing: World) -> None:
    assert refused(refusing, send(refusing, data={}), 400, "fx_recipients_invalid")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '"7778888"',
        "{'recipients': []}",
        "[" * 30_000,
        '{"a":' * 10_000,
        "\x00",
        "nan",
        "9" * 6000,
    ],
)
def test_a_request_part_that_is_no_json_object_is_refused(refusing: World, text: str) -> None:
    assert refused(refusing, send(refusing, data={"request": text}), 400, "request_invalid")


def test_every_number_is_a_recipient_by_trunk_or_by_our_own_extension(world: World) -> None:
    assert send(world, data=to("+972 (3) 777-8888", "7778888", "0003*211", "0004*210", "211")).status_code == 200
    assert world.column("SELECT number FROM deliveries ORDER BY position") == [
        "+97237778888",
        "7778888",
        "0003*211",  # 211 is the same machine: it is called once
        "0004*210",
    ]
    assert world.column("SELECT trunk FROM deliveries ORDER BY position") == ["sandbox", "sandbox", None, None]


def test_a_short_number_of_another_organization_is_a_telephone_number(world: World) -> None:
    assert send(world, data=to("212")).status_code == 200
    assert world.column("SELECT trunk FROM deliveries") == ["sandbox"]


def test_an_extension_that_takes_no_faxes_is_no_recipient(world: World) -> None:
    world.execute("UPDATE extensions SET fax_enabled = 0 WHERE number = '0003*211'")
    assert refused(world, send(world, data=to("0003*211")), 400, "fx_recipients_invalid")


def test_one_number_twice_is_one_recipient(world: World) -> None:
    assert send(world, data=to("7778888", "777-8888", "7778801", "7778888")).status_code == 200
    assert world.column("SELECT number FROM deliveries ORDER BY position") == ["7778888", "7778801"]


def test_without_files_there_is_nothing_to_send(refusing: World) -> None:
    for name in ("note", "files"):
        answer = send(refusing, given=[(name, (None, b"", "text/plain"))])
        assert (answer.status_code, answer.content) == (204, b"")
    assert refusing.nothing_is_left()


def test_wrong_recipients_are_told_before_missing_or_wrong_files(refusing: World) -> None:
    for given in ([("note", (None, b"", "text/plain"))], files(b"\x00"), files(*[b"a"] * 6)):
        answer = send(refusing, given=given, data=to("@self"))
        assert refused(refusing, answer, 400, "fx_recipients_invalid")


def test_files_are_known_by_their_content_and_kept_in_order(world: World) -> None:
    names = ["letter.exe", "letter.txt", "letter", "letter.pdf"]
    given = [
        ("files", (name, content, "application/octet-stream"))
        for name, content in zip(names, [PDF, JPG, TIF, b"text"], strict=True)
    ]
    assert send(world, given=given).status_code == 200
    assert world.column("SELECT name FROM fax_files ORDER BY position") == names
    assert world.column("SELECT kind FROM fax_files ORDER BY position") == ["pdf", "jpg", "tif", "txt"]


def test_one_bad_file_refuses_the_fax_by_its_name_and_reason(refusing: World) -> None:
    answer = send(refusing, given=[*files(b"fine"), ("files", ("C:\\docs\\bad.ps", b"%!PS", "text/plain"))])
    assert refused(refusing, answer, 400, "fx_file_invalid")
    assert answer.json()["error"]["message"] == "The file 'bad.ps' is not a PDF, JPEG, PNG, TIFF or text file."


def test_an_empty_file_is_refused(refusing: World) -> None:
    assert refused(refusing, send(refusing, given=files(b"")), 400, "fx_file_invalid")


def test_more_files_than_the_maximum_are_fx_max_files_reached(world: World) -> None:
    assert refused(world, send(world, given=files(*[b"a"] * 6)), 400, "fx_max_files_reached")
    assert refused(world, send(world, given=files(*[b"a"] * 101)), 400, "fx_max_files_reached")
    assert send(world, given=files(*[b"a"] * 5)).status_code == 200


def test_the_maxima_are_configured(world: World) -> None:
    world.limits = replace(world.limits, files=1, recipients=1, pages=2, bytes=1000)
    assert refused(world, send(world, given=files(b"a", b"b")), 400, "fx_max_files_reached")
    assert refused(world, send(world, data=to("7778888", "7778801")), 400, "fx_recipients_invalid")
    assert refused(world, send(world, given=files(b"\n" * 130)), 400, "fx_file_invalid")
    assert refused(world, send(world, given=files(b"x" * 1000)), 413, "request_too_large")
    assert send(world).status_code == 200


def test_pages_are_counted_over_all_files(world: World) -> None:
    world.inspect = lambda path, name: Found(Kind.PDF, 200)
    answer = send(world, given=files(b"a", b"b"))
    assert refused(world, answer, 400, "fx_file_invalid")
    assert "2.txt" in answer.json()["error"]["message"]


def test_a_converter_that_cannot_look_now_is_a_503_that_says_when_to_return(world: World) -> None:
    def inspect(*_: object) -> Found:
        raise Unavailable("the zygote at /secret/path is dead", retry_after_seconds=7)

    world.inspect = inspect
    answer = send(world)
    assert refused(world, answer, 503, "service_unavailable")
    assert answer.headers["retry-after"] == "7"
    assert "secret" not in answer.text


def test_a_bug_costs_one_request_and_tells_nothing(world: World) -> None:
    def inspect(*_: object) -> Found:
        raise ZeroDivisionError("/secret/path")

    world.inspect = inspect
    answer = send(world)
    assert refused(world, answer, 500, "internal_server_error")
    assert "secret" not in answer.text
    assert world.ask("GET", "/healthz").status_code == 200


@pytest.mark.parametrize(
    "content_type",
    [None, "text/plain", "application/json", "multipart/form-data", "multipart/mixed; boundary=x", ";", "\xff"],
)
def test_a_body_that_is_no_form_is_a_json_400(refusing: World, content_type: str | None) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type.encode("latin-1")}
    answer = refusing.ask("POST", ADDRESS, refusing.bob, headers=headers, content=b"[object FormData]")
    assert refused(refusing, answer, 400, "request_invalid")


@pytest.mark.parametrize(
    "part",
    [
        b"\r\n",
        b"Content-Type: text/plain\r\n\r\n",
        b"Content-Disposition: attachment; filename=a\r\n\r\n",
        b'Content-Disposition: form-data; name="files"; filename="a"\r\nContent-Transfer-Encoding: base64\r\n\r\n',
        b'Content-Disposition: form-data; name="request"\r\n\r\n{}\r\n--x\r\n'
        b'Content-Disposition: form-data; name="request"\r\n\r\n',
    ],
)
def test_a_part_that_could_be_misread_is_refused(refusing: World, part: bytes) -> None:
    answer = refusing.ask(
        "POST",
        ADDRESS,
        refusing.bob,
        headers={"Content-Type": "multipart/form-data; boundary=x"},
        content=b"--x\r\n" + part + b"content\r\n--x--\r\n",
    )
    assert refused(refusing, answer, 400, "request_invalid")


def test_more_parts_than_anybody_needs_are_refused(refusing: World) -> None:
    given = [(f"note{at}", (None, b"", "text/plain")) for at in range(101)]
    assert refused(refusing, send(refusing, given=given), 400, "request_invalid")


def test_no_name_of_a_caller_reaches_the_disk(world: World) -> None:
    assert send(world, given=[("files", ("../../evil.txt", b"a", "text/plain"))]).status_code == 200
    assert world.column("SELECT name FROM fax_files") == ["evil.txt"]
    assert not [path for path in world.folder.rglob("*") if "evil" in path.name]
