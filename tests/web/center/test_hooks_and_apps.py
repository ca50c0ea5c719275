"""Hooks and Apps as their owner handles them: a secret is shown once, and what is another's is not there."""

import re

from tests.web.browser import Browser
from tests.web.center.conftest import signed_in

HOSTILE = "<script>alert(1)</script>"


def test_an_app_is_made_and_its_secret_shown_once(browser: Browser) -> None:
    browser.get("/apps")
    page = browser.submit("/apps", name=HOSTILE, addresses="https://a.example/back", trusted="yes")
    assert page.status_code == 200
    assert HOSTILE not in page.text
    key, secret = re.findall(r'<code dir="ltr">([^<]+)</code>', page.text)
    asked = {"grant_type": "client_credentials", "client_id": key, "client_secret": secret}
    assert browser.world.ask("POST", "/oauth/token.php", data=asked).status_code == 200
    listed = browser.get("/apps").text
    assert key in listed
    assert secret not in listed
    assert HOSTILE not in listed
    [app] = [int(each) for each in browser.world.column(f"SELECT id FROM apps WHERE key = '{key}'") if each]  # type: ignore[call-overload]  # an id
    renewed = browser.submit(f"/apps/{app}/secret").text
    assert secret not in renewed
    assert browser.world.ask("POST", "/oauth/token.php", data=asked).status_code == 401
    browser.get("/apps")
    browser.submit(f"/apps/{app}/enabled", enabled="no")
    assert "Switch on" in browser.follow().text
    browser.submit(f"/apps/{app}/remove")
    assert key not in browser.follow().text
    charlie = signed_in(browser.world, "charlie")
    assert "app of bob" not in charlie.get("/apps").text
    for deed in ("secret", "enabled", "remove"):
        assert charlie.send(f"/apps/{browser.world.bob.viewer.app_id}/{deed}", charlie.proven()).status_code == 404
        assert browser.send(f"/apps/{browser.world.bob.viewer.app_id}/{deed}", {"proof": "x"}).status_code == 403


def test_a_hook_is_made_switched_and_removed(browser: Browser) -> None:
    browser.get("/hooks")
    page = browser.submit("/hooks", url="http://127.0.0.1/<b>", kind="2", method="2", note="n")
    assert page.status_code == 400
    browser.get("/hooks")
    page = browser.submit("/hooks", url="http://127.0.0.1/in", kind="2", method="2", note=HOSTILE)
    assert page.status_code == 200
    assert HOSTILE not in page.text
    [secret] = re.findall(r"whsec_[A-Za-z0-9+/=]+", page.text)
    shown = browser.get("/hooks/0003*210/2/1").text
    assert secret not in shown
    assert "It was told nothing yet." in shown
    browser.submit("/hooks/0003*210/2/1/status", on="no")
    assert "Switch on" in browser.follow().text
    renewed = browser.submit("/hooks/0003*210/2/1/secret").text
    assert "whsec_" in renewed
    assert secret not in renewed
    charlie = signed_in(browser.world, "charlie")
    assert "127.0.0.1" not in charlie.get("/hooks").text
    assert charlie.get("/hooks?extension=0003*210").status_code == 403
    for deed in ("secret", "status", "again", "remove"):
        filled = charlie.proven() | {"event": "1"}
        assert charlie.send(f"/hooks/0003*210/2/1/{deed}", filled).status_code == 403
        assert browser.send(f"/hooks/0003*210/2/1/{deed}", {"proof": "x"}).status_code == 403
    browser.get("/hooks/0003*210/2/1")
    browser.submit("/hooks/0003*210/2/1/remove")
    assert "This extension has no hooks yet." in browser.follow().text
