"""Spares the database the questions of queues in which nothing waits.

DBOS asks several for each queue at each poll, and a process that has nothing to do would spend most of its time on
them. Here one question is asked for all queues of the process, and theirs only while something waits. Must not know:
what the work is.
"""

import threading
from collections.abc import Callable, Iterable
from functools import wraps
from typing import TypeVar

from dbos import DBOS
from dbos._queue import Queue as DbosQueue

from unifax.model.errors import Unavailable

FRESH_SECONDS = 0.2
"How long an answer is good for: less than a poll."
SETTINGS_SECONDS = 5.0
"How soon other limits of a queue are heeded."

T = TypeVar("T")


class Waiting:
    """In which queues something waits, as of a moment ago."""

    def __init__(self, ask: Callable[[], Iterable[str]], clock: Callable[[], float]) -> None:
        """`ask` returns the queues in which something is due."""
        self._ask = ask
        self._clock = clock
        self._lock = threading.Lock()
        self._asked_at = float("-inf")
        self._queues: frozenset[str] | None = None

    def may_be_in(self, queue: str) -> bool:
        """Whether something may wait in a queue: also where that cannot be said."""
        with self._lock:
            now = self._clock()
            if now - self._asked_at >= FRESH_SECONDS:
                try:
                    self._queues = frozenset(self._ask())
                except Unavailable:
                    self._queues = None
                self._asked_at = now
            return self._queues is None or queue in self._queues


def calm(dbos: DBOS, waiting: Waiting, clock: Callable[[], float]) -> None:
    """Have a DBOS that was launched ask for work only where something waits, and for its queues' settings seldom."""
    store = dbos._sys_db
    start, partitions, get_queue = store.start_queued_workflows, store.get_queue_partitions, store.get_queue
    known: dict[str, tuple[float, DbosQueue | None]] = {}

    @wraps(start)
    def start_where_something_waits(queue: DbosQueue, *args: object, **kwargs: object) -> object:
        return start(queue, *args, **kwargs) if waiting.may_be_in(queue.name) else ([], None)  # type: ignore[arg-type]

    @wraps(partitions)
    def partitions_where_something_waits(queue_name: str) -> list[str]:
        return partitions(queue_name) if waiting.may_be_in(queue_name) else []

    @wraps(get_queue)
    def queue_as_known(name: str, *args: object, **kwargs: object) -> DbosQueue | None:
        asked_at, queue = known.get(name, (float("-inf"), None))
        if queue is None or clock() - asked_at >= SETTINGS_SECONDS:
            queue = get_queue(name, *args, **kwargs)  # type: ignore[arg-type]
            known[name] = clock(), queue
        return queue

    store.start_queued_workflows = start_where_something_waits  # type: ignore[assignment]
    store.get_queue_partitions = partitions_where_something_waits  # type: ignore[method-assign]
    store.get_queue = queue_as_known  # type: ignore[method-assign]
    # Once a second otherwise. No work of ours has a deadline.
    store.cancel_timed_out_workflows = lambda limit: []  # type: ignore[method-assign]
