"""Where a picture or a page of a document lies on a fax page. Arithmetic only."""

from dataclasses import dataclass

from unifax.documents.pages import A4_ROWS, WIDTH, X_DPI, Y_DPI


@dataclass(frozen=True, slots=True)
class Place:
    """Pixels of a fax page that a document's page covers: all its rows, and some columns in the middle."""

    turned: bool
    "By 90 degrees: its width runs down the page."
    left: int
    width: int
    rows: int


def place(width_inches: float, height_inches: float) -> Place:
    """Lay a page on the sheet, turned or made smaller only as needed. A4 covers 1687 x 2287 of 1728 x 2287.

    Both lengths must be positive.
    """
    upright, turned = _scale(width_inches, height_inches), _scale(height_inches, width_inches)
    if turned > upright:
        width_inches, height_inches = height_inches, width_inches
    scale = max(upright, turned)
    width = min(WIDTH, max(1, round(width_inches * X_DPI * scale)))
    rows = min(A4_ROWS, max(1, round(height_inches * Y_DPI * scale)))
    return Place(turned > upright, (WIDTH - width) // 2, width, rows)


def _scale(width_inches: float, height_inches: float) -> float:
    return min(1.0, WIDTH / (width_inches * X_DPI), A4_ROWS / (height_inches * Y_DPI))
