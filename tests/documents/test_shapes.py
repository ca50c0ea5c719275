"""Shapes of ink and their holes, against a count by hand; pages made smaller, against numpy."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from unifax.documents.bilevel import low_lines, shapes, shrunk

NEAR4 = [(-1, 0), (0, -1), (0, 1), (1, 0)]
NEAR8 = [*NEAR4, (-1, -1), (-1, 1), (1, -1), (1, 1)]


def noise(rows: int, width: int, seed: int, share: float = 0.5) -> NDArray[np.bool_]:
    return np.random.default_rng(seed).random((rows, width)) < share


def parts(black: NDArray[np.bool_], near: list[tuple[int, int]]) -> list[set[tuple[int, int]]]:
    """What hangs together, point by point."""
    left = {(int(y), int(x)) for y, x in zip(*np.nonzero(black), strict=True)}
    found = []
    while left:
        part, edge = set[tuple[int, int]](), [left.pop()]
        while edge:
            y, x = edge.pop()
            part.add((y, x))
            more = {(y + dy, x + dx) for dy, dx in near} & left
            left -= more
            edge += more
        found.append(part)
    return found


@settings(max_examples=200)
@given(st.integers(1, 14), st.integers(1, 150), st.integers(0, 9999), st.sampled_from([0.2, 0.5, 0.8]))
def test_shapes_are_what_hangs_together(rows: int, width: int, seed: int, share: float) -> None:
    black = noise(rows, width, seed, share)
    found = shapes(np.packbits(black, axis=1), width)
    wanted = []
    for part in parts(black, NEAR8):
        rows_of, columns_of = zip(*part, strict=True)
        wanted.append((min(columns_of), min(rows_of), max(columns_of) + 1, max(rows_of) + 1, len(part)))
    assert sorted(map(tuple, found[:, :5].tolist())) == sorted(wanted)


@settings(max_examples=200)
@given(st.integers(1, 14), st.integers(1, 150), st.integers(0, 9999), st.sampled_from([0.2, 0.5, 0.8]))
def test_holes_are_white_that_cannot_get_out(rows: int, width: int, seed: int, share: float) -> None:
    black = noise(rows, width, seed, share)
    white = np.pad(~black, 1, constant_values=True)
    assert shapes(np.packbits(black, axis=1), width)[:, 5].sum() == len(parts(white, NEAR4)) - 1


def test_a_page_of_more_shapes_than_anybody_needs_is_counted_from_its_top() -> None:
    black = np.zeros((1000, 1728), np.bool_)
    black[::2, ::2] = True
    found = shapes(np.packbits(black, axis=1), 1728)
    assert len(found) == 1 << 16
    assert found[:, 3].max() < 200


@given(st.integers(1, 8), st.integers(1, 8), st.integers(1, 12), st.integers(1, 40), st.integers(0, 999))
def test_what_is_at_least_half_black_is_black(down: int, across: int, rows: int, width: int, seed: int) -> None:
    black = noise(rows * down, width * across, seed)
    found = np.unpackbits(shrunk(np.packbits(black, axis=1), width * across, width, rows), axis=1, count=width)
    assert np.array_equal(found, black.reshape(rows, down, width, across).mean(axis=(1, 3)) >= 0.5)


@given(st.lists(st.integers(1, 30), min_size=1, max_size=12), st.integers(1, 60))
def test_low_lines_are_counted_in_each_strip_and_tall_ones_with_them(heights: list[int], columns: int) -> None:
    rows = [[ink] * columns for height in heights for ink in [True] * height + [False]]
    found = low_lines(np.packbits(np.array(rows), axis=1), columns, 5, 10, 20)
    assert found == sum(5 <= height <= 10 or height > 20 for height in heights)


def test_strips_do_not_know_each_other() -> None:
    black = np.zeros((40, 300), np.bool_)
    black[0:8, 0:100] = black[4:30, 130:200] = black[32:40, 250:] = True
    assert low_lines(np.packbits(black, axis=1), 300, 5, 10, 100) == 2


def test_the_edge_of_a_letter_is_no_line() -> None:
    black = np.zeros((20, 128), np.bool_)
    black[5:12, :4] = True
    assert low_lines(np.packbits(black, axis=1), 128, 5, 10, 100) == 0
