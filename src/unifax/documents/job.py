"""What a converter's child does with the descriptors it was given: look, or draw. Knows no process and no path.

It speaks as it goes, so that whoever listens knows how far it came if it dies.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from unifax.documents.bilevel import black_and_white
from unifax.documents.header import HeaderLine
from unifax.documents.intake import Kind, Unfit, kind_of
from unifax.documents.order import Header, Limits
from unifax.documents.pages import WIDTH, X_DPI, Y_DPI, Page, PageWriter
from unifax.documents.pdf import Pdf
from unifax.documents.picture import Picture
from unifax.documents.text import Text, read_pages
from unifax.documents.typeset import Typesetter
from unifax.model.paper import RASTERS, Coding, PageReport, PaperTerms, Resolution

Tell = Callable[..., None]
"Says something to whoever asked: words and values."
Document = Pdf | Picture | Text


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

    def render(self, inputs: Sequence[int], output: int, header: Header, terms: PaperTerms) -> None:
        """Draw all files, in order, into one fax TIFF.

        Tells `file` when it turns to a file, 0 is the first, and None when it is busy with our own things; `page` with
        its report once a page can be read from the TIFF; and `done` with the number of pages at the end. Raises Unfit.
        """
        documents: list[Document] = []
        total = 0
        for index, fd in enumerate(inputs):
            self.tell(file=index)
            documents.append(self._opened(fd, terms))
            total += documents[-1].pages
            _check_pages(documents[-1].pages, total, self.limits)
        self.tell(file=None)
        self.allow(self.limits.cpu_seconds(total))
        line = HeaderLine(header, total, self.typesetter, RASTERS[Resolution.FINE])
        os.lseek(output, 0, os.SEEK_SET)
        os.ftruncate(output, 0)
        with PageWriter(output, total) as writer:
            for index, document in enumerate(documents):
                for number in range(document.pages):
                    self.tell(file=index)
                    page = black_and_white(document.grey(number, RASTERS[Resolution.FINE]), RASTERS[Resolution.FINE])
                    self.tell(file=None)
                    packed = line.on(page.packed, writer.pages + 1)
                    octets = writer.write(Page(WIDTH, len(packed), X_DPI, Y_DPI, packed.tobytes()))
                    report = PageReport(
                        writer.pages, index, Resolution.FINE, len(packed), page.treatment, {Coding.MMR: octets}
                    )
                    self.tell(page=asdict(report))
        self.tell(done=total)

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
