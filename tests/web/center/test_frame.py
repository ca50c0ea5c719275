"""What each page of the fax centre stands in: who may look, what a browser may do with it, what is told of errors."""

import hashlib
import re

from tests.web.browser import Browser
from tests.world import World


def test_who_has_not_signed_in_does_so_first_and_comes_back(world: World) -> None:
    stranger = Browser(world)
    stranger.get("/sent?before=3")
    assert stranger.page.status_code == 303
    assert stranger.page.headers["location"] == "/sign-in?then=%2Fsent%3Fbefore%3D3"
    assert stranger.follow().status_code == 200
    assert stranger.form("/sign-in").fields["then"] == "/sent?before=3"


def test_the_centre_begins_with_the_faxes_sent(browser: Browser) -> None:
    assert browser.get("/").headers["location"] == "/sent"
    page = browser.follow()
    assert page.status_code == 200
    assert '<a href="/sent" aria-current="page">' in page.text
    assert "<bdi>bob</bdi>" in page.text


def test_pages_run_no_script_but_our_files(browser: Browser) -> None:
    page = browser.get("/sent")
    policy = page.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "style-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert re.findall(r"<script(?![^>]* src=)|\son[a-z]+=|\sstyle=|<style", page.text) == []
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["x-content-type-options"] == "nosniff"


def test_a_browser_keeps_what_pages_are_dressed_in(browser: Browser) -> None:
    addresses = re.findall(r'(?:src|href)="(/assets/[^"]+)"', browser.get("/sent").text)
    assert len(addresses) == 5
    for address in addresses:
        asset = browser.get(address)
        assert asset.status_code == 200
        assert asset.headers["cache-control"] == "public, max-age=31536000, immutable"
        digest = hashlib.sha256(asset.content).hexdigest()
        assert digest[:16] == address.split(".")[-2]
    assert browser.get("/assets/style.css").status_code == 404


def test_a_language_is_what_the_browser_wants_until_another_is_chosen(browser: Browser) -> None:
    page = browser.world.ask("GET", "/sign-in", headers={"Accept-Language": "fr;q=0.9, he-IL;q=0.8, en;q=0.5"})
    assert '<html lang="he" dir="rtl">' in page.text
    browser.get("/sent")
    assert browser.submit("/language", language="he").headers["location"] == "/sent"
    assert '<html lang="he" dir="rtl">' in browser.follow().text
    assert browser.submit("/language", language="xx").status_code == 303
    assert '<html lang="he" dir="rtl">' in browser.follow().text


def test_a_page_of_ours_is_refused_in_plain_words(browser: Browser) -> None:
    page = browser.get("/faxes/7")
    assert page.status_code == 404
    assert "There is nothing here" in page.text
    assert page.headers["content-type"].startswith("text/html")
    browser.world.execute("DELETE FROM sessions")
    htmx = {"HX-Request": "true", "HX-Current-URL": "https://fax.example/sent?page=x"}
    cookie = {"Cookie": f"__Host-unifax={browser.cookies['__Host-unifax']}"}
    asked = browser.world.ask("GET", "https://fax.example/sent/1", headers=htmx | cookie)
    assert (asked.status_code, asked.headers["hx-redirect"]) == (401, "/sign-in?then=%2Fsent%3Fpage%3Dx")


def test_nothing_is_done_now_is_a_page_too(browser: Browser) -> None:
    browser.world.execute("ALTER TABLE sessions RENAME TO gone")
    page = browser.get("/sent")
    assert page.status_code == 503
    assert "Not now" in page.text
    assert "gone" not in page.text
