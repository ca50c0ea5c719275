"""A JPEG or TIFF as grey pages, through Pillow. For converter processes only."""

import importlib
import io
import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from PIL import Image, ImageOps

from unifax.documents.bilevel import Grey
from unifax.documents.directories import read_directories
from unifax.documents.faxed import centred, recut, resolution_of
from unifax.documents.intake import Kind, Unfit
from unifax.documents.order import Limits
from unifax.documents.sheet import Place, place
from unifax.model.paper import RASTERS, Raster, Resolution

_ORIENTATION = 0x0112
_SCREEN_DPI = 72.0
"For pictures that do not say: they come from screens, or are large enough to be fitted to the page anyway."
_CUT = 170


def start() -> None:
    """Make Pillow ready, once in a process and before any Picture. Sizes are our business, not its.

    Readers that are not named here would be loaded when first needed, from a disk that a child cannot see.
    """
    Image.preinit()
    for reader in ("JpegImagePlugin", "MpoImagePlugin", "TiffImagePlugin"):
        importlib.import_module(f"PIL.{reader}")
    Image.MAX_IMAGE_PIXELS = None


class Picture:
    """One open picture file of one or more pages."""

    def __init__(self, data: bytes, kind: Kind, limits: Limits) -> None:
        """Raises Unfit: for the wrong sizes before anything is decoded."""
        self._data, self._limits = data, limits
        self._format = {Kind.JPG: "JPEG", Kind.TIF: "TIFF"}[kind]
        self._frames = [0]
        if kind is Kind.TIF:
            directories = read_directories(data, limits.pages + 1)
            for directory in directories:
                self._check_size(directory.width, directory.rows)
            whole = [index for index, each in enumerate(directories) if not each.is_preview]
            self._frames = whole or list(range(len(directories)))
        self.pages = len(self._frames)

    def check(self) -> None:
        """Decode the first page, a JPEG at an eighth of its size: enough to know that it is whole. Raises Unfit."""
        image = self._open(0)
        image.draft("L", (1, 1))
        _load(image)

    def resolution(self, index: int) -> Resolution | None:
        """Return the resolution at which a page, 0 is the first, is a fax page already; None for any other.

        At that resolution `grey` changes no pixel of it. Raises Unfit.
        """
        return _Look.at(self._open(index)).faxed

    def grey(self, index: int, raster: Raster) -> Grey:
        """Return a page, 0 is the first, as wide as a fax page. Raises Unfit."""
        image = self._open(index)
        look = _Look.at(image)
        at = place(look.width / look.dpi[0], look.rows / look.dpi[1], raster)
        image.draft("L", (at.rows, at.width) if look.sideways != at.turned else (at.width, at.rows))
        _load(image)
        ImageOps.exif_transpose(image, in_place=True)
        if look.faxed is not None:
            page = recut(np.asarray(image.convert("L")), RASTERS[look.faxed], raster)
            if page is not None:
                return centred(page, raster.width)
        return _laid(image, at, raster)

    def _open(self, index: int) -> Image.Image:
        try:
            image = Image.open(io.BytesIO(self._data), formats=[self._format])
            image.seek(self._frames[index])
        except (OSError, EOFError, SyntaxError):
            raise Unfit(f"is damaged and cannot be read as a {self._format}") from None
        self._check_size(*image.size)
        return image

    def _check_size(self, width: int, rows: int) -> None:
        side, pixels = self._limits.image_side, self._limits.image_pixels
        if max(width, rows) > side or width * rows > pixels:
            raise Unfit(
                f"is a picture of {width} x {rows} pixels; at most {side} along a side"
                f" and {pixels // 1_000_000} million in all can be faxed"
            )


@dataclass(frozen=True, slots=True)
class _Look:
    """How a picture stands when it is held upright."""

    sideways: bool
    "It is stored lying on its side."
    width: int
    rows: int
    dpi: tuple[float, float]
    faxed: Resolution | None

    @classmethod
    def at(cls, image: Image.Image) -> Self:
        sideways = image.getexif().get(_ORIENTATION, 1) in (5, 6, 7, 8)
        stated = _stated_dpi(image)
        if sideways and stated:
            stated = (stated[1], stated[0])
        stored_upright = not sideways or image.format == "TIFF"  # of which Pillow says the size that it will have
        width, rows = image.size if stored_upright else reversed(image.size)
        faxed = resolution_of(width, rows, stated) if image.mode == "1" else None
        return cls(sideways, width, rows, stated or (_SCREEN_DPI, _SCREEN_DPI), faxed)


def _load(image: Image.Image) -> None:
    try:
        image.load()
    except (OSError, EOFError, SyntaxError):
        raise Unfit("is damaged or cut short") from None


def _stated_dpi(image: Image.Image) -> tuple[float, float] | None:
    """Return pixels per inch in both directions, as the picture says, if it makes sense."""
    stated = image.info.get("dpi", ())
    x, y = (float(each) for each in stated) if len(stated) == 2 else (0.0, 0.0)
    return (x, y) if all(math.isfinite(each) and _SCREEN_DPI <= each <= 2400 for each in (x, y)) else None


def _laid(image: Image.Image, at: Place, raster: Raster) -> Grey:
    """Return the picture in its place on white paper."""
    bilevel = image.mode == "1"
    grey = _grey(image)
    if at.turned:
        grey = grey.transpose(Image.Transpose.ROTATE_270)
    grey = grey.resize((at.width, at.rows), Image.Resampling.BICUBIC, reducing_gap=2.0)
    values = np.asarray(grey)
    paper = np.full((at.rows, raster.width), 255, np.uint8)
    paper[:, at.left : at.left + at.width] = np.where(values < _CUT, 0, 255) if bilevel else values
    return paper


def _grey(image: Image.Image) -> Image.Image:
    """Return the picture in 8-bit grey, what is transparent in white."""
    match image.mode:
        case "I;16" | "I;16L" | "I;16B" | "I;16N":
            return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
        case "I" | "F":
            values = np.nan_to_num(np.asarray(image, dtype=np.float64), posinf=0.0, neginf=0.0)
            span = max(float(values.max() - values.min()), 1e-9)
            return Image.fromarray(((values - values.min()) * (255 / span)).astype(np.uint8))
        case "LAB":
            return image.getchannel(0)
        case "LA" | "PA" | "RGBA" | "La" | "RGBa":
            seen = image.convert("RGBA")
            paper = Image.new("RGBA", seen.size, "white")
            paper.alpha_composite(seen)
            return paper.convert("L")
        case _:
            return image.convert("L")
