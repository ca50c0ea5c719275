"""People use the fax centre: the real service, real calls to its sandbox, a real browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.center.chromium import a_page, chromium, findings
from tests.e2e.running import Running, running


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("center") / "data") as started:
        yield started


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def test_axe_finds_nothing(service: Running, browser: Browser, tmp_path: Path) -> None:
    with a_page(browser, service.url, tmp_path) as page:
        page.goto("/sign-in")
        expect(page.get_by_role("button", name="Sign in")).to_be_visible()
        assert findings(page) == []
