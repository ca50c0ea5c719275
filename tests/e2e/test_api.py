"""The HTTP API of the running service, as a stranger meets it: real processes, real documents, bytes on a socket."""

import json
import re
import socket
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from urllib.parse import urlsplit

import httpx
import psutil
import pytest

from tests.documents import samples
from tests.e2e.running import Running, ended, running, send_example, until
from unifax.demo import EXAMPLE, EXAMPLE_TYPE
from unifax.model.fax import FaxState

LIMIT = 10 * 1024 * 1024
TO_OURSELVES = '{"recipients":["0003*210"]}'
"An extension of our own: no call is made."


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("api") / "data") as started:
        yield started


def post(
    service: Running, *files: tuple[str, bytes], request: str = '{"recipients":["7778888"]}', to: str = "@me/0003*210"
) -> httpx.Response:
    return httpx.post(
        f"{service.url}/uapi/faxes/{to}",
        headers={"Authorization": f"Bearer {service.token}"},
        files=[("files", file) for file in files] or [("request", (None, request))],
        data={"request": request} if files else {},
        timeout=30,
    )


def error(answer: httpx.Response) -> tuple[int, str]:
    """Return status and code of an error in the one JSON shape."""
    told = answer.json()
    assert set(told) == {"error"}
    assert set(told["error"]) == {"code", "message"}
    return answer.status_code, told["error"]["code"]


def rows(service: Running) -> Sequence[int]:
    """Count everything that a request could leave in the database."""
    with closing(sqlite3.connect(service.data / "unifax.db")) as db:
        return [
            db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("faxes", "fax_files", "deliveries", "workflow_status")
        ]


def nothing_is_staged(service: Running) -> bool:
    return not list((service.data / "blobs" / "staging").iterdir())


@pytest.fixture
def unharmed(service: Running) -> Iterator[None]:
    """Whatever the test does leaves no row, no file and the same processes, and the service goes on."""
    processes = [service.processes(role) for role in ("web", "prepare", "line")]
    before = rows(service), sorted((service.data / "blobs").glob("??/*"))
    yield
    until(lambda: nothing_is_staged(service), 10, "nothing is left in staging")
    assert (rows(service), sorted((service.data / "blobs").glob("??/*"))) == before
    assert [service.processes(role) for role in ("web", "prepare", "line")] == processes
    until(lambda: httpx.get(f"{service.url}/readyz").status_code == 200, 60, "all parts are there")


def test_the_documented_example_is_faxed_with_either_spelling_of_its_token(service: Running) -> None:
    for shown in (service.token, f"Bearer {service.token}"):
        answer = httpx.post(
            f"{service.url}/uapi/faxes/@me/0003*210",
            headers={"Authorization": shown, "Content-Type": EXAMPLE_TYPE},
            content=EXAMPLE,
        )
        assert answer.status_code == 200
        assert re.fullmatch(r'\{"id":"\d+","uid":"[0-9a-f]{32}"\}', answer.text)
        with service.client() as client:
            fax = ended(client, answer.json()["id"])
        assert (fax.state, fax.pages) == (FaxState.SENT, 1)


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        ("@viewer/210", None),
        ("@owner/0003%2A210/", None),
        ("3/0003*210", None),
        ("1/0003*210", (401, "access_denied")),
        ("99/0003*210", (400, "user_invalid")),
        ("@me/@self", (400, "extension_invalid")),
        ("@me/0003*999", (400, "extension_invalid")),
        ("", (400, "extension_invalid")),
    ],
)
def test_an_address_names_who_sends(service: Running, to: str, expected: tuple[int, str] | None) -> None:
    answer = post(service, ("a.txt", b"hello"), to=to, request=TO_OURSELVES)
    if expected is not None:
        assert error(answer) == expected
        return
    with service.client() as client:
        assert ended(client, answer.json()["id"]).state is FaxState.SENT


@pytest.mark.parametrize(
    ("files", "request_part", "code"),
    [
        (1, '{"recipients":[]}', "fx_recipients_invalid"),
        (1, '{"recipients":["@self"]}', "fx_recipients_invalid"),
        (1, json.dumps({"recipients": ["7778888"] * 10_000}), "fx_recipients_invalid"),
        (1, '{"recipients":["1","2","3","4","5","6"]}', "fx_recipients_invalid"),
        (1, '{"recipients":', "request_invalid"),
        (6, '{"recipients":["7778888"]}', "fx_max_files_reached"),
    ],
)
@pytest.mark.usefixtures("unharmed")
def test_a_request_that_asks_too_much_or_nonsense(service: Running, files: int, request_part: str, code: str) -> None:
    assert error(post(service, *[("a.txt", b"hello")] * files, request=request_part)) == (400, code)


@pytest.mark.usefixtures("unharmed")
def test_nothing_to_send_is_204_and_the_framework_speaks_our_shape(service: Running) -> None:
    assert post(service).status_code == 204
    assert error(httpx.get(f"{service.url}/nowhere")) == (404, "not_found")
    assert error(httpx.put(f"{service.url}/uapi/faxes/@me/0003*210")) == (405, "method_not_allowed")
    token = {"Authorization": f"Bearer {service.token}"}
    assert error(httpx.get(f"{service.url}/uapi/cdr", headers=token)) == (501, "request_not_implemented")
    assert error(httpx.post(f"{service.url}/uapi/faxes/@me/0003*210")) == (401, "access_denied")


BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "is empty"),
    "truncated.jpg": (lambda: samples.jpeg()[:-400], "is damaged or cut short"),
    "truncated.tif": (lambda: samples.tiff("L")[:-5000], "is cut short"),
    "truncated.pdf": (lambda: samples.pdf(samples.HELLO)[:200], "is damaged and cannot be read as a PDF"),
    "password.pdf": (lambda: samples.ENCRYPTED, "is password-protected"),
    "mislabelled.pdf": (lambda: samples.saved(samples.image(), "GIF"), "is not a PDF, JPEG, PNG, TIFF or text file"),
    "no pages.pdf": (samples.pdf, "has no pages"),
    "10,000 pages.pdf": (lambda: samples.pdf(*[""] * 10_000), "has 10000 pages; at most 350 can be faxed"),
    "10,000 pages.tif": (lambda: samples.bare_tiff(10_000), "has more than 350 pages"),
    "20,000 pixels.tif": (lambda: samples.tiff("1", (20_000, 100)), "is a picture of 20000 x 100 pixels"),
    "polyglot.pdf": (lambda: b"GIF89a\n" + samples.pdf(samples.HELLO), "has something else before its PDF begins"),
    "archive.pdf": (lambda: b"PK\3\4\x14\0\6\0" + bytes(500), "is not a PDF"),
}


@pytest.mark.usefixtures("unharmed")
def test_bad_files_are_named_with_their_reason_and_nothing_of_them_is_kept(service: Running) -> None:
    for name, (make, reason) in BAD.items():
        answer = post(service, ("good.txt", b"hello"), (f"../{name}", make()))
        assert error(answer) == (400, "fx_file_invalid")
        assert answer.json()["error"]["message"].startswith(f"The file '{name}' {reason}")


def connection(service: Running) -> socket.socket:
    url = urlsplit(service.url)
    assert url.hostname
    assert url.port
    return socket.create_connection((url.hostname, url.port), timeout=30)


def head(service: Running, framing: str) -> bytes:
    return (
        f"POST /uapi/faxes/@me/0003*210 HTTP/1.1\r\nHost: unifax\r\nAuthorization: {service.token}\r\n"
        f"Content-Type: multipart/form-data; boundary=x\r\n{framing}\r\n\r\n"
    ).encode()


FILE = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n'


@pytest.mark.parametrize("framing", [f"Content-Length: {LIMIT + 1}", "Transfer-Encoding: chunked"])
@pytest.mark.usefixtures("unharmed")
def test_a_body_over_the_limit_is_refused_while_it_comes(service: Running, framing: str) -> None:
    with connection(service) as client:
        client.sendall(head(service, framing))
        if "chunked" in framing:  # and never ended
            for piece in (FILE, *[b"y" * 65536] * (LIMIT // 65536 + 1)):
                client.sendall(b"%x\r\n%b\r\n" % (len(piece), piece))
        assert client.recv(100).startswith(b"HTTP/1.1 413 ")


@pytest.mark.usefixtures("unharmed")
def test_a_client_that_leaves_half_way_leaves_nothing_behind(service: Running) -> None:
    with connection(service) as client:
        client.sendall(head(service, "Content-Length: 9000000") + FILE + b"y" * 4_000_000)
        until(lambda: not nothing_is_staged(service), 10, "the file is being received")


@pytest.mark.usefixtures("unharmed")
def test_what_is_no_http_gets_the_one_shape(service: Running) -> None:
    with connection(service) as client:
        client.sendall(b"\x16\x03\x01 hello\r\n\r\n")
        answer = b"".join(iter(lambda: client.recv(4096), b""))
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["error"]["code"] == "request_invalid"


def test_many_large_uploads_at_once_stay_on_the_disk(service: Running) -> None:
    (web,) = service.processes("web")
    before = psutil.Process(web.pid).memory_info().rss
    large = samples.pdf(samples.HELLO, extra=[b"<< /Length 9000000 >>\nstream\n" + bytes(9_000_000) + b"\nendstream"])
    with ThreadPoolExecutor(20) as clients:
        answers = list(clients.map(lambda _: post(service, ("a.pdf", large), request=TO_OURSELVES), range(20)))
    assert [answer.status_code for answer in answers] == [200] * 20
    assert psutil.Process(web.pid).memory_info().rss - before < 100 << 20


def test_the_service_still_sends_after_all_that(service: Running) -> None:
    with service.client() as client:
        assert ended(client, send_example(client)).state is FaxState.SENT
