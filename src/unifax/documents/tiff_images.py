"""A TIFF's pictures as arrays, through libtiff. The only owner of `unifax.documents._tiff_images`.

Counting is not libtiff's: it follows a chain of directories for as long as it goes.
"""

import numpy as np

from unifax.documents._tiff_images import ffi, lib
from unifax.documents.bilevel import Grey
from unifax.documents.directories import read_directories
from unifax.documents.intake import Unfit
from unifax.documents.look import Look, check_size
from unifax.documents.order import Limits

_DAMAGED = "is damaged and cannot be read as a TIFF"
_REASONS = {
    lib.DAMAGED: "is damaged or cut short",
    lib.NO_SUCH_COLOURS: "has colours or greys of a kind that cannot be faxed; save it as a plain TIFF or a PDF",
    lib.NO_MEMORY: "needs too much memory to be faxed",
}


class TiffImages:
    """One open TIFF, until the process ends."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        """Raises Unfit."""
        directories = read_directories(data, limits.pages + 1)
        for directory in directories:
            check_size(directory.width, directory.rows, limits)
        self._pages = [each for each in directories if not each.is_preview] or directories
        self.pages = len(self._pages)
        self._source = ffi.new("source *")
        self._source.data, self._source.size = ffi.from_buffer("unsigned char[]", data), len(data)
        self._data = data  # read from as long as the file is open
        self._file = lib.picture_open(self._source)
        if self._file == ffi.NULL:
            raise Unfit(_DAMAGED)

    def look(self, index: int) -> Look:
        """Look at a picture, 0 is the first, without decoding it. Raises Unfit."""
        found = ffi.new("picture *")
        if not lib.picture_look(self._file, self._pages[index].at, found):
            raise Unfit(_DAMAGED)
        if (found.width, found.rows) != (self._pages[index].width, self._pages[index].rows):
            raise Unfit(_DAMAGED)
        return Look(found.width, found.rows, (found.x_dpi, found.y_dpi), found.orientation, bool(found.bilevel))

    def grey(self, index: int, enough: tuple[int, int]) -> Grey:
        """Decode a picture, as it is stored, whatever would be enough. Raises Unfit."""
        look = self.look(index)
        shape = (look.rows, (look.width + 7) // 8 if look.is_bilevel else look.width)
        values = np.zeros(shape, np.uint8)
        read = lib.picture_bits if look.is_bilevel else lib.picture_grey
        result = read(self._file, ffi.from_buffer("unsigned char[]", values), values.size)
        if result != lib.GOOD:
            raise Unfit(_REASONS[result])
        return np.unpackbits(values, axis=1, count=look.width) * np.uint8(255) if look.is_bilevel else values
