"""The audit log: written in the transaction of what it tells of, and never changed. Must not know: who does what.

Writes come one at a time (`engines.py`), so each entry finds the one before it by the primary key.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Row, insert, or_, select, true

from unifax.model.accounts import AccountKind, Viewer
from unifax.model.audit import FIRST, Action, Deed, Entry, hashed
from unifax.model.collection import Kind, Listing, Window
from unifax.store.accounts import visible
from unifax.store.collections import Field, Source, page_of
from unifax.store.schema import accounts, audit_heads, audit_log, extensions

_LAST = select(audit_log.c.id, audit_log.c.sha256).order_by(audit_log.c.id.desc()).limit(1)
_ADD = insert(audit_log)
_AT_ONCE = 1000

_ENTRIES = Source(
    audit_log.c.id,
    audit_log.c.id,
    {
        "id": Field(Kind.NUMBER, audit_log.c.id),
        "at": Field(Kind.MOMENT, audit_log.c.at),
        "accountId": Field(Kind.NUMBER, audit_log.c.account_id),
        "actorId": Field(Kind.NUMBER, audit_log.c.actor_id),
        "action": Field(Kind.TEXT, audit_log.c.action),
        "subject": Field(Kind.TEXT, audit_log.c.subject),
    },
)
ENTRY_FILTERS = {name: each.kind for name, each in _ENTRIES.fields.items()}
"What the log can be filtered by."


def note(conn: Connection, deeds: Sequence[Deed]) -> None:
    """Write deeds down, in their order."""
    if not deeds:
        return
    last = conn.execute(_LAST).one_or_none()
    entry_id, sha256 = (0, FIRST) if last is None else (last.id, last.sha256)
    rows = []
    for deed in deeds:
        entry_id += 1
        sha256 = hashed(sha256, entry_id, deed)
        rows.append(
            {
                "id": entry_id,
                "at": deed.at,
                "account_id": deed.account_id,
                "actor_id": deed.actor_id,
                "app_id": deed.app_id,
                "action": deed.action.value,
                "subject": deed.subject,
                "facts": json.dumps(dict(deed.facts)),
                "sha256": sha256,
            }
        )
    conn.execute(_ADD, rows)


def owned(conn: Connection, deed: Deed, extension: str) -> Deed:
    """Return a deed as one of the account whose extension this is."""
    owner = conn.execute(select(extensions.c.owner_id).where(extensions.c.number == extension)).scalar_one_or_none()
    return deed if owner is None else replace(deed, account_id=owner)


def entry_page(conn: Connection, viewer: Viewer, window: Window) -> tuple[Listing, Sequence[Entry]]:
    """Return a page of what concerns the viewer's tree; an administrator sees all."""
    listing = page_of(conn, _ENTRIES, [_concerning(viewer)], window)
    rows = conn.execute(select(audit_log).where(audit_log.c.id.in_(listing.ids)))
    found = {row.id: _entry(row) for row in rows}
    return listing, [found[each] for each in listing.ids]


def latest_entries(
    conn: Connection,
    viewer: Viewer,
    before: int | None,
    count: int,
    action: Action | None = None,
    account_id: int | None = None,
) -> Sequence[Entry]:
    """Return so many of the entries that concern the viewer's tree, the latest first, before one of them.

    Only those of one action, or about one account, if that is said.
    """
    wanted = select(audit_log).where(_concerning(viewer)).order_by(audit_log.c.id.desc()).limit(count)
    if before is not None:
        wanted = wanted.where(audit_log.c.id < before)
    if action is not None:
        wanted = wanted.where(audit_log.c.action == action.value)
    if account_id is not None:
        wanted = wanted.where(audit_log.c.account_id == account_id)
    return [_entry(row) for row in conn.execute(wanted)]


def _concerning(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition that an entry is of the viewer's tree; an administrator sees all."""
    if viewer.kind is AccountKind.ADMINISTRATOR:
        return true()
    theirs = audit_log.c.account_id.in_(select(accounts.c.id).where(visible(viewer)))
    return or_(theirs, audit_log.c.actor_id == viewer.account_id)


def entries_after(conn: Connection, entry_id: int) -> Sequence[Entry]:
    """Return the next entries, some at a time."""
    rows = conn.execute(select(audit_log).where(audit_log.c.id > entry_id).order_by(audit_log.c.id).limit(_AT_ONCE))
    return [_entry(row) for row in rows]


def all_entries(conn: Connection) -> Iterator[Entry]:
    """Go through all entries, the first first."""
    last = 0
    while some := entries_after(conn, last):
        yield from some
        last = some[-1].id


def last_entry(conn: Connection) -> tuple[int, str] | None:
    """Return id and hash of the last entry, unless a head of it has been signed (or there is none)."""
    last = conn.execute(_LAST).one_or_none()
    if last is None or conn.execute(select(audit_heads).where(audit_heads.c.entry_id == last.id)).first():
        return None
    return last.id, last.sha256


def add_head(conn: Connection, entry_id: int, jws: str, now: datetime) -> None:
    """Keep a signed head."""
    conn.execute(insert(audit_heads).values(entry_id=entry_id, signed_at=now, jws=jws))


def heads(conn: Connection) -> Sequence[str]:
    """Return all signed heads, the first first."""
    return conn.execute(select(audit_heads.c.jws).order_by(audit_heads.c.entry_id)).scalars().all()


# What SQLAlchemy's rows hold is known to the schema only.
def _entry(row: "Row[*tuple[object, ...]]") -> Entry:
    facts = json.loads(row.facts)
    who = (row.account_id, row.actor_id, row.app_id)
    return Entry(row.id, Deed(row.at, Action(row.action), row.subject, *who, facts), row.sha256)
