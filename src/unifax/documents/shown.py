"""Fax pages as a screen shows them: pixels as wide as they are high, and the right way up. Knows no file."""

import numpy as np

from unifax.documents.pages import Page


def shown(page: Page, turned: int = 0) -> Page:
    """Return a page for eyes, turned clockwise by so many degrees, of which there are 0, 90, 180 and 270.

    Screens know no pixels that are longer than wide: those of coarse pages are repeated.
    """
    down, across = (max(1, round(ratio)) for ratio in (page.x_dpi / page.y_dpi, page.y_dpi / page.x_dpi))
    if down == across == 1 and not turned:
        return page
    rows = np.frombuffer(page.bits, np.uint8).reshape(page.rows, -1)
    pixels = np.unpackbits(rows, axis=1, count=page.width).repeat(down, axis=0).repeat(across, axis=1)
    pixels = np.rot90(pixels, -turned // 90)
    x_dpi, y_dpi = page.x_dpi * across, page.y_dpi * down
    if turned % 180:
        x_dpi, y_dpi = y_dpi, x_dpi
    return Page(pixels.shape[1], pixels.shape[0], x_dpi, y_dpi, np.packbits(pixels, axis=1).tobytes())
