"""Files by their content, in one folder. Must not know: what is in them, or who keeps them.

A file is written whole into `staging`, flushed, and then renamed to its SHA-256: a name that exists is complete.
"""

import hashlib
import os
import secrets
from contextlib import suppress
from datetime import datetime
from pathlib import Path


class FolderBlobs:
    """Blobs in a folder: `root/ab/abcd…`, on one file system with `root/staging`."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._staging = root / "staging"
        self._staging.mkdir(parents=True, exist_ok=True)
        for first in range(256):
            (root / f"{first:02x}").mkdir(exist_ok=True)
        flush(root)

    def stage(self) -> Path:
        """Return a fresh path, no file yet, on the file system of the blobs."""
        return self._staging / secrets.token_hex(16)

    def keep(self, staged: Path) -> str:
        """Move a staged file among the blobs and return its SHA-256, hex. On return it would survive a power cut.

        Keeping what is there already changes nothing.
        """
        sha = sha256_of(staged, flushed=True)
        kept = self.path(sha)
        staged.rename(kept)
        flush(kept.parent)
        return sha

    def path(self, sha: str) -> Path:
        """Return where a blob lies."""
        return self._root / sha[:2] / sha

    def discard(self, staged: Path) -> None:
        """Forget a staged file, if there is one."""
        staged.unlink(missing_ok=True)

    def clear_staging(self, older_than: datetime) -> int:
        """Remove what a killed process left staged before a moment, and return how many files that were."""
        cleared = 0
        for left in self._staging.iterdir():
            with suppress(FileNotFoundError):  # its owner may be at work on it
                if left.stat().st_mtime < older_than.timestamp():
                    left.unlink()
                    cleared += 1
        return cleared


def sha256_of(path: Path, *, flushed: bool = False) -> str:
    """Return the SHA-256 of a file, hex; `flushed` sees that it is on disk as well."""
    with open(path, "rb") as file:
        sha = hashlib.file_digest(file, "sha256").hexdigest()
        if flushed:
            os.fsync(file.fileno())
    return sha


def flush(folder: Path) -> None:
    """Make the names in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
