"""Good documents become the pages that a person would expect; the service outlives its processes."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.documents import samples
from tests.documents.conftest import HEADER, Draw
from unifax.documents.convert import Converter, Limits
from unifax.documents.intake import Found, Kind
from unifax.model.errors import FileInvalid
from unifax.model.header import HeaderPosition, HeaderStyle

TOP = 40
"Rows of the header line."


def look(converter: Converter, folder: Path, data: bytes) -> Found:
    (folder / "file").write_bytes(data)
    return converter.inspect(folder / "file", "file")


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"This is my fax\n", Found(Kind.TXT, 1)),
        (b"a\n" * 61, Found(Kind.TXT, 2)),
        (b"one\ftwo\fthree\n", Found(Kind.TXT, 3)),
        (samples.pdf(samples.HELLO, samples.HELLO), Found(Kind.PDF, 2)),
        (samples.form("acro"), Found(Kind.PDF, 1)),
        (samples.jpeg(), Found(Kind.JPG, 1)),
        (samples.saved(samples.image("RGBA"), "PNG"), Found(Kind.PNG, 1)),
        (samples.tiff(pages=3, compression="group4"), Found(Kind.TIF, 3)),
        (samples.tiff("RGB", pages=2, compression="tiff_lzw"), Found(Kind.TIF, 2)),
        (samples.tiff("L", pages=2, big_tiff=True), Found(Kind.TIF, 2)),
    ],
)
def test_a_file_is_known_by_what_is_in_it(converter: Converter, tmp_path: Path, data: bytes, found: Found) -> None:
    assert look(converter, tmp_path, data) == found


def test_a_text_has_its_words_inside_its_margins_and_a_header(draw: Draw) -> None:
    (page,) = draw(b"This is my fax\n")
    assert page.shape == (2287, 1728)
    assert page[:TOP].any()
    text = page[TOP:]
    rows, columns = np.flatnonzero(text.any(axis=1)) + TOP, np.flatnonzero(text.any(axis=0))
    assert 154 <= rows[0] < rows[-1] < 154 + 40
    assert 160 <= columns[0] < columns[-1] < 160 + 15 * 18


def test_right_to_left_stands_at_the_right(draw: Draw) -> None:
    (page,) = draw("שלום עולם\n".encode())
    columns = np.flatnonzero(page[TOP:].any(axis=0))
    assert columns[0] > 1200
    assert 1500 < columns[-1] < 1575


def test_every_encoding_of_the_same_text_makes_the_same_page(draw: Draw) -> None:
    text = "Größe, naïve café, übermäßig schöne Grüße aus Köln und Düsseldorf\n"
    (wanted,) = draw(text.encode())
    for encoding in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"):
        (page,) = draw(text.encode(encoding))
        assert np.array_equal(page, wanted), encoding


def test_a_pdf_keeps_its_true_size(draw: Draw) -> None:
    """A frame of 100 by 200 mm, 20 mm from the left edge of A4 and 30 mm from its upper edge."""
    mm = 72 / 25.4
    (page,) = draw(samples.pdf(f"{20 * mm} {(297 - 230) * mm} {100 * mm} {200 * mm} re f"))
    assert page.shape == (2287, 1728)
    rows, columns = np.flatnonzero(page[TOP:].any(axis=1)) + TOP, np.flatnonzero(page[TOP:].any(axis=0))
    assert columns[0] == pytest.approx(20 + 20 / 25.4 * 204, abs=2)  # A4 is 1687 of 1728 pixels: 20 on each side
    assert columns[-1] - columns[0] == pytest.approx(100 / 25.4 * 204, abs=2)
    assert rows[0] == pytest.approx(30 / 25.4 * 195.58, abs=2)
    assert rows[-1] - rows[0] == pytest.approx(200 / 25.4 * 195.58, abs=2)


@pytest.mark.parametrize(
    ("box", "shape"),
    [("0 0 842 595", (2287, 1728)), ("0 0 612 792", (2144, 1728)), ("0 0 842 1191", (2287, 1728))],
)
def test_landscape_is_turned_and_other_papers_are_fitted(draw: Draw, box: str, shape: tuple[int, int]) -> None:
    (page,) = draw(samples.pdf("0 0 2000 2000 re f", box=box))
    assert page[TOP:].any(axis=0).mean() > 0.9
    assert page.shape in (shape, (shape[0] + TOP, shape[1]))  # black from the very top: the header goes above


def test_a_header_covers_nothing(draw: Draw) -> None:
    (page,) = draw(samples.pdf("0 0 2000 2000 re f"))
    assert page.shape == (2287 + TOP, 1728)
    assert page[TOP:, 30:1690].all()
    assert not page[:TOP].all()


def test_filled_in_fields_are_drawn(draw: Draw) -> None:
    (page,) = draw(samples.form("acro"))
    assert page[TOP:].sum() == pytest.approx(200 / 72 * 204 * 40 / 72 * 195.58, rel=0.02)


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_a_jpeg_of_any_colours_is_drawn(draw: Draw, mode: str) -> None:
    (page,) = draw(samples.jpeg(mode, dpi=(100, 100)))
    assert page.shape == (round(10 * 195.58) + TOP, 1728)
    assert page[TOP : TOP + 190, 60:1660].mean() > 0.98
    assert page[TOP + 210 : TOP + 950, 60:1660].mean() < 0.02


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_a_png_of_any_colours_is_drawn(draw: Draw, mode: str) -> None:
    picture = samples.image("L")
    if mode == "I;16":
        picture = Image.fromarray(np.asarray(picture).astype(np.uint16) * 257)
    (page,) = draw(samples.saved(picture.convert(mode), "PNG", dpi=(100, 100)))
    assert page.shape == (round(10 * 195.58) + TOP, 1728)
    assert page[TOP : TOP + 190, 60:1660].mean() > 0.98
    assert page[TOP + 210 : TOP + 950, 60:1660].mean() < 0.02


@pytest.mark.parametrize("mode", ["1", "L", "LA", "RGB", "RGBA", "CMYK", "P", "I;16", "LAB", "YCbCr"])
def test_a_tiff_of_any_colours_is_drawn(draw: Draw, mode: str) -> None:
    picture = samples.image("L")
    if mode == "LAB":
        picture = Image.merge("LAB", (picture, Image.new("L", picture.size, 128), Image.new("L", picture.size, 128)))
    elif mode == "I;16":
        picture = Image.fromarray(np.asarray(picture).astype(np.uint16) * 257)
    else:
        picture = picture.convert(mode)
    (page,) = draw(samples.saved(picture, "TIFF", dpi=(100, 100)))
    assert page.shape == (round(10 * 195.58) + TOP, 1728)
    assert page[TOP : TOP + 190, 60:1660].mean() > 0.98
    assert page[TOP + 210 : TOP + 950, 60:1660].mean() < 0.02


@pytest.mark.parametrize("compression", ["raw", "group3", "group4", "tiff_lzw", "tiff_adobe_deflate", "packbits"])
def test_a_fax_page_goes_through_untouched(draw: Draw, compression: str) -> None:
    noise = np.random.default_rng(1).integers(0, 2, (1100, 1728), np.uint8).astype(np.bool_)
    noise[:TOP] = False
    picture = Image.fromarray(np.where(noise, 0, 255).astype(np.uint8)).convert("1", dither=Image.Dither.NONE)
    (fine,) = draw(samples.saved(picture, "TIFF", compression=compression, dpi=(204, 196)))
    assert np.array_equal(fine[TOP:], noise[TOP:])
    (standard,) = draw(samples.saved(picture, "TIFF", compression=compression, dpi=(204, 98)))
    assert np.array_equal(standard[TOP // 2 :], noise[TOP // 2 :])


def test_our_own_pages_can_be_sent_on(draw: Draw, tmp_path: Path) -> None:
    first = draw(b"This is my fax\n\f and its second page\n")
    again = draw((tmp_path / "out.tif").read_bytes())
    assert [page.shape for page in again] == [(len(page) + TOP, 1728) for page in first]
    assert all(np.array_equal(new[TOP:], old) for new, old in zip(again, first, strict=True))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photograph_stands_as_its_camera_was_held(draw: Draw, orientation: int) -> None:
    upright = samples.image("L", (600, 1000))
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = upright.transpose(undo[orientation]) if orientation > 1 else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    (page,) = draw(samples.saved(stored, "JPEG", exif=exif, dpi=(100, 100)))
    left = (1728 - 6 * 204) // 2
    assert page[TOP + 10 : TOP + 180, left + 10 : left + 1200].mean() > 0.98
    assert page[TOP + 1000 : TOP + 1080, left + 10 : left + 100].mean() > 0.98
    assert page[TOP + 1000 : TOP + 1080, left + 200 : left + 1200].mean() < 0.02


def test_landscape_is_turned_clockwise_in_pictures_as_in_pdf(draw: Draw) -> None:
    (picture,) = draw(samples.jpeg("L", (1100, 800), dpi=(100, 100)))
    (drawn,) = draw(samples.pdf("0 518.4 792 57.6 re f", box="0 0 792 576"))
    for page in (picture, drawn):
        assert page[TOP:, 1530:1660].mean() > 0.9
        assert page[TOP + 1500 :, 150:1200].mean() < 0.05


def test_files_become_one_fax_in_their_order(draw: Draw) -> None:
    pages = draw(b"text\n", samples.pdf(samples.HELLO, "0 0 2000 2000 re f"), samples.jpeg(), samples.tiff(pages=2))
    assert len(pages) == 6
    assert pages[2].mean() > 0.9


def test_the_page_number_is_in_the_header(draw: Draw) -> None:
    one, two = draw(b"same\n\fsame\n")
    assert not np.array_equal(one[:TOP], two[:TOP])
    assert np.array_equal(one[:TOP, :1500], two[:TOP, :1500])


def test_words_in_the_header_are_never_markup(draw: Draw) -> None:
    """If '#' or '*' were read by Typst, some letters would not be drawn."""
    (plain,) = draw(b"x\n", header=replace(HEADER, text="WWW"))
    (markup,) = draw(b"x\n", header=replace(HEADER, text="#W*W*_W$"))
    (empty,) = draw(b"x\n", header=replace(HEADER, text=""))
    assert empty[:TOP].sum() < plain[:TOP].sum() < markup[:TOP].sum()


def test_the_line_of_the_extension_is_on_the_page(draw: Draw) -> None:
    (page,) = draw(b"x\n", header=replace(HEADER, style=HeaderStyle(HeaderPosition.ABOVE, "{page}/{pages}")))
    (bare,) = draw(b"x\n", header=replace(HEADER, style=HeaderStyle(HeaderPosition.OFF)))
    assert np.array_equal(page[TOP:], bare)
    assert 0 < np.flatnonzero(page[:TOP].any(axis=0))[-1] < 150


def test_what_cannot_be_faxed_leaves_no_pages_behind(converter: Converter, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("fine\n")
    (tmp_path / "b.pdf").write_bytes(samples.ENCRYPTED)
    files = [(tmp_path / "a.txt", "a.txt"), (tmp_path / "b.pdf", "b.pdf")]
    with pytest.raises(FileInvalid, match=r"^The file 'b\.pdf' is password-protected\.$"):
        converter.render(files, tmp_path / "out.tif", HEADER)
    assert sorted(os.listdir(tmp_path)) == ["a.txt", "b.pdf"]


def test_pages_are_counted_over_all_files(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(samples.pdf(*["" for _ in range(6)]))
    with Converter(Limits(pages=10)) as converter:
        assert converter.inspect(tmp_path / "a", "a").pages == 6
        with pytest.raises(FileInvalid, match="'b' brings the fax to 12 pages; at most 10 can be faxed"):
            converter.render([(tmp_path / "a", "a"), (tmp_path / "a", "b")], tmp_path / "out.tif", HEADER)


def test_other_processes_stay_light() -> None:
    code = (
        "import sys, unifax.documents.convert, unifax.documents.intake, unifax.documents.pages;"
        "print(sorted({'numpy', 'PIL', 'typst', 'pypdfium2_raw', 'chardet'} & set(sys.modules)))"
    )
    source = str(Path(__file__).parents[2] / "src")
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, env={"PYTHONPATH": source}, check=True)
    assert told.stdout == b"[]\n"
