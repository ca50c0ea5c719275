"""The disk under a folder, and how much of it must stay free. Must not know: what is kept there."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from unifax.model.errors import Unavailable

RETRY_AFTER_SECONDS = 60


def free_bytes(folder: Path) -> int:
    """Return how much we may still write below a folder. Raises OSError."""
    disk = os.statvfs(folder)
    return disk.f_bavail * disk.f_frsize


@dataclass(frozen=True, slots=True)
class Room:
    """A folder, and the reserve of its disk: for what was promised already, whose pages are still to be made."""

    folder: Path
    reserve_bytes: int
    free: Callable[[Path], int] = free_bytes

    def check(self) -> None:
        """Raises Unavailable when nothing new may be taken in. Blocks."""
        try:
            free = self.free(self.folder)
        except OSError as error:
            raise Unavailable(f"the data folder cannot be used: {error.strerror}", RETRY_AFTER_SECONDS) from error
        if free < self.reserve_bytes:
            raise Unavailable(
                f"the disk is full: {free} bytes are free, and {self.reserve_bytes} must be", RETRY_AFTER_SECONDS
            )
