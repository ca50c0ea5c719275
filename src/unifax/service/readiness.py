"""Whether all is there that a fax needs, part by part: before anything of it is taken in. Must not know: HTTP.

What was accepted before waits in its queue while a part is missing, and goes on by itself when that is back.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from unifax.model.errors import Unavailable
from unifax.store import executors
from unifax.store.blobs import Blobs
from unifax.store.db import Database
from unifax.store.key_prints import missing
from unifax.store.sealing import MASTER
from unifax.work.liveness import Watch

log = logging.getLogger(__name__)

SILENT_SECONDS = 15.0
"A process whose heartbeat has not been seen for so long does not count. Others take it for dead then, too."
PATIENCE_SECONDS = 60.0
"How long there may be none of a kind until faxes are refused: a restart, or an upgrade, is shorter."
LOOK_SECONDS = 2.0
STORE_LOOK_SECONDS = 10.0
TROUBLES = 2
"After so many looks in a row at a store that could not be used, nothing is taken in."

Check = Callable[[], None]
"Raises Unavailable, which says why. May take a moment."


def _nothing() -> None:
    pass


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that is needed."""

    name: str
    check: Check
    "Whether it is there now."
    may_accept: Check = _nothing
    """Whether faxes may be accepted all the same. Asked for each of them, so it must be quick; what shows itself while
    a fax is accepted need not be asked for."""


class Readiness:
    """All that is needed."""

    def __init__(self, parts: Sequence[Part] = ()) -> None:
        self._parts = parts

    def may_accept(self) -> None:
        """Raises Unavailable when no fax should be taken in now."""
        for part in self._parts:
            part.may_accept()

    async def troubles(self) -> Mapping[str, str | None]:
        """Return why each part is not there; None for those that are."""
        troubles: dict[str, str | None] = {}
        for part in self._parts:
            try:
                await asyncio.to_thread(part.check)
            except Unavailable as error:
                troubles[part.name] = str(error)
            else:
                troubles[part.name] = None
        return troubles


def database(db: Database) -> Part:
    """Return the part that all others need."""

    def check() -> None:
        try:
            db.read(executors.crew)
        except Unavailable as error:
            log.warning("%s", error)  # who asks need not be told where it is
            raise Unavailable("cannot be used now") from None

    return Part("database", check)


class Store:
    """Where files are kept, and the keys that open them."""

    def __init__(self, db: Database, blobs: Blobs) -> None:
        self._db = db
        self._blobs = blobs
        self._troubles = 0
        "Looks in a row at which it could not be used."

    async def look(self) -> None:
        """See whether it can be used. To be done every STORE_LOOK_SECONDS."""
        try:
            await asyncio.to_thread(self._blobs.shelf.check)
        except Unavailable as error:
            self._troubles += 1
            log.warning("%s", error)
        else:
            self._troubles = 0

    def part(self) -> Part:
        return Part("files", self._check, self._may_accept)

    def _check(self) -> None:
        try:
            self._blobs.shelf.check()
        except Unavailable as error:
            log.warning("%s", error)  # who asks need not be told where it is
            raise Unavailable("their store cannot be used now") from None
        keys = self._blobs.keys
        try:
            gone = self._db.read(missing, MASTER, {} if keys is None else keys.prints)
        except Unavailable:
            return  # the database tells of itself
        if gone:
            raise Unavailable(f"the master key {gone[0]}, which other hosts have, is not here")

    def _may_accept(self) -> None:
        """Before a body is read. One request that fails, as some do, is no reason to refuse: it is made again."""
        if self._troubles >= TROUBLES:
            raise Unavailable("the store of files cannot be used now")


class Crew:
    """The processes that work, by their heartbeats in the database: on whatever host they are."""

    def __init__(self, db: Database, roles: Sequence[str], clock: Callable[[], float]) -> None:
        """`clock` is monotonic seconds."""
        self._db = db
        self._clock = clock
        self._watch = Watch(SILENT_SECONDS)
        self._seen_at = dict.fromkeys(roles, clock())
        self._present: frozenset[str] = frozenset()

    async def look(self) -> None:
        """See who is there. To be done every LOOK_SECONDS. Raises Unavailable."""
        rows = await self._db.aread(executors.crew)
        now = self._clock()
        silent = self._watch.silent({row.id: row.beats for row in rows}, now)
        self._present = frozenset(row.role for row in rows if row.id not in silent)
        for role in self._present & self._seen_at.keys():
            self._seen_at[role] = now

    def part(self, role: str) -> Part:
        def check() -> None:
            if role not in self._present:
                raise Unavailable(f"no {role} process is at work")

        def may_accept() -> None:
            away = self._clock() - self._seen_at[role]
            if away > PATIENCE_SECONDS:
                raise Unavailable(f"no {role} process has been at work for {away:.0f} s")

        return Part(role, check, may_accept)
