"""Where a picture or a page of a document lies on a fax page. Arithmetic only."""

from dataclasses import dataclass

from unifax.model.paper import Raster

_WORTH_TURNING = 1.05
"Nobody turns his head for letters that are a little larger: half a letter paper is 8.5 inches wide, the sheet 8.47."


@dataclass(frozen=True, slots=True)
class Place:
    """Pixels of a fax page that a document's page covers: all its rows, and some columns in the middle."""

    turned: bool
    "By 90 degrees: its width runs down the page."
    left: int
    width: int
    rows: int


def place(width_inches: float, height_inches: float, raster: Raster) -> Place:
    """Lay a page on the sheet, turned or made smaller only as needed. At fine, A4 covers 1687 x 2287 of 1728 x 2287.

    Both lengths must be positive.
    """
    upright, turned = _scale(width_inches, height_inches, raster), _scale(height_inches, width_inches, raster)
    is_turned = turned > upright * _WORTH_TURNING
    if is_turned:
        width_inches, height_inches = height_inches, width_inches
    scale = turned if is_turned else upright
    width = min(raster.width, max(1, round(width_inches * raster.x_dpi * scale)))
    rows = min(raster.a4_rows, max(1, round(height_inches * raster.y_dpi * scale)))
    return Place(is_turned, (raster.width - width) // 2, width, rows)


def _scale(width_inches: float, height_inches: float, raster: Raster) -> float:
    return min(1.0, raster.width / (width_inches * raster.x_dpi), raster.a4_rows / (height_inches * raster.y_dpi))
