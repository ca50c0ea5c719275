"""Following what happens, as it happens: whoever follows is woken when there is news. Knows no HTTP.

One look at the database serves all who follow, and while nobody follows there is none. Nothing is queued for anybody:
who is woken reads the events that are new to him, at his own pace.
"""

import asyncio
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from unifax.model.errors import Unavailable
from unifax.store import events
from unifax.store.db import Database

log = logging.getLogger("unifax.service")

PAUSE_SECONDS = 0.25
FOLLOWERS_AT_MOST = 1000
"In one process: each is a connection, and reads for itself."
_EVENTS_AT_ONCE = 1000


class Follower:
    """One who follows some extensions, or (None) more than are counted."""

    def __init__(self, extensions: Sequence[int] | None) -> None:
        self._extensions = None if extensions is None else frozenset(extensions)
        self.news = asyncio.Event()
        "Set when there may be something new. Clear it before you look."

    def wake(self, extensions: frozenset[int]) -> None:
        """Say that something has happened to some extensions."""
        if self._extensions is None or self._extensions & extensions:
            self.news.set()


class Following:
    """All who follow, in one process."""

    def __init__(self, db: Database, pause_seconds: float = PAUSE_SECONDS) -> None:
        self.is_running = False
        "While it is not, nobody is woken: followers take what there is, and go."
        self._db = db
        self._pause_seconds = pause_seconds
        self._followers: set[Follower] = set()
        self._somebody = asyncio.Event()

    def anybody(self) -> bool:
        """Whether anybody follows."""
        return bool(self._followers)

    def is_full(self) -> bool:
        """Whether nobody else should begin to follow."""
        return len(self._followers) >= FOLLOWERS_AT_MOST

    @contextmanager
    def follow(self, extensions: Sequence[int] | None) -> Iterator[Follower]:
        """Follow some extensions, or all (None), for a while."""
        follower = Follower(extensions)
        self._followers.add(follower)
        self._somebody.set()
        try:
            yield follower
        finally:
            self._followers.discard(follower)
            if not self._followers:
                self._somebody.clear()

    async def run(self) -> None:
        """Wake followers until cancelled; then all are woken, to see that it is over."""
        self.is_running = True
        try:
            while True:
                await self._somebody.wait()
                try:
                    await self._watch()
                except Unavailable as error:
                    log.warning("following: %s", error)
                    await asyncio.sleep(self._pause_seconds)
        finally:
            self.is_running = False
            self._wake_all()

    async def _watch(self) -> None:
        """Look for news while anybody follows. Raises Unavailable."""
        last = await self._db.aread(events.last_event)
        self._wake_all()  # what came before this look is told to nobody else
        while self._followers:
            found = await self._db.aread(events.extensions_since, last, _EVENTS_AT_ONCE)
            if found:
                last = found[-1][0]
                happened = frozenset(extension_id for _, extension_id in found)
                for follower in self._followers:
                    follower.wake(happened)
            else:
                await asyncio.sleep(self._pause_seconds)

    def _wake_all(self) -> None:
        for follower in self._followers:
            follower.news.set()
