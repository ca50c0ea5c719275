"""A JPEG, PNG or TIFF as grey pages. For converter processes only."""

from unifax.documents import single_image
from unifax.documents.bilevel import Grey
from unifax.documents.intake import Kind
from unifax.documents.laying import faxed_at, laid
from unifax.documents.order import Limits
from unifax.documents.sheet import place
from unifax.documents.single_image import SingleImage
from unifax.documents.tiff_images import TiffImages
from unifax.model.paper import Raster, Resolution


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
        return faxed_at(self._images.look(index))

    def grey(self, index: int, raster: Raster) -> Grey:
        """Return a page, 0 is the first, as wide as a fax page. Raises Unfit."""
        look = self._images.look(index)
        at = place(*look.inches, raster)
        enough = (at.rows, at.width) if look.is_sideways != at.turned else (at.width, at.rows)
        return laid(look, self._images.grey(index, enough), raster)
