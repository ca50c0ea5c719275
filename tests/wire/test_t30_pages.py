"""The account of pages: what it proves, whatever frames come in whatever order."""

from hypothesis import given
from hypothesis import strategies as st

from unifax.model.outcome import Outcome
from unifax.wire.t30_events import Counters, LastPageOut, PageConfirmed, PageReceived, PageRefused
from unifax.wire.t30_pages import ACCEPTED, LAST_PAGE, REFUSED, Pages

QUESTIONS = ["MPS", "EOM", "EOP", "PRI-EOP", "PPS-NULL", "PPS-MPS", "PPS-EOP"]
ANSWERS = ["MCF", "RTP", "PIP", "RTN", "PIN", "PPR", "RNR", "DCN", "?FF", "CFR"]


def counters(pages_accepted: int = 0, pages_in_file: int = 3, pages_received: int = 0, rows: int = 300) -> Counters:
    return Counters("far", 14400, True, "MMR", pages_accepted, pages_in_file, pages_received, 1728, rows, 2)


@given(st.lists(st.tuples(st.booleans(), st.sampled_from(QUESTIONS + ANSWERS))))
def test_nothing_is_proven_sent_without_the_librarys_word_on_the_last_page(frames: list[tuple[bool, str]]) -> None:
    pages = Pages(sending=True)
    for outgoing, name in frames:
        pages.frame(outgoing, name, counters())
    assert not pages.all_confirmed
    assert pages.proven is not Outcome.SENT
    assert not any(isinstance(event, PageConfirmed) for event in pages.events)


@given(st.lists(st.sampled_from(sorted(LAST_PAGE)), min_size=1), st.sampled_from(["RNR", "DCN", "CFR"]))
def test_an_unanswered_last_question_is_uncertain_and_told_once(questions: list[str], noise: str) -> None:
    pages = Pages(sending=True)
    for question in questions:
        pages.frame(True, question, counters(2))
        pages.frame(False, noise, counters(2))
    assert pages.proven is Outcome.UNCERTAIN
    assert pages.events.count(LastPageOut()) == 1


def test_parts_missing_from_the_last_page_prove_that_it_has_not_arrived_yet() -> None:
    pages = Pages(sending=True)
    pages.frame(True, "PPS-EOP", counters(2))
    pages.frame(False, "PPR", counters(2))
    between = pages.proven
    pages.frame(True, "PPS-EOP", counters(2))
    assert (between, pages.proven) == (None, Outcome.UNCERTAIN)


def test_a_part_of_a_page_is_no_page() -> None:
    pages = Pages(sending=True)
    pages.frame(True, "PPS-NULL", counters())
    pages.frame(False, "MCF", counters())
    assert pages.confirmed == 0
    assert not any(isinstance(event, PageConfirmed) for event in pages.events)


def test_a_page_refused_and_never_confirmed_keeps_a_fax_from_being_sent() -> None:
    pages = Pages(sending=True, first_page=1)
    pages.frame(True, "MPS", counters())
    pages.frame(False, "RTN", counters())
    assert pages.refused == {1}
    pages.frame(True, "EOP", counters(1))
    pages.frame(False, "MCF", counters(1))
    pages.phase_d("MCF", counters(2))
    assert pages.proven is Outcome.PAGE_REFUSED


def test_a_fax_that_ends_before_its_file_does_is_not_sent() -> None:
    pages = Pages(sending=True)
    pages.frame(True, "EOP", counters())
    pages.frame(False, "MCF", counters())
    pages.phase_d("MCF", counters(1, pages_in_file=3))
    assert pages.proven is None


@given(st.lists(st.sampled_from(["MPS", "EOP", "EOP", *sorted(ACCEPTED), *sorted(REFUSED)])))
def test_a_receiver_counts_each_page_once_however_often_it_answers(steps: list[str]) -> None:
    pages = Pages(sending=False)
    asked = kept = 0
    for step in steps:
        if step in ACCEPTED or step in REFUSED:
            asked_now, asked = asked, 0
            kept += asked_now if step in ACCEPTED else 0
            holds = pages.frame(True, step, counters(pages_received=kept, rows=0))
            assert holds is (step in ACCEPTED and bool(asked_now))
        else:
            asked = 1
            pages.frame(False, step, counters())
            pages.phase_d(step, counters())
    told = [event for event in pages.events if isinstance(event, PageReceived)]
    assert [event.page for event in told] == list(range(kept))
    assert pages.confirmed == kept
    assert pages.all_confirmed is any(event.last for event in told[-1:])
    assert all(event.answer in REFUSED for event in pages.events if isinstance(event, PageRefused))
