"""A JPEG, PNG or TIFF as grey pages: what their readers bring, laid on a fax page."""

import numpy as np
from PIL import Image

from unifax.documents import single_image
from unifax.documents.bilevel import Grey
from unifax.documents.coarser import NEXT, coarser
from unifax.documents.faxed import centred, repeated, resolution_of
from unifax.documents.intake import Kind
from unifax.documents.look import Look
from unifax.documents.order import Limits
from unifax.documents.sheet import Place, place
from unifax.documents.single_image import SingleImage
from unifax.documents.tiff_images import TiffImages
from unifax.model.paper import RASTERS, Raster, Resolution

_CUT = 170
"Of scans that are made smaller. Of the shapes in 6 point at 300 dpi it loses 2 per cent; cutting in the middle, 32."


def start() -> None:
    """Make the readers ready, once in a process and before any Picture."""
    single_image.start()


class Picture:
    """One open picture file of one or more pages."""

    def __init__(self, data: bytes, kind: Kind, limits: Limits) -> None:
        """Raises Unfit: for the wrong sizes before anything is decoded."""
        self._images = TiffImages(data, limits) if kind is Kind.TIF else SingleImage(data, kind, limits)
        self.pages = self._images.pages

    def check(self) -> None:
        """Look at all pages, and decode the first: a JPEG at an eighth of its size, enough to know that it is whole.

        Raises Unfit.
        """
        for index in range(self.pages):
            self._images.look(index)
        self._images.grey(0, (1, 1))

    def resolution(self, index: int) -> Resolution | None:
        """Return the resolution at which a page, 0 is the first, is a fax page already; None for any other.

        At that resolution `grey` changes no pixel of it. Raises Unfit.
        """
        return _faxed(self._images.look(index))[0]

    def grey(self, index: int, raster: Raster) -> Grey:
        """Return a page, 0 is the first, as wide as a fax page. Raises Unfit."""
        look = self._images.look(index)
        at = place(*look.inches, raster)
        enough = (at.rows, at.width) if look.is_sideways != at.turned else (at.width, at.rows)
        picture = look.upright(self._images.grey(index, enough))
        faxed, turned = _faxed(look)
        if faxed is not None:
            page = _recut(np.rot90(picture, -1) if turned else picture, faxed, raster)
            if page is not None:
                return page
        return _laid(picture, look.is_bilevel, at, raster)


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


def _laid(picture: Grey, is_bilevel: bool, at: Place, raster: Raster) -> Grey:
    """Return the picture in its place on white paper."""
    if at.turned:
        picture = np.rot90(picture, -1)
    image = Image.fromarray(np.ascontiguousarray(picture))
    values = np.asarray(image.resize((at.width, at.rows), Image.Resampling.BICUBIC, reducing_gap=1.0))
    return centred(np.where(values < _CUT, np.uint8(0), np.uint8(255)) if is_bilevel else values, raster.width)
