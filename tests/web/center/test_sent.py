"""The faxes sent, and one of them: what is shown of each, and what its sender may do."""

import re
from collections.abc import Iterator

import httpx
import pytest

from tests.desk import Desk, ends, give_pages
from tests.web.browser import Browser
from tests.web.center.conftest import signed_in
from tests.world import a_world
from unifax.model.outcome import Outcome

HOSTILE = "<img src=x onerror=alert(1)>"
SENT, BUSY, UNCERTAIN, ON_ITS_WAY = "1", "2", "3", "4"


@pytest.fixture(scope="module")
def bob(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """The browser of Bob, who has sent faxes that ended well, badly and uncertain, and one that is on its way."""
    with a_world(tmp_path_factory.mktemp("sent")) as world:
        desk = Desk(world)
        desk.far_ends = {
            "7778888": [ends(Outcome.SENT, 3)],
            "7778801": [ends(Outcome.NO_SUCH_NUMBER)],
            "7778802": [ends(Outcome.UNCERTAIN, 2)],
        }
        for number in ("7778888", "7778801", "7778802"):
            desk.finish(desk.send(number))
        desk.send("7778888", "7778801")
        give_pages(world)
        world.execute(f"UPDATE calls SET far_station_id = '{HOSTILE}'")
        world.execute(f"UPDATE fax_files SET name = '{HOSTILE}.txt'")
        yield signed_in(world, "bob")


def test_the_list_shows_how_each_fax_stands(bob: Browser) -> None:
    page = bob.get("/sent").text
    rows = {fax: page.split(f'data-fax="{fax}"')[1].split("</tr>")[0] for fax in (SENT, BUSY, UNCERTAIN, ON_ITS_WAY)}
    for fax, words in ((SENT, ">Sent<"), (BUSY, ">Not sent<"), (UNCERTAIN, ">Uncertain<"), (ON_ITS_WAY, "being made")):
        assert words in rows[fax]
        assert words in bob.get(f"/sent/{fax}").text
        assert f'href="/faxes/{fax}"' in rows[fax]
    assert 'data-follow="/uapi/faxes/@me/@self/events"' in page


def test_a_fax_on_its_way_is_followed_and_one_that_is_over_is_not(bob: Browser) -> None:
    assert f'data-follow="/uapi/faxes/@owner/0003*210/{ON_ITS_WAY}/events"' in bob.get(f"/faxes/{ON_ITS_WAY}").text
    assert "data-follow" not in bob.get(f"/faxes/{SENT}").text
    assert "<html" not in bob.get(f"/faxes/{ON_ITS_WAY}/recipients").text


def test_what_a_page_follows_is_told_to_the_browser_that_has_signed_in(bob: Browser) -> None:
    followed = f"/uapi/faxes/@owner/0003*210/{SENT}/events"
    told = bob.get(f"{followed}?from=0")
    assert told.headers["content-type"].startswith("text/event-stream")
    assert "event: fax" in told.text
    last = told.text.rsplit("id: ", 1)[1].split("\n")[0]
    assert bob.get(f"{followed}?from={last}").status_code == 204
    assert signed_in(bob.world, "charlie").get(followed).status_code == 401


def test_what_went_wrong_is_said_in_plain_words_with_what_to_do(bob: Browser) -> None:
    page = bob.get(f"/faxes/{BUSY}").text
    assert "There is no such number." in page
    assert "Check the number" in page
    page = bob.get(f"/faxes/{UNCERTAIN}").text
    assert "It may have arrived." in page
    assert bob.form(f"/faxes/{UNCERTAIN}/recipients/1/decision")


def test_a_recipient_has_calls_proofs_and_a_receipt(bob: Browser) -> None:
    page = bob.get(f"/faxes/{SENT}/recipients/1").text
    assert page.count(">MCF<") == 3
    receipt = f"/uapi/faxes/@owner/0003*210/{SENT}/recipients/1/receipt"
    assert f'href="{receipt}"' in page
    assert bob.get(receipt).status_code == 200
    assert bob.get(f"/faxes/{SENT}/recipients/2").status_code == 404


def test_pages_are_shown_small_and_to_be_had(bob: Browser) -> None:
    page = bob.get(f"/faxes/{SENT}").text
    thumbnail = f"/uapi/faxes/@owner/0003*210/{SENT}/thumbnails/1.png"
    assert f'src="{thumbnail}"' in page
    assert bob.get(thumbnail).headers["content-type"] == "image/png"


@pytest.mark.parametrize("address", ["/sent", "/sent/1", "/faxes/1", "/faxes/1/recipients/1", "/faxes/1/pages"])
def test_what_strangers_call_things_stays_text(bob: Browser, address: str) -> None:
    page = bob.get(address)
    assert page.status_code == 200
    assert HOSTILE not in page.text
    if address != "/faxes/1/pages":
        assert "&lt;img src=x onerror=alert(1)&gt;" in page.text


@pytest.mark.parametrize("deed", ["cancel", "resend", "hold", "recipients/1/decision"])
def test_nothing_is_done_without_a_form_of_ours(bob: Browser, deed: str) -> None:
    before = bob.world.column("SELECT state || work FROM deliveries")
    for proof in ({}, {"proof": "guess"}):
        page = bob.send(f"/faxes/{ON_ITS_WAY}/{deed}", proof)
        assert page.status_code == 403
        assert "You may not do this" in page.text
    assert bob.world.column("SELECT state || work FROM deliveries") == before


def test_what_is_not_sent_yet_can_be_cancelled_and_sent_again(browser: Browser) -> None:
    fax = Desk(browser.world).send("7778888", "7778801")
    browser.get(f"/faxes/{fax}")
    assert browser.submit(f"/faxes/{fax}/cancel").headers["location"] == f"/faxes/{fax}"
    assert browser.follow().text.count(">Cancelled<") == 3
    assert browser.submit(f"/faxes/{fax}/resend", recipient="7778801").status_code == 303
    assert browser.world.column("SELECT state FROM deliveries ORDER BY position") == ["cancelled", "preparing"]
    deeds = browser.world.column("SELECT action FROM audit_log ORDER BY id")
    assert deeds[-2:] == ["fax.cancelled", "fax.sent_again"]


def test_somebody_says_what_became_of_an_uncertain_fax(bob: Browser) -> None:
    bob.get(f"/faxes/{UNCERTAIN}")
    assert bob.submit(f"/faxes/{UNCERTAIN}/recipients/1/decision", decision="arrived").status_code == 303
    assert "Somebody has said that it arrived." in bob.follow().text


def test_a_user_cannot_hold_a_fax_back_but_who_is_above_can(bob: Browser) -> None:
    assert bob.send(f"/faxes/{SENT}/hold", bob.proven() | {"hold": "yes"}).status_code == 403
    alice = signed_in(bob.world, "alice")
    alice.get(f"/faxes/{SENT}")
    assert alice.submit(f"/faxes/{SENT}/hold", hold="yes").status_code == 303
    assert "Held back from deletion" in alice.follow().text


def test_pages_stay_small_however_much_there_is(browser: Browser) -> None:
    desk = Desk(browser.world)
    numbers = [f"77{at:05}" for at in range(21)]
    desk.far_ends = {number: [ends(Outcome.UNCERTAIN, 2)] for number in numbers}
    desk.finish(desk.send(*numbers))
    for _ in range(25):
        desk.send(*numbers)
    pages = [browser.get(address) for address in ("/sent", "/faxes/1", "/send")]
    assert pages[1].text.count("/decision") == 20
    assert "/faxes/1/recipients/21" in browser.get("/faxes/1?from=20").text
    dress = {address: len(browser.get(address).content) for page in pages for address in assets_of(page)}
    assert max(len(page.content) for page in pages) + sum(dress.values()) < 100_000


def assets_of(page: httpx.Response) -> list[str]:
    return re.findall(r'"(/assets/[^"]+)"', page.text)


def test_the_list_is_turned_page_by_page(browser: Browser) -> None:
    desk = Desk(browser.world)
    for _ in range(26):
        desk.send("7778888")
    first = browser.get("/sent").text
    assert 'rel="prev"' not in first
    older = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = browser.get(older).text
    assert second.count("<tr data-fax=") == 1
    assert 'rel="next"' not in second
    newer = second.split('rel="prev" href="')[1].split('"')[0].replace("&amp;", "&")
    assert browser.get(newer).text.count("<tr data-fax=") == 25
    assert browser.get("/sent?page=nonsense").status_code == 400
