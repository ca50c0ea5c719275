"""`unifax inbox`, against the site on loopback."""

import json
from pathlib import Path

import pytest

from tests.asking import command
from tests.desk import Desk, give_pages
from tests.world import NOW, World
from unifax.client import ApiError
from unifax.model.transcript import Entry, Layer, Way, packed
from unifax.store.call_records import keep_inbox_record


@pytest.fixture
def received(world: World) -> World:
    """Beth has received two faxes from Bob."""
    desk = Desk(world)
    for _ in range(2):
        desk.finish(desk.send("0003*211"))
    give_pages(world)
    return world


def ids(said: str) -> list[str]:
    return [str(fax["id"]) for fax in json.loads(said)]


def test_what_came_in_is_listed(received: World) -> None:
    status, said = command(received, received.beth, "inbox", "list")
    at = f"{NOW.astimezone():%Y-%m-%d %H:%M:%S}"
    assert status == 0
    assert said.splitlines() == [
        "id  received             pages  from      to",
        f"2   {at}  2      0003*210  0003*211  unread",
        f"1   {at}  2      0003*210  0003*211  unread",
    ]
    assert ids(command(received, received.beth, "inbox", "list", "--limit", "1", "--json")[1]) == ["2"]
    assert command(received, received.bob, "inbox", "list") == (0, "none\n")


def test_who_gets_a_fax_has_read_it_unless_he_says_otherwise(received: World, tmp_path: Path) -> None:
    pdf, tiff, png = (str(tmp_path / name) for name in ("a.pdf", "b.TIFF", "c.png"))
    assert command(received, received.beth, "inbox", "get", "1", "-o", pdf) == (0, f"{pdf}\n")
    assert command(received, received.beth, "inbox", "get", "2", "-o", tiff, "--keep-unread")[0] == 0
    status, said = command(received, received.beth, "inbox", "get", "2", "-o", png, "--keep-unread", "--json")
    assert (status, json.loads(said)["read"]) == (0, False)
    assert [Path(file).read_bytes()[:4] for file in (pdf, tiff, png)] == [b"%PDF", b"II*\0", b"\x89PNG"]
    assert ids(command(received, received.beth, "inbox", "list", "--unread", "--json")[1]) == ["2"]


def test_what_has_come_since_is_shown_and_saved(received: World, tmp_path: Path) -> None:
    verb = ["inbox", "watch", "--after", "0", "--limit", "2", "--save-in", str(tmp_path)]
    status, said = command(received, received.beth, *verb, "--json")
    assert status == 0
    assert [json.loads(line)["id"] for line in said.splitlines()] == ["1", "2"]
    assert {file.name for file in tmp_path.glob("received*")} == {"received-1.pdf", "received-2.pdf"}
    assert "0003*210" in command(received, received.beth, *verb)[1]


def test_what_happened_in_the_call_that_brought_a_fax_is_told(received: World, tmp_path: Path) -> None:
    blob = packed([Entry(0.0, Layer.SIP, Way.IN, "INVITE sip:0003*211@192.0.2.9")])
    received.db.write(keep_inbox_record, 1, blob, b"packets", NOW)
    status, said = command(received, received.beth, "inbox", "transcript", "1")
    assert (status, said.splitlines()[-1]) == (0, "0.000 < INVITE sip:0003*211@192.0.2.9")
    told = json.loads(command(received, received.beth, "inbox", "transcript", "1", "--json")[1])
    assert told["entries"][0]["layer"] == "sip"
    file = tmp_path / "call.pcap.gz"
    assert command(received, received.beth, "inbox", "transcript", "1", "--packets", str(file)) == (0, f"{file}\n")
    assert file.read_bytes() == b"packets"
    with pytest.raises(ApiError, match="Nothing is kept"):
        command(received, received.beth, "inbox", "transcript", "2")
