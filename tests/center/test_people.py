"""People use the fax centre: the real service, real calls to its sandbox, a real browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.center.chromium import Scheme, a_page, chromium, findings
from tests.center.office import SETTINGS, give_logins, sign_in
from tests.e2e.running import Running, running


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("center") / "data", SETTINGS) as started:
        give_logins(started)
        yield started


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


OPERATORS = [f"/operator{page}" for page in ("", "/failures", "/use", "/calls", "/accounts", "/audit")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(service: Running, browser: Browser, tmp_path: Path, scheme: Scheme) -> None:
    with a_page(browser, service.url, tmp_path, scheme=scheme) as page:
        page.goto("/sign-in")
        found = findings(page)
        sign_in(page, "admin")
        for address in OPERATORS:
            page.goto(address)
            found += findings(page)
        assert found == []
