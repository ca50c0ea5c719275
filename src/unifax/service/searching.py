"""Faxes found by what is written on their outside: numbers, names, files, labels, states, days. Knows no HTTP.

A name of an address book finds the faxes of its numbers.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from unifax.model.accounts import Viewer
from unifax.model.fax import FaxState, FaxView
from unifax.model.inbox import InboxView
from unifax.model.words import Beginning, asked_words, digits
from unifax.service import contacts, reading
from unifax.service.recipients import Recipients
from unifax.store import searching, views
from unifax.store.contacts import books_of, numbers_named
from unifax.store.db import Connection, Database
from unifax.store.searching import RECEIVED_BOX, SENT_BOX, Box, Sentence, Wanted

T = TypeVar("T")

PAGE = 25
AT_ONCE = 4
"""So many times some faxes are made known before a search. After an upgrade there are more: `keep_up` does them, and
until then the last of them are not found."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody looks for: all of it holds."""

    text: str = ""
    "Beginnings of words, or of a number."
    extension: str = reading.ALL
    state: FaxState | None = None
    "Of a fax sent."
    label: str = ""
    unread: bool = False
    "Of a fax received."
    since: datetime | None = None
    until: datetime | None = None
    "Not included."
    before: int | None = None
    "Only what comes before this id: the next page."
    count: int = PAGE


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """What was found, the newest first."""

    faxes: Sequence[T]
    names: Mapping[str, str]
    "Of numbers that are in an address book of who asks."
    next: int | None
    "Before which id there is more."


async def search_sent(db: Database, recipients: Recipients, viewer: Viewer, asked: Asked) -> Found[FaxView]:
    """Return faxes sent by those in sight. Raises as `reading.sight`, and Unavailable."""
    return await _search(db, SENT_BOX, _sent, recipients, viewer, asked)


async def search_received(db: Database, recipients: Recipients, viewer: Viewer, asked: Asked) -> Found[InboxView]:
    """Return faxes received, likewise."""
    return await _search(db, RECEIVED_BOX, _received, recipients, viewer, asked)


async def keep_up(db: Database) -> None:
    """Write down the words of all faxes, the first time of many. To be done every minute or so. Raises Unavailable."""
    for box in (SENT_BOX, RECEIVED_BOX):
        if await db.aread(searching.is_behind, box):
            await _catch_up(db, box)


def unread(conn: Connection, viewer: Viewer) -> int:
    """Return how many received faxes are not read, up to `searching.COUNTED`."""
    return searching.count_unread(conn, reading.sight(conn, viewer, "@me", reading.ALL))


async def _catch_up(db: Database, box: Box, at_most: int | None = None) -> None:
    """Write down the words of what is new, so many times some at most."""
    times = 0
    while await db.awrite(searching.catch_up, box):
        times += 1
        if times == at_most:
            return


async def _search(
    db: Database,
    box: Box,
    show: Callable[[Connection, Viewer, Sequence[int]], tuple[Sequence[T], Mapping[str, str]]],
    recipients: Recipients,
    viewer: Viewer,
    asked: Asked,
) -> Found[T]:
    if asked.text.strip() and not asked_words(asked.text):
        return Found((), {}, None)
    if asked.text != "" and await db.aread(searching.is_behind, box):
        await _catch_up(db, box, AT_ONCE)

    def look(conn: Connection) -> Found[T]:
        sight = reading.sight(conn, viewer, "@me", asked.extension)
        wanted = _wanted(conn, recipients, viewer, asked)
        ids = searching.search(conn, box, sight, wanted, asked.before, asked.count + 1)
        faxes, names = show(conn, viewer, ids[: asked.count])
        return Found(faxes, names, ids[asked.count - 1] if len(ids) > asked.count else None)

    return await db.aread(look)


def _wanted(conn: Connection, recipients: Recipients, viewer: Viewer, asked: Asked) -> Wanted:
    plan = recipients.plan_of(conn, viewer.account_id)
    words = asked_words(asked.text)
    sentences: list[Sentence] = [[Beginning(each) for each in plan.beginnings(word)] for word in words]
    if sentences:
        named = numbers_named(conn, books_of(conn, viewer), sentences)
        sentences = [[*each, *(Beginning(digits(number), is_whole=True) for number in named)] for each in sentences]
    equal: dict[str, str] = {}
    if asked.state is not None:
        equal["state"] = asked.state.value
    if asked.label:
        equal["label"] = asked.label
    return Wanted(sentences, asked.since, asked.until, equal, asked.unread)


def _sent(conn: Connection, viewer: Viewer, ids: Sequence[int]) -> tuple[Sequence[FaxView], Mapping[str, str]]:
    faxes = views.fax_views(conn, ids, in_full=False)
    numbers = {each.recipient for fax in faxes for each in fax.deliveries}
    return faxes, contacts.names(conn, viewer, numbers)


def _received(conn: Connection, viewer: Viewer, ids: Sequence[int]) -> tuple[Sequence[InboxView], Mapping[str, str]]:
    faxes = views.inbox_views(conn, ids)
    return faxes, contacts.names(conn, viewer, {fax.sender for fax in faxes})
