"""Paper as JSON: how pages are to be made, and what became of each. Knows no fax."""

from collections.abc import Sequence

from pydantic import Field

from unifax.model.cover import Cover
from unifax.model.line_time import bits_seconds
from unifax.model.paper import AS_IT_COMES, PageReport, PageWarning, PaperTerms
from unifax.web.uapi.shape import Shape


class PageTreatmentShape(Shape):
    """How one page is to be treated."""

    treatment: str


class CoverShape(Shape):
    """The page before the first. An empty text is left out."""

    template: str
    language: str
    to: str | None
    company: str | None
    sender: str | None = Field(serialization_alias="from")
    subject: str | None
    message: str | None
    urgent: bool
    confidential: bool


class PaperShape(Shape):
    """How the pages of a fax were to be made. What was left to us is left out."""

    resolution: str | None
    treatment: str | None
    pages: dict[str, PageTreatmentShape] | None
    charset: str | None
    cover: CoverShape | None


class WarningShape(Shape):
    """What a sender may want to know of a page."""

    code: str
    "blank, small_text, missing_letters or long."
    text: str


class PageShape(Shape):
    """What became of a page."""

    page: int
    "1 is the first."
    file: str | None
    "The name of the file it comes from; missing for a cover page."
    resolution: str
    "standard, fine, superfine, 300 or 400."
    treatment: str
    "text or photo."
    seconds: float
    "What its bits take on the line at 14,400 bit/s, in MMR."
    warnings: list[WarningShape]


def paper_shape(paper: PaperTerms) -> PaperShape | None:
    """Return what was asked of paper; None when nothing was."""
    if paper == AS_IT_COMES:
        return None
    pages = {str(page): PageTreatmentShape(treatment=asked) for page, asked in paper.page_treatments.items()}
    return PaperShape(
        resolution=paper.resolution,
        treatment=paper.treatment if paper.treatment != AS_IT_COMES.treatment else None,
        pages=pages or None,
        charset=paper.charset,
        cover=None if paper.cover is None else _cover_shape(paper.cover),
    )


def _cover_shape(cover: Cover) -> CoverShape:
    return CoverShape(
        template=cover.template,
        language=cover.language,
        to=cover.to or None,
        company=cover.company or None,
        sender=cover.sender or None,
        subject=cover.subject or None,
        message=cover.message or None,
        urgent=cover.urgent,
        confidential=cover.confidential,
    )


def page_shape(page: PageReport, files: Sequence[str]) -> PageShape:
    """Return what became of a page of these files."""
    return PageShape(
        page=page.number,
        file=None if page.file is None else files[page.file],
        resolution=page.resolution,
        treatment=page.treatment,
        seconds=round(bits_seconds(page), 1),
        warnings=[WarningShape(code=warning, text=sentence(page, warning)) for warning in page.warnings],
    )


def sentence(page: PageReport, warning: PageWarning) -> str:
    """Return a warning in a sentence."""
    match warning:
        case PageWarning.BLANK:
            return "Nothing is on this page, though the document has something there."
        case PageWarning.SMALL_TEXT:
            return f"It has text too small to be read at the resolution '{page.resolution}'."
        case PageWarning.MISSING_LETTERS:
            return "Boxes stand for letters that there is no font for."
        case PageWarning.LONG:
            return f"It takes {round(bits_seconds(page) / 60, 1):g} minutes on the line, as photographs do."
