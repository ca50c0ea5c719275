"""Pages that fit a fax as they are keep each pixel, and change resolution without losing black."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unifax.documents.bilevel import Grey
from unifax.documents.faxed import centred, recut, resolution_of
from unifax.model.paper import RASTERS, Resolution


def page(seed: int, rows: int, columns: int) -> Grey:
    return np.where(np.random.default_rng(seed).random((rows, columns)) < 0.3, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("width", "rows", "dpi", "found"),
    [
        (1728, 1143, (204, 98), Resolution.STANDARD),
        (1728, 2287, (204, 196), Resolution.FINE),
        (1728, 2287, (209.1, 196), Resolution.FINE),  # as HylaFAX says it
        (1728, 4574, (204, 391), Resolution.SUPERFINE),
        (2592, 3508, (300, 300), Resolution.R300),
        (3456, 4574, (400, 400), Resolution.R400),
        (1700, 2200, (200, 200), Resolution.FINE),  # a scanner's
        (1728, 2287, None, Resolution.FINE),
        (2592, 3508, None, Resolution.R300),
        (1700, 2200, None, None),
        (1728, 2287, (150, 150), None),
        (1728, 9000, (204, 196), None),
        (2048, 2970, (204, 196), None),  # B4
        (2432, 3300, (204, 196), None),  # A3
    ],
)
def test_a_page_is_a_fax_page_by_its_size(
    width: int, rows: int, dpi: tuple[float, float] | None, found: Resolution | None
) -> None:
    assert resolution_of(width, rows, dpi) is found


@pytest.mark.parametrize("to", [Resolution.FINE, Resolution.SUPERFINE, Resolution.R400])
def test_there_and_back_is_the_same_page(to: Resolution) -> None:
    standard = RASTERS[Resolution.STANDARD]
    first = page(1, 20, 30)
    finer = recut(first, standard, RASTERS[to])
    assert finer is not None
    assert finer.size == first.size * round(RASTERS[to].x_dpi / 204) * round(RASTERS[to].y_dpi / 97.79)
    again = recut(finer, RASTERS[to], standard)
    assert again is not None
    assert np.array_equal(again, first)


@given(st.integers(0, 2**32 - 1), st.integers(1, 9), st.integers(1, 9))
def test_coarser_pages_lose_no_black(seed: int, rows: int, columns: int) -> None:
    fine = page(seed, rows, columns)
    coarser = recut(fine, RASTERS[Resolution.R400], RASTERS[Resolution.STANDARD])
    assert coarser is not None
    assert coarser.shape == (-(-rows // 4), -(-columns // 2))
    for row, column in np.argwhere(fine == 0):
        assert coarser[row // 4, column // 2] == 0


def test_what_does_not_divide_is_left_to_be_scaled() -> None:
    assert recut(page(1, 9, 9), RASTERS[Resolution.R300], RASTERS[Resolution.FINE]) is None


@given(st.integers(1, 60))
def test_white_at_both_sides(columns: int) -> None:
    narrow = page(columns, 3, columns)
    wide = centred(narrow, 60)
    left = (60 - columns) // 2
    assert np.array_equal(wide[:, left : left + columns], narrow)
    assert (wide[:, :left] == 255).all()
    assert (wide[:, left + columns :] == 255).all()
