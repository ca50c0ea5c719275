"""Whatever a child says is an answer or nonsense."""

import json
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unifax.documents.answer import Answer, understood
from unifax.model.paper import Coding, PageReport, PageWarning, Resolution, Treatment

REPORT = PageReport(3, None, Resolution.SUPERFINE, 4574, Treatment.PHOTO, {Coding.MMR: 200_000}, (PageWarning.LONG,))


def test_what_is_said_of_a_page_arrives_as_it_was() -> None:
    assert understood(json.dumps({"page": asdict(REPORT)}).encode()).page == REPORT


def test_messages_add_up_and_the_last_word_counts() -> None:
    answer = Answer()
    for message in (b'{"file": 1}', b'{"kind": "pdf", "pages": 7}', b'{"file": null}', b'{"ended": -9}'):
        answer.add(understood(message))
    assert (answer.file, answer.kind, answer.pages, answer.ended) == (None, "pdf", 7, -9)


@pytest.mark.parametrize("wrong", [{"number": 0}, {"rows": -1}, {"rows": 1 << 70}, {"octets": {"MH": -1}}])
def test_a_page_that_cannot_be_is_nonsense(wrong: dict[str, object]) -> None:
    assert understood(json.dumps({"page": asdict(REPORT) | wrong}).encode()).broken == "it talks nonsense"


ANSWERS = st.dictionaries(
    st.sampled_from(["ended", "pages", "page", "done", "cpu_seconds", "kind", "file", "refused", "walls", "late"]),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(list(asdict(REPORT))) | st.text(), inner),
        max_leaves=5,
    ),
)


@given(st.binary() | ANSWERS.map(lambda said: json.dumps(said).encode()) | st.just(b"[" * 60_000))
def test_whatever_a_child_that_was_taken_over_says_is_an_answer_or_nonsense(message: bytes) -> None:
    said = understood(message)
    assert said.ended is None or isinstance(said.ended, int)
    assert said.broken is None or isinstance(said.broken, str)
    if said.page is not None:
        assert said.page.number > 0
