"""What one process of several does: the first that comes, and when that one has ended, the next. Knows no work."""

import fcntl
import os
from pathlib import Path
from typing import Self


class Turn:
    """A file that one process keeps locked while it lives: the kernel gives it to the next the moment that one ends."""

    def __init__(self, path: Path) -> None:
        """Raises OSError when there can be no such file."""
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._file)

    def is_ours(self) -> bool:
        """Whether this process is the one. Once it is, it stays so."""
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
