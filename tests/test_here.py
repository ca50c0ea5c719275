"""What lies where, and secrets that only their owner can read."""

import os
from pathlib import Path

import pytest

from unifax.here import keep_secret


def test_a_secret_is_whole_and_its_owners_alone_whatever_was_there_before(tmp_path: Path) -> None:
    kept = tmp_path / "operator.token"
    kept.write_text("an old one, for all to see")
    kept.chmod(0o644)
    (tmp_path / "operator.new").write_text("half of one, from a process that was kill")
    keep_secret(kept, "a secret")
    assert kept.read_text() == "a secret\n"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert os.listdir(tmp_path) == ["operator.token"]


def test_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        keep_secret(tmp_path / "gone" / "operator.token", "a secret")
