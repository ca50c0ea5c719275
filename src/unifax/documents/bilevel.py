"""Grey to black and white, so that it reads well and codes small. Numbers in, numbers out; knows no files.

Text and line art are cut at one threshold; shaded paper is flattened first; photographs become clustered dots, which
code five times smaller than error diffusion; fills of flat grey that must be told apart become hatches. The work is
done in C: this is the only owner of `unifax.documents._bilevel`. Thresholds were chosen by eye and by seconds on the
line over some thirty pages; they are not sacred.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unifax.documents._bilevel import ffi, lib
from unifax.model.paper import RASTERS, Raster, Resolution, Treatment

Grey = NDArray[np.uint8]
"Rows of pixels, 0 is black, 255 is white."
Black = NDArray[np.bool_]
"Rows of pixels, True is black."
Packed = NDArray[np.uint8]
"Rows of pixels, eight to a byte, the leftmost in its highest bit; 1 is black, spare bits are 0."

_TREATMENTS = {Treatment.AUTO: lib.BW_AUTO, Treatment.TEXT: lib.BW_TEXT, Treatment.PHOTO: lib.BW_PHOTO}


@dataclass(frozen=True, slots=True)
class Grain:
    """What the lengths that matter are in pixels, across and down."""

    block: tuple[int, int]
    "What is judged as one, 2 mm; across a multiple of 8."
    stroke: tuple[int, int]
    "Thinner things are strokes, thicker ones are fills: 1.6 mm."
    dot: tuple[int, int]
    "A square of two dots at 45 degrees: 36 lines to the inch at 204 dpi, 42 at 300, 48 at 400."


GRAINS: Mapping[Resolution, Grain] = {
    Resolution.STANDARD: Grain((16, 8), (13, 7), (8, 4)),
    Resolution.FINE: Grain((16, 16), (13, 13), (8, 8)),
    Resolution.SUPERFINE: Grain((16, 32), (13, 25), (8, 16)),
    Resolution.R300: Grain((24, 24), (19, 19), (10, 10)),
    Resolution.R400: Grain((32, 32), (25, 25), (12, 12)),
}
_GRAIN_OF = {RASTERS[resolution]: grain for resolution, grain in GRAINS.items()}


@dataclass(frozen=True, slots=True)
class Bilevel:
    """A page in black and white."""

    packed: Packed
    width: int
    "Pixels of a row."
    treatment: Treatment
    "TEXT or PHOTO: which of them it got, at least in part."
    dotted: Black
    "Which blocks of the page have dots, by rows of blocks."

    @property
    def black(self) -> Black:
        return np.unpackbits(self.packed, axis=1, count=self.width).astype(np.bool_)


def without_dots(packed: Packed, raster: Raster) -> Bilevel:
    """Return a page of this raster that is black and white already."""
    across, down = _GRAIN_OF[raster].block
    dotted = np.zeros((-(-len(packed) // down), -(-raster.width // across)), np.bool_)
    return Bilevel(packed, raster.width, Treatment.TEXT, dotted)


def black_and_white(grey: Grey, raster: Raster, treatment: Treatment = Treatment.AUTO) -> Bilevel:
    """Return a page of this raster in black and white. A page of pure black and white comes back as it is.

    Raises MemoryError.
    """
    rows, width = grey.shape
    grain = _GRAIN_OF[raster]
    packed = np.empty((rows, (width + 7) // 8), np.uint8)
    dotted = np.empty((-(-rows // grain.block[1]), -(-width // grain.block[0])), np.uint8)
    found = lib.bw_page(
        ffi.from_buffer("uint8_t[]", np.ascontiguousarray(grey)),
        width,
        rows,
        ffi.new("bw_grain *", (*grain.block, *grain.stroke, *grain.dot)),
        _TREATMENTS[treatment],
        ffi.from_buffer("uint8_t[]", packed),
        ffi.from_buffer("uint8_t[]", dotted),
    )
    if found < 0:
        raise MemoryError
    return Bilevel(packed, width, Treatment.PHOTO if found else Treatment.TEXT, dotted.view(np.bool_))


Shapes = NDArray[np.int32]
"One row for each shape: left, top, right and bottom (both one beyond), pixels of ink, holes."

_SHAPES_AT_MOST = 1 << 16
"A page of small print has a quarter of it; a page of dots more."


def shapes(packed: Packed, width: int) -> Shapes:
    """Return what ink hangs together on a page, corners included, from its top. Raises MemoryError."""
    found = np.empty((_SHAPES_AT_MOST, 6), np.int32)
    count = lib.bw_shapes(
        ffi.from_buffer("uint8_t[]", np.ascontiguousarray(packed)),
        width,
        len(packed),
        ffi.from_buffer("bw_shape[]", found),
        len(found),
    )
    if count < 0:
        raise MemoryError
    return found[:count]


def low_lines(packed: Packed, width: int, least: int, most: int, tall: int) -> int:
    """Return how many lines of `least` to `most` rows stand between white rows, in strips of 128 columns.

    They are a twelfth black, as writing is. Those of more than `tall` rows count, too: they may hide some.
    Raises MemoryError.
    """
    whole = ffi.from_buffer("uint8_t[]", np.ascontiguousarray(packed))
    found = lib.bw_lines(whole, width, len(packed), least, most, tall)
    if found < 0:
        raise MemoryError
    return found


def shrunk(packed: Packed, width: int, to_width: int, to_rows: int) -> Packed:
    """Return a page made smaller, 15 times at most: black is what was at least half black. Raises MemoryError."""
    found = np.empty((to_rows, (to_width + 7) // 8), np.uint8)
    whole = ffi.from_buffer("uint8_t[]", np.ascontiguousarray(packed))
    if lib.bw_shrink(whole, width, len(packed), ffi.from_buffer("uint8_t[]", found), to_width, to_rows) < 0:
        raise MemoryError
    return found
