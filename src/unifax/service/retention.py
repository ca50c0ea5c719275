"""Contents deleted when they were kept long enough, or when somebody asks for it, and files that nobody names removed.

Knows no HTTP. What rows say is decided first, in one transaction; the files go after it. One that is left by a crash,
or by a store that is down, is found by the sweep: no row names it, and it is older than any request can be.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta

from unifax.model.accounts import AccountKind, Viewer
from unifax.model.audit import Action, Deed
from unifax.model.errors import AccessDenied, Conflict, NotFound, TooLate, Unavailable
from unifax.model.fax import PENDING
from unifax.model.keeping import KeepingRules, Why
from unifax.service.control import fax_of
from unifax.service.reading import received_one
from unifax.store import audit, forgetting
from unifax.store.blobs import Blobs
from unifax.store.db import Connection, Database
from unifax.store.forgetting import Deletion
from unifax.work.jobs import forget_job
from unifax.work.queue import Queue

log = logging.getLogger(__name__)

AT_ONCE = 100
"Faxes looked for at a time; each is forgotten in a transaction of its own."
UNNAMED_FOR = timedelta(hours=24)
"So old is a file that a crash has left: whoever keeps one names it within the hour."

_PREFIXES = [f"{first:02x}" for first in range(256)]


class Retention:
    """Deletes what is not to be kept any more."""

    def __init__(
        self, db: Database, queue: Queue, blobs: Blobs, rules: KeepingRules, clock: Callable[[], datetime]
    ) -> None:
        self._db = db
        self._queue = queue
        self._blobs = blobs
        self._rules = rules
        self._clock = clock

    async def begin(self) -> None:
        """See that today's work is there. Whoever comes first has it done, and each day's work calls for the next."""
        await self._db.awrite(self._enqueue, self._clock().toordinal())

    async def daily(self, run: str, day: int) -> None:
        """Do one `forget` job: delete what was kept long enough, remove what nobody names."""
        await self._db.awrite(self._enqueue, day + 1)
        for due, forget in (
            (forgetting.faxes_due, self._forget_sent),
            (forgetting.inbox_due, self._forget_received),
        ):
            while ids := await self._db.aread(due, self._rules, self._clock(), AT_ONCE):
                for each in ids:
                    await self.remove(await self._db.awrite(forget, each))
                log.info("%d contents deleted: they were kept long enough", len(ids))
        await self.sweep()

    async def sweep(self) -> int:
        """Remove files that no row names, older than any that is about to be named; return how many."""
        removed = 0
        older_than = self._clock() - UNNAMED_FOR
        for first in _PREFIXES:
            names = await asyncio.to_thread(lambda first: list(self._blobs.shelf.names(first, older_than)), first)
            unnamed = await self._db.aread(forgetting.unnamed, first, names) if names else ()
            removed += await self.remove(unnamed)
        if removed:
            log.info("%d files removed that nobody names", removed)
        return removed

    async def remove(self, names: Iterable[str]) -> int:
        """Remove files that no row names; what the store does not remove now is left to the sweep."""
        removed = 0
        for name in names:
            try:
                await asyncio.to_thread(self._blobs.shelf.remove, name)
                removed += 1
            except (Unavailable, OSError) as error:
                log.warning("a file is not removed yet: %s", error)
        return removed

    def _forget_sent(self, conn: Connection, fax_id: int) -> Sequence[str]:
        now = self._clock()
        names = forgetting.forget_fax(conn, fax_id, Why.KEPT_LONG_ENOUGH, None, now)
        if names is not None:
            _note(conn, now, f"fax {fax_id}", forgetting.deleted_of(conn, fax_id=fax_id))
        return names or ()

    def _forget_received(self, conn: Connection, inbox_id: int) -> Sequence[str]:
        now = self._clock()
        names = forgetting.forget_received(conn, inbox_id, Why.KEPT_LONG_ENOUGH, None, now)
        if names is not None:
            _note(conn, now, f"received {inbox_id}", forgetting.deleted_of(conn, inbox_id=inbox_id))
        return names or ()

    def _enqueue(self, conn: Connection, day: int) -> None:
        due = datetime.fromordinal(day).replace(tzinfo=UTC)
        self._queue.enqueue(conn, forget_job(day, max(0.0, (due - self._clock()).total_seconds()) or None))


def forget_sent(
    conn: Connection, viewer: Viewer, user_id: str, extension: str, fax_id: str, now: datetime
) -> Sequence[str]:
    """Delete what a fax holds; return the files to be removed. To do it again changes nothing.

    Raises TooLate for one that has not come to its end, Conflict for one that is held, and as `fax_of` does.
    """
    fax = fax_of(conn, viewer, user_id, extension, fax_id)
    if any(delivery.state in PENDING for delivery in fax.deliveries):
        raise TooLate("This fax has not come to its end: cancel it first.")
    if fax.held_at is not None:
        raise Conflict("This fax is held: its content is not deleted.")
    return forgetting.forget_fax(conn, fax.id, Why.ASKED, viewer.account_id, now) or ()


def forget_received(
    conn: Connection, viewer: Viewer, user_id: str, extension: str, inbox_id: str, now: datetime
) -> Sequence[str]:
    """Delete what a received fax holds, likewise."""
    fax = received_one(conn, viewer, user_id, extension, inbox_id)
    if fax.held_at is not None:
        raise Conflict("This fax is held: its content is not deleted.")
    return forgetting.forget_received(conn, fax.id, Why.ASKED, viewer.account_id, now) or ()


def hold_sent(
    conn: Connection, viewer: Viewer, user_id: str, extension: str, fax_id: str, held_at: datetime | None
) -> None:
    """Have the content of a fax kept whatever the rules say, or no longer so.

    Raises AccessDenied for a user: those above him decide it. And as `fax_of` does.
    """
    _holds(viewer)
    forgetting.hold_fax(conn, fax_of(conn, viewer, user_id, extension, fax_id).id, held_at)


def hold_received(
    conn: Connection, viewer: Viewer, user_id: str, extension: str, inbox_id: str, held_at: datetime | None
) -> None:
    """Likewise, of a received fax."""
    _holds(viewer)
    forgetting.hold_received(conn, received_one(conn, viewer, user_id, extension, inbox_id).id, held_at)


def receipt_sent(conn: Connection, viewer: Viewer, user_id: str, extension: str, fax_id: str) -> Deletion:
    """Return the receipt for the content of a fax that was deleted. Raises NotFound, and as `fax_of` does."""
    return _there(forgetting.deletion(conn, fax_id=fax_of(conn, viewer, user_id, extension, fax_id).id))


def receipt_received(conn: Connection, viewer: Viewer, user_id: str, extension: str, inbox_id: str) -> Deletion:
    """Likewise, of a received fax."""
    return _there(forgetting.deletion(conn, inbox_id=received_one(conn, viewer, user_id, extension, inbox_id).id))


def _note(conn: Connection, now: datetime, subject: str, account_id: int) -> None:
    """Write down that the service itself has deleted something, by its rules."""
    facts = {"why": Why.KEPT_LONG_ENOUGH.value}
    audit.note(conn, [Deed(now, Action.CONTENT_DELETED, subject, account_id, facts=facts)])


def _there(receipt: Deletion | None) -> Deletion:
    if receipt is None:
        raise NotFound("Nothing of this fax was deleted.")
    return receipt


def _holds(viewer: Viewer) -> None:
    if viewer.kind is AccountKind.USER:
        raise AccessDenied("Only an organization or an administrator may hold a fax, or let go of it.")
