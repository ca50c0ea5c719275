"""The cover page, from a template and words that are only ever words. For converter processes only."""

import re

import typst

from unifax.documents.bilevel import Grey, Packed
from unifax.documents.direction import ISOLATED, ISOLATED_AS_IT_RUNS, numbers_whole, runs_right_to_left
from unifax.documents.intake import Unfit
from unifax.documents.order import Header
from unifax.documents.pdf import Pdf
from unifax.documents.text import spaced
from unifax.documents.typeset import Json, Typesetter
from unifax.model.cover import RIGHT_TO_LEFT, Cover
from unifax.model.paper import Raster

PAGES_AT_MOST = 4
"A message of as many lines as there may be takes three."

_LONG_WORD = re.compile(r"(\S{30})(?=\S)")
_PLACE_TO_BREAK = "\\1\u200b"


class CoverPage:
    """The cover page of one fax, which may have a second page and a third."""

    def __init__(self, cover: Cover, header: Header, behind: int, typesetter: Typesetter, template: str = "") -> None:
        """`behind` are the pages that follow it. `template` is an operator's own, in Typst; empty, ours.

        Raises Unfit when it cannot be set.
        """
        said = (cover.to, cover.company, cover.sender, cover.subject, cover.message)
        self._lacks_letters = bool(typesetter.letters.missing("".join(said)))
        source = template.encode() or "cover"
        counted, pages = 0, 1
        while counted < pages:  # it says how many pages there are, itself among them
            counted = pages
            try:
                self._set = Pdf(typesetter.set(source, words_of(cover, header, behind + pages)))
            except typst.TypstError as error:
                raise Unfit(f"cannot be made from the template '{cover.template}': {str(error)[:200]}") from None
            pages = self._set.pages
            if pages > PAGES_AT_MOST:
                raise Unfit(f"is longer than {PAGES_AT_MOST} pages")
        self.pages = pages

    def grey(self, index: int, raster: Raster) -> Grey:
        """Draw a page, 0 is the first."""
        return self._set.grey(index, raster)

    def letters(self, index: int, raster: Raster) -> Packed | None:
        """Draw a page of nothing but letters, in black and white; None for any other."""
        return self._set.letters(index, raster)

    def lacks_letters(self, index: int) -> bool:
        """Tell whether letters of it have no font: boxes stand in their place."""
        return self._lacks_letters


def words_of(cover: Cover, header: Header, pages: int) -> dict[str, Json]:
    """Return what a template is given (docs/paper.md). Each text holds together, whatever stands around it."""
    names = {"to": cover.to, "company": cover.company, "from": cover.sender or header.text, "subject": cover.subject}
    numbers = {"number": header.recipient, "station": header.station_id, "date": header.when, "pages": str(pages)}
    return {
        **{name: text and ISOLATED_AS_IT_RUNS.format(breakable(text)) for name, text in names.items()},
        **{name: text and ISOLATED.format(text) for name, text in numbers.items()},
        "message": [_paragraph(line) for line in cover.message.split("\n")] if cover.message else [],
        "urgent": cover.urgent,
        "confidential": cover.confidential,
        "language": cover.language,
        "rtl": cover.language in RIGHT_TO_LEFT,
    }


def _paragraph(line: str) -> dict[str, Json]:
    rtl = runs_right_to_left(line)
    text = breakable(spaced(line.expandtabs(8)))
    return {"text": numbers_whole(text) if rtl else text, "rtl": rtl}


def breakable(text: str) -> str:
    """Return a text whose words are nowhere too long for a line."""
    return _LONG_WORD.sub(_PLACE_TO_BREAK, text)
