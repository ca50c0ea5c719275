"""TIFF files of every layout that scanners and programs write become the same grey picture."""

import struct
import zlib
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.documents import samples
from unifax.documents.bilevel import Grey
from unifax.documents.intake import Unfit
from unifax.documents.order import Limits
from unifax.documents.tiff_images import TiffImages

ROWS, COLUMNS = 200, 160
PICTURE = np.full((ROWS, COLUMNS), 255, np.uint8)
"A bar along the upper edge, a square at the left."
PICTURE[:20] = PICTURE[100:116, :16] = 0
ORDERS = pytest.mark.parametrize("order", "<>")
REVERSED = bytes(int(f"{octet:08b}"[::-1], 2) for octet in range(256))


def tiff(
    strips: Sequence[bytes], bits: Sequence[int], photometric: int, order: str = "<", **more: Sequence[int]
) -> bytes:
    """A TIFF of these strips or tiles; `more` has fields by name, or changes them."""
    fields: dict[str, tuple[int, int, Sequence[int]]] = {
        "width": (256, 4, [COLUMNS]),
        "rows": (257, 4, [ROWS]),
        "bits": (258, 3, bits),
        "compression": (259, 3, [1]),
        "photometric": (262, 3, [photometric]),
        "samples": (277, 3, [len(bits)]),
        "strip_rows": (278, 4, [-(-ROWS // len(strips))]),
        "x_resolution": (282, 5, [100, 1]),
        "y_resolution": (283, 5, [100, 1]),
        "unit": (296, 3, [2]),
    }
    tags = {
        "fill_order": 266, "orientation": 274, "planar": 284, "predictor": 317, "colours": 320, "tile_width": 322,
        "tile_rows": 323, "extra": 338, "format": 339, "subsampling": 530,
    }  # fmt: skip
    for name, values in more.items():
        tag, kind, _ = fields.get(name, (tags.get(name), 3, ()))
        assert tag is not None
        fields[name] = (tag, kind, values)
    places, sizes = (324, 325) if "tile_width" in more else (273, 279)
    entries = sorted(fields.values())
    count = len(entries) + 2
    start = 8 + 2 + 12 * count + 4
    blob = bytearray()

    def put(data: bytes) -> int:
        at = start + len(blob)
        blob.extend(data + bytes(len(data) % 2))
        return at

    entries += [(places, 4, [put(strip) for strip in strips]), (sizes, 4, [len(strip) for strip in strips])]
    directory = struct.pack(order + "H", count)
    for tag, kind, values in sorted(entries):
        data = struct.pack(order + {3: "H", 4: "I", 5: "I"}[kind] * len(values), *values)
        place = data.ljust(4, b"\0") if len(data) <= 4 else struct.pack(order + "I", put(data))
        directory += struct.pack(order + "HHI", tag, kind, len(values) // (2 if kind == 5 else 1)) + place
    head = b"II*\0" if order == "<" else b"MM\0*"
    return head + struct.pack(order + "I", 8) + directory + bytes(4) + bytes(blob)


def packed(values: Grey, bits: int) -> bytes:
    """Values of so many bits, the highest of each, in rows of whole octets."""
    each = np.unpackbits(values[:, :, None], axis=2)[:, :, :bits]
    return np.packbits(each.reshape(ROWS, -1), axis=1).tobytes()


def deep(values: NDArray[np.uint8], order: str) -> bytes:
    return (values.astype(np.uint16) * 257).astype(order + "u2").tobytes()


def read(data: bytes) -> Grey:
    return TiffImages(data, Limits()).grey(0, (1, 1))


@ORDERS
@pytest.mark.parametrize("bits", [1, 2, 4, 8])
@pytest.mark.parametrize("photometric", [0, 1])
@pytest.mark.parametrize("fill_order", [1, 2])
def test_grey_of_any_depth_and_bit_order(order: str, bits: int, photometric: int, fill_order: int) -> None:
    values = packed(PICTURE if photometric else 255 - PICTURE, bits)
    turn = REVERSED if fill_order == 2 else None
    plain = tiff([values.translate(turn)], [bits], photometric, order, fill_order=[fill_order])
    small = tiff(
        [zlib.compress(values).translate(turn)], [bits], photometric, order, fill_order=[fill_order], compression=[8]
    )
    assert np.array_equal(read(plain), PICTURE)
    assert np.array_equal(read(small), PICTURE)


@ORDERS
@pytest.mark.parametrize("photometric", [0, 1])
def test_grey_in_strips_tiles_and_sixteen_bits(order: str, photometric: int) -> None:
    values = PICTURE if photometric else 255 - PICTURE
    strips = [values[at : at + 7].tobytes() for at in range(0, ROWS, 7)]
    assert np.array_equal(read(tiff(strips, [8], photometric, order, strip_rows=[7])), PICTURE)
    whole = np.pad(values, ((0, 8), (0, 0)))
    tiles = [whole[y : y + 16, x : x + 16].tobytes() for y in range(0, ROWS, 16) for x in range(0, COLUMNS, 16)]
    assert np.array_equal(read(tiff(tiles, [8], photometric, order, tile_width=[16], tile_rows=[16])), PICTURE)
    assert np.array_equal(read(tiff([deep(values, order)], [16], photometric, order)), PICTURE)


@ORDERS
@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_palettes(order: str, bits: int) -> None:
    """0 is white and 1 is black, whatever that looks like without the palette."""
    colours = [0] * (3 << bits)
    colours[0] = colours[1 << bits] = colours[2 << bits] = 65535
    index = (PICTURE == 0).astype(np.uint8) << (8 - bits)
    data = tiff([packed(index, bits)], [bits], 3, order, colours=colours)
    assert np.array_equal(read(data), PICTURE)


@ORDERS
def test_colours_in_one_plane_or_three(order: str) -> None:
    colours = np.repeat(PICTURE[:, :, None], 3, axis=2)
    assert np.array_equal(read(tiff([colours.tobytes()], [8] * 3, 2, order)), PICTURE)
    assert np.array_equal(read(tiff([deep(colours, order)], [16] * 3, 2, order)), PICTURE)
    planes = {"planar": [2], "strip_rows": [ROWS]}
    assert np.array_equal(read(tiff([PICTURE.tobytes()] * 3, [8] * 3, 2, order, **planes)), PICTURE)
    assert np.array_equal(read(tiff([deep(PICTURE, order)] * 3, [16] * 3, 2, order, **planes)), PICTURE)


def test_what_is_transparent_is_white() -> None:
    seen = np.dstack([np.zeros_like(PICTURE), 255 - PICTURE])
    assert np.array_equal(read(tiff([seen.tobytes()], [8, 8], 1, extra=[2])), PICTURE)


@ORDERS
def test_printers_colours(order: str) -> None:
    none = np.zeros_like(PICTURE)
    inks = np.dstack([none, none, none, 255 - PICTURE])
    assert np.array_equal(read(tiff([inks.tobytes()], [8] * 4, 5, order)), PICTURE)
    assert np.array_equal(read(tiff([deep(inks, order)], [16] * 4, 5, order)), PICTURE)
    colours = np.random.default_rng(1).integers(0, 256, (ROWS, COLUMNS, 4), np.uint8)
    one, other = (
        read(tiff([colours.tobytes()], [8] * 4, 5, order)),
        read(tiff([deep(colours, order)], [16] * 4, 5, order)),
    )
    assert np.array_equal(one, other)


@ORDERS
def test_floats_from_black_to_white(order: str) -> None:
    values = (PICTURE / 255).astype(order + "f4")
    assert np.array_equal(read(tiff([values.tobytes()], [32], 1, order, format=[3])), PICTURE)
    assert np.array_equal(
        read(tiff([(1 - values).astype(order + "f4").tobytes()], [32], 0, order, format=[3])), PICTURE
    )
    colours = np.repeat(values[:, :, None], 3, axis=2)
    assert np.array_equal(read(tiff([colours.tobytes()], [32] * 3, 2, order, format=[3])), PICTURE)


@pytest.mark.parametrize("odd", [-0.5, 1.5, 255.0, np.inf, np.nan])
def test_floats_beyond_black_and_white_are_measurements(odd: float) -> None:
    values = np.ones((ROWS, COLUMNS), "<f4")
    values[-1, -1] = odd
    with pytest.raises(Unfit, match="greys of a kind that cannot be faxed"):
        read(tiff([values.tobytes()], [32], 1, format=[3]))


@ORDERS
@pytest.mark.parametrize("across", [1, 2])
def test_brightness_with_colours_of_fewer_pixels(order: str, across: int) -> None:
    blocks = [
        PICTURE[y : y + across, x : x + across].tobytes() + b"\x80\x80"
        for y in range(0, ROWS, across)
        for x in range(0, COLUMNS, across)
    ]
    data = tiff([b"".join(blocks)], [8] * 3, 6, order, subsampling=[across, across])
    assert np.array_equal(read(data), PICTURE)


@pytest.mark.parametrize("compression", ["tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg"])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_what_other_programs_write(compression: str, mode: str) -> None:
    page = read(samples.tiff(mode, compression=compression))
    wanted = np.asarray(samples.image("L"))
    assert page.shape == wanted.shape
    assert np.mean(np.abs(page.astype(int) - wanted) > 60) < 0.01


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_says_how_it_is_held(orientation: int) -> None:
    look = TiffImages(tiff([packed(PICTURE, 1)], [1], 1, orientation=[orientation]), Limits()).look(0)
    assert (look.width, look.rows, look.orientation, look.is_bilevel) == (COLUMNS, ROWS, orientation, True)
    assert look.size == ((COLUMNS, ROWS) if orientation < 5 else (ROWS, COLUMNS))


@pytest.mark.parametrize(
    ("unit", "x", "found"),
    [
        (2, [204, 1], (204, 100)),
        (2, [0, 0], None),
        (2, [1, 0], None),
        (2, [0xFFFFFFFF, 1], None),
        (2, [5, 1], None),
        (1, [204, 1], None),
        (7, [204, 1], (204, 100)),
    ],
)
def test_a_resolution_without_sense_is_none(unit: int, x: list[int], found: tuple[float, float] | None) -> None:
    look = TiffImages(tiff([packed(PICTURE, 1)], [1], 1, unit=[unit], x_resolution=x), Limits()).look(0)
    assert (look.dpi is None) == (found is None)
    assert look.dpi is None or look.dpi == pytest.approx(found, rel=1e-5)


def test_centimetres() -> None:
    look = TiffImages(tiff([packed(PICTURE, 1)], [1], 1, unit=[3], x_resolution=[8032, 100]), Limits()).look(0)
    assert look.dpi is not None
    assert look.dpi == pytest.approx((204.01, 254), abs=0.01)


@pytest.mark.parametrize(("depth", "form"), [(32, 1), (64, 3)])
def test_measurements_are_no_pictures(depth: int, form: int) -> None:
    with pytest.raises(Unfit, match="has colours or greys of a kind that cannot be faxed"):
        read(tiff([bytes(ROWS * COLUMNS * depth // 8)], [depth], 1, format=[form]))


@given(st.binary(max_size=80), st.integers(0, 600), st.integers(0, 60))
def test_damage_is_refused_or_read(junk: bytes, at: int, cut: int) -> None:
    good = tiff([zlib.compress(packed(PICTURE, 2))], [2], 1, compression=[8])
    data = good[:8] + (good[8 : 8 + at] + junk + good[8 + at + cut :])
    try:
        images = TiffImages(data, Limits(image_side=4000))
        assert images.grey(0, (1, 1)).shape == (images.look(0).rows, images.look(0).width)
    except Unfit:
        return
