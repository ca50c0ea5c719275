"""The pages of who runs the service: what they show, and that nobody else sees them."""

from collections.abc import Iterator

import pytest

from tests.desk import Desk, ends
from tests.web.browser import Browser
from tests.web.center.conftest import signed_in
from tests.world import NOW, a_world
from unifax.model.outcome import Outcome
from unifax.model.transcript import Entry, Layer, Way, packed
from unifax.model.trunk import Sighting
from unifax.store import executors, trunks
from unifax.store.call_records import keep_record

NASTY = "<script>alert(1)</script>"
PAGES = ["", "/failures", "/use", "/calls", "/calls/1/1/1", "/accounts", "/accounts?below=2", "/audit"]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A service that has sent one fax, at the second call; another one waits, and a third is being made."""
    with a_world(tmp_path_factory.mktemp("world")) as world:
        made = Desk(world)
        made.far_ends["7778888"] = [ends(Outcome.BUSY), ends(Outcome.SENT, 3)]
        made.far_ends["7778801"] = [ends(Outcome.BUSY)]
        made.finish(made.send("7778888"))
        made.send("7778801")
        made.step()
        made.step()
        made.send("7778802")
        said = [
            Entry(0.0, Layer.SIP, Way.OUT, "INVITE sip:7778888@carrier SIP/2.0\nFrom: Bob"),
            Entry(1.0, Layer.T30, Way.IN, f"CSI: {NASTY}"),
            Entry(2.0, Layer.CALL, None, "result: busy"),
        ]
        world.db.write(keep_record, 1, 1, packed(said), b"", NOW)
        world.db.write(trunks.sight, "line.1", [Sighting("carrier", f"192.0.2.1 {NASTY}", True, NOW)], NOW)
        world.db.write(executors.add_executor, "line.here.7.ab", "line", NOW, "here")
        yield made


@pytest.fixture(scope="module")
def operator(desk: Desk) -> Browser:
    return signed_in(desk.world, "root")


@pytest.mark.parametrize("who", ["alice", "bob", "charlie"])
def test_they_are_not_there_for_anybody_else(desk: Desk, who: str) -> None:
    browser = signed_in(desk.world, who)
    assert '<a href="/operator"' not in browser.get("/sent").text
    for address in PAGES:
        page = browser.get(f"/operator{address}")
        assert page.status_code == 404, address
        assert "7778888" not in page.text


def test_they_are_in_the_menu_of_administrators(operator: Browser) -> None:
    assert '<a href="/operator"' in operator.get("/sent").text


@pytest.mark.parametrize("address", PAGES)
def test_they_are_small_and_run_nothing_that_others_have_said(operator: Browser, address: str) -> None:
    page = operator.get(f"/operator{address}")
    assert page.status_code == 200
    assert NASTY not in page.text
    assert len(page.content) < 100_000


def test_what_is_now_tells_of_trunks_processes_and_what_waits_for_what(operator: Browser) -> None:
    text = operator.get("/operator").text
    assert "192.0.2.1 &lt;script&gt;" in text
    assert '<span class="state good">up</span>' in text
    assert "0 of 30" in text
    assert "Another call: busy" in text
    assert "Its pages are being made" in text
    assert '<bdi dir="ltr">here</bdi>' in text
    assert 'hx-trigger="every 3s"' in text


def test_it_stands_still_for_who_wants_to_read(operator: Browser) -> None:
    assert "hx-trigger" not in operator.get("/operator?still=yes").text


def test_failures_are_drawn_and_told_in_a_table(operator: Browser) -> None:
    text = operator.get("/operator/failures?days=7").text
    assert text.count('<rect class="series0" x=') == 1
    assert "2 of 3 calls that have ended did not bring the fax over." in text
    assert '<a href="/operator/calls?outcome=busy">busy</a>' in text
    assert text.count("<tr>") == 1 + 7 + 1


def test_use_is_shown_beside_the_limits(operator: Browser) -> None:
    text = operator.get("/operator/use").text
    assert "no limit" in text
    assert "<bdi>alice</bdi>" in text


def test_calls_are_found_by_how_they_ended_and_by_number(operator: Browser) -> None:
    everything = operator.get("/operator/calls").text
    assert everything.count('<th scope="row">') == 3
    busy = operator.get("/operator/calls?outcome=busy").text
    assert busy.count('<th scope="row">') == 2
    of_one = operator.get("/operator/calls?outcome=busy&number=7778888").text
    assert of_one.count('<th scope="row">') == 1
    assert 'href="/operator/calls/1/1/1"' in of_one
    assert "There are none." in operator.get("/operator/calls?outcome=lost").text


@pytest.mark.parametrize("after", ["", "x", "1.1.yesterday-and-some-more-text", "1.1.2026-01-01T00:00:00.000000"])
def test_a_place_that_is_none_is_the_first(operator: Browser, after: str) -> None:
    assert operator.get(f"/operator/calls?after={after}").text.count('<th scope="row">') == 3


def test_a_transcript_is_shown_with_what_helps(operator: Browser) -> None:
    text = operator.get("/operator/calls/1/1/1").text
    assert "CSI: &lt;script&gt;" in text
    assert "somebody else is on that line" in text
    assert operator.get("/operator/calls/1/1/9").status_code == 404
    assert operator.get("/operator/calls/9/1/1").status_code == 404
    assert operator.get("/operator/calls/x/1/1").status_code == 404


def test_the_tree_is_walked_from_the_top_to_an_extension(operator: Browser, desk: Desk) -> None:
    world = desk.world
    assert f'href="/operator/accounts?below={world.root.id}"' in operator.get("/operator/accounts").text
    organizations = operator.get(f"/operator/accounts?below={world.root.id}").text
    assert organizations.index("<bdi>alice</bdi>") < organizations.index("<bdi>other</bdi>")
    below_alice = operator.get(f"/operator/accounts?below={world.alice.id}").text
    assert "<bdi>bob</bdi>" in below_alice
    assert "<bdi>charlie</bdi>" not in below_alice
    assert '<bdi dir="ltr">0003*210</bdi>' in operator.get(f"/operator/accounts?below={world.bob.id}").text
    assert operator.get("/operator/accounts?below=99").status_code == 404


def test_the_log_is_filtered_by_deed_and_by_account(operator: Browser, desk: Desk) -> None:
    everything = operator.get("/operator/audit").text
    assert "<code>session.begun</code>" in everything
    assert "<code>session.begun</code>" not in operator.get("/operator/audit?action=fax.cancelled").text
    other = desk.world.column("SELECT parent_id FROM accounts WHERE name = 'charlie'")[0]
    assert "There are none." in operator.get(f"/operator/audit?account={other}").text
