"""A disk that is full is our fault, not the document's: a fax waits for room, and does not fail."""

import os
from pathlib import Path

import pytest

from tests.disks import fill, small_disk
from tests.documents.conftest import HEADER
from tests.faxes import dense_page, write_fax
from unifax.documents.convert import Converter
from unifax.model.errors import FileInvalid, Unavailable
from unifax.store.blobs import Blobs

SMALL = 1 << 20


def test_pages_that_find_no_room_are_made_when_there_is_some(converter: Converter, tmp_path: Path) -> None:
    letter, damaged = tmp_path / "letter.tif", tmp_path / "damaged.pdf"
    write_fax(letter, [dense_page(number) for number in range(3)])
    damaged.write_bytes(b"%PDF-1.7 and no more")
    with small_disk(tmp_path / "disk", SMALL) as disk:
        filling, out = fill(disk), disk / "out.tif"
        for room in (0, 16 << 10):  # none at all; enough to begin
            os.truncate(filling, filling.stat().st_size - room)
            with pytest.raises(Unavailable):
                converter.render([(letter, "letter.tif")], out, HEADER)
            assert not out.exists()
        filling.unlink()
        assert len(converter.render([(letter, "letter.tif")], out, HEADER)) == 3
        with pytest.raises(FileInvalid):
            converter.render([(damaged, "damaged.pdf")], out, HEADER)


def test_a_file_that_finds_no_room_is_not_kept(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", SMALL) as disk:
        blobs = Blobs(disk / "blobs")
        fill(disk)
        staged = blobs.stage()
        with pytest.raises(OSError, match="No space left"):
            staged.write_bytes(bytes(SMALL))
        blobs.discard(staged)
        assert [each for each in (disk / "blobs").rglob("*") if each.is_file()] == []
