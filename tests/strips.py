"""Pages of a TIFF as they stand there: their coded octets, taken out and put in, without a library that codes."""

import struct
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

HIGHEST_FIRST, LOWEST_FIRST = 1, 2
"Which bit of an octet comes first (TIFF 6.0, FillOrder)."
_ORDER = 266
_REVERSED = bytes(int(f"{octet:08b}"[::-1], 2) for octet in range(256))


@dataclass(frozen=True, slots=True)
class Strip:
    """A page in T.6, the lowest bit of each octet first, as on the line."""

    octets: bytes
    width: int
    rows: int


def bits(text: str) -> bytes:
    """Return zeros and ones as octets, the lowest bit first."""
    digits = text.replace(" ", "")
    return bytes(int(digits[at : at + 8].ljust(8, "0")[::-1], 2) for at in range(0, len(digits), 8))


def first_strip(path: Path) -> Strip:
    """Return the first page of a TIFF, which has one strip."""
    with Image.open(path) as page:
        tags = page.tag_v2  # type: ignore[attr-defined]
        (offset,), (length,) = tags[273], tags[279]
        order, (width, rows) = tags.get(_ORDER, HIGHEST_FIRST), page.size
    octets = path.read_bytes()[offset : offset + length]
    return Strip(octets if order == LOWEST_FIRST else octets.translate(_REVERSED), width, rows)


def write_strip(path: Path, strip: Strip, *, order: int = LOWEST_FIRST, black_is_zero: bool = False) -> Path:
    """Write a TIFF of one page, fine resolution, and return its path."""
    octets = strip.octets if order == LOWEST_FIRST else strip.octets.translate(_REVERSED)
    begin = 8 + len(octets) + len(octets) % 2
    resolutions = begin + 2 + 13 * 12 + 4
    entries = [
        *((256, 4, strip.width), (257, 4, strip.rows), (258, 3, 1), (259, 3, 4), (262, 3, int(black_is_zero))),
        *((_ORDER, 3, order), (273, 4, 8), (277, 3, 1), (278, 4, strip.rows), (279, 4, len(octets))),
        *((282, 5, resolutions), (283, 5, resolutions + 8), (296, 3, 2)),
    ]
    directory = struct.pack("<H", len(entries)) + b"".join(
        struct.pack("<HHLL", tag, kind, 1, value) for tag, kind, value in entries
    )
    path.write_bytes(
        struct.pack("<2sHL", b"II", 42, begin)
        + octets.ljust(begin - 8, b"\0")
        + directory
        + struct.pack("<LLLLL", 0, 204, 1, 196, 1)
    )
    return path
