"""How a picture is stored, and how it is held to be read. Arithmetic only."""

import math
from dataclasses import dataclass

from unifax.documents.bilevel import Grey
from unifax.documents.intake import Unfit
from unifax.documents.order import Limits

_SCREEN_DPI = 72.0
_DPI_AT_MOST = 2400.0


@dataclass(frozen=True, slots=True)
class Look:
    """What a picture says of itself before it is decoded."""

    width: int
    rows: int
    "As they are stored."
    stated_dpi: tuple[float, float]
    "Columns and rows per inch, as they are stored. Nothing keeps a file from saying nonsense."
    orientation: int
    "Where its first row and column are when it is held upright: 1 to 8 (TIFF 6.0, Orientation; Exif has the same)."
    is_bilevel: bool

    @property
    def is_sideways(self) -> bool:
        """Its rows are the columns of the upright picture."""
        return self.orientation in (5, 6, 7, 8)

    @property
    def size(self) -> tuple[int, int]:
        """Width and rows of the upright picture."""
        return (self.rows, self.width) if self.is_sideways else (self.width, self.rows)

    @property
    def dpi(self) -> tuple[float, float] | None:
        """Pixels per inch across and down the upright picture; None where what it says makes no sense."""
        if not all(math.isfinite(each) and _SCREEN_DPI <= each <= _DPI_AT_MOST for each in self.stated_dpi):
            return None
        x, y = self.stated_dpi
        return (y, x) if self.is_sideways else (x, y)

    @property
    def inches(self) -> tuple[float, float]:
        """Size of the upright picture. One that does not say comes from a screen, or is large enough to be fitted."""
        x, y = self.dpi or (_SCREEN_DPI, _SCREEN_DPI)
        return self.size[0] / x, self.size[1] / y

    def upright(self, stored: Grey) -> Grey:
        """Return the picture as it is held."""
        if self.is_sideways:
            stored = stored.T
        rows_reversed = self.orientation in (3, 4, 7, 8)
        columns_reversed = self.orientation in (2, 3, 6, 7)
        return stored[:: -1 if rows_reversed else 1, :: -1 if columns_reversed else 1]


def check_size(width: int, rows: int, limits: Limits) -> None:
    """Raises Unfit when a picture is larger than we decode."""
    side, pixels = limits.image_side, limits.image_pixels
    if max(width, rows) > side or width * rows > pixels:
        raise Unfit(
            f"is a picture of {width} x {rows} pixels; at most {side} along a side"
            f" and {pixels // 1_000_000} million in all can be faxed"
        )
