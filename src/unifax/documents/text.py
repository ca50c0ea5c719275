"""A text file as pages of lines: which letters its bytes mean, where lines and pages break. Typst sets the rest."""

import contextlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import chardet
from chardet import EncodingEra

from unifax.documents.bilevel import Grey, Packed
from unifax.documents.direction import LEFT_TO_RIGHT_AS_IT_STANDS, numbers_whole, runs_right_to_left
from unifax.documents.intake import NO_KIND, Unfit
from unifax.documents.letters import Letters
from unifax.documents.pdf import Pdf
from unifax.documents.typeset import Json, Typesetter, together
from unifax.model.charset import codec_of, is_visual
from unifax.model.paper import Raster

COLUMNS = 80
LINES = 60
_TAB = 8
_AT_ONCE = 16

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
_READABLE = 10
"Of so many letters one may be missing; with more, what is left says nothing."
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
    if data.isascii() and 0 < 4 * (even + odd) < len(data[:4096]):  # ASCII with NUL bytes in it, and no Chinese
        yield "no text"
    elif even or odd:  # UTF-16 without a mark: NUL bytes are on one side, or this is no text
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


def read_pages(data: bytes, letters: Letters, charset: str | None = None) -> Sequence[Sequence[Line]]:
    """Return the pages of a text file. Raises Unfit, also when we have no fonts for what it is written in."""
    text = decode(data, charset)
    missing = letters.missing(text)
    seen = sum(not letter.isspace() for letter in text)
    if sum(letter in missing for letter in text) * _READABLE > seen:
        first = next(letter for letter in text if letter in missing)
        raise Unfit(f"is written in letters that there is no font for here, such as {unicodedata.name(first, first)}")
    return list(lay_out(text, visual=charset is not None and is_visual(charset)))


def lay_out(text: str, *, visual: bool = False) -> Iterator[Sequence[Line]]:
    """Yield pages of at most 60 lines of at most 80 columns. A form feed begins a page.

    In a `visual` text letters stand in the order in which they are seen, from the left.
    """
    for sheet in re.split("\f", text.removesuffix("\n").removesuffix("\r").removesuffix("\f")):
        page: list[Line] = []
        for paragraph in re.split("\r\n|[\n\r\v\x85\u2028\u2029]", sheet.removesuffix("\n").removesuffix("\r")):
            for line in (_seen if visual else _read)(paragraph.expandtabs(_TAB)):
                if len(page) == LINES:
                    yield page
                    page = []
                page.append(line)
        yield page


def _read(paragraph: str) -> Iterator[Line]:
    """Yield the lines of a paragraph that stands in the order in which it is read."""
    rtl = runs_right_to_left(paragraph)
    for line in map(spaced, _broken(paragraph)):
        yield Line(numbers_whole(line) if rtl else line, rtl)


def _seen(paragraph: str) -> Iterator[Line]:
    """Yield the lines of a paragraph that stands in the order in which it is seen. In Hebrew its end is at the left."""
    rtl = runs_right_to_left(paragraph[::-1])
    lines = (line[::-1] for line in _broken(paragraph[::-1])) if rtl else _broken(paragraph)
    for line in map(spaced, lines):
        yield Line(LEFT_TO_RIGHT_AS_IT_STANDS.format(line), False)


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


def spaced(line: str) -> str:
    """Return a line whose runs of spaces survive typesetting."""
    return re.sub("^ +| {2,}", lambda run: "\xa0" * len(run[0]), line.rstrip(" "))


class Text:
    """A text file, ready to be set and drawn, some pages at a time."""

    def __init__(self, data: bytes, typesetter: Typesetter, charset: str | None = None) -> None:
        """`charset` is a name as `model.charset` knows them; None finds the encoding out. Raises Unfit."""
        self._pages = read_pages(data, typesetter.letters, charset)
        self._typesetter = typesetter
        self._set: tuple[range, Pdf] | None = None
        self.pages = len(self._pages)

    def grey(self, index: int, raster: Raster) -> Grey:
        """Draw a page, 0 is the first."""
        return self._page(index)[0].grey(self._page(index)[1], raster)

    def letters(self, index: int, raster: Raster) -> Packed | None:
        """Draw a page of nothing but letters, in black and white; None for any other."""
        return self._page(index)[0].letters(self._page(index)[1], raster)

    def _page(self, index: int) -> tuple[Pdf, int]:
        """Return the PDF that has a page, 0 is the first, and where in it."""
        numbers = together(index + 1, _AT_ONCE)
        if self._set is None or self._set[0] != numbers:
            if self._set is not None:
                self._set[1].close()
            self._set = numbers, self._part(self._pages[numbers.start - 1 : numbers.stop - 1])
        return self._set[1], index + 1 - numbers.start

    def lacks_letters(self, index: int) -> bool:
        """Tell whether a page has letters that no font has: boxes stand in their place."""
        return any(self._typesetter.letters.missing(line.text) for line in self._pages[index])

    def _part(self, pages: Sequence[Sequence[Line]]) -> Pdf:
        lines: Json = [
            [{"text": line.text, "rtl": line.rtl, "even": line.text.isascii()} for line in page] for page in pages
        ]
        part = Pdf(self._typesetter.set("text", lines))
        assert part.pages == len(pages)
        return part
