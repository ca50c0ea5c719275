"""Where the coded pages of a fax TIFF lie in it, so that they can be taken out as they are. Decodes nothing.

Only what fax machines and we ourselves write is understood: classic TIFF, T.6 (G4), one strip a page (RFC 2306).
"""

import mmap
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from unifax.documents.pages import DamagedPages

_WIDTH, _ROWS, _CODING, _PHOTOMETRIC, _FILL_ORDER, _STRIPS, _SIZES = 256, 257, 259, 262, 266, 273, 279
_X_RESOLUTION, _Y_RESOLUTION, _UNIT = 282, 283, 296
_T6 = 4
_CENTIMETRES = 3
_FORMS = {3: "H", 4: "I", 5: "II"}
"Field types: SHORT, LONG, and RATIONAL, which is two numbers."


@dataclass(frozen=True, slots=True)
class Strip:
    """One page as it lies in the file."""

    width: int
    rows: int
    x_dpi: float
    y_dpi: float
    offset: int
    octets: int
    is_reversed: bool
    "The first pixel is in the lowest bit of an octet, not in the highest."
    is_black_one: bool
    "What the coding calls white is white. In some files it is black."


def read_strips(path: Path) -> list[Strip]:
    """Return the pages of a fax TIFF in order. Raises DamagedPages, OSError."""
    with open(path, "rb") as file:
        if path.stat().st_size < 8:
            raise DamagedPages("the file is cut short")
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            try:
                return _strips(data)
            except (struct.error, ZeroDivisionError):
                raise DamagedPages("the file is cut short, or no TIFF") from None


def _strips(data: mmap.mmap) -> list[Strip]:
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(data[:4])
    if order is None:
        raise DamagedPages("the file is no classic TIFF")
    (at,) = struct.unpack_from(order + "I", data, 4)
    found: list[Strip] = []
    seen: set[int] = set()
    while at:
        if at in seen:
            raise DamagedPages("the pages go round in a circle")
        seen.add(at)
        (count,) = struct.unpack_from(order + "H", data, at)
        found.append(_strip(_fields(data, order, at + 2, count), len(data)))
        (at,) = struct.unpack_from(order + "I", data, at + 2 + 12 * count)
    return found


def _fields(data: mmap.mmap, order: str, at: int, count: int) -> Mapping[int, tuple[int, ...]]:
    values: dict[int, tuple[int, ...]] = {}
    for entry in range(at, at + 12 * count, 12):
        tag, kind, many = struct.unpack_from(order + "HHI", data, entry)
        if kind in _FORMS and many == 1:  # whatever we look for is there once
            form = order + _FORMS[kind]
            place = entry + 8
            if struct.calcsize(form) > 4:
                (place,) = struct.unpack_from(order + "I", data, place)
            values[tag] = struct.unpack_from(form, data, place)
    return values


def _strip(fields: Mapping[int, tuple[int, ...]], length: int) -> Strip:
    if not {_WIDTH, _ROWS, _STRIPS, _SIZES, _X_RESOLUTION, _Y_RESOLUTION} <= fields.keys():
        raise DamagedPages("a page is not in one strip, or says too little of itself")
    if fields.get(_CODING) != (_T6,):
        raise DamagedPages("a page is not coded as T.6")
    (offset,), (size,) = fields[_STRIPS], fields[_SIZES]
    if offset + size > length:
        raise DamagedPages("the file is cut short")
    per_inch = Fraction(254, 100) if fields.get(_UNIT) == (_CENTIMETRES,) else Fraction(1)
    x_dpi, y_dpi = (Fraction(*fields[tag]) * per_inch for tag in (_X_RESOLUTION, _Y_RESOLUTION))
    (width,), (rows,) = fields[_WIDTH], fields[_ROWS]
    if not (width and rows and x_dpi and y_dpi):
        raise DamagedPages("a page has no size")
    return Strip(
        width=width,
        rows=rows,
        x_dpi=float(x_dpi),
        y_dpi=float(y_dpi),
        offset=offset,
        octets=size,
        is_reversed=fields.get(_FILL_ORDER) == (2,),
        is_black_one=fields.get(_PHOTOMETRIC, (0,)) == (0,),
    )
