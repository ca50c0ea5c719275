"""Files as they lie on this host's disk: their hashes, and whether they would survive a power cut."""

import hashlib
import os
from pathlib import Path


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
