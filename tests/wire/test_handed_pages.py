"""Pages in T.6 cross a call as they are coded: nobody takes them to pieces on the way, if they are by the book."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faxes import read_pages, same_pages, text_fax
from tests.strips import HIGHEST_FIRST, LOWEST_FIRST, Strip, bits, first_strip, write_strip
from tests.terminals import FaxCall, receives, sends
from unifax.wire.t30 import PageReceived

EOFB = "000000000001 000000000001"
UNUSUAL_WHITE = "001 010011011 00110101 0000110111"
"A white row of 1728 pixels, by its run; every coder writes 1 instead."
UNUSUAL = Strip(bits(UNUSUAL_WHITE * 200 + "001 00111 11 1" + UNUSUAL_WHITE * 99 + EOFB), 1728, 300)
NO_END = Strip(bits(UNUSUAL_WHITE * 200 + "001 00111 11 1" + UNUSUAL_WHITE * 99), 1728, 300)


def sent(document: Path, received: Path, alter: Callable[[bytes], bytes] | None = None) -> FaxCall:
    """Make a call, at whose end everything is confirmed."""
    call = FaxCall(sends(document, paced=False), receives(received, paced=False))
    call.receiver.alter = alter
    assert call.run()
    assert call.sender.terminal.all_confirmed
    return call


@pytest.mark.parametrize("order", [LOWEST_FIRST, HIGHEST_FIRST])
def test_a_page_that_nobody_else_would_code_so_arrives_octet_for_octet(order: int, tmp_path: Path) -> None:
    document = write_strip(tmp_path / "sent.tif", UNUSUAL, order=order)
    call = sent(document, tmp_path / "received.tif")
    assert first_strip(tmp_path / "received.tif") == UNUSUAL
    assert same_pages(document, tmp_path / "received.tif")
    (page,) = call.receiver.all(PageReceived)
    assert (page.rows, page.bad_rows) == (300, 0)


@pytest.mark.parametrize(
    "write",
    [
        lambda path: write_strip(path, NO_END),
        lambda path: write_strip(path, UNUSUAL, black_is_zero=True),
        lambda path: write_strip(path, Strip(UNUSUAL.octets, 1728, 290)),
    ],
    ids=["without EOFB", "black is zero", "the file says fewer rows"],
)
def test_a_page_that_is_not_by_the_book_is_coded_anew(write: Callable[[Path], Path], tmp_path: Path) -> None:
    document = write(tmp_path / "sent.tif")
    sent(document, tmp_path / "received.tif")
    assert same_pages(document, tmp_path / "received.tif")
    assert len(first_strip(tmp_path / "received.tif").octets) < len(UNUSUAL.octets) / 5


def test_a_page_that_is_hurt_on_the_way_is_read_as_the_library_reads_it(tmp_path: Path) -> None:
    """Octets in the middle of one packet of the image; their frame says that it is right."""
    images: list[bytes] = []

    def hurt(ifp: bytes) -> bytes:
        if len(ifp) <= 100 or not any(ifp[50:70]):  # a frame that is no image, or the training
            return ifp
        images.append(ifp)
        return ifp[:50] + bytes(20) + ifp[70:] if len(images) == 3 else ifp

    document, received = text_fax(tmp_path / "sent.tif"), tmp_path / "received.tif"
    call = sent(document, received, hurt)
    (page,) = call.receiver.all(PageReceived)
    (seen,) = read_pages(received)
    assert len(images) > 3
    assert len(seen) == page.rows
    assert not same_pages(document, received)


def test_pages_of_several_blocks_and_several_pages_arrive(tmp_path: Path) -> None:
    document = text_fax(tmp_path / "sent.tif", pages=3, rows=700)
    call = sent(document, tmp_path / "received.tif")
    assert same_pages(document, tmp_path / "received.tif")
    assert [page.rows for page in call.receiver.all(PageReceived)] == [700] * 3
