"""The header line, drawn into fax pages. For converter processes only."""

import numpy as np

from unifax.documents.bilevel import Packed
from unifax.documents.direction import ISOLATED, runs_right_to_left
from unifax.documents.order import Header
from unifax.documents.pdf import Pdf
from unifax.documents.sheet import Place
from unifax.documents.typeset import Json, Typesetter
from unifax.model.paper import Raster

_INCHES = 40 / 195.58
"5.2 mm: a line of 8.5 point and its distance from the edge; 20, 40 or 80 rows at standard, fine and superfine."


def rows_of(raster: Raster) -> int:
    """Return how many rows a header line takes."""
    return round(_INCHES * raster.y_dpi)


class HeaderLine:
    """The header line of one fax."""

    def __init__(self, header: Header, total: int, typesetter: Typesetter, raster: Raster) -> None:
        self._total, self._typesetter, self._raster = total, typesetter, raster
        self._rows = rows_of(raster)
        self._words: dict[str, Json] = {
            "when": f"{header.sent_at:%Y-%m-%d %H:%M} {header.sent_at.tzname() or ''}",
            "sender": header.text,
            "rtl": runs_right_to_left(header.text),
            "station": ISOLATED.format(header.station_id),
            "width": raster.width * 72 / raster.x_dpi,
            "height": _INCHES * 72,
        }

    def on(self, page: Packed, number: int) -> Packed:
        """Return the page with its line: in its top margin where that is empty, otherwise above. Nothing is covered."""
        strip = self._strip(number)
        if len(page) > self._rows and not page[: self._rows].any():
            return np.concatenate((strip, page[self._rows :]))
        return np.concatenate((strip, page))

    def _strip(self, number: int) -> Packed:
        pdf = self._typesetter.set("header", {**self._words, "page": f"page {number} of {self._total}"})
        width = self._raster.width
        return np.packbits(Pdf(pdf).draw(0, Place(False, 0, width, self._rows), width) < 128, axis=1)
