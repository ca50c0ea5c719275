"""Fax pages at a coarser resolution, for receivers that cannot take them as they are. Knows no document.

Rows are joined, not dropped: what is black in either of two is black. So thin strokes stay, and the eye of a letter may
close; dropping rows loses every fourth stroke. From 300 and 400 dpi, black is what was at least half black: that closes
and breaks no more letters than drawing the page at fine does.
"""

from collections.abc import Collection, Mapping
from pathlib import Path

import numpy as np

from unifax.documents.bilevel import Packed, shrunk
from unifax.documents.faxed import resolution_of
from unifax.documents.pages import Page, PageWriter, count_pages, read_pages
from unifax.model.paper import RASTERS, Resolution

NEXT: Mapping[Resolution, Resolution] = {
    Resolution.R400: Resolution.FINE,  # superfine has but half the columns of its rows: letters would run together
    Resolution.R300: Resolution.FINE,
    Resolution.SUPERFINE: Resolution.FINE,
    Resolution.FINE: Resolution.STANDARD,
}
"The next coarser resolution that a page can be brought to."


def coarser(packed: Packed, resolution: Resolution) -> Packed:
    """Return a page of this resolution at the `NEXT`. Raises KeyError for standard, which has none."""
    ours, theirs = RASTERS[resolution], RASTERS[NEXT[resolution]]
    if ours.width == theirs.width:
        if len(packed) % 2:
            packed = np.concatenate((packed, np.zeros_like(packed[:1])))
        return packed[0::2] | packed[1::2]
    rows = max(1, round(len(packed) * theirs.y_dpi / ours.y_dpi))
    return shrunk(packed, ours.width, theirs.width, rows)


def coarsened(page: Page, able: Collection[Resolution]) -> Page:
    """Return the page at the finest resolution that a receiver is able to take, standard at worst (T.30 table 2).

    A page of no resolution of ours stays as it is.
    """
    found = resolution_of(page.width, 1, (page.x_dpi, page.y_dpi))
    while found and found in NEXT and found not in able:
        packed = coarser(np.frombuffer(page.bits, np.uint8).reshape(page.rows, -1), found)
        found = NEXT[found]
        raster = RASTERS[found]
        page = Page(raster.width, len(packed), raster.x_dpi, raster.y_dpi, packed.tobytes())
    return page


def coarsen(document: Path, able: Collection[Resolution], out: int) -> None:
    """Write a fax TIFF whose pages a receiver is able to take to a descriptor open for reading and writing.

    Raises DamagedPages, OSError.
    """
    with PageWriter(out, count_pages(document)) as writer:
        for page in read_pages(document):
            writer.write(coarsened(page, able))
