"""Pages are coded as T.6 has it: libtiff reads them, and makes the same octets."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from unifax.documents.pages import Page, PageWriter, coded_octets, read_pages
from unifax.model.paper import Coding


def assert_is_coded_as_by_libtiff(black: NDArray[np.bool_]) -> None:
    page = Page(black.shape[1], black.shape[0], 204.0, 195.58, np.packbits(black, axis=1).tobytes())
    with tempfile.NamedTemporaryFile() as file:
        with PageWriter(file.fileno(), 1) as writer:
            octets = writer.write(page)
        (read,) = read_pages(Path(file.name))
    assert read.bits == page.bits
    assert octets == coded_octets(page, Coding.MMR)


def rows_of_runs(width: int, rows: list[list[int]]) -> NDArray[np.bool_]:
    """Return rows made of runs, white first and then in turn, repeated until they are full."""
    page = np.zeros((len(rows), width), np.bool_)
    for row, runs in zip(page, rows, strict=True):
        colours = np.repeat(np.arange(len(runs)) % 2, runs).astype(np.bool_)
        if colours.any():
            row[:] = np.resize(colours, width)
    return page


WIDTHS = st.integers(1, 200) | st.sampled_from([1728, 2048, 2432, 2592, 3456])
ROWS = st.lists(st.lists(st.integers(0, 70) | st.integers(0, 3000), min_size=2, max_size=12), min_size=1, max_size=12)


@given(WIDTHS, ROWS)
def test_rows_of_any_runs(width: int, rows: list[list[int]]) -> None:
    assert_is_coded_as_by_libtiff(rows_of_runs(width, rows))


@pytest.mark.parametrize("first", [0, 1])
def test_every_length_of_a_run_in_both_colours(first: int) -> None:
    """Each row has a run one longer than the last; blank rows between them see to it that it is coded as such."""
    page = np.full((2 * 5300, 5300), first, np.bool_)
    for length in range(5300):
        page[2 * length, :length] = not first
    assert_is_coded_as_by_libtiff(page)


@pytest.mark.parametrize("density", [0.0, 0.02, 0.5, 0.98, 1.0])
def test_noise(density: float) -> None:
    assert_is_coded_as_by_libtiff(np.random.default_rng(1).random((200, 1728)) < density)


def test_the_page_that_codes_worst_has_room() -> None:
    page = np.zeros((200, 1728), np.bool_)
    page[0::4, 1::2] = True
    page[2::4, 0::2] = True
    assert_is_coded_as_by_libtiff(page)
