"""Whether small text survives black and white, and what can be done about it. Knows no document: it is given a way to
draw one.

What makes a fax unreadable is a lost cross-bar and a closed eye, so shapes are counted, and the holes in them, against
the same page at 400 dpi. Most pages have no text that small, which one look at the sizes of their shapes tells.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from unifax.documents.bilevel import GRAINS, Bilevel, Black, Packed, low_lines, shapes
from unifax.documents.coarser import coarser
from unifax.model.paper import RASTERS, PageWarning, Resolution, Treatment

Draw = Callable[[Resolution, Treatment], Bilevel]
"Draws the page in question in black and white."

_MM = 25.4
_SPECK = 0.2
"Dust, in mm: what is no larger counts for nothing."
_LETTER = (0.4, 4.0)
"Heights of what may be a letter, in mm."
_SOLID = 0.85
"Letters cover less of their box; dots, dashes and rules cover it all."
_SMALL = {
    Resolution.STANDARD: 1.40,  # 5 rows: an x of 8 point
    Resolution.FINE: 0.84,  # 6 rows: an x of 4.5 point
    Resolution.SUPERFINE: 0.84,  # it has the columns of fine
    Resolution.R300: 0.56,
    Resolution.R400: 0.0,  # what others are measured by
}
"Letters up to this height, in mm, may be lost."
_TILE = (20.0, 5.0)
"A page is looked at by tiles of so many mm, across and down: a line of small print fits in."
_TILES = (12, 400)
"Across, and down at most: 2 m."
_LINES = 3
"Small text makes so many low lines at least, as they are counted."
_LETTERS = 10
"A tile with fewer small letters has no small text; nor has one whose letters are mostly larger."
_BAND = 10.0
"Shapes are compared by bands of about so many mm, which end between lines."
_GOOD = 0.05
"Up to this share of shapes and holes may differ without anybody minding."
_LOST = 0.10
"From here on readers stumble."
_WORTH = 0.7
"""Superfine takes half as long again on the line as fine, and a page of another resolution than the one before it
another 15 s (T.30 begins anew, EOM): what is lost must become so much less by it."""


@dataclass(frozen=True, slots=True)
class Legible:
    """A page in black and white, and how well its small text reads."""

    page: Bilevel
    resolution: Resolution
    error: float = 0.0
    "The share of its small shapes and holes that are lost or too many; 0 where it has no small text."

    @property
    def warnings(self) -> tuple[PageWarning, ...]:
        return (PageWarning.SMALL_TEXT,) if self.error > _LOST else ()


def legible(draw: Draw, resolution: Resolution | None, treatment: Treatment = Treatment.AUTO) -> Legible:
    """Return a page at this resolution; where that is None, at fine, or at superfine if small text needs it.

    A page without small text is drawn once. Raises what `draw` raises, and MemoryError.
    """
    first = Legible(draw(resolution or Resolution.FINE, treatment), resolution or Resolution.FINE)
    if not _may_have_small_text(first.page, first.resolution):
        return first
    where = _small_text(_Letters.of(first.page, first.resolution), first.resolution)
    if not where.any():
        return first
    master = draw(Resolution.R400, treatment)
    reference = _Letters.of(master, Resolution.R400)

    def judged(page: Bilevel, at: Resolution) -> Legible:
        return Legible(page, at, _error(_Letters.of(page, at), reference, where))

    best = judged(first.page, first.resolution)
    if best.error > _GOOD:
        others = [judged(page, best.resolution) for page in _otherwise(draw, best.resolution, treatment, master)]
        best = min((best, *others), key=lambda each: each.error)
    if best.error > _LOST and resolution is None:
        finer = judged(draw(Resolution.SUPERFINE, treatment), Resolution.SUPERFINE)
        best = finer if finer.error < _WORTH * best.error else best
    return best


def topology_error(page: Bilevel, at: Resolution, reference: Bilevel, its: Resolution) -> float:
    """Return what share of a page's shapes and holes is missing or too much, against the same page drawn finer."""
    everywhere = np.ones(_TILES[::-1], np.bool_)
    return _error(_Letters.of(page, at), _Letters.of(reference, its), everywhere)


def _otherwise(draw: Draw, resolution: Resolution, treatment: Treatment, master: Bilevel) -> Iterator[Bilevel]:
    """Yield other ways to the same resolution: which of them keeps the most differs from font to font."""
    if resolution is Resolution.FINE and not master.dotted.any():  # dots would become others
        yield replace(master, packed=coarser(master.packed, Resolution.R400), width=RASTERS[resolution].width)
    if resolution is Resolution.STANDARD:
        fine = draw(Resolution.FINE, treatment)
        yield replace(fine, packed=coarser(fine.packed, Resolution.FINE))


@dataclass(frozen=True, slots=True)
class _Letters:
    """Shapes of a page that are no dust and no dots: where their middles are, and how high they are, in mm."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    height: NDArray[np.float64]
    holes: NDArray[np.int32]
    solid: Black

    @classmethod
    def of(cls, page: Bilevel, at: Resolution) -> "_Letters":
        left, top, right, bottom, ink, holes = shapes(_without_dots(page, at), page.width).T
        x_mm, y_mm = _MM / RASTERS[at].x_dpi, _MM / RASTERS[at].y_dpi
        x, y, width, height = (left + right) / 2, (top + bottom) / 2, right - left, bottom - top
        kept = (width * x_mm > _SPECK) | (height * y_mm > _SPECK)
        solid = ink > _SOLID * width * height
        return cls(x[kept] * x_mm, y[kept] * y_mm, height[kept] * y_mm, holes[kept], solid[kept])

    def tiles(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return the tile of each, down and across."""
        return _tile(self.y, 1), _tile(self.x, 0)


def _without_dots(page: Bilevel, at: Resolution) -> Packed:
    if not page.dotted.any():
        return page.packed
    across, down = GRAINS[at].block
    rows, octets = page.packed.shape
    dots = page.dotted.repeat(down, axis=0)[:rows].repeat(across // 8, axis=1)[:, :octets]
    return np.where(dots, np.uint8(0), page.packed)


def _tile(at: NDArray[np.float64], axis: int) -> NDArray[np.intp]:
    return np.minimum((at / _TILE[axis]).astype(np.intp), _TILES[axis] - 1)


def _may_have_small_text(page: Bilevel, at: Resolution) -> bool:
    """Look at how high its lines of writing are; half of a line is its letters without what rises and falls."""
    rows_per_mm = RASTERS[at].y_dpi / _MM
    heights = (round(each * rows_per_mm) for each in (_LETTER[0], 1.8 * _SMALL[at], 2 * _LETTER[1]))
    return low_lines(_without_dots(page, at), page.width, *heights) >= _LINES


def _small_text(letters: _Letters, at: Resolution) -> Black:
    """Return the tiles that have small text, and those above and below them."""
    like = ~letters.solid & (letters.height > _LETTER[0]) & (letters.height < _LETTER[1])
    counts = []
    for which in (like, like & (letters.height <= _SMALL[at])):
        count = np.zeros(_TILES[::-1], np.int32)
        np.add.at(count, letters.tiles(), which)
        counts.append(count)
    small: Black = (counts[1] >= _LETTERS) & (counts[1] > 0.4 * counts[0])
    around = small.copy()
    around[1:] |= small[:-1]
    around[:-1] |= small[1:]
    return around


def _error(letters: _Letters, reference: _Letters, where: Black) -> float:
    """Return what share of the shapes and holes in these tiles is missing or too much, by bands."""
    edges = _between_lines(reference)
    counts = []
    for each in (letters, reference):
        inside = where[each.tiles()]
        band = np.searchsorted(edges, each.y[inside])
        counts.append(
            [np.bincount(band, weights=many, minlength=len(edges) + 1) for many in (None, each.holes[inside])]
        )
    apart = sum(float(np.abs(ours - theirs).sum()) for ours, theirs in zip(*counts, strict=True))
    return apart / max(1.0, sum(float(theirs.sum()) for theirs in counts[1]))


def _between_lines(letters: _Letters) -> NDArray[np.float64]:
    """Return where bands end, in mm: near every tenth, where the fewest letters are in the way."""
    step = 0.1
    length = max(_BAND, float(letters.y.max(initial=0.0)) + _BAND)
    changes = np.zeros(int(length / step) + 2, np.int32)
    small = letters.height < _LETTER[1]
    for sign, at in ((1, letters.y - letters.height / 2), (-1, letters.y + letters.height / 2)):
        np.add.at(changes, np.clip(at[small] / step, 0, len(changes) - 1).astype(np.intp), sign)
    busy = np.cumsum(changes)
    reach, every = int(3 / step), int(_BAND / step)
    starts = range(every - reach, len(busy) - 2 * reach, every)
    return np.array([(start + int(busy[start : start + 2 * reach].argmin()) + 0.5) * step for start in starts])
