"""Pages that fit a fax as they are keep each pixel."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unifax.documents.bilevel import Grey
from unifax.documents.faxed import centred, repeated, resolution_of
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
        (2550, 3300, (300, 300), None),  # a scanner's, too, but better at fine
        (3400, 4400, (400, 400), None),
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


@pytest.mark.parametrize(
    ("to", "rows", "columns"),
    [(Resolution.FINE, 2, 1), (Resolution.SUPERFINE, 4, 1), (Resolution.R400, 4, 2), (Resolution.STANDARD, 1, 1)],
)
def test_finer_pages_have_each_pixel_so_many_times(to: Resolution, rows: int, columns: int) -> None:
    first = page(1, 20, 30)
    finer = repeated(first, RASTERS[Resolution.STANDARD], RASTERS[to])
    assert finer is not None
    assert np.array_equal(finer, first.repeat(rows, axis=0).repeat(columns, axis=1))


@pytest.mark.parametrize(
    ("at", "to"),
    [(Resolution.R300, Resolution.R400), (Resolution.R300, Resolution.FINE), (Resolution.R400, Resolution.FINE)],
)
def test_what_does_not_divide_is_left_to_others(at: Resolution, to: Resolution) -> None:
    assert repeated(page(1, 9, 9), RASTERS[at], RASTERS[to]) is None


@given(st.integers(1, 60))
def test_white_at_both_sides(columns: int) -> None:
    narrow = page(columns, 3, columns)
    wide = centred(narrow, 60)
    left = (60 - columns) // 2
    assert np.array_equal(wide[:, left : left + columns], narrow)
    assert (wide[:, :left] == 255).all()
    assert (wide[:, left + columns :] == 255).all()
