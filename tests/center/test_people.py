"""People use the fax centre: the real service, real calls to and from it, a real browser, and no mouse."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.center.chromium import a_page, chromium, findings
from tests.center.keyboard import press, write
from tests.center.office import CALLER, SETTINGS, call_in, give_logins, sign_in
from tests.center.walk import walked
from tests.e2e.running import Running, running
from tests.faxes import text_fax


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("center") / "data", SETTINGS) as started:
        give_logins(started)
        yield started


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.mark.timeout(300)
def test_two_files_go_to_three_and_who_was_busy_is_sent_to_again(
    service: Running, browser: Browser, tmp_path: Path
) -> None:
    letter, drawing = tmp_path / "letter.txt", text_fax(tmp_path / "drawing.tif")
    letter.write_text("Dear reader,\n\nthis was sent without a mouse.\n")
    with a_page(browser, service.url, tmp_path) as page:
        sign_in(page, "ursula")
        press(page, page.get_by_role("link", name="Send a fax").first)
        page.wait_for_url("**/send")
        with page.expect_file_chooser() as chosen:
            press(page, page.locator("input[name=files]"))
        chosen.value.set_files([letter, drawing])
        for at, number in enumerate(("7778888", "7778813", "7778801")):
            write(page, page.locator("input[name=to]").nth(at), number)
        press(page, page.get_by_role("button", name="See it before"))
        expect(page.locator("#preview")).to_contain_text("2 pages.")
        expect(page.locator("#preview")).to_contain_text("for each of 3 recipients")
        assert findings(page) == []
        press(page, page.get_by_role("button", name="Send", exact=True))
        page.wait_for_url("**/faxes/*")
        page.evaluate("window.same = true")
        recipients = page.locator("#recipients tbody tr")
        for number, end in (("7778888", "Sent"), ("7778813", "Sent"), ("7778801", "busy")):
            expect(recipients.filter(has_text=number)).to_contain_text(end)
        expect(page.locator("#recipients h2")).to_contain_text("Sent to some")
        assert page.evaluate("window.same"), "the page was followed, not loaded again"
        with page.expect_download() as saved:
            press(page, page.get_by_role("link", name="Receipt to 7778888"))
        assert saved.value.path().read_text().count(".") == 2, "header, what is said, signature"
        busy = recipients.filter(has_text="7778801")
        with page.expect_navigation():
            press(page, busy.get_by_role("button", name="Send again to 7778801"))
        expect(busy).to_contain_text("Not sent")
        press(page, busy.get_by_role("link").first)
        expect(page.locator("table").first.locator("tbody tr")).to_have_count(2)


@pytest.mark.timeout(300)
def test_a_fax_that_comes_is_read_and_forwarded_and_found(service: Running, browser: Browser, tmp_path: Path) -> None:
    with a_page(browser, service.url, tmp_path) as page:
        sign_in(page, "ursula")
        press(page, page.get_by_role("link", name="Received"))
        page.wait_for_url("**/received")
        expect(page.get_by_text("No fax has come yet.")).to_be_visible()
        call_in(service, text_fax(tmp_path / "come.tif"))
        press(page, page.get_by_role("link", name="There are newer ones. Show them."))
        arrived = page.get_by_role("row").filter(has_text=CALLER)
        expect(arrived).to_contain_text("Unread")
        press(page, arrived.get_by_role("link"))
        page.wait_for_url("**/received/*")
        expect(page.get_by_role("heading", name=CALLER)).to_be_visible()
        assert page.get_by_alt_text("Page 1").evaluate("page => page.decode().then(() => page.naturalWidth)") > 500
        press(page, page.locator("summary").filter(has_text="Forward"))
        write(page, page.locator("input[name=to]"), "7778888")
        page.keyboard.press("Enter")
        page.wait_for_url("**/faxes/*")
        expect(page.locator("#recipients h2")).to_contain_text("Sent")
        press(page, page.get_by_role("link", name="Received"))
        press(page, page.get_by_role("main").get_by_role("link", name="Search"))
        page.wait_for_url("**/search")
        write(page, page.locator("input[name=q]"), CALLER[:6])
        page.keyboard.press("Enter")
        expect(page.get_by_role("row").filter(has_text=CALLER)).to_have_count(1)
        expect(page.locator(".state").filter(has_text="Unread")).to_have_count(0)


@pytest.mark.timeout(300)
def test_it_is_used_in_hebrew_from_the_right_to_the_left(service: Running, browser: Browser, tmp_path: Path) -> None:
    letter = tmp_path / "מכתב.txt"
    letter.write_text("שלום עולם\n")
    with a_page(browser, service.url, tmp_path, language="he") as page:
        sign_in(page, "ursula")
        expect(page.locator("html")).to_have_attribute("dir", "rtl")
        press(page, page.locator("a[href='/send']").first)
        page.wait_for_url("**/send")
        with page.expect_file_chooser() as chosen:
            press(page, page.locator("input[name=files]"))
        chosen.value.set_files(letter)
        write(page, page.locator("input[name=to]").first, "7778888")
        assert findings(page) == []
        press(page, page.locator("form#send .row button").first)
        page.wait_for_url("**/faxes/*")
        expect(page.locator("#recipients h2 .state")).to_have_class("state good")
        expect(page.get_by_text("מכתב.txt")).to_be_visible()
        assert findings(page) == []


@pytest.mark.timeout(600)
def test_axe_finds_nothing_on_any_page_in_the_light_or_in_the_dark(
    service: Running, browser: Browser, tmp_path: Path
) -> None:
    found: list[str] = []
    with a_page(browser, service.url, tmp_path) as page:
        sign_in(page, "admin")

        def look(address: str) -> str | None:
            answer = page.request.get(address)
            if not answer.headers["content-type"].startswith("text/html"):
                return None
            page.goto(address)
            found.extend(findings(page))
            page.emulate_media(color_scheme="dark")
            found.extend(findings(page, "color-contrast"))
            page.emulate_media(color_scheme="light")
            assert len(answer.body()) < 100_000, address
            return page.content()

        pages = walked("/sent", look)
    assert found == []
    assert len(pages) > 12, pages
