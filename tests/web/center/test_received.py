"""The inbox as a person sees it: what came, its pages the right way up, and what is done with one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk import Desk, give_pages
from tests.web.browser import Browser
from tests.web.center.conftest import signed_in
from tests.world import World, a_world

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Beth has received a fax of two pages from Bob."""
    with a_world(tmp_path) as made:
        desk = Desk(made)
        desk.finish(desk.send("0003*211"))
        give_pages(made)
        yield made


@pytest.fixture
def beth(world: World) -> Browser:
    return signed_in(world, "beth")


def column(world: World, name: str) -> object:
    return world.column(f"SELECT {name} FROM inbox WHERE id = 1")[0]


def test_the_inbox_tells_what_is_unread_and_a_fax_that_is_looked_at_is_read(beth: Browser) -> None:
    page = beth.get("/received").text
    assert "1 fax is unread." in page
    assert '<tr data-received="1" class="unread">' in page
    assert 'src="/received/1/thumbnails/1.png' in page
    shown = beth.get("/received/1").text
    assert 'hx-post="/received/1/read" hx-trigger="load"' in shown
    assert column(beth.world, "read_at") is None, "to ask for a page changes nothing"
    assert beth.submit("/received/1/read", read="yes").headers["location"] == "/received/1"
    assert "All are read." in beth.get("/received").text
    assert 'class="unread"' not in beth.page.text
    beth.get("/received/1")
    beth.submit("/received/1/read", read="no")
    assert "1 fax is unread." in beth.follow().text
    assert "1 fax is unread." in beth.get("/received?show=unread").text


def test_pages_are_shown_the_way_up_that_somebody_has_turned_them(beth: Browser) -> None:
    upright = beth.get("/received/1/pages/1.png")
    assert upright.headers["content-type"] == "image/png"
    beth.get("/received/1")
    assert beth.submit("/received/1/turn", way="right").status_code == 303
    assert 'src="/received/1/pages/1.png?turned=90"' in beth.follow().text
    turned = beth.get("/received/1/pages/1.png?turned=90")
    assert turned.headers["etag"] != upright.headers["etag"]
    assert sides(turned.content) == sides(upright.content)[::-1]
    assert b"/Rotate 90" in beth.get("/received/1/fax.pdf").content
    beth.get("/received/1")
    beth.submit("/received/1/turn", way="left")
    assert beth.get("/received/1/pages/1.png").content == upright.content
    assert beth.get("/received/1/thumbnails/2.png").status_code == 200
    assert beth.get("/received/1/pages/3.png").status_code == 404


def sides(png: bytes) -> tuple[int, int]:
    """Return the width and the height of a PNG (PNG 11.2.2)."""
    return int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")


def test_a_fax_is_forwarded_to_numbers_and_by_mail(beth: Browser) -> None:
    beth.get("/received/1")
    assert beth.submit("/received/1/forward", to="777 8888", more="0004*210").headers["location"] == "/faxes/2"
    assert beth.world.column("SELECT number FROM deliveries WHERE fax_id = 2 ORDER BY position") == [
        "7778888",
        "0004*210",
    ]
    assert 'href="/faxes/2"' in beth.get("/received/1").text
    beth.submit("/received/1/mail", address="a@b.example; c@d.example", note="Please look")
    assert beth.page.status_code == 303
    assert beth.world.column("SELECT count(*) FROM mails WHERE inbox_id = 1 AND note = 'Please look'") == [2]
    beth.get("/received/1")
    assert beth.submit("/received/1/forward", to="nobody").status_code == 400
    assert "neither a telephone number" in beth.page.text


def test_a_fax_that_was_deleted_leaves_its_record(beth: Browser) -> None:
    beth.get("/received/1")
    beth.submit("/received/1/delete")
    assert "Its content was deleted." in beth.follow().text
    assert "/received/1/pages" not in beth.page.text
    assert "/received/1/thumbnails" not in beth.get("/received").text
    assert beth.get("/received/1/pages/1.png").status_code == 410


def test_what_strangers_say_is_text_and_nothing_else(beth: Browser) -> None:
    beth.world.execute(f"UPDATE inbox SET far_station_id = '{HOSTILE}', sender = '<img src=x>', called = '\"><b>'")
    for path in ("/received", "/received/1"):
        page = beth.get(path).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert '"><b>' not in page
        assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize("deed", ["read", "turn", "forward", "mail", "delete"])
def test_nothing_is_done_but_by_a_page_of_ours(beth: Browser, deed: str) -> None:
    before = beth.world.column("SELECT count(*) FROM audit_log")
    assert beth.send(f"/received/1/{deed}", {"proof": "0" * 64, "to": "7778888"}).status_code == 403
    assert beth.world.column("SELECT count(*) FROM audit_log") == before
    assert (column(beth.world, "read_at"), column(beth.world, "turned")) == (None, 0)


def test_who_reads_for_others_sees_theirs_and_strangers_nothing(beth: Browser) -> None:
    world = beth.world
    assert "0003*211" in signed_in(world, "alice").get("/received").text
    bob, charlie = signed_in(world, "bob"), signed_in(world, "charlie")
    for stranger in (bob, charlie):
        assert "0003*21" not in stranger.get("/received").text
        for what in ("", "/fax.pdf", "/pages/1.png", "/thumbnails/1.png"):
            assert stranger.get(f"/received/1{what}").status_code == 404
        for deed in ("read", "turn", "forward", "mail", "delete"):
            filled = stranger.proven() | {"to": "7778888", "address": "a@b.example"}
            assert stranger.send(f"/received/1/{deed}", filled).status_code == 404
    assert world.faxes() == 1
