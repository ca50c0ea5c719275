"""Whose number is ringing, and what becomes of what comes in: nothing twice, nothing lost."""

import asyncio
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.desk import Desk, dies
from tests.faxes import same_pages, text_fax
from tests.kept import kept
from tests.world import NOW, World, a_world
from unifax.documents.pages import DamagedPages
from unifax.model.event import EventKind
from unifax.model.inbox import InboxView
from unifax.model.incoming import IncomingCall, PageIn, Reception, Recorded, Turned
from unifax.model.outcome import Outcome
from unifax.model.transcript import Entry, Layer, Way
from unifax.service.receiving import PageMissing, Receiving
from unifax.service.recording import Records
from unifax.store import events
from unifax.store.missed_calls import KEPT_AT_MOST
from unifax.store.views import inbox_views


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path / "data") as made:
        yield made


@pytest.fixture
def fax(tmp_path: Path) -> Path:
    """A fax of two pages, as libspandsp writes it."""
    return text_fax(tmp_path / "came.tif", 2)


def at_work(world: World) -> Receiving:
    folder = world.folder / "incoming"
    return Receiving(world.db, world.queue, world.blobs, folder, {"carrier": 3}, lambda: world.now, "here")


def ring(world: World, called: str = "0003*210", caller: str = "+49401234") -> Reception | Turned:
    return world.run(at_work(world).admit(IncomingCall("carrier", called, caller, "call@carrier")))


def answered(world: World, called: str = "0003*210") -> Reception:
    reception = ring(world, called)
    assert isinstance(reception, Reception)
    return reception


def come(world: World, reception: Reception, fax: Path, pages: int, *, last: bool) -> None:
    """Have so many pages of a call be kept."""
    shutil.copyfile(fax, reception.file)
    for number in range(1, pages + 1):
        page = PageIn(number, last and number == pages, bad_rows=2, far_station_id="+49 40 1234", bits_per_second=9600)
        world.run(at_work(world).keep_page(reception, page))


def received(world: World) -> list[InboxView]:
    ids = [int(str(each)) for each in world.column("SELECT id FROM inbox ORDER BY id")]
    return world.db.read(inbox_views, ids)


def test_an_extension_rings_by_its_number_and_by_its_telephone_numbers(world: World) -> None:
    numbers = {"telephoneNumbers": ["+49401234", "5550100"]}
    assert world.ask("PATCH", "/admin/extensions/0003*211", world.root, json=numbers).status_code == 200
    for called in ("0003*211", "49401234", "+49401234", "0049401234", "5550100"):
        assert answered(world, called).station_id == "0003 211"
        world.execute("DELETE FROM receptions")
    for called in ("0003*219", "210", "401234", "05550100", "", "anonymous"):
        assert ring(world, called) is Turned.NO_SUCH_NUMBER


def test_an_extension_that_may_not_fax_does_not_answer(world: World) -> None:
    world.execute("UPDATE extensions SET fax_enabled = 0 WHERE number = '0003*210'")
    assert ring(world) is Turned.NO_FAX
    world.execute("UPDATE accounts SET enabled = 0 WHERE name = 'other'")
    assert ring(world, "0004*210") is Turned.NO_FAX


def test_an_extension_is_busy_with_as_many_calls_as_it_may_have(world: World, fax: Path) -> None:
    first, _ = answered(world), answered(world)
    assert ring(world) is Turned.BUSY
    assert isinstance(ring(world, "0003*211"), Reception), "another is not"
    come(world, first, fax, 2, last=True)
    world.run(at_work(world).settle(first, Recorded()))
    assert isinstance(ring(world), Reception)


def test_the_channels_of_a_trunk_are_for_calls_of_either_way(world: World) -> None:
    desk = Desk(world)
    desk.ways = ("carrier",)
    desk.far_ends["5550100"] = [dies]
    desk.send("5550100")
    desk.step()
    with pytest.raises(asyncio.CancelledError):
        desk.step()  # and the call is up
    world.execute("UPDATE deliveries SET trunk = 'carrier'")
    first, _ = answered(world), answered(world, "0003*211")
    assert ring(world, "0003*211") is Turned.FULL
    world.run(at_work(world).settle(first, Recorded()))
    assert isinstance(ring(world, "0003*211"), Reception)


def test_a_fax_that_came_is_in_the_inbox_and_told(world: World, fax: Path) -> None:
    reception = answered(world)
    come(world, reception, fax, 2, last=True)
    world.run(at_work(world).settle(reception, Recorded()))
    (view,) = received(world)
    assert view == InboxView(
        id=1,
        extension="0003*210",
        sender="+49401234",
        received_at=NOW,
        read_at=None,
        pages=2,
        document=view.document,
        complete=True,
        called="0003*210",
        far_station_id="+49 40 1234",
        bits_per_second=9600,
        bad_rows=4,
        sip_call_id="call@carrier",
    )
    assert same_pages(fax, kept(world.folder, view.document.sha256))
    assert not reception.file.exists()
    assert world.column("SELECT count(*) FROM receptions") == [0]
    assert world.staged() == []
    (event,) = world.db.read(events.events_of, [1])
    assert (event.kind, event.inbox_id, event.facts) == (
        EventKind.RECEIVED,
        1,
        {"sender": "+49401234", "pages": 2, "complete": True},
    )


def test_what_came_is_shown_with_its_call(world: World, fax: Path) -> None:
    reception = answered(world)
    come(world, reception, fax, 1, last=False)
    world.run(at_work(world).settle(reception, Recorded()))
    shown = world.ask("GET", "/uapi/inbox/@me/0003*210/1", world.bob).json()
    call = {name: shown[name] for name in ("called", "farStationId", "bitsPerSecond", "badRows", "callId", "complete")}
    assert call == {
        "called": "0003*210",
        "farStationId": "+49 40 1234",
        "bitsPerSecond": 9600,
        "badRows": 2,
        "callId": "call@carrier",
        "complete": False,
    }
    cut_off = world.ask("GET", "/uapi/inbox/@me/0003*210?filterBy=complete&filterValue=false", world.bob).json()
    assert [entry["id"] for entry in cut_off["entry"]] == ["1"]
    for document in ("document.pdf", "document.tif", "pages/1.png", "pages/2.png"):
        assert world.ask("GET", f"/uapi/inbox/@me/0003*210/1/{document}", world.bob).status_code == 200


def test_a_hook_is_told(world: World, fax: Path) -> None:
    world.execute(
        "INSERT INTO hooks (extension_id, type, url, method, status, note, secret, modified_at)"
        " SELECT extensions.id, 2, 'https://a.example/', 2, 1, '', 0, '2026-02-03T04:05:06.000000+00:00'"
        " FROM extensions WHERE number = '0003*210'"
    )
    reception = answered(world)
    come(world, reception, fax, 2, last=True)
    world.run(at_work(world).settle(reception, Recorded()))
    assert world.column("SELECT count(*) FROM notices WHERE event_id = 1") == [1]
    assert world.column("SELECT count(*) FROM workflow_status WHERE queue_name = 'notify'") == [1]


def test_to_settle_again_changes_nothing(world: World, fax: Path) -> None:
    reception = answered(world)
    come(world, reception, fax, 2, last=True)
    for _ in range(2):
        world.run(at_work(world).settle(reception, Recorded()))
        shutil.copyfile(fax, reception.file)
    assert len(received(world)) == 1
    world.run(at_work(world).keep_what_was_left())
    assert (len(received(world)), reception.file.exists()) == (1, False)


def test_a_call_without_a_page_leaves_nothing(world: World) -> None:
    reception = answered(world)
    reception.file.write_bytes(b"II*\0\0\0\0\0")  # what libspandsp leaves before the first page
    world.run(at_work(world).settle(reception, Recorded()))
    world.run(at_work(world).settle(answered(world), Recorded()))
    assert (received(world), reception.file.exists()) == ([], False)
    assert world.column("SELECT count(*) FROM receptions") == [0]


@pytest.mark.parametrize(("pages", "last"), [(1, False), (2, True)])
def test_what_a_crash_has_left_is_kept_at_the_next_start(world: World, fax: Path, pages: int, last: bool) -> None:
    come(world, answered(world), fax, pages, last=last)
    answered(world, "0003*211")
    world.run(at_work(world).keep_what_was_left())
    (view,) = received(world)
    assert (view.complete, view.pages, view.extension) == (last, 2, "0003*210")
    assert world.column("SELECT count(*) FROM receptions") == [0]


def test_what_a_caller_says_of_himself_is_kept_in_bounds(world: World, fax: Path) -> None:
    call = IncomingCall("carrier", "0003*210", "x" * 60_000, "y" * 60_000)
    reception = world.run(at_work(world).admit(call))
    assert isinstance(reception, Reception)
    come(world, reception, fax, 2, last=True)
    world.run(at_work(world).settle(reception, Recorded()))
    (view,) = received(world)
    assert (view.sender, view.sip_call_id) == ("x" * 200, "y" * 200)


def test_a_page_that_is_in_no_file_is_not_counted(world: World, fax: Path) -> None:
    reception = answered(world)
    shutil.copyfile(fax, reception.file)
    page = PageIn(3, last=True, bad_rows=0, far_station_id=None, bits_per_second=None)
    with pytest.raises(PageMissing):
        world.run(at_work(world).keep_page(reception, page))
    reception.file.write_bytes(b"no TIFF at all")
    with pytest.raises(DamagedPages):
        world.run(at_work(world).keep_page(reception, page))
    assert world.column("SELECT pages FROM receptions") == [0]


def test_a_page_of_a_call_that_was_settled_is_not_confirmed(world: World, fax: Path) -> None:
    reception = answered(world)
    come(world, reception, fax, 1, last=False)
    world.run(at_work(world).keep_what_was_left())
    with pytest.raises(PageMissing):
        come(world, reception, fax, 2, last=True)


def test_a_file_that_cannot_be_read_is_put_aside(world: World) -> None:
    reception = answered(world)
    reception.file.write_bytes(b"no TIFF at all")
    world.run(at_work(world).settle(reception, Recorded()))
    assert (received(world), reception.file.with_suffix(".damaged").exists()) == ([], True)
    world.run(at_work(world).keep_what_was_left())
    assert reception.file.with_suffix(".damaged").exists()


ENTRIES = (Entry(0.0, Layer.SIP, Way.IN, "INVITE sip:0003*210@192.0.2.9\nCSeq: 1 INVITE"),)


def test_what_was_recorded_is_kept_with_the_fax_and_forgotten_in_time(world: World, fax: Path) -> None:
    reception = answered(world)
    come(world, reception, fax, 2, last=True)
    world.run(at_work(world).settle(reception, Recorded(ENTRIES, b"packets")))
    at = "/uapi/inbox/@me/0003*210/1"
    text = world.ask("GET", f"{at}/transcript", world.bob).text
    assert text.startswith("Fax 1, received 2026-02-03 04:05:06 UTC\n")
    assert text.splitlines()[-2:] == ["0.000 < INVITE sip:0003*210@192.0.2.9", "CSeq: 1 INVITE"]
    told = world.ask("GET", f"{at}/transcript", world.bob, headers={"Accept": "application/json"}).json()
    assert told == {"entries": [{"at": 0.0, "layer": "sip", "way": "in", "text": ENTRIES[0].text}]}
    assert world.ask("GET", f"{at}/packets.pcap.gz", world.bob).content == b"packets"
    for what in ("transcript", "packets.pcap.gz"):
        assert world.ask("GET", f"{at}/{what}", world.charlie).status_code in {401, 404}
    world.run(Records(world.db, 1, lambda: world.now).forget())
    assert world.ask("GET", f"{at}/transcript", world.bob).status_code == 200
    world.run(Records(world.db, 1, lambda: world.now + timedelta(days=2)).forget())
    for what in ("transcript", "packets.pcap.gz"):
        assert world.ask("GET", f"{at}/{what}", world.bob).status_code == 404
    assert world.ask("GET", at, world.bob).status_code == 200


def missed_calls(world: World) -> list[dict[str, str]]:
    found: list[dict[str, str]] = world.ask("GET", "/admin/missed-calls", world.root).json()["entry"]
    return found


def test_a_call_that_brought_nothing_is_a_missed_call_with_its_record(world: World) -> None:
    reception = answered(world)
    world.now = NOW + timedelta(seconds=45)
    world.run(at_work(world).settle(reception, Recorded(ENTRIES, b"packets", Outcome.NOT_A_FAX)))
    assert world.column("SELECT count(*) FROM inbox_records") == [0]
    (call,) = missed_calls(world)
    assert (call["reason"], call["caller"], call["called"]) == ("not_a_fax", "+49401234", "0003*210")
    assert (call["begunAt"], call["missedAt"]) == ("2026-02-03T04:05:06Z", "2026-02-03T04:05:51Z")
    at = f"/admin/missed-calls/{call['id']}"
    assert world.ask("GET", f"{at}/transcript", world.root).text.splitlines()[-1] == "CSeq: 1 INVITE"
    assert world.ask("GET", f"{at}/packets.pcap.gz", world.root).content == b"packets"
    for who in (world.alice, world.bob, world.charlie):
        for what in ("", f"/{call['id']}/transcript", f"/{call['id']}/packets.pcap.gz"):
            assert world.ask("GET", f"/admin/missed-calls{what}", who).status_code == 401
    world.run(Records(world.db, 1, lambda: world.now + timedelta(days=2)).forget())
    assert missed_calls(world) == []


def test_a_call_that_is_refused_or_cut_off_by_our_own_end_leaves_what_is_known_of_it(world: World) -> None:
    ring(world, "0003*219")
    answered(world)
    world.run(at_work(world).keep_what_was_left())
    lost, refused = missed_calls(world)
    assert (lost["reason"], refused["reason"], refused["called"]) == ("lost", "no_such_number", "0003*219")
    told = world.ask("GET", f"/admin/missed-calls/{lost['id']}/transcript", world.root)
    assert told.text.splitlines()[:2] == [f"Missed call {lost['id']}, begun 2026-02-03 04:05:06 UTC", "lost"]
    for unknown in ("4711", "x"):
        assert world.ask("GET", f"/admin/missed-calls/{unknown}/transcript", world.root).status_code == 404
    assert world.ask("GET", f"/admin/missed-calls/{lost['id']}/packets.pcap.gz", world.root).status_code == 404


def test_of_calls_that_brought_nothing_the_newest_are_kept(world: World) -> None:
    ring(world, "0003*219")
    ring(world, "0003*218")
    world.execute(f"UPDATE missed_calls SET id = {KEPT_AT_MOST + 1} WHERE called = '0003*218'")
    world.run(Records(world.db, 1, lambda: world.now).forget())
    assert [call["called"] for call in missed_calls(world)] == ["0003*218"]
