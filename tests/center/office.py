"""An office that uses the fax centre: who signs in with what, and what its service is told."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import httpx
from playwright.sync_api import Page

from tests.e2e.running import Running
from tests.e2e.test_inbound import incoming_port
from tests.line.switchboard import forget, line, order
from unifax.here import Layout
from unifax.model.outcome import Outcome
from unifax.wire.datagram import Address

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
CALLER = "493055501"


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


def call_in(service: Running, document: Path) -> None:
    """Have a fax machine of others call, and send a page."""

    async def fax() -> Outcome:
        async with line({"us": Address("127.0.0.1", incoming_port(service))}) as (_, trunks):
            wanted = replace(order(document, "0003*210", trunk="us"), caller=CALLER, station_id=f"+{CALLER}")
            return (await trunks.dial(wanted, forget)).outcome

    # In a thread of its own: that of the browser has a loop already.
    with ThreadPoolExecutor(1) as beside:
        assert beside.submit(asyncio.run, fax()).result() is Outcome.SENT
