"""A text file as pages of lines: which letters its bytes mean, where lines and pages break. Draws nothing itself."""

import contextlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import chardet
from chardet import EncodingEra

from unifax.documents.bilevel import Grey
from unifax.documents.direction import runs_right_to_left
from unifax.documents.intake import NO_KIND, Unfit
from unifax.documents.pdf import Pdf
from unifax.documents.typeset import Typesetter
from unifax.model.charset import codec_of
from unifax.model.paper import Raster

COLUMNS = 80
LINES = 60
_TAB = 8
_PAGES_AT_ONCE = 20
"Set by Typst in one go: its memory grows with the document."

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
"Byte order marks; UTF-32 before UTF-16, whose mark it begins with."
_NOT_TEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff]")
"Control characters of C0 and C1 but tab, line, page and the like; noncharacters; halves of pairs."
_ASCII = bytes(range(128))
_TELLING = 3
"""Letters outside ASCII that a guess among all encodings needs. With fewer, those of today's Windows and web alone are
right on 32 of 36 short business phrases in them, all on 24: 'Grüße' became Icelandic for an old Macintosh."""
_BLANK = re.compile("[\\s\ufeff]*")
_SPACES = re.compile(" *")


def decode(data: bytes, charset: str | None = None) -> str:
    """Return the text that the bytes mean, in the charset that their sender names, or found out. Raises Unfit."""
    for encoding in [codec_of(charset)] if charset else _encodings(data):
        with contextlib.suppress(UnicodeError, LookupError):
            text = data.decode(encoding).removeprefix("\ufeff").rstrip("\x1a")  # end of file, as DOS wrote it
            if not _NOT_TEXT.search(text):
                break
    else:
        raise Unfit(f"is not text in {charset}" if charset else NO_KIND)
    if _BLANK.fullmatch(text):
        raise Unfit("has no text in it")
    return text


def _encodings(data: bytes) -> Iterator[str]:
    """Tell the encoding by byte order mark, NUL pattern or strict UTF-8; else yield guesses, the best first."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            yield encoding
            return
    even, odd = data[0:4096:2].count(0), data[1:4096:2].count(0)
    if even or odd:  # UTF-16 without a mark: NUL bytes are on one side, or this is no text
        yield "utf-16-le" if odd > 4 * even else "utf-16-be" if even > 4 * odd else "no text"
    elif b"\x1b" not in data and _is_utf_8(data):  # ISO-2022-JP is ASCII with escapes and would pass for UTF-8
        yield "utf-8"
    else:
        if len(data.translate(None, _ASCII)) >= _TELLING:
            yield chardet.detect(data)["encoding"] or "no text"
        yield chardet.detect(data, encoding_era=EncodingEra.MODERN_WEB)["encoding"] or "no text"


def _is_utf_8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    rtl: bool


def lay_out(text: str) -> Iterator[Sequence[Line]]:
    """Yield pages of at most 60 lines of at most 80 columns. A form feed begins a page."""
    for sheet in re.split("\f", text.removesuffix("\n").removesuffix("\r").removesuffix("\f")):
        page: list[Line] = []
        for paragraph in re.split("\r\n|[\n\r\v\x85\u2028\u2029]", sheet.removesuffix("\n").removesuffix("\r")):
            rtl = runs_right_to_left(paragraph)
            for line in _broken(paragraph.expandtabs(_TAB)):
                if len(page) == LINES:
                    yield page
                    page = []
                page.append(Line(_spaced(line), rtl))
        yield page


def _broken(text: str) -> Iterator[str]:
    """Break a line between words where it can be, and anywhere where it must."""
    start, fits = 0, _fitting(text, 0)
    while fits < len(text):
        gap = text.rfind(" ", start, fits + 1)
        cut = gap if gap > start else fits
        yield text[start:cut]
        blank = _SPACES.match(text, cut)
        start = blank.end() if blank else cut
        fits = _fitting(text, start)
    yield text[start:]


def _fitting(text: str, start: int) -> int:
    """Return the end of what fits on one line. Letters without width fit too, but not without end."""
    if text.isascii():
        return min(start + COLUMNS, len(text))
    width = 0
    for at in range(start, min(start + 4 * COLUMNS, len(text))):
        width += _columns(text[at])
        if width > COLUMNS:
            return at
    return min(start + 4 * COLUMNS, len(text))


def _columns(letter: str) -> int:
    if letter < "\u0300":
        return 1
    if unicodedata.category(letter) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def _spaced(line: str) -> str:
    """Return a line whose runs of spaces survive typesetting."""
    return re.sub("^ +| {2,}", lambda run: "\xa0" * len(run[0]), line.rstrip(" "))


class Text:
    """A text file, set and ready to be drawn."""

    def __init__(self, data: bytes, typesetter: Typesetter, charset: str | None = None) -> None:
        """`charset` is a name as `model.charset` knows them; None finds the encoding out. Raises Unfit."""
        pages = list(lay_out(decode(data, charset)))
        self._parts = [
            Pdf(typesetter.set("text", [[{"text": line.text, "rtl": line.rtl} for line in page] for page in part]))
            for part in (pages[at : at + _PAGES_AT_ONCE] for at in range(0, len(pages), _PAGES_AT_ONCE))
        ]
        self.pages = sum(part.pages for part in self._parts)

    def grey(self, index: int, raster: Raster) -> Grey:
        """Draw a page, 0 is the first."""
        for part in self._parts:
            if index < part.pages:
                return part.grey(index, raster)
            index -= part.pages
        raise IndexError(index)
