"""One page of a document in black and white, and what its sender may want to know of it. Knows no fax and no file."""

from dataclasses import dataclass
from functools import partial

from unifax.documents.bilevel import Bilevel, black_and_white, without_dots
from unifax.documents.cover import CoverPage
from unifax.documents.legibility import Legible, legible
from unifax.documents.pdf import Pdf
from unifax.documents.picture import Picture
from unifax.documents.text import Text
from unifax.model.paper import RASTERS, PageWarning, Resolution, Treatment

Document = Pdf | Picture | Text | CoverPage


@dataclass(frozen=True, slots=True)
class Drawn:
    """One page."""

    page: Bilevel
    resolution: Resolution
    warnings: tuple[PageWarning, ...]


def drawn(document: Document, index: int, resolution: Resolution | None, treatment: Treatment) -> Drawn:
    """Return a page, 0 is the first, at this resolution; None leaves it to us. Raises Unfit, MemoryError."""
    faxed = document.resolution(index) if isinstance(document, Pdf | Picture) else None
    if faxed is not None and resolution in (None, faxed):  # it has the pixels that it has
        made = Legible(_bilevel(document, index, faxed, treatment), faxed)
    else:
        made = legible(partial(_bilevel, document, index), resolution, treatment)
    warnings = list(made.warnings)
    if isinstance(document, Pdf) and not made.page.packed.any() and document.promises_ink(index):
        warnings.append(PageWarning.BLANK)
    if isinstance(document, Text | CoverPage) and document.lacks_letters(index):
        warnings.append(PageWarning.MISSING_LETTERS)
    return Drawn(made.page, made.resolution, tuple(warnings))


def _bilevel(document: Document, index: int, resolution: Resolution, treatment: Treatment) -> Bilevel:
    """Raises Unfit, MemoryError."""
    raster = RASTERS[resolution]
    letters = None if isinstance(document, Picture) else document.letters(index, raster)
    if letters is not None:
        return without_dots(letters, raster)
    return black_and_white(document.grey(index, raster), raster, treatment)
