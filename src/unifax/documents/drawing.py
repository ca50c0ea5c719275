"""One page of a document in black and white, and what its sender may want to know of it. Knows no fax and no file."""

from dataclasses import dataclass
from functools import partial

from unifax.documents.bilevel import Bilevel, black_and_white
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
        made = Legible(black_and_white(document.grey(index, RASTERS[faxed]), RASTERS[faxed], treatment), faxed)
    else:
        made = legible(partial(document.grey, index), resolution, treatment)
    warnings = list(made.warnings)
    if isinstance(document, Pdf) and not made.page.packed.any() and document.promises_ink(index):
        warnings.append(PageWarning.BLANK)
    if isinstance(document, Text | CoverPage) and document.lacks_letters(index):
        warnings.append(PageWarning.MISSING_LETTERS)
    return Drawn(made.page, made.resolution, tuple(warnings))
