"""Who is alive: a heartbeat in the database, and a lock that the kernel drops the moment a process ends.

Must not know: what anybody works on. No clock is compared with another machine's: an executor is judged by whether its
beats go on, by the watcher's own monotonic time.
"""

import fcntl
import os
import time
from collections.abc import Callable, Mapping
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

    def silent(self, beats: Mapping[str, int], now: float) -> Mapping[str, int]:
        """Return the executors that have not beaten for the limit, and what their last beat was.

        `now` is monotonic seconds. A watcher that was held up itself may be wrong: who is given up must be asked once
        more whether it has beaten since.
        """
        for executor, count in beats.items():
            last = self._seen.get(executor)
            if last is None or last[0] != count:
                self._seen[executor] = (count, now)
        for gone in self._seen.keys() - beats.keys():
            del self._seen[gone]
        return {executor: count for executor, (count, since) in self._seen.items() if now - since >= self._limit}


class Lease:
    """The time in which nobody can have taken this process for dead: half the limit from its last beat on."""

    def __init__(
        self,
        limit_seconds: float,
        clock: Callable[[], float] = time.monotonic,  # noqa: TID251  # a loop's own time is read once a turn
    ) -> None:
        """`clock` goes on while the process is stopped."""
        self.seconds = limit_seconds / 2
        self._clock = clock
        self._until = clock() + self.seconds

    def now(self) -> float:
        return self._clock()

    def renew(self, beaten_at: float) -> None:
        """Count from a beat that has come to be known, by the time at which it was begun."""
        self._until = beaten_at + self.seconds

    def left(self) -> float:
        """Return the seconds that are left, 0 or less when there are none."""
        return self._until - self._clock()

    def holds(self) -> bool:
        return self.left() > 0
