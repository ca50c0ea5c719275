"""The address book as a person sees it: found as one types, changed, brought in and handed out."""

import pytest

from tests.web.browser import Browser
from tests.web.center.conftest import signed_in

HOSTILE = "<script>alert(1)</script>"


def add(browser: Browser, name: str, number: str, company: str = "", tags: str = "") -> None:
    browser.get("/contacts")
    browser.submit("/contacts", name=name, number=number, company=company, tags=tags)
    assert browser.page.status_code == 303, browser.page.text


def typed(browser: Browser, text: str) -> str:
    """Return what htmx is shown while somebody types."""
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    page = browser.world.ask(
        "GET", f"https://fax.example/contacts?q={text}", headers={"Cookie": cookie, "HX-Request": "true"}
    )
    assert "<html" not in page.text
    return page.text


def test_contacts_are_added_found_changed_and_removed(browser: Browser) -> None:
    add(browser, "Anna Öst", "+49 30 123456", company="ACME", tags="a, b")
    add(browser, "Bob", "7778888")
    assert "Anna Öst" in browser.get("/contacts").text
    assert "Anna Öst" in typed(browser, "ost")
    assert "Bob" not in typed(browser, "acm")
    assert "Nothing was found." in typed(browser, "zzz")
    browser.get("/contacts/1")
    assert browser.submit("/contacts/1", name="Anna West").status_code == 303
    assert "Anna West" in typed(browser, "west")
    browser.get("/contacts/1")
    browser.submit("/contacts/1/remove")
    assert "Anna" not in browser.follow().text
    actions = browser.world.column("SELECT action FROM audit_log ORDER BY id")
    assert actions[1:] == ["contact.added", "contact.added", "contact.changed", "contact.removed"]


def test_a_file_is_taken_in_and_another_handed_out(browser: Browser) -> None:
    browser.get("/contacts")
    fields = {"proof": browser.proven()["proof"]}
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    data = f"Name;Fax\r\n{HOSTILE};7778888\r\n=1+1;7778801\r\nNobody;{HOSTILE}\r\n".encode()

    def bring_in(proof: dict[str, str]) -> str:
        return browser.world.ask(
            "POST",
            "https://fax.example/contacts/import",
            headers={"Cookie": cookie},
            data=proof,
            files={"file": (f"{HOSTILE}.csv", data, "text/csv")},
        ).text

    assert "not good any more" in bring_in({"proof": "0" * 64})
    page = bring_in(fields)
    assert "2 were added." in page
    assert "1 line was left out." in page
    assert HOSTILE not in page
    assert HOSTILE not in browser.get("/contacts").text
    assert "&lt;script&gt;" in browser.page.text
    out = browser.get("/contacts/export")
    assert out.headers["content-disposition"] == 'attachment; filename="contacts.csv"'
    assert "\r\n'=1+1,7778801," in out.text
    assert not browser.world.staged()


def test_users_read_what_their_organization_keeps_and_do_not_change_it(browser: Browser) -> None:
    alice = signed_in(browser.world, "alice")
    add(alice, "Tax office", "7778888")
    assert "of the organization" in browser.get("/contacts").text
    page = browser.get("/contacts/1").text
    assert "which alone changes it" in page
    assert "/contacts/1/remove" not in page
    assert browser.send("/contacts/1/remove", browser.proven()).status_code == 403
    charlie = signed_in(browser.world, "charlie")
    assert "Tax office" not in charlie.get("/contacts").text
    assert charlie.get("/contacts/1").status_code == 404
    assert charlie.send("/contacts/1/remove", charlie.proven()).status_code == 404


@pytest.mark.parametrize("address", ["/contacts", "/contacts/1", "/contacts/1/remove"])
def test_nothing_is_changed_but_by_a_page_of_ours(browser: Browser, address: str) -> None:
    add(browser, "Anna", "7778888")
    assert browser.send(address, {"proof": "", "name": "x", "number": "1"}).status_code == 403
    assert browser.world.column("SELECT name FROM contacts") == ["Anna"]


def test_what_is_wrong_is_said_in_words(browser: Browser) -> None:
    browser.get("/contacts")
    assert browser.submit("/contacts", name="Anna", number="twelve").status_code == 400
    assert "neither a telephone number" in browser.page.text
    add(browser, "Anna", "7778888")
    browser.get("/contacts")
    assert browser.submit("/contacts", name="ANNA", number="777-8888").status_code == 409
    assert browser.get("/contacts/x").status_code == 404
    assert browser.get("/contacts?after=99").status_code == 404
