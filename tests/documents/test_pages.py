"""Fax TIFF: what is written is what is read, by our reader and by another one."""

import contextlib
import os
import random
import subprocess
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from unifax.documents.pages import (
    DamagedPages,
    Page,
    PageWriter,
    coded_octets,
    count_pages,
    read_pages,
    same_pages,
    thumbnail,
    write_png,
)
from unifax.model.paper import RASTERS, Coding, Resolution

FINE = RASTERS[Resolution.FINE]


def page(rows: int, seed: int = 1, width: int = FINE.width) -> Page:
    """A page of noise, with spare bits clear."""
    stride = (width + 7) // 8
    bits = bytearray(random.Random(seed).randbytes(stride * rows))
    if width % 8:
        for row in range(rows):
            bits[row * stride + stride - 1] &= 0xFF << (8 - width % 8) & 0xFF
    return Page(width, rows, FINE.x_dpi, FINE.y_dpi, bytes(bits))


def write(path: Path, *pages: Page) -> Path:
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC)
    with PageWriter(fd, len(pages)) as writer:
        for each in pages:
            writer.write(each)
    os.close(fd)
    return path


@settings(max_examples=25)
@given(width=st.integers(1, 2000), rows=st.integers(1, 40), seed=st.integers(0, 999))
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, width: int, rows: int, seed: int) -> None:
    wanted = page(rows, seed, width)
    path = write(tmp_path_factory.mktemp("fax") / "a.tif", wanted)
    (found,) = read_pages(path)
    assert (found.width, found.rows, found.bits) == (wanted.width, wanted.rows, wanted.bits)
    assert found.x_dpi == pytest.approx(FINE.x_dpi, abs=0.01)
    assert found.y_dpi == pytest.approx(FINE.y_dpi, abs=0.01)


def test_another_reader_sees_a_fax(tmp_path: Path) -> None:
    wanted = page(50)
    path = write(tmp_path / "a.tif", wanted, page(60, 2))
    with Image.open(path) as image:
        tags = image.getexif()
        assert image.size == (FINE.width, 50)
        assert image.info["compression"] == "group4"
        assert {tag: tags[tag] for tag in (254, 258, 259, 262, 266, 277, 278, 296, 297)} == {
            254: 2,  # one page of several
            258: 1,
            259: 4,  # T.6
            262: 0,  # MinIsWhite
            266: 1,
            277: 1,
            278: 50,  # one strip
            296: 2,  # inches
            297: (0, 2),
        }
        assert image.convert("1", dither=Image.Dither.NONE).tobytes() == bytes(255 - byte for byte in wanted.bits)


@pytest.mark.parametrize("resolution", Resolution)
def test_every_resolution_is_written_as_t4_has_it(tmp_path: Path, resolution: Resolution) -> None:
    raster = RASTERS[resolution]
    bits = random.Random(1).randbytes(raster.width // 8 * 20)
    path = write(tmp_path / "a.tif", Page(raster.width, 20, raster.x_dpi, raster.y_dpi, bits))
    (found,) = read_pages(path)
    assert (found.width, found.bits) == (raster.width, bits)
    assert (found.x_dpi, found.y_dpi) == pytest.approx((raster.x_dpi, raster.y_dpi), abs=0.001)
    with Image.open(path) as image:
        assert image.info["dpi"] == pytest.approx((raster.x_dpi, raster.y_dpi), abs=0.001)
        assert image.convert("1", dither=Image.Dither.NONE).tobytes() == bytes(255 - byte for byte in bits)


@pytest.mark.parametrize("resolution", Resolution)
def test_tiffinfo_finds_nothing_wrong(tmp_path: Path, resolution: Resolution) -> None:
    raster = RASTERS[resolution]
    bits = random.Random(1).randbytes(raster.width // 8 * 20)
    path = write(tmp_path / "a.tif", *[Page(raster.width, 20, raster.x_dpi, raster.y_dpi, bits)] * 2)
    said = subprocess.run(["tiffinfo", "-D", path], capture_output=True, text=True, check=True)
    assert said.stderr == ""
    assert f"Resolution: {raster.x_dpi:g}, {raster.y_dpi:g} pixels/inch" in said.stdout
    for line in ("CCITT Group 4", "Photometric Interpretation: min-is-white", "Rows/Strip: 20", "Page Number: 1-2"):
        assert line in said.stdout


def test_the_size_of_a_white_page_is_what_the_tables_of_t4_make_of_it(tmp_path: Path) -> None:
    fine = Page(FINE.width, 1000, FINE.x_dpi, FINE.y_dpi, bytes(FINE.width // 8 * 1000))
    standard = replace(fine, y_dpi=97.79)
    eol, row, same = 12, 9 + 8, 1  # white runs of 1728 and 0; V(0)
    assert coded_octets(fine, Coding.MH) == (eol + row) * 1000 / 8 + 9
    assert coded_octets(fine, Coding.MR) == ((eol + 1 + row) * 250 + (eol + 1 + same) * 750) / 8 + 10  # K = 4
    assert coded_octets(standard, Coding.MR) == ((eol + 1 + row) * 500 + (eol + 1 + same) * 500) / 8 + 10  # K = 2
    assert coded_octets(fine, Coding.MMR) == (same * 1000 + 24) / 8


@settings(max_examples=25)
@given(width=st.integers(1, 2000), rows=st.integers(1, 40), seed=st.integers(0, 999))
def test_the_size_of_a_page_is_the_same_in_memory_and_in_the_file(
    tmp_path_factory: pytest.TempPathFactory, width: int, rows: int, seed: int
) -> None:
    wanted = page(rows, seed, width)
    path = tmp_path_factory.mktemp("fax") / "a.tif"
    with path.open("w+b") as file, PageWriter(file.fileno(), 1) as writer:
        written = writer.write(wanted)
    with Image.open(path) as image:
        assert image.getexif()[279] == written == coded_octets(wanted, Coding.MMR)


def test_pages_of_others_are_read_with_either_meaning_of_one(tmp_path: Path) -> None:
    wanted = page(30, width=100)
    picture = Image.frombytes("1", (100, 30), bytes(255 - byte for byte in wanted.bits))
    picture.save(tmp_path / "b.tif", compression="group4", dpi=(204, 196))
    (found,) = read_pages(tmp_path / "b.tif")
    assert found.bits == wanted.bits


def test_the_same_pages_are_the_same(tmp_path: Path) -> None:
    a = write(tmp_path / "a.tif", page(50), page(60, 2))
    b = write(tmp_path / "b.tif", page(50), page(60, 2))
    assert same_pages(a, b) is None
    assert count_pages(a) == 2


def test_one_pixel_is_a_difference(tmp_path: Path) -> None:
    first = page(50)
    bits = bytearray(first.bits)
    bits[216 * 7 + 3] ^= 0x10
    a = write(tmp_path / "a.tif", first)
    b = write(tmp_path / "b.tif", Page(FINE.width, 50, FINE.x_dpi, FINE.y_dpi, bytes(bits)))
    assert same_pages(a, b) == "page 1 differs in 1 pixels, the first of them in row 8"


def test_a_missing_page_and_a_shorter_page_are_differences(tmp_path: Path) -> None:
    a = write(tmp_path / "a.tif", page(50), page(60, 2))
    assert same_pages(a, write(tmp_path / "b.tif", page(50))) == "one file has 1 pages, the other has more"
    c = write(tmp_path / "c.tif", page(50), page(59, 2))
    assert same_pages(a, c) == "page 2 is 1728 x 60 in one file and 1728 x 59 in the other"


def test_a_png_shows_the_page(tmp_path: Path) -> None:
    wanted = page(60, 2)
    write_png(write(tmp_path / "a.tif", page(50), wanted), 2, tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as image:
        assert image.mode == "1"
        assert image.info["dpi"] == pytest.approx((FINE.x_dpi, FINE.y_dpi), abs=0.02)
        assert image.tobytes() == bytes(255 - byte for byte in wanted.bits)


@pytest.mark.parametrize("resolution", Resolution)
def test_a_thumbnail_is_the_mean_of_the_page_in_its_true_shape(resolution: Resolution) -> None:
    raster = RASTERS[resolution]
    black = np.random.default_rng(1).random((raster.a4_rows, raster.width)) < 0.3
    black[:, : raster.width // 2] = False
    shown = thumbnail(Page(raster.width, raster.a4_rows, raster.x_dpi, raster.y_dpi, np.packbits(black, 1).tobytes()))
    assert len(shown) < 40_000
    with Image.open(BytesIO(shown)) as image:
        assert (image.mode, image.width) == ("L", 200)
        assert image.height == pytest.approx(200 * 297 / 215, abs=6)
        grey = np.asarray(image)
    assert (grey[:, :100] == 255).all()
    assert grey[:, 100:].mean() == pytest.approx(255 * 0.7, abs=1)


@settings(max_examples=40)
@given(width=st.integers(1, 700), rows=st.integers(1, 900), seed=st.integers(0, 99))
def test_a_thumbnail_has_all_pixels_of_the_page_and_no_others(width: int, rows: int, seed: int) -> None:
    black = np.random.default_rng(seed).random((rows, width)) < 0.5
    with Image.open(BytesIO(thumbnail(Page(width, rows, 100, 100, np.packbits(black, 1).tobytes())))) as image:
        grey = np.asarray(image)
    lines, columns = grey.shape
    assert (columns <= 200, lines <= 600) == (True, True)
    y, x = (np.arange(of + 1) * full // of for of, full in ((lines, rows), (columns, width)))
    counts = np.add.reduceat(np.add.reduceat(black, y[:-1], axis=0, dtype=np.int64), x[:-1], axis=1)
    assert np.abs(grey - (255 - 255 * counts / np.outer(np.diff(y), np.diff(x)))).max() <= 1


def test_there_is_no_third_page_of_two(tmp_path: Path) -> None:
    with pytest.raises(IndexError):
        write_png(write(tmp_path / "a.tif", page(5), page(5)), 3, tmp_path / "a.png")


def test_what_is_no_fax_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.tif").write_bytes(b"not a TIFF")
    with pytest.raises(DamagedPages):
        list(read_pages(tmp_path / "text.tif"))
    Image.new("RGB", (20, 20)).save(tmp_path / "colour.tif")
    with pytest.raises(DamagedPages):
        list(read_pages(tmp_path / "colour.tif"))


@settings(max_examples=60)
@given(data=st.data())
def test_no_bytes_crash_the_reader(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    folder = tmp_path_factory.mktemp("fax")
    good = bytearray(write(folder / "a.tif", page(9, width=64)).read_bytes())
    for at, value in data.draw(st.lists(st.tuples(st.integers(0, len(good) - 1), st.integers(0, 255)), max_size=6)):
        good[at] = value
    (folder / "b.tif").write_bytes(good[: data.draw(st.integers(0, len(good)))])
    with contextlib.suppress(DamagedPages):
        assert all(len(found.bits) == (found.width + 7) // 8 * found.rows for found in read_pages(folder / "b.tif"))
