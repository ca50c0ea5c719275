"""A key in a file: made once, whoever comes first, and read by nobody else."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from unifax.model.errors import Misconfigured
from unifax.store.keyfile import KEY_BYTES, read_or_make_key


def test_a_key_is_made_at_first_need_and_stays(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "some.key"
    key = read_or_make_key(file)
    assert len(key) == KEY_BYTES
    assert read_or_make_key(file) == key
    assert read_or_make_key(tmp_path / "keys" / "other.key") != key
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_all_who_come_at_once_get_the_same(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "some.key"
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(read_or_make_key, [file] * 64))
    assert len(keys) == 1
    assert os.listdir(file.parent) == ["some.key"]


@pytest.mark.parametrize("content", [b"", b"short", bytes(KEY_BYTES + 1)])
def test_a_file_that_holds_something_else_is_named(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "some.key"
    file.write_bytes(content)
    with pytest.raises(Misconfigured, match=r"some\.key"):
        read_or_make_key(file)
    assert file.read_bytes() == content
