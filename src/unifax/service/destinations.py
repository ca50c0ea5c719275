"""What calling numbers has taught us, for as long as it holds. Knows no telephony."""

from collections.abc import Callable
from datetime import datetime, timedelta

from unifax.store.db import Database
from unifax.store.destinations import forget_destinations


class Destinations:
    """Forgets in time: machines are replaced, and numbers are given to others."""

    def __init__(self, db: Database, remember_days: int, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._remember = timedelta(days=remember_days)
        self._clock = clock

    async def forget(self) -> None:
        """Forget what is older than we remember it. To be done every hour or so."""
        await self._db.awrite(forget_destinations, self._clock() - self._remember)
