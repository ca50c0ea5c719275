"""Contents that are forgotten, and their records kept. Must not know: where files are, or who may have it done.

What is forgotten has no place any more: with a place goes the key of a sealed file. Whatever of it a row still says was
said on the outside: numbers, times, names of files, hashes.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, ColumnElement, Connection, Select, case, exists, insert, literal, or_, select, update

from unifax.model.content import FORGOTTEN
from unifax.model.evidence import Decision
from unifax.model.fax import PENDING
from unifax.model.keeping import KeepingRules, Why
from unifax.store.blobs import name_of
from unifax.store.schema import deletions, deliveries, extensions, fax_files, faxes, inbox, uploads

PLACES: Sequence[tuple[Column[str], Column[str]]] = (
    (fax_files.c.place, fax_files.c.blob),
    (uploads.c.place, uploads.c.blob),
    (faxes.c.place, faxes.c.document),
    (inbox.c.place, inbox.c.document),
)
"Where rows say which files there must be, and which hash goes with each: what has no place is named after it."


@dataclass(frozen=True, slots=True)
class Deletion:
    """The receipt: what was deleted."""

    at: datetime
    why: Why
    account_id: int | None
    contents: Sequence[dict[str, str]]
    "`of` (document, or file) and `sha256`."


def faxes_due(conn: Connection, rules: KeepingRules, now: datetime, limit: int) -> Sequence[int]:
    """Return faxes that have come to their end and were kept long enough; none that is held, or waits for somebody to
    say what has become of it."""
    labelled = [(faxes.c.label == name, literal(days)) for name, days in rules.of_labels.items()]
    days = case((faxes.c.keep_days > 0, faxes.c.keep_days), *labelled, else_=_of_extension(rules))
    is_open = exists().where(
        deliveries.c.fax_id == faxes.c.id,
        or_(deliveries.c.state.in_(PENDING), deliveries.c.decision == Decision.WANTED.value),
    )
    kept = select(faxes.c.id).join(extensions, extensions.c.id == faxes.c.extension_id)
    kept = kept.where(faxes.c.forgotten_at.is_(None), faxes.c.held_at.is_(None), ~is_open)
    return _due(conn, kept, days, faxes.c.accepted_at, now, limit)


def inbox_due(conn: Connection, rules: KeepingRules, now: datetime, limit: int) -> Sequence[int]:
    """Return received faxes that were kept long enough; none that is held."""
    kept = select(inbox.c.id).join(extensions, extensions.c.id == inbox.c.extension_id)
    kept = kept.where(inbox.c.forgotten_at.is_(None), inbox.c.held_at.is_(None))
    return _due(conn, kept, _of_extension(rules), inbox.c.received_at, now, limit)


def forget_fax(conn: Connection, fax_id: int, why: Why, account_id: int | None, now: datetime) -> Sequence[str] | None:
    """Forget what a fax holds, and write the receipt; return the names of the files that nobody keeps any more.

    Does nothing to one that is held, was forgotten, or has not come to its end, and returns None.
    """
    is_open = exists().where(deliveries.c.fax_id == fax_id, deliveries.c.state.in_(PENDING))
    may_be = (faxes.c.forgotten_at.is_(None), faxes.c.held_at.is_(None), ~is_open)
    fax = conn.execute(select(faxes).where(faxes.c.id == fax_id, *may_be)).one_or_none()
    if fax is None:
        return None
    files = conn.execute(
        select(fax_files.c.blob, fax_files.c.place).where(fax_files.c.fax_id == fax_id).order_by(fax_files.c.position)
    ).all()
    come = conn.execute(select(uploads.c.blob, uploads.c.place).where(uploads.c.fax_id == fax_id)).all()
    contents = [("file", file.blob) for file in files]
    if fax.document is not None:
        contents.insert(0, ("document", fax.document))
    # What is written on a cover page is content, too.
    conn.execute(update(faxes).where(faxes.c.id == fax_id).values(place=FORGOTTEN, forgotten_at=now, paper=None))
    for table in (fax_files, uploads):
        conn.execute(update(table).where(table.c.fax_id == fax_id, table.c.blob.is_not(None)).values(place=FORGOTTEN))
    _write(conn, fax.extension_id, why, account_id, now, contents, fax_id=fax_id)
    kept = [(row.blob, row.place) for row in (*files, *come)]
    return _let_go(conn, [*kept, (fax.document, fax.place)])


def forget_received(
    conn: Connection, inbox_id: int, why: Why, account_id: int | None, now: datetime
) -> Sequence[str] | None:
    """Forget what a received fax holds, as `forget_fax` does."""
    may_be = (inbox.c.forgotten_at.is_(None), inbox.c.held_at.is_(None))
    fax = conn.execute(select(inbox).where(inbox.c.id == inbox_id, *may_be)).one_or_none()
    if fax is None:
        return None
    conn.execute(update(inbox).where(inbox.c.id == inbox_id).values(place=FORGOTTEN, forgotten_at=now))
    _write(conn, fax.extension_id, why, account_id, now, [("document", fax.document)], inbox_id=inbox_id)
    return _let_go(conn, [(fax.document, fax.place)])


def hold_fax(conn: Connection, fax_id: int, held_at: datetime | None) -> None:
    """Have the content of a fax kept whatever the rules say, or no longer so."""
    conn.execute(update(faxes).where(faxes.c.id == fax_id).values(held_at=held_at))


def hold_received(conn: Connection, inbox_id: int, held_at: datetime | None) -> None:
    """Likewise, of a received fax."""
    conn.execute(update(inbox).where(inbox.c.id == inbox_id).values(held_at=held_at))


def deletion(conn: Connection, *, fax_id: int | None = None, inbox_id: int | None = None) -> Deletion | None:
    """Return the receipt for what was deleted of a fax, if it was."""
    of = deletions.c.fax_id == fax_id if inbox_id is None else deletions.c.inbox_id == inbox_id
    row = conn.execute(select(deletions).where(of)).one_or_none()
    return None if row is None else Deletion(row.at, Why(row.why), row.account_id, json.loads(row.contents))


def deleted_of(conn: Connection, *, fax_id: int | None = None, inbox_id: int | None = None) -> int:
    """Return whose fax it was of which something was deleted."""
    of = deletions.c.fax_id == fax_id if inbox_id is None else deletions.c.inbox_id == inbox_id
    owner = select(extensions.c.owner_id).join(deletions, deletions.c.extension_id == extensions.c.id).where(of)
    account_id: int = conn.execute(owner).scalar_one()
    return account_id


def is_forgotten(conn: Connection, fax_id: int) -> bool:
    """Whether the content of a fax was deleted."""
    return conn.execute(select(faxes.c.forgotten_at).where(faxes.c.id == fax_id)).scalar_one() is not None


def unnamed(conn: Connection, first: str, names: Iterable[str]) -> set[str]:
    """Return those of the files whose names begin with `first` that no row names."""
    left = set(names)
    after = f"{first[:-1]}{chr(ord(first[-1]) + 1)}"
    for place, sha256 in PLACES:
        if left:
            left.difference_update(map(name_of, _between(conn, place, first, after)))
            left.difference_update(_between(conn, sha256, first, after, place.is_(None)))
    return left


def _between(
    conn: Connection, column: Column[str], first: str, after: str, *also: ColumnElement[bool]
) -> Sequence[str]:
    return conn.execute(select(column).where(column >= first, column < after, *also)).scalars().all()


def _of_extension(rules: KeepingRules) -> ColumnElement[int]:
    return case((extensions.c.keep_days > 0, extensions.c.keep_days), else_=literal(rules.days))


def _due(
    conn: Connection,
    kept: Select[tuple[int]],
    days: ColumnElement[int],
    since: Column[datetime],
    now: datetime,
    limit: int,
) -> Sequence[int]:
    """Return what was kept for as many days as its rule says: there are few different rules."""
    due: list[int] = []
    for rule in conn.execute(kept.with_only_columns(days).distinct()).scalars().all():
        if rule > 0:
            which = kept.where(days == rule, since <= now - timedelta(days=rule)).limit(limit - len(due))
            due += [row.id for row in conn.execute(which)]
    return due


def _write(
    conn: Connection,
    extension_id: int,
    why: Why,
    account_id: int | None,
    now: datetime,
    contents: Sequence[tuple[str, str]],
    *,
    fax_id: int | None = None,
    inbox_id: int | None = None,
) -> None:
    conn.execute(
        insert(deletions).values(
            extension_id=extension_id,
            fax_id=fax_id,
            inbox_id=inbox_id,
            at=now,
            why=why.value,
            account_id=account_id,
            contents=json.dumps([{"of": of, "sha256": sha256} for of, sha256 in contents]),
        )
    )


def _let_go(conn: Connection, kept: Iterable[tuple[str | None, str | None]]) -> list[str]:
    """Return the names of those files that no row names any more."""
    names: list[str] = []
    for sha256, place in set(kept):
        if sha256 is None or place == FORGOTTEN:
            continue
        said = (select(exists().where(_says(column, of, sha256, place))) for column, of in PLACES)
        if not any(conn.execute(each).scalar_one() for each in said):
            names.append(name_of(place or sha256))
    return names


def _says(column: Column[str], of: Column[str], sha256: str, place: str | None) -> ColumnElement[bool]:
    return column == place if place is not None else (of == sha256) & column.is_(None)
