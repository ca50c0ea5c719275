"""Tells the database how the servers of trunks are doing, as this process sees it, and what it turns away."""

import os
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from unifax.line.exchange import Exchange
from unifax.line.lookout import Lookout
from unifax.model.trunk import Sighting, SipCounts
from unifax.store import trunks
from unifax.store.db import Database

SIGHT_SECONDS = 2.0
"So soon what has changed is told."
AGAIN = timedelta(minutes=1)


COUNT_AGAIN = timedelta(seconds=10)
"So soon what was turned away is told, if there is more of it: a flood is to cost little."

Count = Callable[[], tuple[int, int, int, int, int]]
"Returns strangers, knocks, floods, malformed and refused (`model.trunk.SipCounts`)."


class Counts:
    """What one process tells of its SIP port."""

    def __init__(self, db: Database, whose: str, count: Count, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._process = f"{whose}.{os.getpid()}"
        self._count = count
        self._clock = clock
        self._began_at = clock()
        self._told: SipCounts | None = None
        self._told_at: datetime | None = None

    async def tell(self) -> None:
        """Write down what was counted, if that is new, or was said a minute ago. To be done every few seconds."""
        now, counts = self._clock(), SipCounts(self._process, self._began_at, *self._count())
        pause = AGAIN if counts == self._told else COUNT_AGAIN
        if self._told_at is None or now - self._told_at >= pause:
            await self._db.awrite(trunks.count, self._process, counts, now)
            self._told, self._told_at = counts, now

    async def end(self) -> None:
        """Say nothing more: this process ends."""
        await self._db.awrite(trunks.count, self._process, None, self._clock())


class Sightings:
    """What one process tells of its lookout."""

    def __init__(
        self, db: Database, exchange: Exchange, lookout: Lookout, whose: str, clock: Callable[[], datetime]
    ) -> None:
        """`whose` is the role and the host."""
        self._zero = clock() - timedelta(seconds=exchange.now())
        self._db = db
        self._lookout = lookout
        self._process = f"{whose}.{os.getpid()}"
        self._clock = clock
        self._told: Sequence[Sighting] = ()
        self._told_at: datetime | None = None

    async def tell(self) -> None:
        """Write down what is known, if that is new or was said a minute ago. To be done every few seconds."""
        now, known = self._clock(), self._lookout.sightings(self._zero)
        if known != self._told or (known and (self._told_at is None or now - self._told_at >= AGAIN)):
            await self._db.awrite(trunks.sight, self._process, known, now)
            self._told, self._told_at = known, now

    async def end(self) -> None:
        """Say nothing more: this process ends."""
        if self._told:
            await self._db.awrite(trunks.sight, self._process, (), self._clock())
