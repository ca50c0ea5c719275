"""A fax as a PDF: another program sees the very pixels that were sent, in the very code they were sent in."""

import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pypdfium2  # type: ignore[import-untyped]  # it has no stubs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.faxes import dense_page, read_pages, text_fax, text_page
from unifax.documents.fax_pdf import Piece, fax_pdf
from unifax.documents.pages import DamagedPages, Page, PageWriter
from unifax.documents.strips import read_strips
from unifax.model.paper import RASTERS, Resolution

FINE = RASTERS[Resolution.FINE]


def ours(path: Path, images: Sequence[Image.Image], dpi: tuple[float, float] = (FINE.x_dpi, FINE.y_dpi)) -> Path:
    """Write pages as we write those we send."""
    with open(path, "w+b") as file, PageWriter(file.fileno(), len(images)) as writer:
        for image in images:
            black = image.tobytes().translate(bytes(range(255, -1, -1)))
            writer.write(Page(image.width, image.height, *dpi, black))
    return path


def written(document: Path, pieces: Sequence[Piece]) -> bytes:
    tiff = document.read_bytes()
    return b"".join(
        piece if isinstance(piece, bytes) else piece.turned(tiff[piece.offset : piece.offset + piece.octets])
        for piece in pieces
    )


def as_seen(pdf: bytes) -> list[Image.Image]:
    """Return the pages of a PDF as pdfium draws them, a pixel for each of the fax's."""
    with pypdfium2.PdfDocument(pdf) as opened:
        images = []
        for page in opened:
            (image,) = page.get_objects()
            width, rows = image.get_px_size()
            drawn = Image.new("L", (width, rows))
            drawn.paste(image.get_bitmap().to_pil().convert("L"))
            images.append(drawn)
        return images


@pytest.mark.parametrize("resolution", Resolution)
@pytest.mark.parametrize("size", [1728, 2048, 2432], ids=["A4", "B4", "A3"])
def test_pdfium_sees_every_pixel_in_the_true_shape(tmp_path: Path, resolution: Resolution, size: int) -> None:
    raster = RASTERS[resolution]
    dpi, rows, columns = (raster.x_dpi, raster.y_dpi), raster.a4_rows // 4, size * raster.width // 1728
    document = ours(tmp_path / "fax.tif", [text_page(1, rows, columns), dense_page(2, rows, columns)], dpi)
    pdf = written(document, fax_pdf(document))
    for white, seen in zip(read_pages(document), as_seen(pdf), strict=True):
        assert np.array_equal(np.asarray(seen) > 127, white)
    with pypdfium2.PdfDocument(pdf) as opened:
        for width, height in (page.get_size() for page in opened):
            assert width == pytest.approx(columns / dpi[0] * 72, abs=0.01)
            assert height == pytest.approx(rows / dpi[1] * 72, rel=0.001)


def test_pdfium_draws_the_page_as_a_whole(tmp_path: Path) -> None:
    document = ours(tmp_path / "fax.tif", [text_page(1, 2287)])
    with pypdfium2.PdfDocument(written(document, fax_pdf(document))) as opened:
        drawn = np.asarray(opened[0].render(scale=1, grayscale=True).to_pil())
    assert drawn.shape == (842, 610)
    assert drawn[:-2, :15].min() == 255  # the left margin is white, but for the line at the foot
    assert drawn[5:, 22:].min() < 128  # and there is ink beside it


def test_what_was_coded_is_not_coded_again(tmp_path: Path) -> None:
    document = ours(tmp_path / "fax.tif", [text_page(number, 2287) for number in range(3)])
    pdf = written(document, fax_pdf(document))
    tiff = document.read_bytes()
    for strip in read_strips(document):
        assert tiff[strip.offset : strip.offset + strip.octets] in pdf


def test_octets_that_begin_at_the_other_end_are_turned_round(tmp_path: Path) -> None:
    page = text_page(1)
    page.save(tmp_path / "fax.tif", compression="group4", dpi=(204, 196), tiffinfo={266: 2})
    assert read_strips(tmp_path / "fax.tif")[0].is_reversed
    (seen,) = as_seen(written(tmp_path / "fax.tif", fax_pdf(tmp_path / "fax.tif")))
    assert np.array_equal(np.asarray(seen) > 127, np.asarray(page))


@pytest.mark.parametrize("photometric", [0, 1])
def test_black_is_black_in_either_photometry(tmp_path: Path, photometric: int) -> None:
    page = text_page(1)
    page.save(tmp_path / "fax.tif", compression="group4", dpi=(204, 196), tiffinfo={262: photometric})
    assert read_strips(tmp_path / "fax.tif")[0].is_black_one == (photometric == 0)
    with Image.open(tmp_path / "fax.tif") as opened:
        as_read = np.asarray(opened)
    (seen,) = as_seen(written(tmp_path / "fax.tif", fax_pdf(tmp_path / "fax.tif")))
    assert np.array_equal(np.asarray(seen) > 127, as_read)


def test_other_codings_and_other_files_are_refused(tmp_path: Path) -> None:
    text_page(1).save(tmp_path / "fax.tif", compression="group3", dpi=(204, 196))
    with pytest.raises(DamagedPages, match=r"not coded as T\.6"):
        read_strips(tmp_path / "fax.tif")
    (tmp_path / "no.tif").write_bytes(b"%PDF-1.4 and so on")
    with pytest.raises(DamagedPages, match="no classic TIFF"):
        read_strips(tmp_path / "no.tif")
    (tmp_path / "empty.tif").touch()
    with pytest.raises(DamagedPages, match="cut short"):
        read_strips(tmp_path / "empty.tif")


def test_pages_that_go_round_in_a_circle_come_to_an_end(tmp_path: Path) -> None:
    document = text_fax(tmp_path / "fax.tif")
    data = bytearray(document.read_bytes())
    (at,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, at)
    struct.pack_into("<I", data, at + 2 + 12 * count, at)
    document.write_bytes(data)
    with pytest.raises(DamagedPages, match="circle"):
        read_strips(document)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return text_fax(tmp_path_factory.mktemp("fax") / "fax.tif", pages=2, rows=60).read_bytes()


@given(data=st.data())
def test_no_damage_does_more_than_to_be_refused(
    small: bytes, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    damaged = bytearray(small[: data.draw(st.integers(0, len(small)))])
    for _ in range(data.draw(st.integers(0, 4))):
        if damaged:
            damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    document = tmp_path_factory.getbasetemp() / "damaged.tif"
    document.write_bytes(damaged)
    try:
        strips = read_strips(document)
    except DamagedPages:
        return
    assert all(strip.offset + strip.octets <= len(damaged) for strip in strips)
