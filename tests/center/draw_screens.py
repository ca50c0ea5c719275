"""Draws what docs/center.md shows: `python -m tests.center.draw_screens`, pages of the real service after real calls.

Few colours are enough for them, and make them small.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

from tests.center.chromium import Scheme, a_page, chromium
from tests.center.office import SETTINGS, call_in, give_logins, sign_in
from tests.e2e.running import Running, ended, running, send_example
from tests.kept import kept

FOLDER = Path("docs/screens")
COLOURS = 64
LETTER = Path("docs/letter.pdf")


@dataclass(frozen=True, slots=True)
class Screen:
    """A page as it is drawn."""

    name: str
    address: str
    login: str = "ursula"
    scheme: Scheme = "light"
    language: str = "en"
    width: int = 1100


SCREENS: Sequence[Screen] = [
    Screen("send", "/send"),
    Screen("sent", "/sent"),
    Screen("fax", "/faxes/1"),
    Screen("recipient", "/faxes/1/recipients/1"),
    Screen("received", "/received"),
    Screen("received-fax", "/received/1"),
    Screen("search", "/search?q=4930"),
    Screen("contacts", "/contacts"),
    Screen("hooks", "/hooks"),
    Screen("apps", "/apps"),
    Screen("now", "/operator?still=yes", "admin"),
    Screen("failures", "/operator/failures?days=7", "admin"),
    Screen("use", "/operator/use", "admin"),
    Screen("calls", "/operator/calls", "admin"),
    Screen("transcript", "/operator/calls/1/1/1", "admin"),
    Screen("accounts", "/operator/accounts?below=2", "admin"),
    Screen("audit", "/operator/audit", "admin"),
    Screen("dark", "/faxes/1", scheme="dark"),
    Screen("hebrew", "/faxes/1", language="he"),
    Screen("phone", "/sent", width=390),
]


def draw(service: Running, browser: Browser, folder: Path) -> None:
    """Draw all screens."""
    for screen in SCREENS:
        with a_page(browser, service.url, folder, screen.language, screen.scheme, screen.width) as page:
            sign_in(page, screen.login)
            page.goto(screen.address)
            page.wait_for_function("[...document.images].every((image) => image.complete)")
            _write(page, FOLDER / f"{screen.name}.png")


def _write(page: Page, file: Path) -> None:
    drawn = Image.open(BytesIO(page.screenshot(full_page=True))).convert("RGB")
    height = min(drawn.height, drawn.width if drawn.width > 500 else 2 * drawn.width)
    few = drawn.crop((0, 0, drawn.width, height)).quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(file, optimize=True)


def use(service: Running) -> None:
    """Send a few faxes, and receive one."""
    with service.client() as client:
        ended(client, client.send([LETTER], ["7778888", "7778813", "7778801"]).id)
        example = ended(client, send_example(client))
        ended(client, client.send([LETTER], ["7778803"]).id)
        client.send([LETTER], ["7778812"])
    assert example.document is not None
    call_in(service, kept(service.data, example.document))


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, running(Path(folder) / "data", SETTINGS) as service:
        give_logins(service)
        use(service)
        with chromium() as browser:
            draw(service, browser, Path(folder))


if __name__ == "__main__":
    main()
