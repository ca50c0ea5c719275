"""Files by their content."""

import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unifax.store.blobs import FolderBlobs


@pytest.fixture(scope="module")
def blobs(tmp_path_factory: pytest.TempPathFactory) -> FolderBlobs:
    return FolderBlobs(tmp_path_factory.mktemp("blobs"))


@settings(max_examples=20, deadline=None)
@given(st.lists(st.binary(max_size=100), max_size=5))
def test_what_is_kept_is_found_by_its_hash_however_often(blobs: FolderBlobs, contents: list[bytes]) -> None:
    for content in [*contents, *contents]:
        staged = blobs.stage()
        staged.write_bytes(content)
        sha = blobs.keep(staged)
        assert sha == hashlib.sha256(content).hexdigest()
        assert blobs.path(sha).read_bytes() == content
        assert not staged.exists()


def test_a_discarded_file_is_gone_and_may_never_have_been(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    staged = blobs.stage()
    blobs.discard(staged)
    staged.write_text("x")
    blobs.discard(staged)
    assert not staged.exists()


def test_what_a_killed_process_left_is_cleared_but_not_what_is_new(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    old, new = blobs.stage(), blobs.stage()
    for staged, age in ((old, 1000), (new, 3000)):
        staged.write_text("x")
        os.utime(staged, (age, age))
    assert FolderBlobs(tmp_path).clear_staging(datetime.fromtimestamp(2000, UTC)) == 1
    assert (old.exists(), new.exists()) == (False, True)
