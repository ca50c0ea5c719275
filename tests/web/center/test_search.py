"""Faxes are searched by what is on their outside, and each finds his own only."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk import Desk
from tests.web.center.conftest import signed_in
from tests.world import NOW, World, a_world
from unifax.service import contacts
from unifax.service.contacts import Written


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Bob has sent letter.txt to Beth, and to 7778888, who is called Zoë in his address book."""
    with a_world(tmp_path) as made:
        desk = Desk(made)
        desk.finish(desk.send("0003*211"))
        desk.send("7778888")
        made.db.write(contacts.add, made.bob.viewer, made.sending().recipients, Written("Zoë", "7778888"), NOW)
        yield made


def test_what_was_sent_is_found_by_number_file_name_and_state(world: World) -> None:
    bob = signed_in(world, "bob")
    for query in ("q=777", "q=zoe", "q=letter+777", "state=Pre-Approved", "q=777-88&since=2026-02-03&until=2026-02-03"):
        page = bob.get(f"/search?box=sent&{query}").text
        assert "/faxes/2" in page, query
        assert "/faxes/1" not in page, query
    for query in ("q=%25", "q=zoe&state=Sent", "label=none", "until=2026-02-02"):
        assert "Nothing was found." in bob.get(f"/search?box=sent&{query}").text, query
    assert "Zoë" in bob.get("/search?box=sent&q=777").text
    assert bob.get("/search?since=yesterday").status_code == 400
    assert bob.get("/search?before=x").status_code == 404


def test_what_came_is_found_by_its_sender(world: World) -> None:
    beth = signed_in(world, "beth")
    assert "/received/1" in beth.get("/search?q=0003*210").text
    assert "/received/1" in beth.get("/search?unread=yes").text
    assert "Nothing was found." in beth.get("/search?q=0003*219").text


def test_nobody_finds_what_is_anothers(world: World) -> None:
    charlie = signed_in(world, "charlie")
    for box in ("sent", "received"):
        for query in ("", "&q=777", "&q=letter", "&q=0003"):
            assert "Nothing was found." in charlie.get(f"/search?box={box}{query}").text


def test_what_is_asked_for_is_shown_as_text(world: World) -> None:
    page = signed_in(world, "bob").get("/search?q=%22%3E%3Cscript%3Ealert(1)&label=%3Cb%3E").text
    assert "<script>alert" not in page
    assert 'value="&lt;b&gt;"' in page
