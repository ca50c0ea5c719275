"""Fax pages and the TIFF files that hold them (TIFF class F: RFC 2306). Knows nothing of the documents they come from.

The only owner of `unifax.documents._tiff`, which is libtiff.
"""

import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from unifax.documents._tiff import ffi, lib
from unifax.model.errors import UnifaxError
from unifax.model.paper import Coding

if TYPE_CHECKING:
    from unifax.documents._tiff import File

_PIXELS_AT_MOST = 1 << 28
"Refuse to allocate for a page larger than this: a superfine page of 14 inches has 1/17 of it."

_THUMBNAIL = (200, 600)
"Pixels."
_CODINGS = {Coding.MH: 1, Coding.MR: 2, Coding.MMR: 4}


class DamagedPages(UnifaxError):
    """A file is not a fax TIFF, or a page of it cannot be read or written."""


@dataclass(frozen=True, slots=True)
class Page:
    """One black-and-white page."""

    width: int
    rows: int
    x_dpi: float
    y_dpi: float
    bits: bytes
    "Rows of (width + 7) // 8 bytes from the top; the left pixel is the highest bit; 1 is black."


class PageWriter:
    """Writes a fax TIFF of a known number of pages to a descriptor open for reading and writing."""

    def __init__(self, fd: int, total: int) -> None:
        """Begin the file. The descriptor stays the caller's. Raises DamagedPages."""
        copy = os.dup(fd)  # libtiff closes what it is given
        self._file = lib.fax_open(copy, b"w")
        if self._file == ffi.NULL:
            os.close(copy)
            raise DamagedPages(_last_error())
        self._total = total
        self.pages = 0

    def write(self, page: Page) -> int:
        """Append a page and return its octets, coded as MMR.

        Raises DamagedPages: in a file we write ourselves, the disk is full.
        """
        self.pages += 1
        bits = ffi.from_buffer(page.bits)
        octets: int = lib.fax_write(
            self._file, bits, page.width, page.rows, page.x_dpi, page.y_dpi, self.pages, self._total
        )
        if not octets:
            raise DamagedPages(_last_error())
        return octets

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        lib.fax_close(self._file)


def coded_octets(page: Page, coding: Coding) -> int:
    """Return the octets of a page in a coding, as it goes over the line without fill. Raises DamagedPages.

    MH and MR begin each row with EOL and end with RTC, MMR ends with EOFB (T.4 4.1 and 4.2, T.6). 1 to 6 ms a page.
    """
    octets: int = lib.fax_size(ffi.from_buffer(page.bits), page.width, page.rows, page.y_dpi, _CODINGS[coding])
    if not octets:
        raise DamagedPages(_last_error())
    return octets


def read_pages(path: Path) -> Iterator[Page]:
    """Yield the pages of a black-and-white TIFF, one at a time. Raises DamagedPages, OSError."""
    for file in _directories(path):
        yield _read_page(file)


def count_pages(path: Path) -> int:
    """Return how many pages a TIFF has, without decoding them. Raises DamagedPages, OSError."""
    return sum(1 for _ in _directories(path))


def same_pages(a: Path, b: Path) -> str | None:
    """Return None when both files hold the same pages, pixel by pixel; else one sentence saying where they differ.

    Raises DamagedPages, OSError.
    """
    for number, (one, other) in enumerate(zip_longest(read_pages(a), read_pages(b)), 1):
        if one is None or other is None:
            return f"one file has {number - 1} pages, the other has more"
        if (one.width, one.rows) != (other.width, other.rows):
            return (
                f"page {number} is {one.width} x {one.rows} in one file and {other.width} x {other.rows} in the other"
            )
        if one.bits != other.bits:
            apart = int.from_bytes(one.bits, "big") ^ int.from_bytes(other.bits, "big")
            first = len(one.bits) - (apart.bit_length() + 7) // 8
            row = first // ((one.width + 7) // 8)
            return f"page {number} differs in {apart.bit_count()} pixels, the first of them in row {row + 1}"
    return None


def read_page(document: Path, number: int) -> Page:
    """Return page `number` (1 is the first) of a fax TIFF; no other is decoded.

    Raises DamagedPages, IndexError, OSError.
    """
    for count, file in enumerate(_directories(document), 1):
        if count == number:
            return _read_page(file)
    raise IndexError(f"{document.name} has no page {number}")


def png(page: Page) -> bytes:
    """Return a page as a one-bit grey PNG with its resolution: a viewer can show the true shape (PNG 11.3.4.3)."""
    stride = (page.width + 7) // 8
    white = page.bits.translate(bytes(range(255, -1, -1)))
    rows = b"".join(b"\0" + white[at : at + stride] for at in range(0, len(white), stride))
    return _png(page.width, page.rows, 1, rows, page.x_dpi, page.y_dpi)


def thumbnail(page: Page) -> bytes:
    """Return a small PNG of a page in grey, in its true shape: at most 200 pixels wide, and 600 high."""
    inches, high = page.width / page.x_dpi, page.rows / page.y_dpi
    dpi = min(_THUMBNAIL[0] / inches, _THUMBNAIL[1] / high)
    columns = min(page.width, max(1, round(inches * dpi)))
    lines = min(page.rows, max(1, round(high * dpi)))
    grey = ffi.new("unsigned char[]", columns * lines)
    lib.fax_shrink(ffi.from_buffer(page.bits), page.width, page.rows, grey, columns, lines)
    small = bytes(ffi.buffer(grey))
    rows = b"".join(b"\0" + small[at : at + columns] for at in range(0, len(small), columns))
    return _png(columns, lines, 8, rows, columns / inches, lines / high)


def _png(width: int, rows: int, bits: int, data: bytes, x_dpi: float, y_dpi: float) -> bytes:
    """Return a grey PNG of rows that each begin with their filter (PNG 7.2, 9.2)."""
    per_metre = (round(x_dpi / 0.0254), round(y_dpi / 0.0254))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in (
            (b"IHDR", struct.pack(">IIBBBBB", width, rows, bits, 0, 0, 0, 0)),
            (b"pHYs", struct.pack(">IIB", *per_metre, 1)),
            (b"IDAT", zlib.compress(data, 6)),
            (b"IEND", b""),
        )
    )


def write_png(document: Path, number: int, out: Path) -> None:
    """Write page `number` (1 is the first) of a fax TIFF as a PNG. Raises DamagedPages, IndexError, OSError."""
    out.write_bytes(png(read_page(document, number)))


def _directories(path: Path) -> "Iterator[File]":
    """Yield the open file once for each page, standing at that page."""
    fd = os.open(path, os.O_RDONLY)
    file = lib.fax_open(fd, b"r")
    if file == ffi.NULL:
        os.close(fd)
        raise DamagedPages(_last_error())
    try:
        yield file
        while lib.fax_next(file):
            yield file
    finally:
        lib.fax_close(file)


def _read_page(file: "File") -> Page:
    page = ffi.new("fax_page *")
    if not lib.fax_describe(file, page) or not page.bilevel:
        raise DamagedPages("the page is not black and white")
    size = (page.width + 7) // 8 * page.rows
    if not 0 < size <= _PIXELS_AT_MOST // 8:
        raise DamagedPages(f"the page is {page.width} x {page.rows} pixels")
    bits = ffi.new("unsigned char[]", size)
    if not lib.fax_read(file, bits, size):
        raise DamagedPages(_last_error())
    return Page(page.width, page.rows, page.x_dpi, page.y_dpi, bytes(ffi.buffer(bits)))


def _last_error() -> str:
    return ffi.string(lib.fax_error()).decode(errors="replace") or "the page cannot be read"
