"""The chain of the audit log: whatever is changed, taken out, put in or cut off is seen."""

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.world import NOW
from unifax.model.audit import FIRST, Action, Chain, Deed, canonical, checked, hashed, members
from unifax.model.errors import Forged

Line = Mapping[str, object]

DEEDS = st.builds(
    Deed,
    st.just(NOW),
    st.sampled_from(Action),
    st.text(max_size=5),
    st.none() | st.integers(1, 9),
    st.none() | st.integers(1, 9),
    st.none() | st.integers(1, 9),
    st.dictionaries(st.text(max_size=3), st.none() | st.booleans() | st.integers() | st.text(max_size=3), max_size=2),
)


def log_of(deeds: Sequence[Deed]) -> list[Line]:
    """Return entries as they are exported."""
    sha256 = FIRST
    lines: list[Line] = []
    for number, deed in enumerate(deeds, start=1):
        sha256 = hashed(sha256, number, deed)
        lines.append(members(number, deed) | {"sha256": sha256})
    return lines


@given(st.lists(DEEDS, max_size=5))
def test_what_nobody_has_touched_is_whole(deeds: list[Deed]) -> None:
    lines = log_of(deeds)
    chain = checked(lines)
    assert (chain.id, chain.sha256) == (len(deeds), lines[-1]["sha256"] if lines else FIRST)


@given(st.lists(DEEDS, min_size=1, max_size=5), st.data())
def test_an_entry_that_is_changed_is_seen(deeds: list[Deed], data: st.DataObject) -> None:
    lines = log_of(deeds)
    at = data.draw(st.integers(0, len(lines) - 1))
    name = data.draw(st.sampled_from(sorted(lines[at])))
    value = data.draw((st.none() | st.integers() | st.text(max_size=5)).filter(lambda each: each != lines[at][name]))
    lines[at] = {**lines[at], name: value}
    with pytest.raises(Forged):
        checked(lines)


@given(st.lists(DEEDS, min_size=2, max_size=5), st.data())
def test_entries_that_are_taken_out_moved_or_put_in_are_seen(deeds: list[Deed], data: st.DataObject) -> None:
    lines = log_of(deeds)
    at = data.draw(st.integers(0, len(lines) - 2))
    for wrong in (
        lines[:at] + lines[at + 1 :],
        [*lines[:at], lines[at + 1], lines[at], *lines[at + 2 :]],
        [*lines[: at + 1], *lines[at:]],
    ):
        with pytest.raises(Forged):
            checked(wrong)


@given(st.lists(DEEDS, min_size=2, max_size=5), st.data())
def test_an_end_that_is_cut_off_is_missed_by_a_head(deeds: list[Deed], data: st.DataObject) -> None:
    lines = log_of(deeds)
    head = {"entry": len(lines), "sha256": lines[-1]["sha256"]}
    checked(lines).hold(head)
    with pytest.raises(Forged, match="cut off"):
        checked(lines[: data.draw(st.integers(0, len(lines) - 1))]).hold(head)


def test_a_log_that_is_made_anew_does_not_agree_with_its_heads() -> None:
    before = log_of([Deed(NOW, Action.SERVICE_STARTED, "service")])
    after = log_of([Deed(NOW, Action.SERVICE_STARTED, "nothing")])
    with pytest.raises(Forged):
        checked(after).hold({"entry": 1, "sha256": before[0]["sha256"]})


@pytest.mark.parametrize("head", [{}, {"entry": "1"}, {"entry": 1}, {"entry": None, "sha256": None}])
def test_a_head_that_says_nothing_agrees_with_nothing(head: dict[str, object]) -> None:
    with pytest.raises(Forged):
        Chain().hold(head)


def test_an_entry_is_written_in_one_way_only() -> None:
    deed = Deed(NOW, Action.FAX_ACCEPTED, "fax 1", 3, 2, None, {"recipients": 2, "ö": True})
    assert canonical(members(1, deed)) == (
        '{"account":3,"action":"fax.accepted","actor":2,"app":null,"at":"2026-02-03T04:05:06.000000+00:00",'
        '"facts":{"recipients":2,"ö":true},"id":1,"subject":"fax 1"}'
    )
    assert hashed(FIRST, 1, deed) == "7310e4b053ce50de786f1a28aee500f0426f191ff3903d6cb21a66222ff6968c"
