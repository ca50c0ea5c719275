"""Columns of a plot lie where their counts say, and inside it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unifax.web.center.operator.plots import stacked

COUNTS = st.integers(0, 10_000)


@given(st.integers(1, 8).flatmap(lambda many: st.lists(st.lists(COUNTS, min_size=many, max_size=many), min_size=1)))
def test_every_count_has_its_part_and_none_leaves_the_plot(columns: list[list[int]]) -> None:
    plot = stacked(columns, 6)
    assert len(plot.bars) == sum(count > 0 for column in columns for count in column)
    for bar in plot.bars:
        assert plot.left <= bar.x <= bar.x + bar.width <= plot.right + 0.1
        assert -0.1 <= bar.y <= bar.y + bar.height <= plot.bottom + 0.2
    assert len(plot.columns) <= 6
    assert [mark.value for mark in plot.scale] == sorted({mark.value for mark in plot.scale})


def test_parts_stand_on_each_other_and_are_as_high_as_they_are_many() -> None:
    lower, upper = stacked([[10, 30]], 6).bars
    assert upper.height == pytest.approx(3 * lower.height, abs=0.2)
    assert round(upper.y + upper.height, 1) == lower.y


def test_the_scale_ends_at_a_round_number_that_is_not_exceeded() -> None:
    assert [stacked([[most]], 6).scale[-1].value for most in (0, 1, 2, 7, 12, 99, 100, 4321)] == [
        1, 1, 2, 10, 20, 100, 100, 5000,
    ]  # fmt: skip
