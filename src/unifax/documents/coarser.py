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
from unifax.documents.pages import Page, PageWriter, read_pages
from unifax.documents.strips import read_strips
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


def coarsen(document: Path, able: Collection[Resolution], out: Path) -> bool:
    """Write a fax TIFF whose pages a receiver is able to take; if it is able to take them as they are, return False.

    Raises DamagedPages, OSError.
    """
    strips = read_strips(document)
    found = (resolution_of(strip.width, 1, (strip.x_dpi, strip.y_dpi)) for strip in strips)
    if not any(each in NEXT and each not in able for each in found if each):
        return False
    with out.open("w+b") as file, PageWriter(file.fileno(), len(strips)) as writer:
        for page in read_pages(document):
            writer.write(coarsened(page, able))
    return True
