"""Pictures and scans, laid on a fax page: as they are where they fit a fax, otherwise at their size. Opens nothing."""

import numpy as np
from PIL import Image

from unifax.documents.bilevel import Grey
from unifax.documents.coarser import NEXT, coarser
from unifax.documents.faxed import centred, repeated, resolution_of
from unifax.documents.look import Look
from unifax.documents.sheet import Place, place
from unifax.model.paper import RASTERS, Raster, Resolution

_CUT = 190
"""Of scans that are made smaller, by the share of white in a pixel. Of the shapes in 6 point, at 300 or 600 dpi, it
loses 3 per cent; cutting in the middle, a third and more."""


def faxed_at(look: Look) -> Resolution | None:
    """Return the resolution at which a picture is a fax page already; None for any other."""
    return _faxed(look)[0]


def laid(look: Look, stored: Grey, raster: Raster) -> Grey:
    """Return a picture of this look as a page. If it is a fax page of this raster already, no pixel of it changes.

    `stored` may have been decoded at less than its size.
    """
    picture = look.upright(stored)
    faxed, turned = _faxed(look)
    if faxed is not None:
        page = _recut(np.rot90(picture, -1) if turned else picture, faxed, raster)
        if page is not None:
            return page
    return _scaled(picture, look.is_bilevel, place(*look.inches, raster), raster)


def _faxed(look: Look) -> tuple[Resolution | None, bool]:
    """Return the resolution at which a picture is a fax page already, and whether it must be turned for that."""
    if not look.is_bilevel:
        return None, False
    width, rows = look.size
    upright = resolution_of(width, rows, look.dpi)
    if upright is not None or width <= rows:
        return upright, False
    return resolution_of(rows, width, look.dpi and (look.dpi[1], look.dpi[0])), True


def _recut(page: Grey, at: Resolution, wanted: Raster) -> Grey | None:
    """Return a fax page at another resolution without drawing it anew; None where that would not do."""
    page = centred(page, RASTERS[at].width)
    if wanted.y_dpi >= RASTERS[at].y_dpi:
        return repeated(page, RASTERS[at], wanted)
    packed = np.packbits(page == 0, axis=1)
    while RASTERS[at] != wanted and at in NEXT:
        packed, at = coarser(packed, at), NEXT[at]
    if RASTERS[at] != wanted:
        return None
    return np.where(np.unpackbits(packed, axis=1, count=wanted.width), np.uint8(0), np.uint8(255))


def _scaled(picture: Grey, is_bilevel: bool, at: Place, raster: Raster) -> Grey:
    """Return a picture in its place on white paper."""
    if at.turned:
        picture = np.rot90(picture, -1)
    image = Image.fromarray(np.ascontiguousarray(picture))
    plain = is_bilevel and at.rows < image.height  # as good for scans that become smaller, in half the time
    method = Image.Resampling.BOX if plain else Image.Resampling.BICUBIC
    values = np.asarray(image.resize((at.width, at.rows), method, reducing_gap=1.0))
    return centred(np.where(values < _CUT, np.uint8(0), np.uint8(255)) if is_bilevel else values, raster.width)
