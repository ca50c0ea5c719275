"""Hooks as their owners handle them: made, changed, told again. Knows no HTTP and tells nobody by itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from unifax.model.accounts import Extension, Viewer
from unifax.model.audit import Action
from unifax.model.collection import Listing, Window
from unifax.model.errors import Conflict, NotFound, RequestInvalid
from unifax.model.hook import MAX_HOOKS, Hook, HookMethod, HookStatus, HookType, HookUrl, NoticeView
from unifax.model.reach import Network, may_reach
from unifax.service import auditing
from unifax.service.sending import sender
from unifax.service.signing import HookKeys
from unifax.store import audit, hooks, notices
from unifax.store.db import Connection, Database
from unifax.work.jobs import notify_job
from unifax.work.queue import Queue

T = TypeVar("T")

REPLAYED_AT_ONCE = 1000
WAITING_AT_MOST = 10_000
"Notices of one hook, before it may be told anything again."


@dataclass(frozen=True, slots=True)
class Place:
    """Where a hook is looked for: who asks, and the user, extension and type of the address."""

    viewer: Viewer
    user: str
    extension: str
    type: HookType | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of a hook. None leaves it as it is, or as it is by default."""

    url: str | None = None
    method: HookMethod | None = None
    status: HookStatus | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Again:
    """What is to be told again: one event, or those since a moment, or after an event. Exactly one of the three."""

    since: datetime | None = None
    after: int | None = None
    event: int | None = None


@dataclass(frozen=True, slots=True)
class Replayed:
    """What is told again."""

    notices: int
    last_event: int | None
    "None when there is nothing to tell."


class Hooks:
    """Keeps hooks. Everything here raises what `service.sending.sender` does, and NotFound for what is not there."""

    def __init__(
        self, db: Database, queue: Queue, keys: HookKeys, allowed: Sequence[Network], clock: Callable[[], datetime]
    ) -> None:
        """`allowed` are networks that hooks may lead to though they are not public."""
        self.keys = keys
        self._db = db
        self._queue = queue
        self._allowed = allowed
        self._clock = clock

    async def admit(self, place: Place) -> None:
        """Refuse what the address alone tells to be refused, before any of the body is read."""
        await self._db.aread(_extension, place)

    async def all(self, place: Place) -> Sequence[Hook]:
        """Return the hooks of an extension; those of one type, when the place names one."""
        return await self._db.aread(self._all, place)

    async def one(self, place: Place, hook_id: int) -> Hook:
        return await self._db.aread(self._one, place, hook_id)

    async def create(self, place: Place, kind: HookType, wish: Wish) -> Hook:
        """Add a hook; it is told by GET, and on, unless asked otherwise.

        Raises RequestInvalid for what cannot be its address, Conflict when the extension has too many.
        """
        return await self._act(Action.HOOK_ADDED, place, lambda conn: self._create(conn, place, kind, wish))

    async def change(self, place: Place, hook_id: int, wish: Wish) -> Hook:
        """Change what is asked to be changed. Raises RequestInvalid for what cannot be its address."""
        return await self._act(Action.HOOK_CHANGED, place, lambda conn: self._change(conn, place, hook_id, wish))

    async def rotate(self, place: Place, hook_id: int) -> Hook:
        """Give a hook a new secret."""
        return await self._act(Action.HOOK_SECRET_RENEWED, place, lambda conn: self._rotate(conn, place, hook_id))

    async def remove(self, place: Place, hook_id: int) -> Hook:
        """Remove a hook, with all it was to be told; return it as it was."""
        return await self._act(Action.HOOK_REMOVED, place, lambda conn: self._remove(conn, place, hook_id))

    async def replay(self, place: Place, hook_id: int, again: Again) -> Replayed:
        """Have events told again, the oldest first, up to `REPLAYED_AT_ONCE`.

        Raises Conflict when the hook is off or has too much to be told already.
        """
        return await self._act(Action.HOOK_REPLAYED, place, lambda conn: self._replay(conn, place, hook_id, again))

    async def notices(self, place: Place, hook_id: int, window: Window) -> tuple[Listing, Sequence[NoticeView]]:
        """Return a page of what a hook was told, and is to be told."""
        return await self._db.aread(self._notices, place, hook_id, window)

    async def _act(self, action: Action, place: Place, do: Callable[[Connection], T]) -> T:
        """Do something, and write it down in the audit log."""
        return await self._db.awrite(self._noting, action, place, do)

    def _noting(self, conn: Connection, action: Action, place: Place, do: Callable[[Connection], T]) -> T:
        result = do(conn)
        of = _extension(conn, place)
        facts = {"hook": result.id} if isinstance(result, Hook) else {}
        done = auditing.deed(place.viewer, self._clock(), action, f"extension {of.number}", facts)
        audit.note(conn, [replace(done, account_id=of.owner_id)])
        return result

    def _notices(
        self, conn: Connection, place: Place, hook_id: int, window: Window
    ) -> tuple[Listing, Sequence[NoticeView]]:
        return notices.notice_page(conn, find(conn, place, hook_id).id, window)

    def _all(self, conn: Connection, place: Place) -> Sequence[Hook]:
        return hooks.hooks_of(conn, _extension(conn, place).id, place.type)

    def _one(self, conn: Connection, place: Place, hook_id: int) -> Hook:
        return find(conn, place, hook_id)

    def _create(self, conn: Connection, place: Place, kind: HookType, wish: Wish) -> Hook:
        extension = _extension(conn, place)
        if wish.url is None:
            raise RequestInvalid("'url' is missing: where is this hook to be told?")
        url = self._url(wish.url)
        if hooks.count_hooks(conn, extension.id) >= MAX_HOOKS:
            raise Conflict(f"An extension has no more than {MAX_HOOKS} hooks.")
        method = HookMethod.GET if wish.method is None else wish.method
        status = HookStatus.ON if wish.status is None else wish.status
        return hooks.add_hook(conn, extension.id, kind, url, method, status, wish.note or "", self._clock())

    def _change(self, conn: Connection, place: Place, hook_id: int, wish: Wish) -> Hook:
        found = find(conn, place, hook_id)
        return hooks.change_hook(
            conn,
            replace(
                found,
                url=found.url if wish.url is None else self._url(wish.url),
                method=found.method if wish.method is None else wish.method,
                status=found.status if wish.status is None else wish.status,
                note=found.note if wish.note is None else wish.note,
            ),
            self._clock(),
        )

    def _rotate(self, conn: Connection, place: Place, hook_id: int) -> Hook:
        return hooks.rotate_secret(conn, find(conn, place, hook_id).id, self._clock())

    def _remove(self, conn: Connection, place: Place, hook_id: int) -> Hook:
        found = find(conn, place, hook_id)
        hooks.remove_hook(conn, found.id)
        return found

    def _replay(self, conn: Connection, place: Place, hook_id: int, again: Again) -> Replayed:
        found = find(conn, place, hook_id)
        if found.status is HookStatus.OFF:
            raise Conflict("This hook is switched off.")
        if notices.count_waiting(conn, found.id) >= WAITING_AT_MOST:
            raise Conflict("This hook has too much to be told already.")
        told, last_event = notices.add_replay(
            conn, found.id, self._clock(), REPLAYED_AT_ONCE, again.since, again.after, again.event
        )
        if again.event is not None and not told:
            raise NotFound("There is no such event of this hook's type, or it is no longer kept.")
        for notice in told:
            self._queue.enqueue(conn, notify_job(notice))
        return Replayed(len(told), last_event)

    def _url(self, text: str) -> HookUrl:
        """Read an address. What it leads to is checked again whenever it is used: names change."""
        url = HookUrl.parse(text)
        if url.address is not None and not may_reach(url.address, self._allowed):
            raise RequestInvalid("'url' leads to an address that is not public.")
        return url


def find(conn: Connection, place: Place, hook_id: int) -> Hook:
    """Return one hook. Raises as `Hooks` does."""
    extension = _extension(conn, place)
    found = None if place.type is None else hooks.find_hook(conn, extension.id, place.type, hook_id)
    if found is None:
        raise NotFound("This extension has no such hook.")
    return found


def _extension(conn: Connection, place: Place) -> Extension:
    return sender(conn, place.viewer, place.user, place.extension).extension
