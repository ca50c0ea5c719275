"""An office that uses the fax centre: who signs in with what, and what its service is told."""

from collections.abc import Mapping

import httpx
from playwright.sync_api import Page

from tests.e2e.running import Running
from unifax.here import Layout

PASSWORD = "one two three four"
ADMINISTRATOR, ORGANIZATION, USER = 1, 2, 3
"The first accounts of a service, by their numbers."
LOGINS = {ADMINISTRATOR: "admin", ORGANIZATION: "olive", USER: "ursula"}
SETTINGS: Mapping[str, str] = {
    "UNIFAX_LINE__LISTEN": "127.0.0.1:0",
    "UNIFAX_TRUNKS__PEER__SERVER": "127.0.0.1:9",
    "UNIFAX_TRUNKS__PEER__KEEP_ALIVE_SECONDS": "0",
    "UNIFAX_TRUNKS__PEER__PACED": "no",
    "UNIFAX_SANDBOX__ENABLED": "yes",
    "UNIFAX_RETRY__BUSY_CALLS": "1",
    "UNIFAX_RETRY__SUCCESSIVE_CALLS": "0",
}
"One is busy once and for all; calls come in from a peer."


def give_logins(service: Running) -> None:
    """Have the first accounts sign in with a password."""
    token = Layout(service.data).operator_token.read_text().strip()
    with httpx.Client(base_url=service.url, headers={"Authorization": f"Bearer {token}"}) as http:
        for account, login in LOGINS.items():
            http.patch(f"/admin/accounts/{account}", json={"login": login}).raise_for_status()
            http.put(f"/admin/accounts/{account}/password", json={"password": PASSWORD}).raise_for_status()


def sign_in(page: Page, login: str) -> None:
    """Sign in, by the keyboard alone."""
    page.goto("/sign-in")
    page.locator("input[name=login]").press_sequentially(login)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/sent")
