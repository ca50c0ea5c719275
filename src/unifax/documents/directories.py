"""The pages of a TIFF, counted without decoding them. Bytes in, numbers out (TIFF 6.0 section 2; BigTIFF)."""

import struct
from dataclasses import dataclass

from unifax.documents.intake import Unfit

_SUBFILE, _WIDTH, _LENGTH, _STRIPS, _STRIP_SIZES, _TILES, _TILE_SIZES = 254, 256, 257, 273, 279, 324, 325
_SMALLER, _MASK = 1, 4
_WANTED = {_SUBFILE, _WIDTH, _LENGTH, _STRIPS, _STRIP_SIZES, _TILES, _TILE_SIZES}
_FORMS = {1: "B", 3: "H", 4: "I", 16: "Q"}
"Field types that hold whole numbers."
_DAMAGED = "is damaged and cannot be read as a TIFF"


@dataclass(frozen=True, slots=True)
class Directory:
    """One image of the file."""

    at: int
    "Where it begins."
    width: int
    rows: int
    is_preview: bool
    "A smaller copy of another image of the file, or what is transparent of it."


def read_directories(data: bytes, at_most: int) -> list[Directory]:
    """Return the images in order, and stop after `at_most`. Raises Unfit when the file is damaged or cut short.

    libtiff follows such a chain for as long as it goes, and Pillow takes 20 s to count 100,000 of them.
    """
    order = "<" if data.startswith(b"II") else ">"
    big = data[2:4] in (b"+\0", b"\0+")
    pointer = "Q" if big else "I"
    try:
        (at,) = struct.unpack_from(order + pointer, data, 8 if big else 4)
        found: list[Directory] = []
        seen: set[int] = set()
        while at and len(found) < at_most:
            if at in seen:
                raise Unfit("is damaged: its pages go round in a circle")
            seen.add(at)
            (count,) = struct.unpack_from(order + ("Q" if big else "H"), data, at)
            first = at + (8 if big else 2)
            end = first + count * (20 if big else 12)
            if end > len(data):
                raise Unfit("is cut short")
            found.append(_directory(data, at, order, pointer, range(first, end, 20 if big else 12)))
            (at,) = struct.unpack_from(order + pointer, data, end)
    except (struct.error, OverflowError):  # the latter of an address beyond any file
        raise Unfit("is cut short") from None
    if not found:
        raise Unfit("has no pages")
    return found


def _directory(data: bytes, start: int, order: str, pointer: str, entries: range) -> Directory:
    """Raises Unfit, struct.error."""
    values: dict[int, tuple[int, ...]] = {}
    for entry in entries:
        tag, kind = struct.unpack_from(order + "HH", data, entry)
        if tag in _WANTED and kind in _FORMS:
            (count,) = struct.unpack_from(order + pointer, data, entry + 4)
            at = entry + 4 + struct.calcsize(pointer)
            if count * struct.calcsize(_FORMS[kind]) > struct.calcsize(pointer):
                (at,) = struct.unpack_from(order + pointer, data, at)
            if at + count * struct.calcsize(_FORMS[kind]) > len(data):
                raise Unfit("is cut short")
            values[tag] = struct.unpack_from(f"{order}{count}{_FORMS[kind]}", data, at)
    width, rows = (values.get(tag, ()) for tag in (_WIDTH, _LENGTH))
    if len(width) != 1 or len(rows) != 1 or not width[0] or not rows[0]:
        raise Unfit(_DAMAGED)
    for starts, sizes in ((_STRIPS, _STRIP_SIZES), (_TILES, _TILE_SIZES)):
        if any(
            start + size > len(data) for start, size in zip(values.get(starts, ()), values.get(sizes, ()), strict=False)
        ):
            raise Unfit("is cut short")
    return Directory(start, width[0], rows[0], bool(values.get(_SUBFILE, (0,))[0] & (_SMALLER | _MASK)))
