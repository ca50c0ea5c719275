"""The header line, drawn into fax pages. For converter processes only."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from functools import cached_property

import numpy as np

from unifax.documents.bilevel import Packed
from unifax.documents.direction import ISOLATED, ISOLATED_AS_IT_RUNS, runs_right_to_left
from unifax.documents.order import Header
from unifax.documents.pdf import Pdf
from unifax.documents.sheet import Place
from unifax.documents.typeset import Json, Typesetter
from unifax.model.header import HeaderPosition, filled
from unifax.model.paper import Raster

_AT_ONCE = 32
"Lines that are set in one go, after that of page 1: alone each costs ten times as much."
_INCHES = 40 / 195.58
"5.2 mm: a line of 8.5 point and its distance from the edge; 20, 40 or 80 rows at standard, fine and superfine."


def rows_of(raster: Raster) -> int:
    """Return how many rows a header line takes."""
    return round(_INCHES * raster.y_dpi)


class HeaderLine:
    """The header line of one fax."""

    def __init__(self, header: Header, total: int, typesetter: Typesetter, raster: Raster) -> None:
        self._header, self._total, self._typesetter, self._raster = header, total, typesetter, raster
        self._rows = rows_of(raster)
        self._drawn: tuple[range, Packed] | None = None

    @cached_property
    def lacks_letters(self) -> bool:
        """Boxes stand for some of its letters."""
        said = " ".join(part for part, _ in self._parts(1))
        return self._header.style.position is not HeaderPosition.OFF and bool(self._typesetter.letters.missing(said))

    def on(self, page: Packed, number: int) -> Packed:
        """Return the page with its line where the style wants it."""
        is_free = len(page) > self._rows and not page[: self._rows].any()
        match self._header.style.position:
            case HeaderPosition.OFF:
                return page
            case HeaderPosition.ABOVE:
                return np.concatenate((self._strip(number), page))
            case HeaderPosition.AUTO if not is_free:
                return np.concatenate((self._strip(number), page))
            case HeaderPosition.AUTO | HeaderPosition.OVER:
                return np.concatenate((self._strip(number), page[self._rows :]))

    def _strip(self, number: int) -> Packed:
        """Return the line of a page, 1 is the first, from a sheet that has those of several."""
        start = max(1, number - (number - 2) % _AT_ONCE)
        numbers = range(start, 2 if number == 1 else start + _AT_ONCE)
        if self._drawn is None or self._drawn[0] != numbers:
            self._drawn = numbers, self._sheet(range(numbers.start, min(numbers.stop, self._total + 1)))
        top = (number - numbers.start) * self._rows
        return self._drawn[1][top : top + self._rows]

    def _sheet(self, numbers: Sequence[int]) -> Packed:
        """Draw the lines of some pages, one under the other."""
        place = Place(False, 0, self._raster.width, self._rows * len(numbers))
        with closing(Pdf(self._typesetter.set("header", self._words(numbers)))) as pdf:
            sheet = pdf.draw_letters(0, place, self._raster)
            return np.packbits(pdf.draw(0, place, self._raster) < 128, axis=1) if sheet is None else sheet

    def _words(self, pages: Sequence[int]) -> Json:
        lines = [self._parts(number) for number in pages]
        return {
            "lines": [[{"text": part, "rtl": runs_right_to_left(seen)} for part, seen in line] for line in lines],
            "rtl": runs_right_to_left(" ".join(seen for _, seen in lines[0])),
            "width": self._raster.width * 72 / self._raster.x_dpi,
            "height": _INCHES * 72,
        }

    def _parts(self, number: int) -> Sequence[tuple[str, str]]:
        """Return the parts of a line, each with what tells its direction: its words and the sender, but no number."""
        line, sender, numbers = self._header.style.line, self._header.text, self._numbers(number)
        held = {field: text and ISOLATED.format(text) for field, text in numbers.items()}
        parts = filled(line, {**held, "sender": sender and ISOLATED_AS_IT_RUNS.format(sender)})
        telling = filled(line, {**{field: text and "0" for field, text in numbers.items()}, "sender": sender})
        return list(zip(parts, telling, strict=True))

    def _numbers(self, number: int) -> Mapping[str, str]:
        """Return what the fields say but the name: it stands left to right and in one piece whatever is around."""
        header = self._header
        return {
            "date": header.when,
            "station": header.station_id,
            "recipient": header.recipient,
            "page": str(number),
            "pages": str(self._total),
        }
