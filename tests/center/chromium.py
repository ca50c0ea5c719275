"""Debian's Chromium, driven as people use it, and what axe finds in the pages it shows."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # has none
from playwright.sync_api import Browser, Page, expect, sync_playwright

PROGRAM = Path("/usr/bin/chromium")
QUIET = (  # it looks for nobody but the site
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE_MILLISECONDS = 60_000.0
"How long a page may take to show what it must; a fax is sent meanwhile, on a machine that others load."

Scheme = Literal["light", "dark"]
_AXE = Axe()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run a browser of our own, with nothing in its profile."""
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PROGRAM, args=QUIET)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def a_page(
    browser: Browser, origin: str, kept: Path, language: str = "en", scheme: Scheme = "light", width: int = 1280
) -> Iterator[Page]:
    """Open a page in a profile that nobody has used. A script that fails on it, or that its own policy refuses, fails.

    What a failure has shown is kept in a folder.
    """
    context = browser.new_context(
        base_url=origin,
        locale=language,
        color_scheme=scheme,
        reduced_motion="reduce",
        viewport={"width": width, "height": 800},
    )
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    context.tracing.start(snapshots=True)
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
    try:
        yield page
        assert not troubles, troubles
    except BaseException as error:
        page.screenshot(path=kept / "page.png", full_page=True)
        context.tracing.stop(path=kept / "trace.zip")
        error.add_note(f"{page.url} showed, kept in {kept}:\n{page.inner_text('body')[:3000]}")
        raise
    finally:
        context.close()


def findings(page: Page, *rules: str) -> list[str]:
    """Return what axe finds wrong with a page, by all its rules or some of them, a line for each element."""
    only = {"runOnly": list(rules)} if rules else {}
    violations = _AXE.run(page, options={"resultTypes": ["violations"], **only}).response["violations"]
    return [
        f"{page.url} {rule['id']} {node['target']}: {node['failureSummary']}"
        for rule in violations
        for node in rule["nodes"]
    ]
