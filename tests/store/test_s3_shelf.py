"""Files in a bucket: whole or not at all, and what they were, however the store behaves."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import obstore
import pytest

from tests.s3 import Faults, a_store
from unifax.model.content import Content
from unifax.model.errors import ContentLost, Unavailable
from unifax.store.blobs import Blobs
from unifax.store.s3_shelf import PART_OCTETS, Bucket, S3Shelf


@pytest.fixture(scope="module")
def store() -> Iterator[tuple[Bucket, Faults]]:
    with a_store() as (bucket, faults):
        yield bucket, faults


def host(store: tuple[Bucket, Faults], folder: Path, cache_octets: int = 1 << 30) -> Blobs:
    """Return the files as one host has them."""
    return Blobs(folder, S3Shelf(store[0], folder, cache_octets))


def keep(blobs: Blobs, octets: bytes) -> Content:
    staged = blobs.stage()
    staged.write_bytes(octets)
    return blobs.keep(staged)


def read(blobs: Blobs, content: Content) -> bytes:
    with blobs.taken(content) as path:
        return path.read_bytes()


def copies(folder: Path) -> list[Path]:
    return list((folder / "copies").glob("??/*"))


def test_what_one_host_keeps_another_reads(store: tuple[Bucket, Faults], tmp_path: Path) -> None:
    here, there = host(store, tmp_path / "here"), host(store, tmp_path / "there")
    content = keep(here, b"a page")
    assert content.sha256 == hashlib.sha256(b"a page").hexdigest()
    assert read(there, content) == b"a page"
    assert list((tmp_path / "here" / "staging").iterdir()) == []
    assert list((tmp_path / "there" / "in_use").iterdir()) == []


def test_a_large_file_goes_in_parts(store: tuple[Bucket, Faults], tmp_path: Path) -> None:
    octets = os.urandom(1000) * (PART_OCTETS // 1000 + 1)
    content = keep(host(store, tmp_path / "here"), octets)
    assert read(host(store, tmp_path / "there"), content) == octets


def test_a_file_in_use_outlives_its_copy(store: tuple[Bucket, Faults], tmp_path: Path) -> None:
    blobs = host(store, tmp_path, cache_octets=1000)
    first = keep(blobs, b"1" * 600)
    with blobs.taken(first) as path:
        keep(blobs, b"2" * 600)
        assert sum(copy.stat().st_size for copy in copies(tmp_path)) <= 750
        assert path.read_bytes() == b"1" * 600
    assert read(blobs, first) == b"1" * 600


def test_a_copy_that_the_disk_has_changed_is_fetched_again(store: tuple[Bucket, Faults], tmp_path: Path) -> None:
    blobs = host(store, tmp_path)
    content = keep(blobs, b"as it was")
    (copy,) = copies(tmp_path)
    copy.write_bytes(b"as it is!")
    assert read(blobs, content) == b"as it was"


def test_what_the_store_has_changed_or_lost_is_not_handed_out(store: tuple[Bucket, Faults], tmp_path: Path) -> None:
    shelf = S3Shelf(store[0], tmp_path / "here", 1 << 30)
    Blobs(tmp_path / "here", shelf)
    content = keep(Blobs(tmp_path / "here", shelf), b"as it was")
    assert content.place is not None
    obstore.put(shelf.objects, f"{content.place[:2]}/{content.place}", b"as it is!")
    with pytest.raises(ContentLost, match="not what was put"):
        read(host(store, tmp_path / "there"), content)
    shelf.remove(content.place)
    shelf.remove(content.place)
    with pytest.raises(ContentLost, match="not in the bucket"):
        read(host(store, tmp_path / "there"), content)


def test_names_are_listed_by_their_first_digits_and_age(store: tuple[Bucket, Faults], tmp_path: Path) -> None:
    blobs = host(store, tmp_path)
    content = keep(blobs, b"listed")
    assert content.place is not None
    soon = datetime.now(UTC) + timedelta(minutes=1)  # noqa: TID251  # the store's own clock says when it was put
    assert content.place in blobs.shelf.names(content.place[:2], soon)
    assert content.place not in blobs.shelf.names(content.place[:2], soon - timedelta(hours=1))
    assert list(blobs.shelf.names("zz", soon)) == []


def test_a_store_that_fails_one_request_of_ten_loses_nothing(store: tuple[Bucket, Faults], tmp_path: Path) -> None:
    here, there, faults = host(store, tmp_path / "here"), host(store, tmp_path / "there"), store[1]
    faults.percent, faults.failed = 10, 0
    try:
        kept = {os.urandom(8): None for _ in range(40)}
        contents = {octets: keep(here, octets) for octets in kept}
        large = os.urandom(1000) * (PART_OCTETS // 1000 + 1)
        contents[large] = keep(here, large)
        assert all(read(there, content) == octets for octets, content in contents.items())
    finally:
        faults.percent = 0
    assert faults.failed > 3


def test_a_store_that_is_down_is_said_to_be(store: tuple[Bucket, Faults], tmp_path: Path) -> None:
    content = keep(host(store, tmp_path / "here"), b"safe")
    blobs = Blobs(tmp_path / "there", S3Shelf(store[0], tmp_path / "there", 1 << 30, retries=1))
    store[1].percent = 100
    try:
        with pytest.raises(Unavailable):
            read(blobs, content)
        with pytest.raises(Unavailable):
            keep(blobs, b"not kept")
    finally:
        store[1].percent = 0
    assert read(blobs, content) == b"safe"


def test_what_a_killed_process_has_taken_is_given_back_for_it(store: tuple[Bucket, Faults], tmp_path: Path) -> None:
    blobs = host(store, tmp_path)
    taken = blobs.taken(keep(blobs, b"a page"))
    path = taken.__enter__()
    at = datetime.fromtimestamp(path.stat().st_ctime, UTC)
    assert blobs.clear_staging(at - timedelta(seconds=1)) == 0
    assert blobs.clear_staging(at + timedelta(seconds=1)) == 1
    assert not path.exists()


def test_a_look_says_whether_the_store_can_be_used(store: tuple[Bucket, Faults], tmp_path: Path) -> None:
    shelf = S3Shelf(store[0], tmp_path, 1 << 30)
    shelf.check()
    with pytest.raises(Unavailable):
        S3Shelf(replace(store[0], name="elsewhere"), tmp_path, 1 << 30).check()
    store[1].percent = 100
    try:
        with pytest.raises(Unavailable):
            shelf.check()
    finally:
        store[1].percent = 0
    shelf.check()
