"""Pictures are laid on a fax page; fax pages stay what they are, and change resolution without being drawn anew."""

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tests.documents import samples
from unifax.documents import picture
from unifax.documents.intake import Kind
from unifax.documents.order import Limits
from unifax.documents.picture import Picture
from unifax.model.paper import RASTERS, Raster, Resolution

ANY = pytest.mark.parametrize("raster", RASTERS.values(), ids=RASTERS)


@pytest.fixture(scope="module", autouse=True)
def readers() -> None:
    picture.start()


def noise(width: int, rows: int) -> NDArray[np.bool_]:
    """True is white."""
    return np.random.default_rng(1).random((rows, width)) < 0.5


def scanned(white: NDArray[np.bool_], dpi: tuple[float, float], kind: str = "TIFF") -> Picture:
    data = samples.saved(Image.fromarray(white), kind, dpi=dpi)
    return Picture(data, Kind.TIF if kind == "TIFF" else Kind.PNG, Limits())


@pytest.mark.parametrize("kind", ["TIFF", "PNG"])
@pytest.mark.parametrize("at", list(Resolution))
def test_a_fax_page_keeps_each_pixel_at_its_own_resolution(at: Resolution, kind: str) -> None:
    raster = RASTERS[at]
    white = noise(raster.width, 500)
    page = scanned(white, (raster.x_dpi, raster.y_dpi), kind)
    assert page.resolution(0) is at
    assert np.array_equal(page.grey(0, raster) > 0, white)


def test_a_narrower_scan_keeps_each_pixel_in_the_middle() -> None:
    white = noise(1700, 2200)
    page = scanned(white, (200, 200))
    assert page.resolution(0) is Resolution.FINE
    grey = page.grey(0, RASTERS[Resolution.FINE])
    assert np.array_equal(grey[:, 14:1714] > 0, white)
    assert (grey[:, :14] == 255).all()


def test_a_scan_that_lies_on_its_side_is_turned_and_keeps_each_pixel() -> None:
    white = noise(2200, 1700)
    page = scanned(white, (200, 200))
    assert page.resolution(0) is Resolution.FINE
    assert np.array_equal(page.grey(0, RASTERS[Resolution.FINE])[:, 14:1714] > 0, np.rot90(white, -1))


def test_rows_are_repeated_for_a_finer_resolution_and_joined_for_a_coarser() -> None:
    white = noise(1728, 401)
    standard = scanned(white, (204, 98))
    assert np.array_equal(standard.grey(0, RASTERS[Resolution.FINE]) > 0, white.repeat(2, axis=0))
    assert np.array_equal(standard.grey(0, RASTERS[Resolution.R400]) > 0, white.repeat(4, axis=0).repeat(2, axis=1))
    joined = scanned(white, (204, 391)).grey(0, RASTERS[Resolution.FINE]) > 0
    assert np.array_equal(joined[:200], white[0:400:2] & white[1:400:2])
    assert np.array_equal(joined[200], white[400])


@pytest.mark.parametrize("at", list(Resolution))
@ANY
def test_every_resolution_becomes_every_other(at: Resolution, raster: Raster) -> None:
    """A black square of 50 mm stays one, but for the four millimetres more that a row at 300 dpi has."""
    own = RASTERS[at]
    white = np.ones((round(100 / 25.4 * own.y_dpi), own.width), np.bool_)
    white[: round(50 / 25.4 * own.y_dpi), : round(50 / 25.4 * own.x_dpi)] = False
    grey = scanned(white, (own.x_dpi, own.y_dpi)).grey(0, raster)
    near = 1e-2 if (own.x_dpi == 300) == (raster.x_dpi == 300) else 5e-2
    assert grey.shape == (pytest.approx(100 / 25.4 * raster.y_dpi, rel=near), raster.width)
    black = np.argwhere(grey == 0)
    height, width = black.max(axis=0) - black.min(axis=0) + 1
    assert height == pytest.approx(50 / 25.4 * raster.y_dpi, rel=near)
    assert width == pytest.approx(50 / 25.4 * raster.x_dpi, rel=near)
    assert len(black) == pytest.approx(height * width, rel=1e-3)


@pytest.mark.parametrize(("width", "paper"), [(2048, 255), (2432, 303)])
def test_the_wider_pages_of_fax_machines_are_made_smaller(width: int, paper: int) -> None:
    """B4 and A3 (T.4 clause 2.1): a frame around the page stays one."""
    white = np.ones((3000, width), np.bool_)
    white[:8] = white[-8:] = white[:, :8] = white[:, -8:] = False
    page = scanned(white, (204, 196))
    assert page.resolution(0) is None
    black = page.grey(0, RASTERS[Resolution.FINE]) == 0
    rows, columns = np.flatnonzero(black.any(axis=1)), np.flatnonzero(black.any(axis=0))
    assert black.shape[1] == 1728
    assert len(black) <= 2287
    high = 3000 / 196 * 25.4
    assert (rows[-1] / 195.58) / (columns[-1] - columns[0]) * 204 == pytest.approx(high / paper, rel=0.01)


@ANY
def test_a_photograph_has_its_true_size_at_every_resolution(raster: Raster) -> None:
    data = samples.saved(samples.image("L", (600, 900)), "JPEG", dpi=(150, 150))
    grey = Picture(data, Kind.JPG, Limits()).grey(0, raster)
    assert grey.shape == (pytest.approx(6 * raster.y_dpi, abs=1), raster.width)
    assert (grey[: round(0.5 * raster.y_dpi)] < 60).sum() == pytest.approx(
        4 * raster.x_dpi * 0.5 * raster.y_dpi, rel=0.02
    )


def test_what_does_not_fit_is_fitted_and_turned() -> None:
    fine = RASTERS[Resolution.FINE]
    for size in ((6000, 4000), (4000, 6000), (16_000, 100), (100, 16_000)):
        data = samples.saved(Image.new("L", size), "JPEG", dpi=(72, 72))
        grey = Picture(data, Kind.JPG, Limits()).grey(0, fine)
        assert grey.shape[1] == 1728
        assert 1 <= len(grey) <= 2287
        assert len(grey) == 2287 or (grey < 128).any(axis=0).sum() == 1728
