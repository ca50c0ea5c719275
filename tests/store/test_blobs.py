"""Files by their content."""

import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unifax.model.content import FORGOTTEN, Content
from unifax.model.errors import ContentForgotten, ContentLost
from unifax.store.blobs import Blobs


@pytest.fixture(scope="module")
def blobs(tmp_path_factory: pytest.TempPathFactory) -> Blobs:
    return Blobs(tmp_path_factory.mktemp("blobs"))


@settings(max_examples=20, deadline=None)
@given(st.lists(st.binary(max_size=100), max_size=5))
def test_what_is_kept_is_found_by_its_hash_however_often(blobs: Blobs, contents: list[bytes]) -> None:
    for content in [*contents, *contents]:
        staged = blobs.stage()
        staged.write_bytes(content)
        kept = blobs.keep(staged)
        assert kept.sha256 == hashlib.sha256(content).hexdigest()
        with blobs.taken(kept) as path:
            assert path.read_bytes() == content
        assert not staged.exists()


def test_a_discarded_file_is_gone_and_may_never_have_been(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    staged = blobs.stage()
    blobs.discard(staged)
    staged.write_text("x")
    blobs.discard(staged)
    assert not staged.exists()


def test_what_a_killed_process_left_is_cleared_but_not_what_is_new(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    old, new = blobs.stage(), blobs.stage()
    for staged, age in ((old, 1000), (new, 3000)):
        staged.write_text("x")
        os.utime(staged, (age, age))
    assert Blobs(tmp_path).clear_staging(datetime.fromtimestamp(2000, UTC)) == 1
    assert (old.exists(), new.exists()) == (False, True)


def keep(blobs: Blobs, content: bytes) -> Content:
    staged = blobs.stage()
    staged.write_bytes(content)
    return blobs.keep(staged)


def test_the_same_file_kept_twice_is_two_files(blobs: Blobs) -> None:
    one, other = keep(blobs, b"same"), keep(blobs, b"same")
    assert one.sha256 == other.sha256
    assert one.place is not None
    blobs.shelf.remove(one.place)
    with blobs.taken(other) as path:
        assert path.read_bytes() == b"same"
    with pytest.raises(ContentLost), blobs.taken(one):
        pass


def test_what_the_first_release_has_kept_is_found_under_its_hash(blobs: Blobs) -> None:
    content = keep(blobs, b"old")
    with blobs.taken(content) as path:
        path.rename(path.with_name(content.sha256))
    with blobs.taken(Content(content.sha256)) as path:
        assert path.read_bytes() == b"old"


def test_what_the_disk_has_changed_is_not_handed_out(blobs: Blobs) -> None:
    content = keep(blobs, b"as it was")
    with blobs.taken(content) as path:
        path.write_bytes(b"as it is!")
    with pytest.raises(ContentLost, match="not what it was"), blobs.taken(content):
        pass


def test_what_was_forgotten_is_said_to_be(blobs: Blobs) -> None:
    with pytest.raises(ContentForgotten), blobs.taken(Content("a" * 64, FORGOTTEN)):
        pass
