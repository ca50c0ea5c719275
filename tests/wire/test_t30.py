"""Whole faxes over T.38 on a made-up clock: exact pages through bad links, and the truth when something goes wrong."""

import random
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.faxes import dense_page, same_pages, text_fax, text_page, write_fax
from tests.terminals import THERE, FaxCall, alone, receives, sends
from unifax.documents.pages import read_pages
from unifax.documents.strips import read_strips
from unifax.model.evidence import PageEvidence
from unifax.model.manner import Modem
from unifax.model.outcome import Outcome
from unifax.model.paper import RASTERS, Resolution
from unifax.wire._spandsp import ffi, lib
from unifax.wire.coded_page import code_page
from unifax.wire.t30 import (
    FROM_T30,
    Event,
    Frame,
    LastPageOut,
    Negotiated,
    PageConfirmed,
    PageReceived,
    PageRefused,
    PageSending,
    Terminal,
    TerminalOptions,
)

MCF = bytes.fromhex("c00180000031")
"The IFP packet of an MCF's control field (T.38 sends octets with their bits reversed: 0x31 is 0x8C)."


@pytest.fixture(scope="module")
def one_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return text_fax(tmp_path_factory.mktemp("documents") / "one.tif")


@pytest.fixture(scope="module")
def three_pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return text_fax(tmp_path_factory.mktemp("documents") / "three.tif", pages=3)


@pytest.fixture
def received(tmp_path: Path) -> Path:
    return tmp_path / "received.tif"


def answers(fcf: int, nth: int) -> Callable[[bytes], bytes]:
    """Return what turns the nth MCF that comes in into another answer (bits reversed, as in T.38)."""
    seen = 0

    def alter(ifp: bytes) -> bytes:
        nonlocal seen
        seen += ifp == MCF
        return MCF[:-1] + bytes((fcf,)) if ifp == MCF and seen == nth else ifp

    return alter


def assert_arrived(call: FaxCall, document: Path, received: Path, pages: int) -> None:
    assert call.run()
    sender, receiver = call.sender, call.receiver
    assert same_pages(document, received, call.sender.terminal.options.first_page)
    assert sender.terminal.all_confirmed
    assert receiver.terminal.all_confirmed
    assert sender.terminal.proven is Outcome.SENT
    assert sender.finished is not None
    assert sender.finished.code == 0
    assert sender.finished.pages_sent == sender.terminal.pages_confirmed == pages
    assert receiver.finished is not None
    assert receiver.finished.pages_received == pages


def told(event: Event) -> Event:
    """Return an event without the evidence of a page, which has tests of its own."""
    return replace(event, evidence=None) if isinstance(event, PageConfirmed) else event


# Faxes that arrive


@pytest.mark.parametrize("ecm", [True, False])
def test_three_pages_arrive_as_they_were_sent(three_pages: Path, received: Path, ecm: bool) -> None:
    call = FaxCall(sends(three_pages, ecm=ecm), receives(received))
    assert_arrived(call, three_pages, received, 3)
    assert call.sender.all(Negotiated) == [Negotiated("+49 7778888", 14400, ecm, "MMR" if ecm else "MR")]
    assert call.receiver.all(Negotiated) == [Negotiated("0003 210", 14400, ecm, "MMR" if ecm else "MR")]
    assert call.receiver.all(PageReceived) == [
        PageReceived(page, 1728, 300, 0, 14400, last=page == 2) for page in range(3)
    ]


def test_events_of_a_sender_come_in_the_order_of_a_fax(three_pages: Path, received: Path) -> None:
    call = FaxCall(sends(three_pages), receives(received))
    assert call.run()
    story = [
        told(event) for event in call.sender.happened if isinstance(event, PageSending | PageConfirmed | LastPageOut)
    ]
    assert story == [
        PageSending(0),
        PageConfirmed(0, "MCF", 14400),
        PageSending(1),
        PageConfirmed(1, "MCF", 14400),
        PageSending(2),
        LastPageOut(),
        PageConfirmed(2, "MCF", 14400),
    ]


def test_frames_are_told_for_the_transcript(one_page: Path, received: Path) -> None:
    call = FaxCall(sends(one_page), receives(received))
    assert call.run()
    assert [("> " if frame.outgoing else "< ") + frame.name for frame in call.sender.all(Frame)] == [
        *("< CSI", "< DIS", "> TSI", "> DCS", "< CFR", "> PPS-EOP", "< MCF", "> DCN")
    ]


def test_a_receiver_without_ecm_has_its_way(one_page: Path, received: Path) -> None:
    call = FaxCall(sends(one_page), receives(received, ecm=False))
    assert_arrived(call, one_page, received, 1)
    assert not call.sender.all(Negotiated)[0].ecm


def test_a_later_call_begins_with_the_first_unconfirmed_page(three_pages: Path, received: Path) -> None:
    call = FaxCall(sends(three_pages, first_page=1), receives(received))
    assert_arrived(call, three_pages, received, 2)
    assert [event.page for event in call.sender.all(PageConfirmed)] == [1, 2]


def test_pages_of_different_sizes_arrive(tmp_path: Path, received: Path) -> None:
    document = write_fax(tmp_path / "mixed.tif", [text_page(1), text_page(2, width=2048), text_page(3)])
    assert_arrived(FaxCall(sends(document), receives(received)), document, received, 3)


def test_a_page_of_many_ecm_blocks_arrives(tmp_path: Path, received: Path) -> None:
    document = write_fax(tmp_path / "dense.tif", [dense_page(1, rows=700), text_page(2)])
    assert document.stat().st_size > 2 * 256 * 256  # a block is at most 256 frames of 256 octets (T.4 A.3.5)
    call = FaxCall(sends(document), receives(received), loss=0.02)
    assert_arrived(call, document, received, 2)
    assert len(call.sender.all(PageConfirmed)) == 2


@pytest.mark.parametrize("ecm", [True, False])
@pytest.mark.parametrize("loss", [0.02, 0.05, 0.1])
def test_random_loss_costs_no_pixel(three_pages: Path, received: Path, loss: float, ecm: bool) -> None:
    call = FaxCall(sends(three_pages, ecm=ecm), receives(received), loss=loss, seed=3)
    assert_arrived(call, three_pages, received, 3)
    assert call.receiver.terminal.counters["recovered"] > 0


@pytest.mark.parametrize("paced", [True, False])
def test_reordering_and_repetition_cost_no_pixel(three_pages: Path, received: Path, paced: bool) -> None:
    call = FaxCall(
        sends(three_pages, paced=paced), receives(received, paced=paced), jitter=0.06, duplicate=0.2, loss=0.02
    )
    assert_arrived(call, three_pages, received, 3)


def test_without_redundancy_patience_saves_a_fax_from_reordering(three_pages: Path, tmp_path: Path) -> None:
    """Why Udptl keeps packets back: libspandsp takes what comes late for repeated, and drops it."""
    patient = FaxCall(sends(three_pages), receives(tmp_path / "patient.tif"), depth=0, jitter=0.06)
    assert_arrived(patient, three_pages, tmp_path / "patient.tif", 3)
    hasty = FaxCall(sends(three_pages), receives(tmp_path / "hasty.tif"), depth=0, patience=0, jitter=0.06)
    assert hasty.run()
    assert not hasty.sender.terminal.all_confirmed


@pytest.mark.parametrize("modem", [Modem.V29, Modem.V27TER])
def test_a_slow_machine_gets_its_fax_slowly(one_page: Path, received: Path, modem: Modem) -> None:
    options = TerminalOptions(calling=False, station_id="", send=None, receive=received, modem=modem)
    call = FaxCall(sends(one_page), options)
    assert_arrived(call, one_page, received, 1)
    assert call.sender.all(Negotiated) == [Negotiated(None, modem.bits_per_second, True, "MMR")]


def test_a_machine_without_fine_resolution_is_told_nothing_it_cannot_take(one_page: Path, received: Path) -> None:
    options = TerminalOptions(calling=False, station_id="1", send=None, receive=received, fine=False)
    call = FaxCall(sends(one_page), options)
    assert call.run()
    assert call.sender.finished is not None
    assert FROM_T30[call.sender.finished.code] is Outcome.INCOMPATIBLE
    assert call.sender.terminal.proven is None


WIDTHS = {204.0: (1728, 2048, 2432), 300.0: (2592, 3072, 3648), 408.0: (3456, 4096, 4864)}
"Columns of A4, B4 and A3 (T.4 2.1, annex E)."


@pytest.mark.parametrize("resolution", Resolution)
@pytest.mark.parametrize("size", range(3), ids=["A4", "B4", "A3"])
def test_pages_of_every_resolution_and_width_arrive_exactly(
    tmp_path: Path, received: Path, resolution: Resolution, size: int
) -> None:
    raster = RASTERS[resolution]
    width = WIDTHS[raster.x_dpi][size]
    pages = [text_page(number, rows=120, width=width) for number in (1, 2)]
    document = write_fax(tmp_path / "fax.tif", pages, (raster.x_dpi, raster.y_dpi))
    assert_arrived(FaxCall(sends(document), receives(received)), document, received, 2)
    for sent, found in zip(read_pages(document), read_pages(received), strict=True):
        assert (found.x_dpi, found.y_dpi) == pytest.approx((sent.x_dpi, sent.y_dpi), rel=0.01)


# Without pacing


def test_between_our_own_ends_a_page_takes_a_second(three_pages: Path, received: Path) -> None:
    call = FaxCall(sends(three_pages, paced=False), receives(received, paced=False))
    assert_arrived(call, three_pages, received, 3)
    assert call.link.now < 3


@pytest.mark.parametrize(("sender_paced", "receiver_paced"), [(True, False), (False, True)])
def test_one_end_without_pacing_is_enough_of_a_difference(
    one_page: Path, received: Path, sender_paced: bool, receiver_paced: bool
) -> None:
    call = FaxCall(sends(one_page, paced=sender_paced), receives(received, paced=receiver_paced))
    assert_arrived(call, one_page, received, 1)


def test_a_huge_page_leaves_in_small_bursts_and_does_not_outlast_timers(tmp_path: Path, received: Path) -> None:
    document = write_fax(tmp_path / "huge.tif", [dense_page(1, rows=2200)])
    call = FaxCall(sends(document, paced=False), receives(received, paced=False))
    assert_arrived(call, document, received, 1)
    moments: dict[int, int] = {}
    for sent in call.link.sent:
        if sent.destination == THERE:
            moments[round(sent.at / 0.02)] = moments.get(round(sent.at / 0.02), 0) + 1
    assert max(moments.values()) <= lib.MEDIA_BURST + 2  # the last packet of a burst may be one of three copies


# Nothing is called sent that may not be


def test_a_lost_last_confirmation_is_uncertain(one_page: Path, received: Path) -> None:
    call = FaxCall(sends(one_page), receives(received))
    call.link.lose = lambda sent: sent.source == THERE and bool(call.sender.all(LastPageOut))
    assert call.run()
    assert same_pages(one_page, received)
    assert call.sender.all(PageConfirmed) == []
    assert call.sender.terminal.last_page_unconfirmed
    assert call.sender.terminal.proven is Outcome.UNCERTAIN
    assert call.receiver.terminal.all_confirmed


@pytest.mark.parametrize(("name", "fcf"), [("RTN", 0x32), ("PIN", 0x34)])
def test_a_page_refused_without_ecm_is_sent_again_and_confirmed(
    three_pages: Path, received: Path, name: str, fcf: int
) -> None:
    call = FaxCall(sends(three_pages, ecm=False), receives(received))
    call.sender.alter = answers(fcf, nth=2)
    assert call.run()
    story = [
        told(event) for event in call.sender.happened if isinstance(event, PageSending | PageConfirmed | PageRefused)
    ]
    assert story == [
        PageSending(0),
        PageConfirmed(0, "MCF", 14400),
        PageSending(1),
        PageRefused(1, name),
        PageSending(1),
        PageConfirmed(1, "MCF", 12000),
        PageSending(2),
        PageConfirmed(2, "MCF", 12000),
    ]
    assert call.sender.terminal.all_confirmed
    assert len(call.receiver.all(PageReceived)) == 4  # this receiver had in truth confirmed the page


@pytest.mark.parametrize("ecm", [True, False])
@pytest.mark.parametrize(("name", "fcf"), [("RTN", 0x32), ("PIN", 0x34), ("?FF", 0xFF)])
def test_a_last_page_refused_is_not_sent_whatever_the_code_says(
    three_pages: Path, received: Path, name: str, fcf: int, ecm: bool
) -> None:
    call = FaxCall(sends(three_pages, ecm=ecm), receives(received))
    call.sender.alter = answers(fcf, nth=3)
    assert call.run()
    assert call.sender.all(PageRefused) == [PageRefused(2, name)]
    assert not call.sender.terminal.all_confirmed
    assert not call.sender.terminal.last_page_unconfirmed
    assert call.sender.terminal.proven is Outcome.PAGE_REFUSED
    assert call.sender.finished is not None
    assert call.sender.finished.pages_sent == 2
    if not ecm and name != "?FF":
        assert call.sender.finished.code == 0  # libspandsp 0.0.6 calls this good


# Evidence


def evidence(call: FaxCall) -> list[PageEvidence]:
    """Return what the sender knows of the pages that were confirmed."""
    return [event.evidence for event in call.sender.all(PageConfirmed) if event.evidence is not None]


@pytest.mark.parametrize(("ecm", "coding"), [(True, "MMR"), (False, "MR")])
def test_a_confirmed_page_has_evidence_of_what_went_out(
    three_pages: Path, received: Path, ecm: bool, coding: str
) -> None:
    call = FaxCall(sends(three_pages, ecm=ecm), receives(received))
    assert_arrived(call, three_pages, received, 3)
    for page, known in enumerate(evidence(call)):
        again = code_page(three_pages, page, coding, known.row_bits)
        assert again is not None
        assert (known.page, known.answer, known.coding, known.ecm) == (page, "MCF", coding, ecm)
        assert (known.bits, known.sha256) == (again.bits, again.sha256)
        assert (known.columns, known.rows, known.rows_per_metre, known.bits_per_second) == (1728, 300, 7700, 14400)
        assert (known.times_sent, known.repeat_requests, known.blocks_resent) == (1, 0, 0)
    assert len({known.sha256 for known in evidence(call)}) == 3


def test_evidence_counts_what_the_far_machine_wanted_again(three_pages: Path, received: Path) -> None:
    call = FaxCall(sends(three_pages), receives(received), loss=0.02, depth=0, seed=1)
    assert_arrived(call, three_pages, received, 3)
    assert sum(known.repeat_requests for known in evidence(call)) == len(
        [frame for frame in call.sender.all(Frame) if frame.name == "PPR"]
    )
    assert all(0 < known.repeat_requests <= known.blocks_resent < known.bits / 8 / 256 for known in evidence(call))


def test_evidence_counts_how_often_a_page_was_sent(three_pages: Path, received: Path) -> None:
    call = FaxCall(sends(three_pages, ecm=False), receives(received))
    call.sender.alter = answers(0x32, nth=2)  # RTN
    assert call.run()
    assert [known.times_sent for known in evidence(call)] == [1, 2, 1]
    assert [known.bits_per_second for known in evidence(call)] == [14400, 12000, 12000]


def test_a_page_accepted_with_new_training_is_confirmed(three_pages: Path, received: Path) -> None:
    call = FaxCall(sends(three_pages, ecm=False), receives(received))
    call.sender.alter = answers(0x33, nth=2)
    assert_arrived(call, three_pages, received, 3)
    assert [event.answer for event in call.sender.all(PageConfirmed)] == ["MCF", "RTP", "MCF"]


def test_a_hang_up_instead_of_the_last_confirmation_is_uncertain(three_pages: Path, received: Path) -> None:
    call = FaxCall(sends(three_pages), receives(received))
    call.sender.alter = answers(0x5F, nth=3)  # DCN
    assert call.run()
    assert call.sender.terminal.proven is Outcome.UNCERTAIN
    assert call.sender.finished is not None
    assert call.sender.finished.code != 0


def test_a_far_side_that_leaves_after_the_last_confirmation_leaves_it_confirmed(one_page: Path, received: Path) -> None:
    call = FaxCall(sends(one_page), receives(received))
    assert call.link.run(300, lambda: bool(call.sender.all(PageConfirmed)))
    call.sender.terminal.hang_up(call.link.now)
    call.sender.wake(call.link.now)
    assert call.sender.finished is not None
    assert call.sender.terminal.proven is Outcome.SENT


# Both ends come to an end


@pytest.mark.parametrize("page_seconds", [0.3, 3.0, 8.0])
def test_a_far_side_that_vanishes_is_noticed_by_both(one_page: Path, received: Path, page_seconds: float) -> None:
    call = FaxCall(sends(one_page), receives(received))
    assert call.link.run(300, lambda: bool(call.sender.all(PageSending)))
    call.link.run(page_seconds)
    call.link.lose = lambda sent: True
    assert call.run(120)
    assert not call.sender.terminal.all_confirmed
    for end in (call.sender, call.receiver):
        assert end.finished is not None
        assert end.terminal.next_wake() is None


def test_nobody_there_is_not_a_fax(one_page: Path, received: Path) -> None:
    call = FaxCall(sends(one_page), receives(received), lose=lambda sent: True)
    assert call.run(120)
    assert call.sender.finished is not None
    assert FROM_T30[call.sender.finished.code] is Outcome.NOT_A_FAX


@pytest.mark.parametrize("content", [None, b"", b"no TIFF at all"])
def test_a_document_that_cannot_be_read_is_the_documents_fault(
    tmp_path: Path, received: Path, content: bytes | None
) -> None:
    document = tmp_path / "document.tif"
    if content is not None:
        document.write_bytes(content)
    call = FaxCall(sends(document), receives(received))
    assert call.run()
    assert call.sender.finished is not None
    assert FROM_T30[call.sender.finished.code] is Outcome.DOCUMENT


def test_a_hang_up_ends_at_once_and_says_so_once(one_page: Path, received: Path) -> None:
    call = FaxCall(sends(one_page), receives(received))
    call.link.run(15)
    for end in (call.sender, call.receiver):
        end.terminal.hang_up(call.link.now)
        end.terminal.hang_up(call.link.now)
        end.wake(call.link.now)
        assert [event.code for event in end.happened if event is end.finished] == [lib.T30_ERR_CALLDROPPED]
        assert end.terminal.next_wake() is None
    assert call.sender.terminal.proven is None


# The moment before the question after the last page


@pytest.mark.parametrize("paced", [True, False])
def test_two_seconds_until_release_do_no_harm(three_pages: Path, received: Path, paced: bool) -> None:
    options = sends(three_pages, paced=paced), receives(received, paced=paced)
    call = FaxCall(*options, pause=2.0, receiver_pause=2.0)
    assert_arrived(call, three_pages, received, 3)


@pytest.mark.parametrize("ecm", [True, False])
@pytest.mark.parametrize("paced", [True, False])
def test_a_page_that_takes_longer_to_keep_than_its_sender_waits_is_confirmed_when_it_is_asked_about_again(
    three_pages: Path, received: Path, paced: bool, ecm: bool
) -> None:
    """Longer than T4, 3.45 s: the question comes again before its answer is out."""
    call = FaxCall(sends(three_pages, paced=paced), receives(received, paced=paced, ecm=ecm), receiver_pause=4.0)
    assert_arrived(call, three_pages, received, 3)
    assert sum(frame.name.endswith("EOP") for frame in call.receiver.all(Frame)) == 2


@pytest.mark.parametrize("ecm", [True, False])
@pytest.mark.parametrize("paced", [True, False])
def test_before_release_the_far_side_cannot_know_of_the_last_question(
    one_page: Path, received: Path, paced: bool, ecm: bool
) -> None:
    call = FaxCall(sends(one_page, paced=paced, ecm=ecm), receives(received, paced=paced), pause=None)
    assert call.link.run(60, lambda: bool(call.sender.all(LastPageOut)))
    call.link.run(2.0)
    assert not {frame.name for frame in call.receiver.all(Frame)} & {"EOP", "PPS-EOP"}
    assert call.sender.terminal.next_wake() is None
    assert call.sender.terminal.datagrams_to_send() == []
    before = call.sender.terminal.proven
    call.sender.terminal.release(call.link.now)
    assert (before, call.sender.terminal.proven) == (None, Outcome.UNCERTAIN)
    assert_arrived(call, one_page, received, 1)


def test_a_hang_up_before_release_proves_that_nothing_arrived(one_page: Path, received: Path) -> None:
    call = FaxCall(sends(one_page), receives(received), pause=None)
    assert call.link.run(60, lambda: bool(call.sender.all(LastPageOut)))
    terminal = call.sender.terminal
    terminal.datagrams_to_send()
    terminal.hang_up(call.link.now)
    terminal.release(call.link.now)
    assert terminal.datagrams_to_send() == []
    assert terminal.proven is None


# The moment before a page that came in is confirmed


@pytest.mark.parametrize("ecm", [True, False])
@pytest.mark.parametrize("paced", [True, False])
def test_before_release_the_far_side_cannot_know_that_a_page_has_come(
    three_pages: Path, received: Path, paced: bool, ecm: bool
) -> None:
    call = FaxCall(sends(three_pages, paced=paced, ecm=ecm), receives(received, paced=paced), receiver_pause=None)
    sender = call.sender.terminal
    for page in range(3):
        assert call.link.run(60, lambda: len(call.receiver.all(PageReceived)) > sender.pages_confirmed)
        call.link.run(2.0)
        assert (len(read_strips(received)), sender.pages_confirmed) == (page + 1, page)
        call.receiver.terminal.release(call.link.now)
        call.receiver.wake(call.link.now)
        assert call.link.run(10, lambda: len(call.receiver.all(PageReceived)) == sender.pages_confirmed)
    assert_arrived(call, three_pages, received, 3)


def test_a_hang_up_before_release_leaves_the_page_unconfirmed(one_page: Path, received: Path) -> None:
    call = FaxCall(sends(one_page), receives(received), receiver_pause=None)
    assert call.link.run(60, lambda: bool(call.receiver.all(PageReceived)))
    terminal = call.receiver.terminal
    terminal.datagrams_to_send()
    assert terminal.proven is None
    terminal.hang_up(call.link.now)
    terminal.release(call.link.now)
    assert terminal.datagrams_to_send() == []
    assert (terminal.proven, terminal.pages_confirmed) == (None, 0)
    call.link.run(40)
    assert call.sender.terminal.proven is Outcome.UNCERTAIN


@given(st.integers(0, 2**32))
@example(17)
@example(42)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_confirmed_is_in_the_file(three_pages: Path, tmp_path: Path, seed: int) -> None:
    """libspandsp 0.0.6 as it is confirms pages whose end was lost: see `Pages`."""
    rng = random.Random(seed)

    def damaged(ifp: bytes) -> bytes:
        if not ifp or rng.random() > 0.05:
            return ifp
        return ifp[: rng.randrange(len(ifp) + 1)]

    received = tmp_path / f"{seed}.tif"
    call = FaxCall(sends(three_pages, ecm=False, paced=False), receives(received, paced=False))
    call.receiver.alter = damaged
    assert call.run(900)
    call.receiver.terminal.close()
    confirmed = call.sender.terminal.pages_confirmed
    assert confirmed <= len(call.receiver.all(PageReceived))
    assert confirmed <= (len(read_strips(received)) if confirmed else 0)
    assert not (call.receiver.terminal.all_confirmed and confirmed < 3)


# Options, codes, and bytes from hostile hands


@pytest.mark.parametrize("station_id", ["x" * 21, "Büro", "a\nb"])
def test_a_station_id_that_t30_cannot_carry_is_refused(tmp_path: Path, station_id: str) -> None:
    with pytest.raises(ValueError, match="station id"):
        TerminalOptions(calling=True, station_id=station_id, send=tmp_path, receive=None)


def test_a_terminal_sends_or_receives_one_file_of_a_name_that_fits(tmp_path: Path) -> None:
    for send, receive in ((None, None), (tmp_path, tmp_path)):
        with pytest.raises(ValueError, match="either sends or receives"):
            TerminalOptions(calling=True, station_id="1", send=send, receive=receive)
    with pytest.raises(ValueError, match="255"):
        TerminalOptions(calling=True, station_id="1", send=tmp_path / ("x" * 256), receive=None)
    with pytest.raises(ValueError, match="page -1"):
        TerminalOptions(calling=True, station_id="1", send=tmp_path, receive=None, first_page=-1)


def test_every_completion_code_has_an_outcome() -> None:
    assert sorted(FROM_T30) == list(range(lib.T30_ERR_CSA_UNACCEPTABLE + 1))
    for code in FROM_T30:
        assert ffi.string(lib.t30_completion_code_to_str(code)) != b"???"
    assert ffi.string(lib.t30_completion_code_to_str(len(FROM_T30))) == b"???"


def test_a_closed_terminal_is_silent(one_page: Path) -> None:
    with closing(Terminal.over_t38(sends(one_page))) as terminal:
        terminal.wake(0.0)
        terminal.wake(0.1)
        assert terminal.datagrams_to_send()
    terminal.receive(alone(0, b"\x00"), THERE, 0.2)
    terminal.wake(1.0)
    terminal.hang_up(1.0)
    assert (terminal.datagrams_to_send(), terminal.events(), terminal.next_wake()) == ([], [], None)


@given(
    st.lists(st.tuples(st.binary(max_size=80), st.integers(0, 65535), st.floats(0, 0.2)), max_size=30), st.booleans()
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_bytes_crash_a_terminal(
    one_page: Path, tmp_path: Path, packets: list[tuple[bytes, int, float]], sending: bool
) -> None:
    now = 0.0
    with Terminal.over_t38(sends(one_page) if sending else receives(tmp_path / "hostile.tif")) as terminal:
        terminal.expect(THERE, THERE.host, now)
        for ifp, sequence, pause in packets:
            now += pause
            terminal.receive(alone(sequence, ifp), THERE, now)
            terminal.wake(now)
            terminal.datagrams_to_send()
        for _ in range(200):
            now += 1.0
            terminal.wake(now)
            terminal.datagrams_to_send()
        assert terminal.next_wake() is None
        assert not terminal.all_confirmed


@given(st.integers(0, 2**32), st.booleans())
@example(70, True)  # a sender that libspandsp would let wait for ever: see silence_seconds
@example(501, True)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_altered_packets_of_a_real_fax_end_it_at_worst(one_page: Path, tmp_path: Path, seed: int, ecm: bool) -> None:
    rng = random.Random(seed)

    def alter(ifp: bytes) -> bytes:
        if not ifp or rng.random() > 0.05:
            return ifp
        changed = bytearray(ifp)
        changed[rng.randrange(len(changed))] = rng.randrange(256)
        return bytes(changed[: rng.randrange(len(changed) + 1)] if rng.random() < 0.3 else changed)

    call = FaxCall(sends(one_page, ecm=ecm), receives(tmp_path / f"{seed}.tif"))
    call.sender.alter = call.receiver.alter = alter
    assert call.run(900)


def test_a_page_width_that_does_not_exist_does_not_end_the_process(one_page: Path, received: Path) -> None:
    """libspandsp 0.0.6 as it is clears a row of -1 pixels: see disarm() in native/spandsp_line.c."""
    frame = bytearray()

    def widen(ifp: bytes) -> bytes:
        if ifp[:5] != MCF[:5]:
            return ifp
        frame[:] = b"\xff" if ifp[5] == 0xFF else frame + ifp[5:]
        is_width = len(frame) == 6 and frame[2] == 0xC1  # DCS, bits 17 and 18
        return ifp[:5] + bytes((ifp[5] | 0xC0,)) if is_width else ifp

    call = FaxCall(sends(one_page), receives(received))
    call.receiver.alter = widen
    assert call.run()
    assert "?FF" in {frame.name for frame in call.receiver.all(Frame)}
    assert call.sender.terminal.pages_confirmed == 0


@given(st.integers(0, 2**32), st.floats(0, 0.4), st.booleans(), st.booleans())
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_fax_called_sent_has_arrived(
    one_page: Path, tmp_path: Path, seed: int, loss: float, ecm: bool, paced: bool
) -> None:
    received = tmp_path / f"{seed}.tif"
    call = FaxCall(
        sends(one_page, ecm=ecm, paced=paced), receives(received, paced=paced), loss=loss, seed=seed, depth=seed % 4
    )
    assert call.run(900)
    if call.sender.terminal.proven is Outcome.SENT:
        assert call.receiver.all(PageReceived)
        assert same_pages(one_page, received) or not ecm
    elif call.receiver.terminal.all_confirmed:
        assert call.sender.terminal.proven is Outcome.UNCERTAIN
