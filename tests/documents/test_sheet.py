"""Papers of any size find their place on a fax page, at every resolution, at their true size where it fits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unifax.documents.sheet import place
from unifax.model.paper import RASTERS, Raster, Resolution

FINE = RASTERS[Resolution.FINE]
ANY = pytest.mark.parametrize("raster", RASTERS.values(), ids=RASTERS)


def test_small_papers_keep_their_size_and_large_ones_are_fitted() -> None:
    a4, letter, card, a3, slide, half_letter = (
        place(w, h, FINE)
        for w, h in ((210 / 25.4, 297 / 25.4), (8.5, 11), (3.35, 2.17), (11.69, 16.54), (10, 7.5), (8.5, 5.5))
    )
    assert (a4.turned, a4.left, a4.width, a4.rows) == (False, 20, 1687, 2287)
    assert (letter.width, letter.rows) == (1728, 2144)
    assert (card.turned, card.width, card.rows) == (False, 683, 424)
    assert (a3.turned, a3.rows) == (False, 2287)
    assert (slide.turned, slide.rows) == (True, 1956)
    assert (half_letter.turned, half_letter.width) == (False, 1728)


@ANY
def test_a_paper_is_as_long_and_as_wide_at_every_resolution(raster: Raster) -> None:
    at = place(5, 8, raster)
    assert at.width == pytest.approx(5 * raster.x_dpi, abs=1)
    assert at.rows == pytest.approx(8 * raster.y_dpi, abs=1)


@given(st.floats(1e-3, 1e4), st.floats(1e-3, 1e4), st.sampled_from(list(RASTERS.values())))
def test_nothing_falls_off_the_sheet(width: float, height: float, raster: Raster) -> None:
    at = place(width, height, raster)
    assert 1 <= at.width <= raster.width
    assert 1 <= at.rows <= raster.a4_rows
    assert at.left >= 0
    assert at.left + at.width <= raster.width
