"""A JPEG or PNG as an array, through Pillow. For converter processes only."""

import importlib
import io
from collections.abc import Mapping

import numpy as np
from PIL import Image

from unifax.documents.bilevel import Grey
from unifax.documents.intake import Kind, Unfit
from unifax.documents.look import Look, check_size
from unifax.documents.order import Limits

_ORIENTATION = 0x0112
_FORMATS: Mapping[Kind, str] = {Kind.JPG: "JPEG", Kind.PNG: "PNG"}
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, AssertionError)
"What Pillow raises at a file that is not what it should be."


def start() -> None:
    """Make Pillow ready, once in a process and before any image. Sizes are our business, not its.

    Readers that are not named here would be loaded when first needed, from a disk that a child cannot see.
    """
    for reader in ("JpegImagePlugin", "MpoImagePlugin", "PngImagePlugin", "TiffImagePlugin"):  # TIFF is in Exif
        importlib.import_module(f"PIL.{reader}")
    Image.MAX_IMAGE_PIXELS = None


class SingleImage:
    """One JPEG or PNG."""

    pages = 1

    def __init__(self, data: bytes, kind: Kind, limits: Limits) -> None:
        """Raises Unfit: for the wrong sizes before anything is decoded."""
        self._data, self._format = data, _FORMATS[kind]
        check_size(*self._open().size, limits)

    def look(self, index: int) -> Look:
        """Look at the picture; its index is 0. Raises Unfit."""
        assert index == 0
        image = self._open()
        return Look(*image.size, _dpi(image), _orientation(image), image.mode == "1")

    def grey(self, index: int, enough: tuple[int, int]) -> Grey:
        """Decode the picture as it is stored; a JPEG perhaps smaller, though at least as wide and high as `enough`.

        Raises Unfit.
        """
        assert index == 0
        image = self._open()
        try:
            image.draft("L", enough)
            image.load()
            return np.asarray(_grey(image))
        except _BROKEN:
            raise Unfit("is damaged or cut short") from None

    def _open(self) -> Image.Image:
        try:
            return Image.open(io.BytesIO(self._data), formats=[self._format])
        except _BROKEN:
            raise Unfit(f"is damaged and cannot be read as a {self._format}") from None


def _dpi(image: Image.Image) -> tuple[float, float]:
    stated = image.info.get("dpi", ())
    return (float(stated[0]), float(stated[1])) if len(stated) == 2 else (0.0, 0.0)


def _orientation(image: Image.Image) -> int:
    """Return how a camera was held, if the picture says so and makes sense."""
    try:
        stated = image.getexif().get(_ORIENTATION)
    except _BROKEN:
        return 1
    return stated if isinstance(stated, int) and 1 <= stated <= 8 else 1


def _grey(image: Image.Image) -> Image.Image:
    """Return the picture in 8-bit grey, what is transparent in white."""
    if image.mode.startswith("I"):  # 16 bits
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if image.has_transparency_data:
        seen = image.convert("RGBA")
        paper = Image.new("RGBA", seen.size, "white")
        paper.alpha_composite(seen)
        image = paper
    return image.convert("L")
