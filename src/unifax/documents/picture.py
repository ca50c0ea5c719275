"""A JPEG, PNG or TIFF as grey pages: what their readers bring, laid on a fax page."""

import numpy as np
from PIL import Image

from unifax.documents import single_image
from unifax.documents.bilevel import Grey
from unifax.documents.faxed import centred, recut, resolution_of
from unifax.documents.intake import Kind
from unifax.documents.look import Look
from unifax.documents.order import Limits
from unifax.documents.sheet import Place, place
from unifax.documents.single_image import SingleImage
from unifax.documents.tiff_images import TiffImages
from unifax.model.paper import RASTERS, Raster, Resolution

_CUT = 170


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
        return _faxed_at(self._images.look(index))

    def grey(self, index: int, raster: Raster) -> Grey:
        """Return a page, 0 is the first, as wide as a fax page. Raises Unfit."""
        look = self._images.look(index)
        at = place(*look.inches, raster)
        enough = (at.rows, at.width) if look.is_sideways != at.turned else (at.width, at.rows)
        picture = look.upright(self._images.grey(index, enough))
        faxed = _faxed_at(look)
        page = recut(picture, RASTERS[faxed], raster) if faxed else None
        return _laid(picture, look.is_bilevel, at, raster) if page is None else centred(page, raster.width)


def _faxed_at(look: Look) -> Resolution | None:
    return resolution_of(*look.size, look.dpi) if look.is_bilevel else None


def _laid(picture: Grey, is_bilevel: bool, at: Place, raster: Raster) -> Grey:
    """Return the picture in its place on white paper."""
    if at.turned:
        picture = np.rot90(picture, -1)
    image = Image.fromarray(np.ascontiguousarray(picture))
    values = np.asarray(image.resize((at.width, at.rows), Image.Resampling.BICUBIC, reducing_gap=2.0))
    paper = np.full((at.rows, raster.width), 255, np.uint8)
    paper[:, at.left : at.left + at.width] = np.where(values < _CUT, 0, 255) if is_bilevel else values
    return paper
