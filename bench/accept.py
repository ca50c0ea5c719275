"""Faxes accepted per second, durable: every 200 means that files, rows and work have been flushed to disk."""

import asyncio
import statistics
import tempfile
from pathlib import Path

import httpx
import psutil

from bench.table import show
from unifax.app import Service
from unifax.settings import read_settings

SETTINGS = {
    "UNIFAX_WEB__LISTEN": "127.0.0.1:0",
    "UNIFAX_SANDBOX__LISTEN": "127.0.0.1:0",
    "UNIFAX_LINE__PROCESSES": "1",
    "UNIFAX_LIMITS__APP_REQUESTS_PER_MINUTE": "0",
    "UNIFAX_LIMITS__ACCOUNT_REQUESTS_PER_MINUTE": "0",
    "UNIFAX_LIMITS__APP_FAXES_PER_MINUTE": "0",
}
SECONDS = 10.0
CLIENTS = (1, 4, 16)
LETTER = b"This is my fax\n"
REQUEST = '{"recipients":["7778804"]}'
"A number that does not exist: its call costs least, so that accepting is what is measured."


def run(as_json: bool) -> None:
    with tempfile.TemporaryDirectory() as name:
        rows = asyncio.run(_measure(Path(name) / "data"))
    show("Durable accepts over HTTP, a one-line text file each, the whole service at work beside it", rows, as_json)


async def _measure(data: Path) -> list[dict[str, str | int | float]]:
    settings = read_settings(None, SETTINGS)
    async with Service(settings, data) as service:
        assert service.first_accounts is not None
        headers = {"Authorization": f"Bearer {service.first_accounts.token}"}
        url = f"{service.url}/uapi/faxes/@me/{service.first_accounts.extension}"
        return [await _level(url, headers, clients) for clients in CLIENTS]


async def _level(url: str, headers: dict[str, str], clients: int) -> dict[str, str | int | float]:
    loop = asyncio.get_running_loop()
    web = next(p for p in psutil.Process().children() if "web" in p.cmdline())
    before = web.cpu_times()
    began, end, took = loop.time(), loop.time() + SECONDS, list[float]()

    async def post(client: httpx.AsyncClient) -> None:
        while loop.time() < end:
            at = loop.time()
            answer = await client.post(
                url, files={"files": ("fax.txt", b"This is my fax\n")}, data={"request": REQUEST}
            )
            answer.raise_for_status()
            took.append(loop.time() - at)

    async with httpx.AsyncClient(headers=headers, timeout=60) as client:
        await asyncio.gather(*(post(client) for _ in range(clients)))
    seconds, after = loop.time() - began, web.cpu_times()
    return {
        "clients": clients,
        "accepts/s": len(took) / seconds,
        "median ms": statistics.median(took) * 1000,
        "p99 ms": statistics.quantiles(took, n=100)[98] * 1000,
        "web CPU ms per accept": (after.user + after.system - before.user - before.system) * 1000 / len(took),
    }
