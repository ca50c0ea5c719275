"""Small text: seen to be there, counted against what it should be, and brought to a resolution that keeps it."""

import numpy as np
import pytest

from unifax.documents.bilevel import Bilevel, Grey, black_and_white, without_dots
from unifax.documents.legibility import legible, topology_error
from unifax.model.paper import RASTERS, PageWarning, Raster, Resolution, Treatment

ROWS_MM = 60.0


class Sheet:
    """A page of rows of letters, each two holes one above the other, as an 8 has; it notes how often it is drawn."""

    def __init__(self, height: float, stroke: float) -> None:
        """Both in mm."""
        self.height, self.stroke = height, stroke
        self.drawn: list[Resolution] = []

    def __call__(self, resolution: Resolution, treatment: Treatment) -> Bilevel:
        self.drawn.append(resolution)
        return black_and_white(self.grey(RASTERS[resolution]), RASTERS[resolution], treatment)

    def grey(self, raster: Raster) -> Grey:
        down = (np.arange(int(ROWS_MM / 25.4 * raster.y_dpi)) + 0.5) * 25.4 / raster.y_dpi - 5
        across = (np.arange(raster.width) + 0.5) * 25.4 / raster.x_dpi - 10
        y, x = down % (2.2 * self.height), across % (1.2 * self.height)
        wide = 0.75 * self.height
        bars = (y % ((self.height - self.stroke) / 2) < self.stroke) & (y < self.height)
        sides = (x < 2 * self.stroke) | ((x > wide - 2 * self.stroke) & (x < wide))
        ink = (bars[:, None] & (x < wide)[None, :]) | ((y < self.height)[:, None] & sides[None, :])
        ink &= ((down > 0) & (down < ROWS_MM - 10))[:, None] & ((across > 0) & (across < 150))[None, :]
        return np.where(ink, 0, 255).astype(np.uint8)


def test_a_page_of_large_letters_is_drawn_once() -> None:
    sheet = Sheet(height=2.0, stroke=0.25)
    found = legible(sheet, None)
    assert (found.resolution, found.error, found.warnings) == (Resolution.FINE, 0.0, ())
    assert len(sheet.drawn) == 1


def test_a_white_page_has_nothing_to_lose() -> None:
    fine = RASTERS[Resolution.FINE]
    found = legible(lambda resolution, treatment: without_dots(np.zeros((500, 216), np.uint8), fine), None)
    assert (found.error, found.warnings) == (0.0, ())


def test_small_letters_go_to_superfine_where_that_keeps_them() -> None:
    found = legible(Sheet(height=0.70, stroke=0.10), None)
    assert found.resolution is Resolution.SUPERFINE
    assert found.error < 0.05
    assert found.warnings == ()


@pytest.mark.parametrize("resolution", [Resolution.STANDARD, Resolution.FINE])
def test_letters_lost_at_the_resolution_that_was_asked_for_are_told_of(resolution: Resolution) -> None:
    found = legible(Sheet(height=0.70, stroke=0.10), resolution)
    assert found.resolution is resolution
    assert found.warnings == (PageWarning.SMALL_TEXT,)


def test_at_400_dpi_nothing_is_measured() -> None:
    sheet = Sheet(height=0.70, stroke=0.10)
    assert legible(sheet, Resolution.R400).warnings == ()
    assert len(sheet.drawn) == 1


@pytest.mark.parametrize("resolution", list(Resolution))
def test_every_resolution_of_large_letters_has_the_topology_of_every_other(resolution: Resolution) -> None:
    sheet = Sheet(height=3.0, stroke=0.4)
    page, reference = (sheet(each, Treatment.AUTO) for each in (resolution, Resolution.R400))
    assert topology_error(page, resolution, reference, Resolution.R400) == 0


def test_a_page_without_ink_is_all_error_against_one_with() -> None:
    sheet, raster = Sheet(height=3.0, stroke=0.4), RASTERS[Resolution.FINE]
    white = black_and_white(np.full((472, 1728), 255, np.uint8), raster)
    full = sheet(Resolution.FINE, Treatment.AUTO)
    assert topology_error(white, Resolution.FINE, full, Resolution.FINE) == 1


def test_dots_are_no_letters() -> None:
    grey = np.full((900, 1728), 255, np.uint8)
    grey[100:800, 200:1500] = np.linspace(60, 220, 1300).astype(np.uint8)
    grey[100:800, 200:1500] += np.random.default_rng(1).integers(0, 8, (700, 1300), np.uint8)
    draws = []

    def draw(resolution: Resolution, treatment: Treatment) -> Bilevel:
        draws.append(resolution)
        return black_and_white(grey, RASTERS[resolution], treatment)

    found = legible(draw, Resolution.FINE)
    assert found.page.treatment is Treatment.PHOTO
    assert len(draws) == 1
