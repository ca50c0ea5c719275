"""A request that is sent again is answered again, not done again (draft-ietf-httpapi-idempotency-key-header).

The answer is kept in the transaction that does what was asked, so a crash can neither do it twice nor lose the answer.
Only what was done is kept: a refused request may be corrected and sent again. Must not know: HTTP, or what is asked.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from unifax.model.accounts import Viewer
from unifax.model.errors import InFlight, KeyReused
from unifax.store import keys
from unifax.store.db import Connection, Database

KEPT = timedelta(hours=24)
"How long an answer is given again."


@dataclass(frozen=True, slots=True)
class Key:
    """An Idempotency-Key that somebody has shown."""

    whose: str
    key: str

    @classmethod
    def of(cls, viewer: Viewer, key: str) -> "Key":
        """Return a key of the App that shows it; of the account, when its owner has signed in."""
        return cls(f"app {viewer.app_id}" if viewer.app_id else f"account {viewer.account_id}", key)


@dataclass(frozen=True, slots=True)
class Once:
    """Something to be done once: the key, and what was asked under it."""

    key: Key
    request: str
    "SHA-256, hex."


def meaning(*asked: object) -> str:
    """Return the SHA-256 of what is asked, hex: of its meaning, since a repeated request has another boundary."""
    text = json.dumps(asked, sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


class Keys:
    """The keys that requests show."""

    def __init__(self, db: Database, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._clock = clock
        self._in_flight: set[Key] = set()

    @contextmanager
    def held(self, key: Key | None) -> Iterator[None]:
        """Hold a key while its request is being answered. Raises InFlight when another request holds it.

        Requests to other processes are found out when they come to be done.
        """
        if key is None:
            yield
            return
        if key in self._in_flight:
            raise InFlight("The first request with this Idempotency-Key is still being answered.")
        self._in_flight.add(key)
        try:
            yield
        finally:
            self._in_flight.discard(key)

    async def answer(self, once: Once) -> str | None:
        """Return the answer that was given under this key, as JSON, or None. Raises KeyReused."""
        known = await self._db.aread(keys.answered, once.key.whose, once.key.key, self._clock() - KEPT)
        if known is not None and known.request != once.request:
            raise KeyReused("This Idempotency-Key was shown before, with another request.")
        return None if known is None else known.answer

    def keep(self, conn: Connection, once: Once, answer: str) -> None:
        """Keep an answer in the transaction that has done what was asked.

        Raises InFlight when another process has done it meanwhile: then nothing may be done here.
        """
        now = self._clock()
        if keys.answered(conn, once.key.whose, once.key.key, now - KEPT) is not None:
            raise InFlight("The first request with this Idempotency-Key was answered just now.")
        keys.add_answer(conn, once.key.whose, once.key.key, once.request, answer, now)

    async def forget(self) -> None:
        """Forget answers that are not given again. To be done every hour or so."""
        await self._db.awrite(keys.forget_answers, self._clock() - KEPT)
