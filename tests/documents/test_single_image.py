"""JPEG and PNG of any colours become grey; what they say of themselves is believed where it makes sense."""

import io
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.documents import samples
from unifax.documents import single_image
from unifax.documents.bilevel import Grey
from unifax.documents.intake import Kind, Unfit
from unifax.documents.order import Limits
from unifax.documents.single_image import SingleImage

WHOLE = (10_000, 10_000)


@pytest.fixture(scope="module", autouse=True)
def pillow() -> None:
    single_image.start()


def opened(data: bytes, kind: Kind) -> SingleImage:
    return SingleImage(data, kind, Limits())


def is_the_sample(page: Grey) -> bool:
    """Tell whether a picture is the one of `samples.image`, give or take what JPEG does to it."""
    wanted = np.asarray(samples.image("L"))
    return page.shape == wanted.shape and bool(np.mean(np.abs(page.astype(int) - wanted) > 60) < 0.01)


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_of_any_colours(mode: str, progressive: bool) -> None:
    assert is_the_sample(opened(samples.jpeg(mode, progressive=progressive), Kind.JPG).grey(0, WHOLE))


def test_inks_are_turned_round_as_adobe_does_and_everybody_reads() -> None:
    """255 is no ink (Adobe Technical Note 5116), with the mark that says so or without."""
    marked = samples.jpeg("CMYK")
    at = marked.index(b"\xff\xee" + struct.pack(">H", 14) + b"Adobe")
    assert is_the_sample(opened(marked, Kind.JPG).grey(0, WHOLE))
    assert is_the_sample(opened(marked[:at] + marked[at + 16 :], Kind.JPG).grey(0, WHOLE))


def test_a_jpeg_is_decoded_no_finer_than_needed() -> None:
    image = opened(samples.jpeg(size=(1600, 2000)), Kind.JPG)
    assert image.grey(0, (400, 500)).shape == (500, 400)
    assert image.grey(0, (401, 400)).shape == (1000, 800)
    assert image.grey(0, (1, 1)).shape == (250, 200)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_a_png_of_any_colours(mode: str) -> None:
    picture = samples.image("L")
    if mode == "I;16":
        picture = Image.fromarray(np.asarray(picture).astype(np.uint16) * 257)
    image = opened(samples.saved(picture.convert(mode), "PNG"), Kind.PNG)
    assert np.array_equal(image.grey(0, WHOLE), np.asarray(samples.image("L")))
    assert image.look(0).is_bilevel == (mode == "1")


@pytest.mark.parametrize(("mode", "colour"), [("L", 0), ("RGB", (0, 0, 0)), ("P", 0), ("1", 0)])
def test_a_colour_that_stands_for_nothing_is_white(mode: str, colour: object) -> None:
    data = samples.saved(samples.image(mode), "PNG", transparency=colour)
    assert (opened(data, Kind.PNG).grey(0, WHOLE) == 255).all()


def test_what_is_transparent_is_white() -> None:
    picture = Image.new("RGBA", (30, 30), (0, 0, 0, 0))
    picture.paste((0, 0, 0, 255), (0, 0, 30, 10))
    page = opened(samples.saved(picture, "PNG"), Kind.PNG).grey(0, WHOLE)
    assert (page[:10] == 0).all()
    assert (page[10:] == 255).all()


@pytest.mark.parametrize(("kind", "name"), [(Kind.JPG, "JPEG"), (Kind.PNG, "PNG")])
def test_resolution_and_orientation_are_read(kind: Kind, name: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    look = opened(samples.saved(samples.image(), name, dpi=(300, 150), exif=exif), kind).look(0)
    assert (look.width, look.rows, look.size) == (800, 1000, (1000, 800))
    assert look.dpi == pytest.approx((150, 300), rel=1e-3)
    assert look.inches == pytest.approx((1000 / 150, 800 / 300), rel=1e-3)


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_orientation_that_does_not_exist_is_none(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert opened(samples.jpeg(exif=exif), Kind.JPG).look(0).orientation == 1


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize(
    "exif", [b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0MM\0*\0\0\0\x08\xff\xff\1\x12\0\2"]
)
def test_damaged_exif_does_no_harm(exif: bytes) -> None:
    image = opened(samples.jpeg(exif=exif), Kind.JPG)
    assert image.look(0).orientation == 1
    assert is_the_sample(image.grey(0, WHOLE))


def test_a_picture_in_two_for_both_eyes_is_the_first() -> None:
    file = io.BytesIO()
    samples.image().save(file, "MPO", save_all=True, append_images=[Image.new("L", (800, 1000))])
    assert is_the_sample(opened(file.getvalue(), Kind.JPG).grey(0, WHOLE))


@pytest.mark.filterwarnings("ignore::UserWarning")
@given(st.binary(max_size=60), st.integers(0, 400), st.integers(0, 60), st.sampled_from([Kind.JPG, Kind.PNG]))
def test_damage_is_refused_or_read(junk: bytes, at: int, cut: int, kind: Kind) -> None:
    good = samples.jpeg("RGB", (40, 50)) if kind is Kind.JPG else samples.saved(samples.image("RGBA", (40, 50)), "PNG")
    data = good[:8] + good[8 : 8 + at] + junk + good[8 + at + cut :]
    try:
        image = SingleImage(data, kind, Limits(image_side=2000))
        look = image.look(0)
        assert image.grey(0, WHOLE).shape == (look.rows, look.width)
    except Unfit:
        return
