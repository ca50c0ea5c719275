"""v5: a fax is announced as JSON, its files come by themselves, and it is sent when the last one is in."""

import base64
import hashlib
from datetime import timedelta

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.kept import kept
from tests.web.loopback import connected, post, read_answer, serving
from tests.world import NOW, World
from unifax.model.content import Content
from unifax.model.errors import Unavailable
from unifax.model.fax import DeliveryState
from unifax.service.delivery import Preparer
from unifax.store import uploads

FAXES = "/uapi/faxes/@me/0003*210"
LETTER = b"This is my fax"


def announce(
    world: World, *sizes: int, path: str = FAXES, headers: dict[str, str] | None = None, **more: object
) -> httpx.Response:
    files = [{"name": f"{at}.txt", "size": size, "type": "text/plain"} for at, size in enumerate(sizes, 1)]
    return world.ask(
        "POST", path, world.bob, json={"recipients": ["7778888"], "files": files} | more, headers=headers or {}
    )


def targets(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [file["redirectUri"].removeprefix("http://unifax") for file in answer.json()["files"]]


def put(world: World, address: str, data: bytes, **headers: str) -> httpx.Response:
    return world.ask("PUT", address, content=data, headers=headers)


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_a_fax_is_sent_when_its_last_file_is_in(world: World) -> None:
    answer = announce(world, len(LETTER), 3)
    assert (answer.json()["id"], answer.json()["uid"]) == (1, f"{1:032x}")
    first, second = answer.json()["files"]
    assert first | {"redirectUri": ""} == {
        "name": "1.txt",
        "size": len(LETTER),
        "type": "text/plain",
        "uploadIdentifier": "doc001",
        "redirect": True,
        "redirectUri": "",
        "redirectHeaders": {"Content-Type": "text/plain", "x-unifax-upload": 1},
    }
    one, two = targets(answer)
    assert world.queue.live(["prepare.1.1"]) == set()
    assert put(world, two, b"two").json() == {
        "id": 1,
        "uid": f"{1:032x}",
        "uploadIdentifier": second["uploadIdentifier"],
        "state": "Uploading",
    }
    shown = world.ask("GET", f"{FAXES}/1", world.bob).json()
    assert (shown["state"], shown["files"]) == ("Uploading", [{"name": "1.txt"}, {"name": "2.txt"}])
    assert (
        put(world, one, LETTER, **{"Content-Type": "text/plain", "x-unifax-upload": "1"}).json()["state"]
        == "Pre-Approved"
    )
    assert world.queue.live(["prepare.1.1"]) == {"prepare.1.1"}
    blobs = world.column("SELECT blob FROM fax_files ORDER BY position")
    assert [kept(world.folder, blob).read_bytes() for blob in blobs] == [LETTER, b"two"]
    assert world.staged() == []


@pytest.mark.parametrize("path", ["/uapi/faxes/0003*210", "/uapi/faxes//0003*210", "/unifiedapi/faxes/210/", FAXES])
def test_the_user_may_be_left_out(world: World, path: str) -> None:
    assert announce(world, 3, path=path).json()["id"] == 1
    assert world.column("SELECT account_id FROM faxes") == [world.bob.id]


@pytest.mark.parametrize("path", ["/uapi/faxes", "/uapi/faxes/@me", "/uapi/faxes/@self", "/uapi/faxes//@self"])
def test_the_extension_may_not(refusing: World, path: str) -> None:
    assert code(announce(refusing, 3, path=path)) == (400, "extension_invalid")


def test_the_address_is_told_as_those_outside_a_proxy_know_it(world: World) -> None:
    told = announce(world, 3, headers={"Host": "fax.example:8443"}).json()["files"][0]["redirectUri"]
    assert told.startswith("http://fax.example:8443/uploads/1-0-")


@pytest.mark.parametrize(
    ("files", "refusal"),
    [
        ([], None),
        (None, None),
        ("a.pdf", (400, "fx_file_invalid")),
        (["a.pdf"], (400, "fx_file_invalid")),
        ([{"name": "a.pdf", "size": 3}], (400, "fx_file_invalid")),
        ([{"name": "a.pdf", "type": "application/pdf"}], (400, "fx_file_invalid")),
        ([{"size": 3, "type": "application/pdf"}], (400, "fx_file_invalid")),
        ([{"name": "a.pdf", "size": "3", "type": "application/pdf"}], (400, "fx_file_invalid")),
        ([{"name": "a.pdf", "size": True, "type": "application/pdf"}], (400, "fx_file_invalid")),
        ([{"name": "a.pdf", "size": 0, "type": "application/pdf"}], (400, "fx_file_invalid")),
        ([{"name": "a.pdf", "size": -1, "type": "application/pdf"}], (400, "fx_file_invalid")),
        ([{"name": "a.pdf", "size": 3, "type": "a", "sha256": "00"}], (400, "fx_file_invalid")),
        ([{"name": "a.pdf", "size": 1 << 40, "type": "application/pdf"}], (413, "request_too_large")),
        ([{"name": "a.pdf", "size": 3, "type": "application/pdf"}] * 6, (400, "fx_max_files_reached")),
    ],
)
def test_files_must_be_announced_as_files(refusing: World, files: object, refusal: tuple[int, str] | None) -> None:
    answer = refusing.ask("POST", FAXES, refusing.bob, json={"recipients": ["7778888"], "files": files})
    if refusal is None:
        assert (answer.status_code, answer.content) == (204, b"")
    else:
        assert code(answer) == refusal
    assert refusing.nothing_is_left()


@pytest.mark.parametrize("body", [b"[]", b"{", b"\xff", b"null", b'"files"', b"[" * 100_000])
def test_what_is_no_json_object_is_refused(refusing: World, body: bytes) -> None:
    answer = refusing.ask(
        "POST", FAXES, refusing.bob, content=body, headers={"Content-Type": "application/json; charset=utf-8"}
    )
    assert code(answer) in {(400, "request_invalid"), (413, "request_too_large")}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["7778888", "a.pdf", "now"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "size", "type", "sha256", "x"]), inner, max_size=4)
    ),
    max_leaves=8,
)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(["recipients", "files", "priority", "sendAfter", "giveUpAt"]), json_values))
def test_any_json_object_is_accepted_or_refused_with_a_code(refusing: World, asked: dict[str, object]) -> None:
    answer = refusing.ask("POST", FAXES, refusing.bob, json=asked)
    assert answer.status_code in {204, 400, 413}
    if answer.status_code != 204:
        assert answer.json()["error"]["code"]
    assert refusing.nothing_is_left()


@pytest.mark.parametrize(
    ("data", "headers"),
    [
        (b"tw", {}),
        (b"", {}),
        (b"four", {}),
        (b"x" * 100_000, {}),
        (b"two", {"Content-Digest": f"sha-256=:{base64.b64encode(bytes(32)).decode()}:"}),
    ],
)
def test_what_is_not_what_was_announced_is_refused_and_may_be_mended(
    world: World, data: bytes, headers: dict[str, str]
) -> None:
    [address] = targets(announce(world, 3))
    assert code(put(world, address, data, **headers)) == (400, "fx_upload_invalid")
    assert world.staged() == []
    digest = base64.b64encode(hashlib.sha256(b"two").digest()).decode()
    good = {"Content-Digest": f"md5=:aa==:, sha-256=:{digest}:"}
    assert put(world, address, b"two", **good).status_code == 200


def test_a_longer_body_without_a_length_is_refused_while_it_comes(world: World) -> None:
    [address] = targets(announce(world, 3))

    async def talk() -> tuple[int, str]:
        async with serving(world.site()) as port, connected(port) as (reader, writer):
            head = f"PUT {address} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            writer.write(head.encode() + b"2\r\ntw\r\n" + b"3\r\nooo\r\n")
            answer = await read_answer(reader)
            return answer.status, answer.error()

    assert world.run(talk()) == (400, "fx_upload_invalid")
    assert world.staged() == []


def test_a_hash_that_was_announced_must_fit(world: World) -> None:
    sha256 = hashlib.sha256(b"two").hexdigest().upper()
    file = {"name": "a.txt", "size": 3, "type": "text/plain", "sha256": sha256}
    [address] = targets(announce(world, files=[file]))
    assert code(put(world, address, b"owt")) == (400, "fx_upload_invalid")
    assert put(world, address, b"two").status_code == 200


def test_what_cannot_be_faxed_is_refused_and_another_may_come(world: World) -> None:
    [address] = targets(announce(world, 4))
    answer = put(world, address, b"%!PS")
    assert code(answer) == (400, "fx_file_invalid")
    assert "'1.txt'" in answer.json()["error"]["message"]
    assert put(world, address, b"text").json()["state"] == "Pre-Approved"


def test_files_that_make_too_many_pages_are_refused(world: World) -> None:
    world.limits = type(world.limits)(pages=2)
    long = b"\n" * 60
    one, two = targets(announce(world, len(long), len(long)))
    assert put(world, one, long).status_code == 200
    assert code(put(world, two, long)) == (400, "fx_file_invalid")


def test_the_same_file_may_come_again_and_no_other(world: World) -> None:
    [address] = targets(announce(world, 3))
    assert put(world, address, b"two").json() == put(world, address, b"two").json()
    assert code(put(world, address, b"owt")) == (409, "conflict")
    assert world.column("SELECT count(*) FROM fax_files") == [1]


def test_an_address_is_good_for_ten_minutes(world: World) -> None:
    one, two = targets(announce(world, 3, 3))
    world.now = NOW + timedelta(minutes=9, seconds=59)
    assert put(world, one, b"one").status_code == 200
    world.now = NOW + timedelta(minutes=10)
    assert code(put(world, two, b"two")) == (410, "fx_upload_expired")
    assert put(world, one, b"one").status_code == 200, "its answer may have been lost"


def test_a_fax_whose_files_did_not_come_fails_and_says_so(world: World) -> None:
    one, two = targets(announce(world, 3, 3))
    put(world, one, b"one")
    world.run(preparer(world).give_up())
    assert world.ask("GET", f"{FAXES}/1", world.bob).json()["state"] == "Uploading"
    world.now = NOW + timedelta(minutes=10)
    world.run(preparer(world).give_up())
    shown = world.ask("GET", f"{FAXES}/1", world.bob).json()
    assert (shown["state"], shown["recipients"][0]["reason"]["code"]) == ("Send Failed", "not_uploaded")
    assert code(put(world, two, b"two")) == (410, "fx_upload_expired")
    assert code(world.ask("POST", f"{FAXES}/1/resend", world.bob)) == (409, "too_late")
    world.now = NOW + timedelta(days=2)
    world.run(preparer(world).forget_uploads())
    assert world.column("SELECT count(*) FROM uploads") == [0]
    assert code(put(world, two, b"two")) == (404, "not_found")


def preparer(world: World) -> Preparer:
    return Preparer(world.db, world.queue, world.blobs, lambda *_: pytest.fail("no pages"), lambda: world.now)


def test_a_cancelled_fax_takes_no_files(world: World) -> None:
    [address] = targets(announce(world, 3))
    assert world.ask("POST", f"{FAXES}/1/cancel", world.bob).json()["state"] == "Cancelled"
    assert code(put(world, address, b"two")) == (410, "fx_upload_expired")


def test_only_who_was_given_an_address_has_one(world: World) -> None:
    [address] = targets(announce(world, 3))
    signature = address.rpartition("-")[2]
    for other in (
        address[:-1] + ("A" if address[-1] != "A" else "B"),
        f"/uploads/1-1-{signature}",
        f"/uploads/2-0-{signature}",
        "/uploads/1-0-",
        "/uploads/1-0-" + "é" * 43,
        "/uploads/x",
    ):
        assert code(put(world, other, b"two")) == (404, "not_found")
    assert code(world.ask("GET", address)) == (405, "method_not_allowed")


def test_a_file_that_has_come_when_its_row_could_not_be_written_may_come_again(world: World) -> None:
    [address] = targets(announce(world, 3))
    look, world.inspect = world.inspect, lambda path, name: (_ for _ in ()).throw(Unavailable("busy"))
    assert code(put(world, address, b"two")) == (503, "service_unavailable")
    world.inspect = look
    assert put(world, address, b"two").status_code == 200


def test_of_two_files_that_come_at_once_one_holds(world: World) -> None:
    [address] = targets(announce(world, 3))
    office = world.office()
    known = world.run(office.uploading.expected(address.removeprefix("/uploads/")))
    assert world.db.write(uploads.set_come, 1, 0, "txt", Content("a" * 64), 1)
    assert not world.db.write(uploads.set_come, 1, 0, "txt", Content("b" * 64), 1)
    assert known.content is None
    assert code(put(world, address, b"two")) == (409, "conflict")


@settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(3)), late=st.integers(0, 3))
def test_files_may_come_in_any_order_and_only_all_of_them_make_a_fax(world: World, order: list[int], late: int) -> None:
    world.now = NOW
    answer = announce(world, 1, 2, 3)
    fax_id, addresses = answer.json()["id"], targets(answer)
    for come, position in enumerate(order):
        if come == late:
            world.now = NOW + timedelta(minutes=10)
            world.run(preparer(world).give_up())
        assert put(world, addresses[position], b"x" * (position + 1)).status_code == (200 if come < late else 410)
    states = world.column(f"SELECT state FROM deliveries WHERE fax_id = {fax_id}")
    whole = late == 3
    assert states == [DeliveryState.PREPARING if whole else DeliveryState.FAILED]
    assert world.column(f"SELECT bytes FROM fax_files WHERE fax_id = {fax_id} ORDER BY position") == [1, 2, 3] * whole
    assert len(world.queue.live([f"prepare.{fax_id}.1"])) == whole
    told = world.column(f"SELECT count(*) FROM events WHERE fax_id = {fax_id} AND kind = 'fax'")
    assert told == [2]


def test_a_head_that_announces_too_much_is_refused_before_anything_comes(world: World) -> None:
    [address] = targets(announce(world, 3))

    async def talk() -> tuple[int, str]:
        async with serving(world.site()) as port, connected(port) as (reader, writer):
            writer.write(post(address, "Expect: 100-continue", b"", "Content-Length: 4").replace(b"POST", b"PUT"))
            answer = await read_answer(reader)
            return answer.status, answer.error()

    assert world.run(talk()) == (400, "fx_upload_invalid")
