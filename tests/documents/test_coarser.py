"""Coarser pages: no ink is lost when rows are joined, and a receiver gets the finest page that it is able to take."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from unifax.documents.coarser import NEXT, coarsen, coarsened, coarser
from unifax.documents.pages import Page, PageWriter, read_pages
from unifax.model.paper import RASTERS, Resolution


def noise(rows: int, width: int, seed: int = 1) -> NDArray[np.bool_]:
    return np.random.default_rng(seed).random((rows, width)) < 0.3


def page(resolution: Resolution, rows: int, seed: int = 1) -> Page:
    raster = RASTERS[resolution]
    black = noise(rows, raster.width, seed)
    return Page(raster.width, rows, raster.x_dpi, raster.y_dpi, np.packbits(black, axis=1).tobytes())


@pytest.mark.parametrize("resolution", [Resolution.SUPERFINE, Resolution.FINE])
@given(st.integers(1, 40), st.integers(0, 999))
def test_two_rows_become_one_that_has_the_ink_of_both(resolution: Resolution, rows: int, seed: int) -> None:
    black = noise(rows, 1728, seed)
    found = np.unpackbits(coarser(np.packbits(black, axis=1), resolution), axis=1)
    wanted = [black[at] | black[min(at + 1, rows - 1)] for at in range(0, rows, 2)]
    assert np.array_equal(found, wanted)


@settings(max_examples=10)
@given(st.integers(1, 20), st.integers(0, 999))
def test_what_is_half_black_at_400_dpi_is_black_at_fine(rows: int, seed: int) -> None:
    black = noise(2 * rows, 3456, seed)
    found = np.unpackbits(coarser(np.packbits(black, axis=1), Resolution.R400), axis=1)
    assert np.array_equal(found, black.reshape(rows, 2, 1728, 2).sum(axis=(1, 3)) >= 2)


def test_300_dpi_keeps_its_shape_at_fine() -> None:
    black = np.zeros((300, 2592), np.bool_)
    black[100:200, 300:600] = True
    found = np.unpackbits(coarser(np.packbits(black, axis=1), Resolution.R300), axis=1)
    rows, columns = np.nonzero(found)
    assert found.shape == (196, 1728)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (65, 130, 200, 399)


@pytest.mark.parametrize(
    ("resolution", "able", "found"),
    [
        ("superfine", {"standard", "fine", "superfine"}, ("superfine", 41)),
        ("superfine", {"standard", "fine"}, ("fine", 21)),
        ("superfine", {"standard"}, ("standard", 11)),
        ("fine", set(), ("standard", 21)),
        ("400", {"standard", "fine", "superfine"}, ("fine", 20)),
        ("standard", set(), ("standard", 41)),
    ],
)
def test_a_receiver_gets_the_finest_page_it_is_able_to_take(
    resolution: str, able: set[str], found: tuple[str, int]
) -> None:
    taken = coarsened(page(Resolution(resolution), 41), {Resolution(each) for each in able})
    raster = RASTERS[Resolution(found[0])]
    assert (taken.width, taken.rows, taken.y_dpi) == (raster.width, found[1], raster.y_dpi)


def test_a_page_of_no_resolution_of_ours_stays_as_it_is() -> None:
    strange = Page(100, 2, 72.0, 72.0, bytes(26))
    assert coarsened(strange, set()) is strange


def test_a_whole_fax_is_brought_to_what_is_taken(tmp_path: Path) -> None:
    pages = [page(each, 30, seed) for seed, each in enumerate(Resolution)]
    with (tmp_path / "fax.tif").open("w+b") as file, PageWriter(file.fileno(), len(pages)) as writer:
        for each in pages:
            writer.write(each)
    able = {Resolution.FINE}
    assert coarsen(tmp_path / "fax.tif", able, tmp_path / "taken.tif")
    found = list(read_pages(tmp_path / "taken.tif"))
    assert [each.bits for each in found] == [coarsened(each, able).bits for each in pages]
    assert [round(each.y_dpi) for each in found] == [98, 196, 196, 196, 196]


def test_a_fax_that_is_taken_as_it_is_is_not_written_again(tmp_path: Path) -> None:
    with (tmp_path / "fax.tif").open("w+b") as file, PageWriter(file.fileno(), 2) as writer:
        writer.write(page(Resolution.FINE, 30))
        writer.write(page(Resolution.STANDARD, 30))
    assert not coarsen(tmp_path / "fax.tif", {Resolution.FINE}, tmp_path / "taken.tif")
    assert not (tmp_path / "taken.tif").exists()


def test_every_resolution_leads_to_standard() -> None:
    for resolution in Resolution:
        steps = 0
        while resolution in NEXT:
            resolution = NEXT[resolution]
            steps += 1
        assert (resolution, steps < 3) == (Resolution.STANDARD, True)
