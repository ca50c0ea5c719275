"""Every page of the fax centre, with few faxes stored and with many: octets, and the CPU it takes.

The pages are those that links lead to, as an administrator and as a user sees them. They are asked of the site in this
process, so what is counted is all that a page takes but the sockets: its queries, its HTML, and the client that asks.
"""

import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.table import Row, show
from tests.center.walk import walked
from tests.faxes import text_fax
from tests.stored import store
from tests.web.browser import Browser
from tests.web.center.conftest import signed_in
from tests.world import NOW, a_world
from unifax.service.searching import keep_up

FEW, MANY = 1_000, 100_000
TIMES = 10
WHO = ("root", "bob")
SEARCHES = [
    "/search?q=office+7",
    "/search?q=4",
    *(f"/search?box=sent&{asked}" for asked in ("q=4", "q=pdf", "q=nothing", "state=Send+Failed", "state=Uncertain")),
    "/search?box=sent&q=pdf&since=2026-01-01&until=2026-01-02",
]
"Of few faxes, of many, and of none."


def run(as_json: bool) -> None:
    """Print the figures."""
    few = _measured(FEW)
    many = _measured(MANY)
    rows: list[Row] = []
    for page, (octets, cpu_ms) in many.items():
        before = few.get(page, (0, 0.0))[1]
        ratio = cpu_ms / before if before else 0.0
        rows.append(
            {"page": page, "octets": octets, f"CPU ms, {FEW}": before, f"CPU ms, {MANY}": cpu_ms, "ratio": ratio}
        )
    show(f"The fax centre with {FEW} and {MANY} faxes sent, and a third as many received", rows, as_json)


def _measured(faxes: int) -> dict[str, tuple[int, float]]:
    """Return octets and CPU milliseconds of each page."""
    figures = {}
    with tempfile.TemporaryDirectory() as folder, _stored(Path(folder), faxes) as browsers:
        for who, browser in browsers.items():
            pages = walked("/sent", lambda address, browser=browser: _look(browser, address))  # type: ignore[misc]  # mypy has no types for defaults of a lambda
            for address in [*pages, *SEARCHES]:
                octets = len(browser.get(address).content)
                began = time.process_time()
                for _ in range(TIMES):
                    browser.get(address)
                cpu_ms = 1000 * (time.process_time() - began) / TIMES
                figures[f"{who} {_sort(address)}"] = octets, cpu_ms
    return figures


@contextmanager
def _stored(folder: Path, faxes: int) -> Iterator[dict[str, Browser]]:
    with a_world(folder / "world") as world:
        staged = world.blobs.stage()
        text_fax(staged, pages=2)
        extensions = [person.extension for person in (world.bob, world.beth, world.charlie) if person.extension]
        store(world.db, extensions, world.blobs.keep(staged), faxes, NOW)
        world.run(keep_up(world.db))
        yield {who: signed_in(world, who) for who in WHO}


def _sort(address: str) -> str:
    """Return an address as a sort of pages: with N for its numbers, and without what places are written like."""
    return re.sub(r"\bN\.N\.[^&]*", "N", re.sub(r"[0-9]+", "N", address))


def _look(browser: Browser, address: str) -> str | None:
    answer = browser.get(address)
    is_page = answer.status_code == 200 and answer.headers["content-type"].startswith("text/html")
    return answer.text if is_page else None
