"""Writes that arrive together share a transaction, and so a flush to disk. Must not know: what is written.

While one transaction is being committed, those that come meanwhile wait, and are written by the next one: nobody waits
for others to come, and the more there are, the less each of them costs (group commit).
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Generic, TypeVar

from unifax.model.errors import Unavailable
from unifax.store.db import Connection, Database

Item = TypeVar("Item")
Done = TypeVar("Done")

AT_ONCE = 64
"Writes in one transaction, so that the first of them need not wait for ever."


@dataclass(frozen=True, slots=True)
class Failed:
    """Why one of several could not be written."""

    error: Exception


class Together(Generic[Item, Done]):
    """One kind of write that many do at once."""

    def __init__(self, db: Database, write: Callable[[Connection, Sequence[Item]], Sequence[Done]]) -> None:
        """`write` writes several, and returns what became of each, in their order. What it raises undoes all of it."""
        self._db = db
        self._write = write
        self._waiting: deque[tuple[Item, Future[Done]]] = deque()

    async def write(self, item: Item) -> Done:
        """Write one, and return when it is on disk, together with those beside it.

        What one of them raises is raised for that one alone; Unavailable, when none could be written, for all. A caller
        that is cancelled meanwhile may find it done.
        """
        future: Future[Done] = Future()
        self._waiting.append((item, future))
        self._db.in_turn(self._write_waiting)
        return await asyncio.wrap_future(future)

    def _write_waiting(self) -> None:
        """Write what waits. It is called once for each that came; the first call may leave the others nothing to do."""
        taken: list[tuple[Item, Future[Done]]] = []
        while self._waiting and len(taken) < AT_ONCE:
            item, future = self._waiting.popleft()
            if future.set_running_or_notify_cancel():
                taken.append((item, future))
        if not taken:
            return
        try:
            done = self._written([item for item, _ in taken])
        except BaseException as error:  # goes on in those who wait for it
            for _, future in taken:
                future.set_exception(error)
            return
        for (_, future), result in zip(taken, done, strict=True):
            if isinstance(result, Failed):
                future.set_exception(result.error)
            else:
                future.set_result(result)

    def _written(self, items: Sequence[Item]) -> Sequence[Done | Failed]:
        try:
            return self._db.write(self._write, items)
        except Unavailable:
            raise
        except Exception:
            if len(items) == 1:
                raise
            return self._db.write(self._each_by_itself, items)  # one of them must not harm the others

    def _each_by_itself(self, conn: Connection, items: Sequence[Item]) -> Sequence[Done | Failed]:
        done: list[Done | Failed] = []
        for item in items:
            try:
                with self._db.nested(conn):
                    done += self._write(conn, [item])
            except Unavailable:
                raise  # the transaction itself may be gone
            except Exception as error:  # goes on in the one who waits for it
                done.append(Failed(error))
        return done
