"""What a converter's child does with the descriptors it was given: look, or draw. Knows no process and no path.

It speaks as it goes, so that whoever listens knows how far it came if it dies.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import zip_longest

from unifax.documents.cover import CoverPage
from unifax.documents.drawing import Document, Drawn, drawn
from unifax.documents.header import HeaderLine
from unifax.documents.intake import Kind, Unfit, kind_of
from unifax.documents.order import Header, Limits
from unifax.documents.pages import Page, PageWriter
from unifax.documents.pdf import Pdf
from unifax.documents.picture import Picture
from unifax.documents.report import unpacked_report
from unifax.documents.report_page import set_report
from unifax.documents.text import Text, read_pages
from unifax.documents.typeset import Typesetter
from unifax.model.paper import RASTERS, Coding, PageReport, PageWarning, PaperTerms

Tell = Callable[..., None]
"Says something to whoever asked: words and values."

_LONG_OCTETS = 14_400 // 8 * 120
"""What a line of 14,400 bit/s carries in two minutes. A page of small print takes 35 s; far machines and those who
wait at them are used to such pages."""


@dataclass(frozen=True, slots=True)
class Job:
    """Work on documents, and with whom it speaks."""

    limits: Limits
    typesetter: Typesetter
    tell: Tell
    allow: Callable[[int], None]
    "Gives up all time on the processor but so many seconds."

    def inspect(self, fd: int, charset: str | None) -> None:
        """Tell what a file is and how many pages it makes: `kind` and `pages`. Raises Unfit."""
        self.tell(file=0)
        data, kind = _read(fd, self.limits)
        match kind:
            case Kind.TXT:
                pages = len(read_pages(data, self.typesetter.letters, charset))
            case Kind.PDF:
                pdf = Pdf(data)
                pages = pdf.pages
                _check_pages(pages, pages, self.limits)
                pdf.check()
            case Kind.JPG | Kind.PNG | Kind.TIF:
                picture = Picture(data, kind, self.limits)
                pages = picture.pages
                _check_pages(pages, pages, self.limits)
                picture.check()
        _check_pages(pages, pages, self.limits)
        self.tell(kind=kind, pages=pages)

    def render(self, inputs: Sequence[int], output: int, header: Header, terms: PaperTerms, template: str = "") -> None:
        """Draw all files, in order, into one fax TIFF, one page at a time, behind a cover page if there is to be one.

        Tells `file` when it turns to a file, 0 is the first and the cover page is behind the last, and None when it is
        busy with our own things; `page` with its report once a page can be read from the TIFF, and in one with it the
        next page's `file`; and `done` with the number of pages at the end. Raises Unfit.
        """
        documents: list[Document] = []
        total = 0
        for index, fd in enumerate(inputs):
            self.tell(file=index)
            documents.append(self._opened(fd, terms))
            total += documents[-1].pages
            _check_pages(documents[-1].pages, total, self.limits)
        before = 0
        parts = list(enumerate(documents))
        if terms.cover is not None:
            self.tell(file=len(inputs))
            cover = CoverPage(terms.cover, header, total, self.typesetter, template)
            before = cover.pages
            total += before
            _check_pages(before, total, self.limits)
            parts.insert(0, (len(inputs), cover))
        self.tell(file=None)
        self.allow(self.limits.cpu_seconds(total))
        os.lseek(output, 0, os.SEEK_SET)
        os.ftruncate(output, 0)
        lines = {at: HeaderLine(header, total, self.typesetter, raster) for at, raster in RASTERS.items()}
        pages = [(index, document, within) for index, document in parts for within in range(document.pages)]
        following = [index for index, _, _ in pages[1:]]
        self.tell(file=pages[0][0])
        with PageWriter(output, total) as writer:
            for (index, document, within), after in zip_longest(pages, following):
                number = writer.pages + 1
                treatment = terms.page_treatments.get(number - before, terms.treatment)
                page = drawn(document, within, terms.resolution, treatment)
                self.tell(file=None)
                report = _written(writer, page, lines[page.resolution])
                self.tell(page=asdict(replace(report, file=index if index < len(inputs) else None)), file=after)
        self.tell(done=total)

    def report(self, words: int, picture: int, output: int) -> None:
        """Set a transmission report as a PDF. Tells `done`."""
        pdf = set_report(unpacked_report(_whole(words)), _whole(picture), self.typesetter)
        os.ftruncate(output, 0)
        with os.fdopen(os.dup(output), "wb") as file:
            file.write(pdf)
        self.tell(done=0)  # it makes no pages of a fax

    def _opened(self, fd: int, terms: PaperTerms) -> Document:
        """Raises Unfit."""
        data, kind = _read(fd, self.limits)
        match kind:
            case Kind.TXT:
                return Text(data, self.typesetter, terms.charset)
            case Kind.PDF:
                return Pdf(data)
            case Kind.JPG | Kind.PNG | Kind.TIF:
                return Picture(data, kind, self.limits)


def _written(writer: PageWriter, drawn: Drawn, line: HeaderLine) -> PageReport:
    """Write a page with its line and say what became of it. Raises DamagedPages when the disk is full."""
    raster = RASTERS[drawn.resolution]
    packed = line.on(drawn.page.packed, writer.pages + 1)
    octets = writer.write(Page(raster.width, len(packed), raster.x_dpi, raster.y_dpi, packed.tobytes()))
    lacks_letters = line.lacks_letters and PageWarning.MISSING_LETTERS not in drawn.warnings
    return PageReport(
        number=writer.pages,
        file=None,
        resolution=drawn.resolution,
        rows=len(packed),
        treatment=drawn.page.treatment,
        octets={Coding.MMR: octets},
        warnings=(
            *drawn.warnings,
            *(PageWarning.MISSING_LETTERS,) * lacks_letters,
            *(PageWarning.LONG,) * (octets > _LONG_OCTETS),
        ),
    )


def _whole(fd: int) -> bytes:
    """Return all of a file of our own."""
    os.lseek(fd, 0, os.SEEK_SET)
    with os.fdopen(os.dup(fd), "rb") as file:
        return file.read()


def _read(fd: int, limits: Limits) -> tuple[bytes, Kind]:
    """Raises Unfit."""
    os.lseek(fd, 0, os.SEEK_SET)  # an earlier try, in a process that was killed, may have read it already
    with os.fdopen(os.dup(fd), "rb") as file:
        data = file.read(limits.file_bytes + 1)
    if len(data) > limits.file_bytes:
        raise Unfit(f"is larger than {limits.file_bytes >> 20} MB")
    kind = kind_of(data)
    if kind is Kind.TXT and len(data) > limits.text_bytes:
        raise Unfit(
            f"is no PDF, JPEG, PNG or TIFF file, and larger than {limits.text_bytes >> 20} MB,"
            " which is too much for a text"
        )
    return data, kind


def _check_pages(pages: int, total: int, limits: Limits) -> None:
    if total > limits.pages:
        count = f"{pages}" if pages != limits.pages + 1 else f"more than {limits.pages}"
        brings = f"has {count} pages" if total == pages else f"brings the fax to {total} pages"
        raise Unfit(f"{brings}; at most {limits.pages} can be faxed")
