"""Grey to black and white, so that it reads well and codes small. Numbers in, numbers out; knows no files.

Text and line art are cut at one threshold; shaded paper is flattened first; photographs become clustered dots, which
code five times smaller than error diffusion. Thresholds were chosen by eye and by seconds on the line over some thirty
pages; they are not sacred.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from unifax.model.paper import Raster, Treatment

Grey = NDArray[np.uint8]
"Rows of pixels, 0 is black, 255 is white."
Black = NDArray[np.bool_]
"Rows of pixels, True is black."
Packed = NDArray[np.uint8]
"Rows of pixels, eight to a byte, the leftmost in its highest bit; 1 is black, spare bits are 0."

_THRESHOLD = 170
_BLOCK = 16
_DOT = 8
"Pixels between dots, at 45 degrees: 36 lines per inch at fine."


@dataclass(frozen=True, slots=True)
class Bilevel:
    """A page in black and white."""

    packed: Packed
    width: int
    "Pixels of a row."
    treatment: Treatment
    "TEXT or PHOTO: which of them it got, at least in part."

    @property
    def black(self) -> Black:
        return np.unpackbits(self.packed, axis=1, count=self.width).astype(np.bool_)


def black_and_white(grey: Grey, raster: Raster, treatment: Treatment = Treatment.AUTO) -> Bilevel:
    """Return a page of this raster in black and white. A page of pure black and white comes back as it is."""
    black, has_dots = grey < _THRESHOLD, False
    middle = (grey > 40) & (grey < 240)
    if np.count_nonzero(middle) > grey.size // 1000:
        rows, columns = _extent(np.flatnonzero(middle.any(axis=1))), _extent(np.flatnonzero(middle.any(axis=0)))
        black[rows, columns], has_dots = _toned(grey[rows, columns])
    return Bilevel(np.packbits(black, axis=1), grey.shape[1], Treatment.PHOTO if has_dots else Treatment.TEXT)


def _extent(at: NDArray[np.intp]) -> slice:
    """Return where something is, in whole blocks."""
    return slice(int(at[0]) // _BLOCK * _BLOCK, (int(at[-1]) // _BLOCK + 1) * _BLOCK)


def _toned(part: Grey) -> tuple[Black, bool]:
    """Treat a part of a page that has grey in it; say whether there are dots in it now."""
    without_strokes = _least(_most(part, 13), 13)
    dark_strokes = without_strokes.astype(np.int16) - part > 48  # whatever their grey: pale text, faint rules
    light_strokes = part.astype(np.int16) - _most(_least(part, 13), 13) > 48
    ground = _blocks(without_strokes)
    under = _enlarge(_least(_most(ground.astype(np.uint8), 3), 3).astype(np.float32), part.shape)
    if _is_paper(ground):
        flat = np.where(under >= 128, part * (255.0 / np.maximum(under, 1)), part)  # shaded paper; dark boxes stay dark
        return ((flat < _THRESHOLD) | dark_strokes) & ~(light_strokes & (under < 128)), False
    black = ((part < _THRESHOLD) | dark_strokes) & ~(light_strokes & (under < _THRESHOLD))
    photo = _photo(part)
    if not photo.any():
        return black, False
    return np.where(photo, _dots(part, photo), black), True


def _is_paper(ground: NDArray[np.float32]) -> bool:
    """Tell shaded paper from a picture: grey, but even (1 to 6 where photographs have 10 to 33) and nowhere dark."""
    return bool(
        np.mean(ground < 230) > 0.15 and np.mean(np.abs(ground - _blurred(ground))) < 8 and np.mean(ground < 96) < 0.05
    )


def _photo(part: Grey) -> Black:
    """Return where a photograph is: blocks of middle tones that change smoothly, in patches, and the sky above them.

    Flat tints are not photographs.
    """
    values = part.astype(np.float32)
    mean = _blocks(values)
    spread = np.sqrt(np.maximum(_blocks(values * values) - mean * mean, 0))
    steps = np.abs(np.diff(part.astype(np.int16), axis=1, append=part[:, -1:].astype(np.int16)))
    tones = _blocks(((part > 25) & (part < 240)).astype(np.float32))
    smooth = (tones > 0.6) & (_blocks(steps.astype(np.float32)) < 24)
    seeds = _most(_least((smooth & (spread > 1.5)).astype(np.uint8), 3), 3)
    sky = (smooth & (spread > 0.1) & (spread < 3)).astype(np.uint8)  # a tint has no spread at all, letters have much
    photo = _least(_most(_grown(seeds, sky), 11), 11)
    edge = _most(photo, 3) & (spread > 0.1)
    return _enlarge_flat((photo | edge).astype(np.bool_), part.shape)


def _grown(seeds: Grey, ground: Grey) -> Grey:
    """Return all of the ground that hangs together with a seed, as far as a page is long."""
    for _ in range(max(ground.shape)):
        grown = _most(seeds, 3) & ground | seeds
        if np.array_equal(grown, seeds):
            break
        seeds = grown
    return seeds


def _dots(part: Grey, photo: Black) -> Black:
    """Return clustered dots, tones stretched between the darkest and the lightest that matter."""
    counts = np.cumsum(np.bincount(part[photo], minlength=256))
    low, high = np.searchsorted(counts, (0.03 * counts[-1], 0.93 * counts[-1]))
    tone = (part.astype(np.float32) - low) / max(float(high - low), 1.0)
    wave = np.cos((np.arange(_DOT) + 0.5) * (2 * np.pi / _DOT))
    order = np.argsort(np.outer(wave, wave).ravel(), kind="stable")  # two dots to a square of eight: 45 degrees
    screen = ((np.argsort(order) + 0.5) / order.size).reshape(_DOT, _DOT)
    tiles = (-(-part.shape[0] // _DOT), -(-part.shape[1] // _DOT))
    return np.asarray(tone < np.tile(screen, tiles)[: part.shape[0], : part.shape[1]])


def _most(values: Grey, size: int) -> Grey:
    """Return the largest value within a square around each pixel."""
    return 255 - _least(255 - values, size)


def _least(values: Grey, size: int) -> Grey:
    """Return the smallest value within a square around each pixel, in log2(size) passes along each axis."""
    before, after = size // 2, size - 1 - size // 2
    for _ in range(2):
        values = np.pad(values, ((before, after), (0, 0)), mode="edge")
        reach = 1
        while reach < size:
            step = min(reach, size - reach)
            values = np.minimum(values[:-step], values[step:])
            reach += step
        values = np.ascontiguousarray(values.T)
    return values


def _blocks(values: NDArray[np.uint8] | NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the mean of each block, the last ones filled up with their edge."""
    rows, columns = (-(-length // _BLOCK) * _BLOCK for length in values.shape)
    full = np.pad(values, ((0, rows - values.shape[0]), (0, columns - values.shape[1])), mode="edge")
    blocks = full.reshape(rows // _BLOCK, _BLOCK, columns // _BLOCK, _BLOCK)
    return np.asarray(blocks.mean(axis=(1, 3), dtype=np.float32))


def _enlarge(blocks: NDArray[np.float32], shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Return a value for each pixel from one for each block, without steps."""
    full = Image.fromarray(blocks).resize(
        (blocks.shape[1] * _BLOCK, blocks.shape[0] * _BLOCK), Image.Resampling.BILINEAR
    )
    return np.asarray(full, dtype=np.float32)[: shape[0], : shape[1]]


def _enlarge_flat(blocks: Black, shape: tuple[int, ...]) -> Black:
    return blocks.repeat(_BLOCK, axis=0).repeat(_BLOCK, axis=1)[: shape[0], : shape[1]]


def _blurred(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the mean of each value and its eight neighbours."""
    rows, columns = values.shape
    around = np.pad(values, 1, mode="edge")
    total = sum(around[y : y + rows, x : x + columns] for y in range(3) for x in range(3))
    return np.asarray(total / np.float32(9))
