"""Sending a fax with a form, and seeing it before."""

import base64
import re
from contextlib import suppress
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.web.browser import Browser
from tests.world import NOW
from unifax.model.errors import RequestInvalid
from unifax.service import contacts
from unifax.service.contacts import Written
from unifax.web.center.frame import Fields
from unifax.web.center.send_form import asked_of, number_in

ZONE = ZoneInfo("Asia/Jerusalem")
LETTER = [("files", ("letter.txt", b"Dear Sirs", "text/plain"))]
NO_FILE = [("files", ("", b"", "application/octet-stream"))]
HOSTILE = "<script>x</script>.txt"


def test_files_go_to_recipients(browser: Browser) -> None:
    browser.get("/send")
    files = [*LETTER, ("files", ("2.txt", b"More", "text/plain"))]
    browser.upload("/send", files, to=["777 8888", "", "Anna <7778801>"], more="7778802, 7778803\n", priority="urgent")
    assert (browser.page.status_code, browser.page.headers["location"]) == (303, "/faxes/1")
    world = browser.world
    assert world.column("SELECT number FROM deliveries ORDER BY position") == [
        "7778888",
        "7778801",
        "7778802",
        "7778803",
    ]
    assert world.column("SELECT name FROM fax_files ORDER BY position") == ["letter.txt", "2.txt"]
    assert world.column("SELECT priority FROM faxes") == [1]
    assert world.staged() == []
    assert browser.follow().status_code == 200


def test_the_same_form_sent_twice_is_one_fax(browser: Browser) -> None:
    browser.get("/send")
    page = browser.form("/send")
    for _ in range(2):
        browser.send_files("/send", page.fields | {"to": "7778888"}, LETTER)
        assert browser.page.headers["location"] == "/faxes/1"
    browser.send_files("/send", page.fields | {"to": "7778801"}, LETTER)
    assert browser.page.status_code == 422
    assert browser.world.faxes() == 1


def test_htmx_is_sent_on_and_told_what_is_wrong_in_a_line(browser: Browser) -> None:
    browser.get("/send")
    fields = browser.form("/send").fields
    htmx = {"HX-Request": "true"}
    browser.send_files("/send", fields | {"to": "nonsense"}, LETTER, htmx)
    assert browser.page.status_code == 400
    assert "<html" not in browser.page.text
    assert "nonsense" in browser.page.text
    browser.send_files("/send", fields | {"to": "7778888"}, LETTER, htmx)
    assert (browser.page.status_code, browser.page.headers["hx-redirect"]) == (204, "/faxes/1")


@pytest.mark.parametrize(
    ("filled", "files"),
    [
        ({}, LETTER),
        ({"to": "7778888"}, NO_FILE),
        ({"to": "7778888", "from": "0004*210"}, LETTER),  # Charlie's
        ({"to": "7778888", "send_after": "never"}, LETTER),
        ({"to": "7778888", "key": ""}, LETTER),
        ({"to": "7778888", "photo_pages": "x"}, LETTER),
        ({"to": "7778888", "proof": "guess"}, LETTER),
    ],
)
def test_what_cannot_be_sent_leaves_nothing(
    browser: Browser, filled: dict[str, str], files: list[tuple[str, tuple[str, bytes, str]]]
) -> None:
    browser.get("/send")
    page = browser.upload("/send", files, **filled)
    assert 400 <= page.status_code < 500
    assert "<h1>" in page.text
    assert browser.world.nothing_is_left()


def test_an_address_book_offers_what_is_being_written(browser: Browser) -> None:
    world = browser.world
    written = Written(name="Anna <b>", number="7778801", company="Baker")
    world.db.write(contacts.add, world.bob.viewer, world.sending().recipients, written, NOW)
    offered = browser.get("/send/known?to=ann").text
    assert 'value="Anna &lt;b&gt; &lt;7778801&gt;"' in offered
    assert "Baker" in offered
    assert browser.get("/send/known?to=zz").text.strip() == ""


def test_a_preview_shows_the_very_pages_and_sends_nothing(browser: Browser) -> None:
    browser.get("/send")
    files = [("files", (HOSTILE, b"Dear Sirs", "text/plain"))]
    page = browser.send_files("/send/preview", browser.form("/send").fields | {"page-1": "photo"}, files)
    assert page.status_code == 200
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert HOSTILE not in page.text
    picture = re.findall(r'src="data:image/png;base64,([^"]+)"', page.text)
    assert [base64.b64decode(each)[:4] for each in picture] == [b"\x89PNG"]
    assert "A call takes about" in page.text
    assert browser.world.nothing_is_left()
    fields = browser.form("/sign-out").fields
    part = browser.send_files("/send/preview", {**fields, "from": "0003*210"}, files, {"HX-Request": "true"})
    assert "<html" not in part.text
    assert 'name="page-1"' in part.text


def fields(**filled: str) -> Fields:
    return Fields([*filled.items()])


def test_a_form_is_read_as_a_program_would_ask() -> None:
    asked = asked_of(
        fields(
            to="Anna Cohen <+972 3 123>",
            send_after="2026-03-01T10:00",
            photo_pages="2, 4-5",
            cover="yes",
            cover_subject="Rent",
            cover_urgent="yes",
            keep_days="30",
        ),
        ZONE,
    )
    photo = {"treatment": "photo"}
    assert asked == {
        "recipients": ["+972 3 123"],
        "sendAfter": "2026-03-01T10:00:00+02:00",
        "pages": {"2": photo, "4": photo, "5": photo},
        "cover": {"subject": "Rent", "urgent": True, "confidential": False},
        "keepDays": 30,
    }


@given(st.text("<>1 ,-–\nA", max_size=30))
def test_whatever_is_written_is_read_or_refused(text: str) -> None:
    number_in(text)
    with suppress(RequestInvalid):
        asked_of(Fields([("to", text), ("more", text), ("photo_pages", text), ("page-1", text)]), ZONE)
