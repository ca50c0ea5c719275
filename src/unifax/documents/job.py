"""What a converter's child does with the descriptors it was given: look, or draw. Knows no process and no path.

It speaks as it goes, so that whoever listens knows how far it came if it dies.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import asdict

from unifax.documents.bilevel import black_and_white
from unifax.documents.header import HeaderLine
from unifax.documents.intake import Kind, Unfit, kind_of
from unifax.documents.letters import Letters
from unifax.documents.order import Header, Limits
from unifax.documents.pages import WIDTH, X_DPI, Y_DPI, Page, PageWriter
from unifax.documents.pdf import Pdf
from unifax.documents.picture import Picture
from unifax.documents.text import Text, read_pages
from unifax.documents.typeset import Typesetter
from unifax.model.paper import RASTERS, Coding, PageReport, PaperTerms, Resolution

Tell = Callable[..., None]
"Says something to whoever asked: words and values."


def inspect(fd: int, charset: str | None, limits: Limits, letters: Letters, tell: Tell) -> None:
    """Tell what a file is and how many pages it makes: `kind` and `pages`. Raises Unfit."""
    data, kind = _read(fd, limits)
    match kind:
        case Kind.TXT:
            pages = len(read_pages(data, letters, charset))
        case Kind.PDF:
            pdf = Pdf(data)
            pages = pdf.pages
            _check_pages(pages, pages, limits)
            pdf.check()
        case Kind.JPG | Kind.TIF:
            picture = Picture(data, kind, limits)
            pages = picture.pages
            _check_pages(pages, pages, limits)
            picture.check()
    _check_pages(pages, pages, limits)
    tell(kind=kind, pages=pages)


def render(
    inputs: Sequence[int],
    output: int,
    header: Header,
    terms: PaperTerms,
    limits: Limits,
    typesetter: Typesetter,
    tell: Tell,
) -> None:
    """Draw all files, in order, into one fax TIFF.

    Tells `file` when it turns to a file, 0 is the first, and None when it is busy with our own things; `page` with its
    report once a page can be read from the TIFF; and `done` with the number of pages at the end. Raises Unfit.
    """
    documents: list[Pdf | Picture | Text] = []
    total = 0
    for index, fd in enumerate(inputs):
        tell(file=index)
        data, kind = _read(fd, limits)
        match kind:
            case Kind.TXT:
                documents.append(Text(data, typesetter, terms.charset))
            case Kind.PDF:
                documents.append(Pdf(data))
            case Kind.JPG | Kind.TIF:
                documents.append(Picture(data, kind, limits))
        total += documents[-1].pages
        _check_pages(documents[-1].pages, total, limits)
    tell(file=None)
    line = HeaderLine(header, total, typesetter, RASTERS[Resolution.FINE])
    os.lseek(output, 0, os.SEEK_SET)
    os.ftruncate(output, 0)
    with PageWriter(output, total) as writer:
        for index, document in enumerate(documents):
            for number in range(document.pages):
                tell(file=index)
                page = black_and_white(document.grey(number, RASTERS[Resolution.FINE]), RASTERS[Resolution.FINE])
                tell(file=None)
                packed = line.on(page.packed, writer.pages + 1)
                octets = writer.write(Page(WIDTH, len(packed), X_DPI, Y_DPI, packed.tobytes()))
                report = PageReport(
                    writer.pages, index, Resolution.FINE, len(packed), page.treatment, {Coding.MMR: octets}
                )
                tell(page=asdict(report))
    tell(done=total)


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
            f"is no PDF, JPEG or TIFF file, and larger than {limits.text_bytes >> 20} MB, which is too much for a text"
        )
    return data, kind


def _check_pages(pages: int, total: int, limits: Limits) -> None:
    if total > limits.pages:
        count = f"{pages}" if pages != limits.pages + 1 else f"more than {limits.pages}"
        brings = f"has {count} pages" if total == pages else f"brings the fax to {total} pages"
        raise Unfit(f"{brings}; at most {limits.pages} can be faxed")
