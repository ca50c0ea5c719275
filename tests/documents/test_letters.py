"""Which letters a font has, from tables made by hand, and from fonts that are there."""

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unifax.documents.letters import Letters
from unifax.documents.typeset import FONT_FOLDERS

Segment = tuple[int, int, int, int, Sequence[int]]
"First and last letter, delta, whether there are glyphs of its own, and those."


def segments(*given: Segment) -> bytes:
    """A table in form 4 (OpenType, cmap): ends, starts, deltas, offsets, glyphs."""
    whole = (*given, (0xFFFF, 0xFFFF, 1, 0, ()))
    glyphs: list[int] = []
    offsets = []
    for place, (_, _, _, has_glyphs, own) in enumerate(whole):
        offsets.append(2 * (len(whole) - place + len(glyphs)) if has_glyphs else 0)
        glyphs += own
    words = [each[1] for each in whole] + [0] + [each[0] for each in whole] + [each[2] for each in whole]
    return struct.pack(
        f">7H{4 * len(whole) + 1 + len(glyphs)}H", 4, 0, 0, 2 * len(whole), 0, 0, 0, *words, *offsets, *glyphs
    )


def groups(*given: tuple[int, int]) -> bytes:
    """A table in form 12."""
    body = b"".join(struct.pack(">III", first, last, 1) for first, last in given)
    return struct.pack(">HHIII", 12, 0, 16 + len(body), 0, len(given)) + body


def font(tables: Mapping[tuple[int, int], bytes], at: int = 0) -> bytes:
    """A font that has nothing but letters, to stand at some place of a file."""
    entries, bodies = b"", b""
    for (platform, encoding), body in tables.items():
        entries += struct.pack(">HHI", platform, encoding, 4 + 8 * len(tables) + len(bodies))
        bodies += body
    cmap = struct.pack(">HH", 0, len(tables)) + entries + bodies
    head = b"\0\1\0\0" + struct.pack(">HHHH", 2, 0, 0, 0)
    return head + struct.pack(">4sIII4sIII", b"OS/2", 0, 0, 0, b"cmap", 0, at + 12 + 32, len(cmap)) + cmap


def letters_of(folder: Path, *files: bytes) -> Letters:
    paths = []
    for number, data in enumerate(files):
        paths.append(folder / f"{number}.ttf")
        paths[-1].write_bytes(data)
    return Letters(paths)


def test_runs_and_runs_with_holes_are_read(tmp_path: Path) -> None:
    table = segments((0x41, 0x43, 5, 0, ()), (0x61, 0x64, 0, 1, (7, 0, 9, 0)), (0x66, 0x66, 1, 1, (0xFFFF,)))
    found = letters_of(tmp_path, font({(3, 1): table}))
    assert found.missing("ABCDabcdef") == frozenset("Dbdef")


def test_letters_beyond_the_first_plane_are_read_and_other_alphabets_tables_are_not(tmp_path: Path) -> None:
    tables = {(1, 0): groups((0x41, 0x5A)), (3, 0): groups((0x41, 0x5A)), (3, 10): groups((0x1F600, 0x1F64F))}
    assert letters_of(tmp_path, font(tables)).missing("A😀𐐀") == frozenset("A𐐀")


def test_all_fonts_of_all_files_count_together(tmp_path: Path) -> None:
    start = 12 + 2 * 4
    first = font({(3, 1): segments((0x41, 0x41, 1, 0, ()))}, start)
    second = font({(0, 3): segments((0x42, 0x42, 1, 0, ()))}, start + len(first))
    collection = b"ttcf" + struct.pack(">IIII", 0x10000, 2, start, start + len(first)) + first + second
    other = font({(3, 1): segments((0x43, 0x43, 1, 0, ()))})
    assert letters_of(tmp_path, collection, other).missing("ABCD") == frozenset("D")


def test_what_is_never_seen_is_not_missed(tmp_path: Path) -> None:
    assert not letters_of(tmp_path).missing(" \n\t\u200d\u2066\ue000\ufe0f\u00ad")


@given(st.binary(max_size=400) | st.binary(max_size=200).map(lambda tail: font({(3, 1): b"\0\4" + tail})))
def test_any_bytes_are_a_font_or_none(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    letters_of(tmp_path_factory.mktemp("fonts"), data).missing("abc שלום")


def test_a_real_font_has_what_it_is_known_for() -> None:
    folder = next(folder for folder in FONT_FOLDERS if folder.name.startswith("liberation") and folder.is_dir())
    mono = Letters([folder / "LiberationMono-Regular.ttf"])
    assert mono.missing("Aä€Яשלום漢ก") == frozenset("漢ก")
