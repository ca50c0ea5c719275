"""Files in a folder of this host, `root/ab/abcd…`. Must not know: what is in them, or who keeps them."""

import os
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from unifax.model.errors import ContentLost, Unavailable
from unifax.store.hashing import flush, sha256_of

KNOWN_AT_MOST = 4096
"Files whose hash was found right, and is not taken again while they stay untouched."

Seen = tuple[int, int, int]
"Of a file: where it is on the disk, when it was changed, and its octets."


class FolderShelf:
    """A folder, on one file system with what is staged. A name that is there is a whole file."""

    def __init__(self, root: Path, *, is_a_cache: bool = False) -> None:
        """What is in a cache need not survive a power cut."""
        self._root = root
        self._is_a_cache = is_a_cache
        self._known: OrderedDict[str, Seen] = OrderedDict()
        root.mkdir(parents=True, exist_ok=True)
        for first in range(256):
            (root / f"{first:02x}").mkdir(exist_ok=True)
        flush(root)

    def check(self) -> None:
        if not self._root.is_dir():
            raise Unavailable("the folder of the files is gone")

    def put(self, staged: Path, name: str) -> None:
        kept = self._path(name)
        if self._is_a_cache:
            staged.rename(kept)
            return
        with open(staged, "rb") as file:
            os.fsync(file.fileno())
        staged.rename(kept)
        flush(kept.parent)

    @contextmanager
    def taken(self, name: str) -> Iterator[Path]:
        path = self._path(name)
        try:
            self._check(path)
        except OSError as error:
            raise ContentLost(f"{name}: {error.strerror}") from error
        yield path

    def remove(self, name: str) -> None:
        self._path(name).unlink(missing_ok=True)

    def names(self, first: str, older_than: datetime) -> Iterator[str]:
        for entry in os.scandir(self._root / first):
            with suppress(FileNotFoundError):
                if entry.stat().st_mtime < older_than.timestamp():
                    yield entry.name

    def clear(self, older_than: datetime) -> int:
        return 0  # who takes a file from here has nothing of his own

    def shrink(self, octets_at_most: int) -> None:
        """Remove what was used longest ago, until three quarters of so much are left, if there is more than that.

        Who uses a file gives it another name meanwhile, which the kernel notes down.
        """
        found: list[tuple[int, int, str]] = []
        for folder in self._root.glob("??"):
            for entry in os.scandir(folder):
                with suppress(FileNotFoundError):
                    status = entry.stat()
                    found.append((status.st_ctime_ns, status.st_size, entry.path))
        octets = sum(size for _, size, _ in found)
        if octets <= octets_at_most:
            return
        for _, size, path in sorted(found):
            if octets <= octets_at_most * 3 // 4:
                break
            Path(path).unlink(missing_ok=True)
            octets -= size

    def _path(self, name: str) -> Path:
        return self._root / name[:2] / name

    def _check(self, path: Path) -> None:
        """Raise ContentLost unless a file is what its name says; OSError when it cannot be read."""
        status = path.stat()
        seen = (status.st_ino, status.st_mtime_ns, status.st_size)
        if self._known.get(path.name) == seen:
            return
        if sha256_of(path) != path.name[:64]:
            raise ContentLost(f"{path.name}: its content is not what it was")
        self._known[path.name] = seen
        while len(self._known) > KNOWN_AT_MOST:
            with suppress(KeyError):  # other threads do this, too
                self._known.popitem(last=False)
