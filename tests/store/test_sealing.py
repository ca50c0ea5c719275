"""Files that only a key opens."""

import secrets
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from unifax.model.content import Content
from unifax.model.errors import ContentLost, Misconfigured, Unavailable
from unifax.store.blobs import Blobs
from unifax.store.sealing import CHUNK_OCTETS, MARK, MasterKeys, keys_from_command, keys_from_file, seal, unseal

KEY = b"k" * 32
TAG_OCTETS = 16
OLD, NEW = "11" * 32, "22" * 32


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sealed")


def sealed(folder: Path, octets: bytes) -> bytes:
    (folder / "plain").write_bytes(octets)
    seal(folder / "plain", folder / "sealed", KEY)
    return (folder / "sealed").read_bytes()


def opened(folder: Path, octets: bytes, key: bytes = KEY) -> bytes:
    (folder / "sealed").write_bytes(octets)
    unseal(folder / "sealed", folder / "opened", key)
    return (folder / "opened").read_bytes()


@pytest.mark.parametrize("size", [0, 1, CHUNK_OCTETS - 1, CHUNK_OCTETS, CHUNK_OCTETS + 1, 3 * CHUNK_OCTETS])
def test_what_is_sealed_is_opened_whatever_its_size(folder: Path, size: int) -> None:
    octets = secrets.token_bytes(size)
    closed = sealed(folder, octets)
    assert opened(folder, closed) == octets
    assert len(closed) == len(MARK) + size + TAG_OCTETS * max(1, -(-size // CHUNK_OCTETS))


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_a_sealed_file_that_was_changed_anywhere_does_not_open(folder: Path, data: st.DataObject) -> None:
    closed = bytearray(sealed(folder, b"page" * 20_000))
    at = data.draw(st.integers(0, len(closed) - 1))
    closed[at] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(ContentLost):
        opened(folder, bytes(closed))


def test_chunks_that_were_cut_off_left_out_or_moved_are_noticed(folder: Path) -> None:
    closed = sealed(folder, secrets.token_bytes(3 * CHUNK_OCTETS))
    step = CHUNK_OCTETS + TAG_OCTETS
    head, one, two, three = closed[:8], closed[8 : 8 + step], closed[8 + step : 8 + 2 * step], closed[8 + 2 * step :]
    for changed in (head + one + two, head + one + three, head + two + one + three, head, closed + b"x"):
        with pytest.raises(ContentLost):
            opened(folder, changed)
    with pytest.raises(ContentLost):
        opened(folder, closed, b"x" * 32)


def keep(blobs: Blobs, octets: bytes) -> Content:
    staged = blobs.stage()
    staged.write_bytes(octets)
    return blobs.keep(staged)


def read(blobs: Blobs, content: Content) -> bytes:
    with blobs.taken(content) as path:
        return path.read_bytes()


def test_what_is_kept_with_a_master_key_lies_nowhere_open(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path, keys=MasterKeys.read(NEW))
    content = keep(blobs, b"for your eyes only")
    assert read(blobs, content) == b"for your eyes only"
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == 1
    assert b"eyes" not in files[0].read_bytes()
    with pytest.raises(Unavailable, match="no master key"):
        read(Blobs(tmp_path), content)


def test_a_new_master_key_wraps_and_the_old_one_still_opens(tmp_path: Path) -> None:
    old = keep(Blobs(tmp_path, keys=MasterKeys.read(OLD)), b"old")
    both = Blobs(tmp_path, keys=MasterKeys.read(f"{NEW}\n{OLD}\n"))
    new = keep(both, b"new")
    assert (read(both, old), read(both, new)) == (b"old", b"new")
    only_new = Blobs(tmp_path, keys=MasterKeys.read(NEW))
    assert read(only_new, new) == b"new"
    with pytest.raises(Unavailable, match="not among those"):
        read(only_new, old)


def test_the_key_of_one_file_opens_no_other(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path, keys=MasterKeys.read(NEW))
    one, other = keep(blobs, b"one"), keep(blobs, b"other")
    assert one.place is not None
    assert other.place is not None
    name, _, _ = other.place.partition(".")
    _, _, key = one.place.partition(".")
    with pytest.raises(ContentLost):
        read(blobs, Content(other.sha256, f"{name}.{key}"))


def test_what_was_kept_before_there_was_a_key_is_still_read(tmp_path: Path) -> None:
    content = keep(Blobs(tmp_path), b"open")
    assert read(Blobs(tmp_path, keys=MasterKeys.read(NEW)), content) == b"open"


def test_what_is_sealed_may_be_worked_on_elsewhere(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path / "blobs", keys=MasterKeys.read(NEW), work_folder=tmp_path / "memory")
    content = keep(blobs, b"a page")
    with blobs.taken(content) as path:
        assert path.parent == tmp_path / "memory"
    assert list((tmp_path / "memory").iterdir()) == []


def test_master_keys_come_from_a_file_or_a_command(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(f"{NEW}\n")
    assert keys_from_file(file).first == MasterKeys.read(NEW).first
    assert keys_from_command([sys.executable, "-c", f"print('{NEW}')"]).first == MasterKeys.read(NEW).first


@pytest.mark.parametrize("text", ["", "\n", "secret", "11" * 31, "1" * 63, "11" * 33])
def test_what_is_no_master_key_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "key"
    file.write_text(text)
    with pytest.raises(Misconfigured):
        keys_from_file(file)


def test_a_command_that_fails_or_is_not_there_is_refused() -> None:
    for command in (["/nowhere"], [sys.executable, "-c", "raise SystemExit(1)"]):
        with pytest.raises(Misconfigured, match="does not tell"):
            keys_from_command(command)
