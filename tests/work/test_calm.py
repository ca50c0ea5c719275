"""What is asked of the database while nothing waits: one question for all queues, and that seldom."""

from unifax.model.errors import Unavailable
from unifax.store.db import Database
from unifax.work.calm import FRESH_SECONDS, Waiting
from unifax.work.jobs import Job
from unifax.work.queue import Queue


class Asked:
    """Queues in which something waits, and how often somebody wanted to know."""

    def __init__(self) -> None:
        self.queues: set[str] = set()
        self.times = 0
        self.now = 0.0
        self.waiting = Waiting(self._ask, lambda: self.now)

    def _ask(self) -> set[str]:
        self.times += 1
        return self.queues


def test_one_question_is_asked_for_all_queues() -> None:
    asked = Asked()
    assert not any(asked.waiting.may_be_in(queue) for queue in ("prepare", "notify", "trunk.sandbox"))
    assert asked.times == 1


def test_what_waits_is_seen_within_a_poll() -> None:
    asked = Asked()
    assert not asked.waiting.may_be_in("prepare")
    asked.queues.add("prepare")
    asked.now += FRESH_SECONDS
    assert asked.waiting.may_be_in("prepare")
    assert not asked.waiting.may_be_in("notify")


def test_where_the_database_cannot_say_something_may_wait() -> None:
    def ask() -> set[str]:
        raise Unavailable("gone")

    assert Waiting(ask, lambda: 0.0).may_be_in("prepare")


def test_only_what_is_due_waits_to_be_claimed(db: Database, queue: Queue) -> None:
    waiting = queue.waiting_in(["a", "b", "c"])
    assert waiting() == set()
    db.write(queue.enqueue, Job("count", "count.1", "a", (1,)))
    db.write(queue.enqueue, Job("count", "count.2", "b", (2,), delay_seconds=3600.0))
    assert waiting() == {"a"}
