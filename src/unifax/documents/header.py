"""The header line, drawn into fax pages. For converter processes only."""

import numpy as np

from unifax.documents.bilevel import Packed
from unifax.documents.order import Header
from unifax.documents.pages import WIDTH, X_DPI, Y_DPI
from unifax.documents.pdf import Pdf
from unifax.documents.sheet import Place
from unifax.documents.text import runs_right_to_left
from unifax.documents.typeset import Json, Typesetter

ROWS = 40
"5.2 mm: a line of 8.5 point and its distance from the edge."
_ISOLATED = "\u2066{}\u2069"
"Left to right whatever stands around it: a plus sign belongs in front of its number (UAX 9)."


class HeaderLine:
    """The header line of one fax."""

    def __init__(self, header: Header, total: int, typesetter: Typesetter) -> None:
        self._total, self._typesetter = total, typesetter
        self._words: dict[str, Json] = {
            "when": f"{header.sent_at:%Y-%m-%d %H:%M} {header.sent_at.tzname() or ''}",
            "sender": header.text,
            "rtl": runs_right_to_left(header.text),
            "station": _ISOLATED.format(header.station_id),
            "width": WIDTH * 72 / X_DPI,
            "height": ROWS * 72 / Y_DPI,
        }

    def on(self, page: Packed, number: int) -> Packed:
        """Return the page with its line: in its top margin where that is empty, otherwise above. Nothing is covered."""
        strip = self._strip(number)
        if len(page) > ROWS and not page[:ROWS].any():
            return np.concatenate((strip, page[ROWS:]))
        return np.concatenate((strip, page))

    def _strip(self, number: int) -> Packed:
        pdf = self._typesetter.set("header", {**self._words, "page": f"page {number} of {self._total}"})
        return np.packbits(Pdf(pdf).draw(0, Place(False, 0, WIDTH, ROWS), WIDTH) < 128, axis=1)
