"""What a file is, by its first bytes and never by its name. Opens nothing: looking inside is the converter's work."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The files that can be faxed."""

    PDF = "pdf"
    JPG = "jpg"
    TIF = "tif"
    PNG = "png"
    TXT = "txt"


@dataclass(frozen=True, slots=True)
class Found:
    """What a file turned out to be."""

    kind: Kind
    pages: int
    """Fax pages it will make. Exact for all but txt. Text is laid out but not drawn: scripts wider than their
    columns may need a page more."""


class Unfit(Exception):
    """A file cannot be faxed. `str()` is the reason, as it reads after "The file 'letter.pdf' …"."""


_MAGIC = (
    (b"%PDF-", Kind.PDF),
    (b"\xff\xd8\xff", Kind.JPG),
    (b"\x89PNG\r\n\x1a\n", Kind.PNG),
    (b"II*\x00", Kind.TIF),
    (b"MM\x00*", Kind.TIF),
    (b"II+\x00", Kind.TIF),
    (b"MM\x00+", Kind.TIF),
)
"The last two are BigTIFF."

_PROGRAMS = (b"%!PS", b"{\\rtf", b"%FDF-", b"%XDP")
"Text to the eye, but nobody wants to see the source of them on paper."

NO_KIND = "is not a PDF, JPEG, PNG, TIFF or text file"


def kind_of(data: bytes) -> Kind:
    """Return what the bytes claim to be at their very beginning; what claims nothing may be text. Raises Unfit.

    A PDF header further in is refused, though readers accept it anywhere in the first kilobyte (PDF 1.7, appendix H):
    such a file is two things at once, and which one is faxed should not be a matter of luck.
    """
    if not data:
        raise Unfit("is empty")
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return kind
    if b"%PDF-" in data[:1024]:
        raise Unfit("has something else before its PDF begins")
    if data.startswith(_PROGRAMS):
        raise Unfit(NO_KIND)
    return Kind.TXT
