"""Pages that came from a fax machine or a scanner at a fax's resolution: they keep each pixel. Arithmetic only."""

import numpy as np

from unifax.documents.bilevel import Grey
from unifax.model.paper import RASTERS, Raster, Resolution

_NEAR = 0.04
"200 dots per inch are taken for 204, and 200 rows for 195.58: better two per cent too long than resampled."
_INCHES_AT_MOST = 14.3
"Legal paper and a header line. Longer ones are fitted to A4."
_NO_SCANNERS = (Resolution.R300, Resolution.R400)
"""Many scanners have them, too, and few fax machines: a narrower page at one of them is no fax page. At fine it takes
two thirds of the time on the line."""
_UNSAID = {RASTERS[each].width: each for each in (Resolution.FINE, Resolution.R300, Resolution.R400)}
"What a page is whose file does not say, by its width."


def resolution_of(width: int, rows: int, dpi: tuple[float, float] | None) -> Resolution | None:
    """Return the resolution at which a black-and-white page is a fax page already; None where it must be scaled."""
    if dpi is None:
        found = _UNSAID.get(width)
    else:
        found = next((each for each, raster in RASTERS.items() if _is_at(raster, dpi)), None)
    if found is None or rows > _INCHES_AT_MOST * RASTERS[found].y_dpi:
        return None
    widest = RASTERS[found].width
    return found if width == widest or (width < widest and found not in _NO_SCANNERS) else None


def repeated(page: Grey, at: Raster, wanted: Raster) -> Grey | None:
    """Return a page at a finer resolution, its pixels repeated; None where they do not divide."""
    for axis, ratio in ((0, wanted.y_dpi / at.y_dpi), (1, wanted.x_dpi / at.x_dpi)):
        times = round(ratio)
        if times < 1 or abs(ratio - times) > 1e-3:
            return None
        if times > 1:
            page = page.repeat(times, axis=axis)
    return page


def centred(page: Grey, width: int) -> Grey:
    """Return a page with white at both sides, `width` pixels wide."""
    wide = np.full((len(page), width), 255, np.uint8)
    left = (width - page.shape[1]) // 2
    wide[:, left : left + page.shape[1]] = page
    return wide


def _is_at(raster: Raster, dpi: tuple[float, float]) -> bool:
    return abs(dpi[0] / raster.x_dpi - 1) <= _NEAR and abs(dpi[1] / raster.y_dpi - 1) <= _NEAR
