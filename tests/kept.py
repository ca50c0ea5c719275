"""What a folder of ours keeps, found by its hash."""

from pathlib import Path


def kept(data: Path, sha256: object) -> Path:
    """Return one of the files that hold this, in a data folder."""
    return next(file for file in (data / "blobs" / str(sha256)[:2]).iterdir() if file.name.startswith(str(sha256)))
