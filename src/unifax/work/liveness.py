"""Who is alive: a heartbeat in the database, and a lock that the kernel drops the moment a process ends.

Must not know: what anybody works on. No clock is compared with another machine's: an executor is judged by whether its
beats go on, by the watcher's own monotonic time.
"""

import fcntl
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path


class Lifeline:
    """A file that this process keeps locked while it lives (POSIX record lock: not inherited by a fork)."""

    def __init__(self, folder: Path, executor: str) -> None:
        folder.mkdir(exist_ok=True)
        self._path = folder / executor
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def close(self) -> None:
        """End in good order: nothing is left."""
        self._path.unlink(missing_ok=True)
        self.cut()

    def cut(self) -> None:
        """End as a process that dies does: what is left tells the others."""
        os.close(self._file)


def is_cut(folder: Path, executor: str) -> bool:
    """Whether an executor's process has ended for certain. False says nothing: it may live on another machine.

    Never to be asked about this process itself: closing the file would let go of its own lock (fcntl(2)).
    """
    try:
        file = os.open(folder / executor, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    else:
        return True
    finally:
        os.close(file)


def bury(folder: Path, executor: str) -> None:
    """Remove what a dead executor has left."""
    with suppress(FileNotFoundError):
        (folder / executor).unlink()


class Watch:
    """Notices executors whose beats have stopped."""

    def __init__(self, limit_seconds: float) -> None:
        self._limit = limit_seconds
        self._seen: dict[str, tuple[int, float]] = {}

    def silent(self, beats: Mapping[str, int], now: float) -> set[str]:
        """Return the executors that have not beaten for the limit. `now` is monotonic seconds."""
        for executor, count in beats.items():
            last = self._seen.get(executor)
            if last is None or last[0] != count:
                self._seen[executor] = (count, now)
        for gone in self._seen.keys() - beats.keys():
            del self._seen[gone]
        return {executor for executor, (_, since) in self._seen.items() if now - since >= self._limit}
