"""Files in a bucket of any store that speaks S3, and copies of those in use on this host. Knows nothing of what is in
them, or who keeps them.

A copy is looked at before it is handed out: it is what its name says, wherever it comes from. What is in use has a name
of its own, so that a copy may be given up at any time.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import S3Store

from unifax.model.errors import ContentLost, Unavailable
from unifax.store.folder_shelf import FolderShelf
from unifax.store.hashing import sha256_of

PART_OCTETS = 5 << 20
"A larger file is put in parts of this size, the smallest that S3 takes."
RETRIES = 8
RETRY_TIME = timedelta(seconds=20)
TIMEOUT = timedelta(seconds=30)
"Of one request."
CHECK_TIME = timedelta(seconds=4)
"Of a look whether it can be used."
AGAIN_SECONDS = 15
"After a request that has failed so often, what waits for it is tried again."


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where a bucket is, and how it is entered."""

    name: str
    prefix: str
    endpoint: str
    "`https://s3.example`; empty is Amazon's own."
    region: str
    access_key: str
    secret_key: str


class S3Shelf:
    """A bucket. Several processes of a host share the folder of copies."""

    def __init__(self, bucket: Bucket, folder: Path, cache_octets: int, retries: int = RETRIES) -> None:
        """`folder` is for copies, on one file system with what is staged."""
        self.objects = _entered(bucket, TIMEOUT, retries, RETRY_TIME)
        self._looked_at = _entered(bucket, CHECK_TIME, 1, CHECK_TIME)
        self._copies = FolderShelf(folder / "copies", is_a_cache=True)
        self._in_use = folder / "in_use"
        self._in_use.mkdir(exist_ok=True)
        self._cache_octets = cache_octets
        self._new_octets = cache_octets  # so that the first file has the folder looked through

    def check(self) -> None:
        with _ours("files"):
            next(iter(obstore.list(self._looked_at, "00/", chunk_size=1)), None)

    def put(self, staged: Path, name: str) -> None:
        octets = staged.stat().st_size
        with _ours(name):
            obstore.put(self.objects, _key(name), staged, use_multipart=octets > PART_OCTETS, chunk_size=PART_OCTETS)
        self._copied(staged, name, octets)  # whoever works on it next is often here

    @contextmanager
    def taken(self, name: str) -> Iterator[Path]:
        mine = self._in_use / secrets.token_hex(16)
        try:
            if not self._linked(name, mine):
                self._fetch(name, mine)
            yield mine
        finally:
            mine.unlink(missing_ok=True)

    def remove(self, name: str) -> None:
        with _ours(name):
            obstore.delete(self.objects, _key(name))
        self._copies.remove(name)

    def names(self, first: str, older_than: datetime) -> Iterator[str]:
        with _ours(first):
            for batch in obstore.list(self.objects, f"{first}/"):
                for each in batch:
                    if each["last_modified"] < older_than:
                        yield each["path"].rpartition("/")[2]

    def clear(self, older_than: datetime) -> int:
        cleared = 0
        for left in self._in_use.iterdir():
            with suppress(FileNotFoundError):
                if left.stat().st_ctime < older_than.timestamp():  # the kernel's note of when it got this name
                    left.unlink()
                    cleared += 1
        return cleared

    def _linked(self, name: str, mine: Path) -> bool:
        """Give a copy that is here, and is right, a name of our own; return whether there was one."""
        try:
            with self._copies.taken(name) as copy:
                os.link(copy, mine)
        except (ContentLost, FileNotFoundError):  # the latter if it is given up this very moment
            return False
        return True

    def _fetch(self, name: str, mine: Path) -> None:
        part = self._in_use / secrets.token_hex(16)
        try:
            with part.open("wb") as file, _ours(name):
                for octets in obstore.get(self.objects, _key(name)).stream(PART_OCTETS):
                    file.write(octets)
            if sha256_of(part) != name[:64]:
                raise ContentLost(f"{name}: what is in the bucket is not what was put there")
            os.link(part, mine)
            self._copied(part, name, part.stat().st_size)
        except OSError as error:
            raise Unavailable(f"a file cannot be fetched: {error}", AGAIN_SECONDS) from error
        finally:
            part.unlink(missing_ok=True)

    def _copied(self, file: Path, name: str, octets: int) -> None:
        """Have a file among the copies, and see that they do not become too many."""
        self._copies.put(file, name)
        self._new_octets += octets
        if self._new_octets > self._cache_octets // 8:
            self._new_octets = 0
            self._copies.shrink(self._cache_octets)


def _entered(bucket: Bucket, timeout: timedelta, retries: int, retry_time: timedelta) -> S3Store:
    return S3Store(
        bucket.name,
        prefix=bucket.prefix or None,
        endpoint=bucket.endpoint or None,
        region=bucket.region,
        access_key_id=bucket.access_key or None,
        secret_access_key=bucket.secret_key or None,
        virtual_hosted_style_request=False,
        client_options={"allow_http": bucket.endpoint.startswith("http://"), "timeout": timeout},
        retry_config={"max_retries": retries, "retry_timeout": retry_time},
    )


@contextmanager
def _ours(name: str) -> Iterator[None]:
    """Raise what goes wrong at the store as ours."""
    try:
        yield
    except (NotFoundError, FileNotFoundError) as error:  # obstore raises the latter, too
        raise ContentLost(f"{name}: is not in the bucket") from error
    except (BaseError, TimeoutError) as error:
        raise Unavailable(
            f"the store of files cannot be used now: {str(error).splitlines()[0]}", AGAIN_SECONDS
        ) from error


def _key(name: str) -> str:
    return f"{name[:2]}/{name}"
