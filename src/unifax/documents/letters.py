"""Which letters there are fonts for, by the fonts' own tables (OpenType `cmap`). Draws nothing.

A letter that no font has becomes a box on paper, and nobody is told: so it is asked for beforehand.
"""

import contextlib
import struct
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

_SIZE = 0x110000
_NEVER_SEEN = ("C", "Z")
"Categories of what is not drawn: controls, signs that join or direct, spaces; and what is private to its writer."
_VARIANTS = frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), 0x034F, 0x115F, 0x1160)))
"Marks that choose a form of a letter, or hold its place (Default_Ignorable_Code_Point)."


class Letters:
    """The letters of some fonts."""

    def __init__(self, files: Iterable[Path]) -> None:
        """Read the tables. A file that is no font has no letters. Raises OSError."""
        self._has = bytearray(_SIZE)
        for file in files:
            data = file.read_bytes()
            with contextlib.suppress(struct.error):  # the table ends too early: what came before counts
                for first, last in _ranges(data):
                    self._has[first : last + 1] = b"\1" * (last + 1 - first)

    def missing(self, text: str) -> frozenset[str]:
        """Return the letters of a text that ought to be seen, and that no font has."""
        return frozenset(letter for letter in set(text) if not self._has[ord(letter)] and _is_seen(letter))


def _is_seen(letter: str) -> bool:
    return unicodedata.category(letter)[0] not in _NEVER_SEEN and letter not in _VARIANTS


def _ranges(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield the first and last letter of each run that a font file has, all fonts of a collection taken together."""
    fonts = (0,)
    if data[:4] == b"ttcf":
        (count,) = struct.unpack_from(">I", data, 8)
        fonts = struct.unpack_from(f">{min(count, 64)}I", data, 12)
    for font in fonts:
        (tables,) = struct.unpack_from(">H", data, font + 4)
        for entry in range(font + 12, font + 12 + 16 * tables, 16):
            tag, _, cmap, _ = struct.unpack_from(">4sIII", data, entry)
            if tag == b"cmap":
                yield from _mapped(data, cmap)


def _mapped(data: bytes, cmap: int) -> Iterator[tuple[int, int]]:
    """Yield the runs of the tables of Unicode in the two forms that fonts of today have."""
    (count,) = struct.unpack_from(">H", data, cmap + 2)
    for entry in range(cmap + 4, cmap + 4 + 8 * count, 8):
        platform, encoding, offset = struct.unpack_from(">HHI", data, entry)
        if platform != 0 and (platform, encoding) not in ((3, 1), (3, 10)):
            continue
        at = cmap + offset
        (form,) = struct.unpack_from(">H", data, at)
        if form == 4:
            yield from _segments(data, at)
        elif form == 12:
            (groups,) = struct.unpack_from(">I", data, at + 12)
            for group in range(at + 16, at + 16 + 12 * groups, 12):
                first, last, _ = struct.unpack_from(">III", data, group)
                yield first, min(last, _SIZE - 1)


def _segments(data: bytes, at: int) -> Iterator[tuple[int, int]]:
    """Yield the runs of a table in form 4. A run may have holes, where its glyph is 0."""
    (twice,) = struct.unpack_from(">H", data, at + 6)
    ends, starts, deltas, offsets = (at + 14 + part * twice + (2 if part else 0) for part in range(4))
    for step in range(0, twice, 2):
        (last,), (first,) = struct.unpack_from(">H", data, ends + step), struct.unpack_from(">H", data, starts + step)
        (delta,), (offset,) = (struct.unpack_from(">H", data, table + step) for table in (deltas, offsets))
        if first == 0xFFFF or first > last:
            continue
        if offset == 0:
            yield first, last
            continue
        glyphs = struct.unpack_from(f">{last + 1 - first}H", data, offsets + step + offset)
        for letter, glyph in enumerate(glyphs, first):
            if glyph and (glyph + delta) & 0xFFFF:
                yield letter, letter
