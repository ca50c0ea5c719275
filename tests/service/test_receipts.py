"""Receipts of deliveries that have come to every sort of end: what they prove, and what not."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk import PAGES, Desk, ends
from tests.papers import a_page
from tests.world import NOW, a_world
from unifax.model.errors import Forged, NoReceiptYet, NotFound
from unifax.model.evidence import Decision
from unifax.model.outcome import Outcome
from unifax.model.receipt import CallSaid, Proof, Receipt, flaws_of, pages_of, proof_of, summary_of
from unifax.service import control
from unifax.service.receipts import KIND, read_receipt, receipt

NUMBER = "7778888"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_world(tmp_path) as world:
        yield Desk(world)


def signed(desk: Desk, fax_id: int, position: str = "1") -> str:
    world = desk.world
    who = (world.bob.viewer, "@me", "0003*210", str(fax_id), position)
    return world.db.read(receipt, world.receipt_keys, desk.now, *who)


def the_receipt(desk: Desk, fax_id: int, position: str = "1") -> Receipt:
    return read_receipt(signed(desk, fax_id, position), desk.world.receipt_keys.public())


def test_a_fax_that_was_sent_in_two_calls_is_proved_page_by_page(desk: Desk) -> None:
    desk.far_ends[NUMBER] = [ends(Outcome.DROPPED, 2), ends(Outcome.SENT, 1)]
    fax = desk.finish(desk.send(NUMBER))
    told = the_receipt(desk, fax.id)
    assert proof_of(told) is Proof.SENT
    assert (told.fax.id, told.fax.uid, told.fax.extension, told.fax.pages) == (str(fax.id), fax.uid, "0003*210", PAGES)
    assert fax.document is not None
    assert told.fax.document == fax.document.sha256
    [file] = told.fax.files
    assert (file.name, file.bytes, len(file.sha256)) == ("letter.txt", 8, 64)
    assert [[page.page for page in call.pages] for call in told.calls] == [[1, 2], [3]]
    assert [page.sha256 for page in pages_of(told)] == [a_page(page).sha256 for page in range(PAGES)]
    assert (
        told.summary == summary_of(told) == f"Fax 1 of 0003*210 to {NUMBER}: sent. The machine that answered"
        " confirmed 3 of 3 pages."
    )


def test_a_fax_that_failed_has_a_receipt_that_says_so(desk: Desk) -> None:
    desk.far_ends[NUMBER] = [ends(Outcome.DROPPED, 1), ends(Outcome.NO_SUCH_NUMBER)]
    told = the_receipt(desk, desk.finish(desk.send(NUMBER)).id)
    assert proof_of(told) is Proof.NOT_SENT
    assert "failed (the number does not exist). 1 of 3 pages were confirmed; it was not delivered whole" in told.summary


def test_an_uncertain_fax_has_a_receipt_that_says_what_is_not_known(desk: Desk) -> None:
    desk.far_ends[NUMBER] = [ends(Outcome.UNCERTAIN, 2)]
    fax = desk.finish(desk.send(NUMBER))
    told = the_receipt(desk, fax.id)
    assert proof_of(told) is Proof.UNCERTAIN
    assert "It is not proved that the whole fax arrived, nor that it did not." in told.summary
    who = (desk.world.bob.viewer, "@me", "0003*210", str(fax.id), "1", {"decision": "arrived"})
    desk.world.db.write(control.decide, desk.world.queue, desk.now, *who)
    told = the_receipt(desk, fax.id)
    assert (proof_of(told), told.recipient.decision) == (Proof.UNCERTAIN, Decision.ARRIVED)
    assert "that is his word" in told.summary


def test_a_fax_to_an_extension_of_ours_was_handed_over(desk: Desk) -> None:
    told = the_receipt(desk, desk.finish(desk.send("0003*211")).id)
    assert proof_of(told) is Proof.SENT
    assert "no call was made" in told.summary


def test_before_its_end_a_delivery_has_no_receipt(desk: Desk) -> None:
    fax_id = desk.send(NUMBER)
    with pytest.raises(NoReceiptYet):
        signed(desk, fax_id)
    for position in ("0", "2"):
        with pytest.raises(NotFound):
            signed(desk, fax_id, position)


def test_a_page_without_evidence_is_named(desk: Desk) -> None:
    desk.far_ends[NUMBER] = [ends(Outcome.SENT, PAGES)]
    fax_id = desk.finish(desk.send(NUMBER)).id
    desk.world.execute("DELETE FROM page_evidence WHERE page = 1")
    assert "Of page 2 there is no more evidence than that it was confirmed." in the_receipt(desk, fax_id).summary


def test_what_the_far_machine_calls_itself_is_told_as_its_own_word(desk: Desk) -> None:
    desk.far_ends[NUMBER] = [ends(Outcome.SENT, PAGES)]
    fax_id = desk.finish(desk.send(NUMBER)).id
    desk.world.execute("UPDATE calls SET far_station_id = '+49 7778888'")
    assert the_receipt(desk, fax_id).summary.endswith("It called itself '+49 7778888', which nobody has checked.")


def test_a_receipt_that_contradicts_itself_is_refused(desk: Desk) -> None:
    desk.far_ends[NUMBER] = [ends(Outcome.SENT, PAGES)]
    told = the_receipt(desk, desk.finish(desk.send(NUMBER)).id)
    assert not flaws_of(told)
    fewer = told.recipient.model_copy(update={"pages_confirmed": 2})
    [call] = told.calls
    strange = call.pages[0].model_copy(update={"page": 9})
    for wrong in (
        told.model_copy(update={"recipient": fewer}),
        told.model_copy(update={"calls": (call.model_copy(update={"pages": (strange,)}),)}),
        told.model_copy(update={"calls": (call.model_copy(update={"pages_confirmed": 1}),)}),
    ):
        keys = desk.world.receipt_keys
        with pytest.raises(Forged, match="contradicts itself"):
            read_receipt(keys.sign(KIND, wrong.model_dump_json(by_alias=True).encode()), keys.public())


@pytest.mark.parametrize("payload", [b"", b"{}", b"[]", b'{"version": 2}', b"\xff"])
def test_what_is_signed_and_no_receipt_is_refused(desk: Desk, payload: bytes) -> None:
    keys = desk.world.receipt_keys
    with pytest.raises(Forged, match="no receipt"):
        read_receipt(keys.sign(KIND, payload), keys.public())


def test_a_call_that_brought_nothing_has_no_pages() -> None:
    call = CallSaid(number=1, started_at=NOW, pages_confirmed=0)
    assert call.model_dump(by_alias=True, exclude_none=True) == {
        "number": 1,
        "startedAt": NOW,
        "pagesConfirmed": 0,
        "pages": (),
    }
