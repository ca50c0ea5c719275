"""The HTTP API under load: faxes accepted per second, durable, and memory while many large files come at once.

Every 200 means that files, rows and work have been flushed to disk. The whole service is at work beside it.
"""

import asyncio
import statistics
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from bench.table import Row, show
from unifax.app import Service
from unifax.settings import read_settings

SETTINGS = {
    "UNIFAX_WEB__LISTEN": "127.0.0.1:0",
    "UNIFAX_SANDBOX__LISTEN": "127.0.0.1:0",
    "UNIFAX_LINE__PROCESSES": "1",
    "UNIFAX_LIMITS__APP_REQUESTS_PER_MINUTE": "0",
    "UNIFAX_LIMITS__ACCOUNT_REQUESTS_PER_MINUTE": "0",
    "UNIFAX_LIMITS__APP_FAXES_PER_MINUTE": "0",
    "UNIFAX_FAX__MAX_BYTES": str(11 * 1024 * 1024),
}
SECONDS = 5.0
CLIENTS = (1, 4, 16)
LETTER = b"This is my fax\n"
REQUEST = '{"recipients":["7778804"]}'
"A number that does not exist: its call costs least, so that accepting is what is measured."

UPLOADERS = (20, 200)
UPLOAD_BYTES = 10 * 1024 * 1024
PIECE = bytes(64 * 1024)
LOOK_SECONDS = 0.05
SETTLED_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Target:
    """Where faxes are posted, and the process that takes them."""

    url: str
    token: str
    web: psutil.Process

    def client(self, connections: int) -> httpx.AsyncClient:
        limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
        return httpx.AsyncClient(headers={"Authorization": f"Bearer {self.token}"}, timeout=300, limits=limits)


def run(as_json: bool) -> None:
    with tempfile.TemporaryDirectory() as name:
        accepts, uploads = asyncio.run(_measure(Path(name) / "data"))
    show("Durable accepts over HTTP, a one-line text file each", accepts, as_json)
    show(f"PDFs of {UPLOAD_BYTES >> 20} MB that come at once; memory of the web process", uploads, as_json)


async def _measure(data: Path) -> tuple[list[Row], list[Row]]:
    async with Service(read_settings(None, SETTINGS), data) as service:
        first = service.first_accounts
        assert first is not None
        web = next(process for process in psutil.Process().children() if "web" in process.cmdline())
        target = Target(f"{service.url}/uapi/faxes/@me/{first.extension}", first.token, web)
        accepts = [await _accepts(target, clients) for clients in CLIENTS]
        uploads = [await _uploads(target, clients) for clients in UPLOADERS]
    return accepts, uploads


async def _accepts(target: Target, clients: int) -> Row:
    loop = asyncio.get_running_loop()
    before = target.web.cpu_times()
    began, end, took = loop.time(), loop.time() + SECONDS, list[float]()

    async def post(client: httpx.AsyncClient) -> None:
        while loop.time() < end:
            at = loop.time()
            answer = await client.post(target.url, files={"files": ("fax.txt", LETTER)}, data={"request": REQUEST})
            answer.raise_for_status()
            took.append(loop.time() - at)

    async with target.client(clients) as client:
        await asyncio.gather(*(post(client) for _ in range(clients)))
    seconds, after = loop.time() - began, target.web.cpu_times()
    return {
        "clients": clients,
        "accepts/s": len(took) / seconds,
        "median ms": statistics.median(took) * 1000,
        "p99 ms": statistics.quantiles(took, n=100)[98] * 1000,
        "web CPU ms per accept": (after.user + after.system - before.user - before.system) * 1000 / len(took),
    }


async def _uploads(target: Target, clients: int) -> Row:
    loop = asyncio.get_running_loop()
    before, looks, took = _memory(target.web), list[int](), list[float]()
    began = loop.time()

    async def post(client: httpx.AsyncClient, number: int) -> None:
        at = loop.time()
        body = _Upload(number)
        answer = await client.post(target.url, headers=body.headers, content=body)
        answer.raise_for_status()
        took.append(loop.time() - at)

    async def look() -> None:
        while True:
            looks.append(_memory(target.web))
            await asyncio.sleep(LOOK_SECONDS)

    async with target.client(clients) as client:
        looking = asyncio.ensure_future(look())
        await asyncio.gather(*(post(client, clients * 1000 + number) for number in range(clients)))
        looking.cancel()
    seconds = loop.time() - began
    await asyncio.sleep(SETTLED_SECONDS)
    looks.sort()
    return {
        "clients": clients,
        "seconds": seconds,
        "MB/s": clients * UPLOAD_BYTES / seconds / 1e6,
        "slowest s": max(took),
        "RSS before, MB": before / 1e6,
        "half of the time below": statistics.median(looks) / 1e6,
        "peak": looks[-1] / 1e6,
        "after": _memory(target.web) / 1e6,
    }


def _memory(process: psutil.Process) -> int:
    return int(process.memory_info().rss)


class _Upload:
    """A multipart body with one large PDF, which is made while it is sent. Each number has a file of its own."""

    def __init__(self, number: int) -> None:
        self._opening, self._closing = _pdf_around(UPLOAD_BYTES, number)
        disposition = 'Content-Disposition: form-data; name="files"; filename="large.pdf"'
        self._head = f"--b\r\n{disposition}\r\n\r\n".encode()
        self._tail = f'\r\n--b\r\nContent-Disposition: form-data; name="request"\r\n\r\n{REQUEST}\r\n--b--\r\n'.encode()
        self.headers = {
            "Content-Type": "multipart/form-data; boundary=b",
            "Content-Length": str(len(self._head) + UPLOAD_BYTES + len(self._tail)),
        }

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._head + self._opening
        left = UPLOAD_BYTES - len(self._opening) - len(self._closing)
        while left > 0:
            yield PIECE[:left]
            left -= len(PIECE)
        yield self._closing + self._tail


def _pdf_around(size: int, number: int) -> tuple[bytes, bytes]:
    """Return what comes before and after a long run of zeros in a PDF of one empty page and so many bytes in all."""
    objects = (
        b"1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n",
        b"2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj\n",
        b"3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]>> endobj\n",
    )
    opening, places = b"%%PDF-1.4\n%%%09d\n" % number, []
    for each in objects:
        places.append(len(opening))
        opening += each
    places.append(len(opening))
    table = b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"\nendstream endobj\n" + table + b"trailer <</Size 5/Root 1 0 R>>\nstartxref\n%010d\n%%%%EOF\n"
    begin = b"4 0 obj <</Length %010d>> stream\n"
    zeros = size - len(opening) - len(begin % 0) - len(end % 0)
    closing = end % (size - len(end % 0) + len(b"\nendstream endobj\n"))
    return opening + begin % zeros, closing
