"""Coded pages are read without a picture: one by the book is known, with its rows, however it comes in pieces."""

from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.faxes import dense_page, text_page, write_fax
from tests.strips import Strip, bits, first_strip, write_strip
from unifax.documents.pages import PageWriter, read_pages
from unifax.wire._spandsp import ffi, lib

EOFB = "000000000001 000000000001"
WHITE = "1"
"A row like the one above: white, at the top."


def read(strip: Strip, *pieces_end_at: int) -> tuple[int, int, bytes]:
    """Return what became of a page that comes in pieces, its whole rows, and what was kept of it."""
    reader = ffi.gc(lib.t6_reader_new(), lib.t6_reader_free)
    assert reader is not None
    assert lib.t6_reader_begin(reader, strip.width)
    state = lib.T6_GOES_ON
    for begin, end in pairwise(sorted({0, *pieces_end_at, len(strip.octets)})):
        state = lib.t6_reader_put(reader, strip.octets[begin:end], end - begin)
    length = ffi.new("size_t *")
    octets = lib.t6_reader_octets(reader, length)
    return state, lib.t6_reader_rows(reader), bytes(ffi.buffer(octets, length[0])) if length[0] else b""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Strip:
    return first_strip(write_fax(tmp_path_factory.mktemp("page") / "page.tif", [text_page(1, rows=120)]))


def test_a_page_of_a_fax_is_whole_at_its_end(page: Strip, tmp_path: Path) -> None:
    for strip in (page, first_strip(write_fax(tmp_path / "dense.tif", [dense_page(1, rows=60)]))):
        assert read(strip) == (lib.T6_WHOLE, strip.rows, strip.octets)


@given(data=st.data())
def test_it_may_come_in_any_pieces_and_what_follows_it_is_dropped(page: Strip, data: st.DataObject) -> None:
    ends = data.draw(st.lists(st.integers(1, len(page.octets) - 1), max_size=20))
    follows = data.draw(st.binary(max_size=40))
    longer = Strip(page.octets + follows, page.width, page.rows)
    assert read(longer, *ends, len(page.octets)) == (lib.T6_WHOLE, page.rows, page.octets)


def test_a_page_that_is_cut_off_goes_on(page: Strip) -> None:
    state, rows, kept = read(Strip(page.octets[:-4], page.width, page.rows))
    assert state == lib.T6_GOES_ON
    assert page.rows - 5 < rows <= page.rows
    assert kept == page.octets[:-4]


@pytest.mark.parametrize(
    ("rows", "coded"),
    [
        (0, ""),
        (3, WHITE * 3),
        (1, "001 11011 00110101 0000110111"),  # runs: 64 white, none black
        (1, "001 00110101 0000001111 0000110111"),  # runs: none white, 64 black
        (1, "001 00110101 11 1"),  # runs: none white, two black; then as above, to the end
        (2, "001 0111 11 1" + "1 1 1"),  # runs: two white, two black; then as above; the same again
        (2, "001 0111 11 1" + "0001 1"),  # the second row passes by what is black above
        (2, "001 0111 11 1" + "010 011 1"),  # what is black there is longer by one on either side
    ],
)
def test_codes_by_the_book_make_rows(rows: int, coded: str) -> None:
    assert read(Strip(bits(coded + EOFB), 64, rows))[:2] == (lib.T6_WHOLE, rows)


@pytest.mark.parametrize(
    ("what", "coded"),
    [
        ("an extension", "0000001 111" + WHITE),
        ("a code that there is not", "001 00000000"),
        ("one EOL", WHITE + "000000000001" + WHITE * 40),
        ("EOFB in the middle of a row", "001 0111 11"),
        ("a run that leaves the row", "001 11011 0111 11"),
        ("a run that stands still", "001 0111 11 001 00110101 11"),
        ("a change that goes back", "001 0111 11 1" + "001 000111 11 0000010"),
        ("a change beyond the row", "011" + WHITE * 40),
        ("a pass with nothing to pass", "0001" + WHITE * 40),
    ],
)
def test_what_is_not_by_the_book_is_odd(what: str, coded: str) -> None:
    assert read(Strip(bits(coded + EOFB), 64, 1))[0] == lib.T6_ODD, what


def test_what_is_odd_stays_so(page: Strip) -> None:
    begins = bits("0000001 1" + WHITE * 16)
    assert read(Strip(begins + page.octets, page.width, page.rows), len(begins))[:2] == (lib.T6_ODD, 0)


@pytest.mark.parametrize("width", [0, -1, 1 << 20])
def test_a_page_of_no_such_width_cannot_begin(width: int) -> None:
    reader = ffi.gc(lib.t6_reader_new(), lib.t6_reader_free)
    assert reader is not None
    assert not lib.t6_reader_begin(reader, width)
    assert lib.t6_reader_put(reader, b"\x00", 1) == lib.T6_ODD


@given(data=st.data())
def test_what_is_hurt_and_still_by_the_book_is_the_same_picture_to_libtiff(page: Strip, data: st.DataObject) -> None:
    hurt = bytearray(page.octets)
    for at in data.draw(st.lists(st.integers(0, len(hurt) - 1), max_size=2)):
        hurt[at] ^= 1 << data.draw(st.integers(0, 7))
    state, rows, kept = read(Strip(bytes(hurt), page.width, 0))
    if state != lib.T6_WHOLE or not rows:
        return
    with TemporaryDirectory() as folder:
        (seen,) = read_pages(write_strip(Path(folder) / "hurt.tif", Strip(kept, page.width, rows)))
        with open(Path(folder) / "anew.tif", "w+b") as file, PageWriter(file.fileno(), 1) as writer:
            writer.write(seen)
        assert read(first_strip(Path(folder) / "anew.tif"))[:2] == (lib.T6_WHOLE, rows)
        assert (seen.width, seen.rows) == (page.width, rows)
