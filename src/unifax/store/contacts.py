"""Address books. Must not know: who may change which.

Contacts are found by the words of their names, companies, numbers and tags, each word by its beginning.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, bindparam, delete, func, insert, or_, select, update

from unifax.model.accounts import AccountKind, Viewer
from unifax.model.contact import Contact, NewContact
from unifax.model.words import words_of
from unifax.store.db import or_conflict
from unifax.store.schema import accounts, contact_words, contacts
from unifax.store.searching import Sentence, begins

T = TypeVar("T")

AT_ONCE = 500
"Rows of one statement."
NUMBERS = 50
"Of those whose name somebody looks for, at most."
TAKEN = {"sorted_as": "There is a contact of this name and number already."}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a contact stands in the order of names."""

    sorted_as: str
    id: int


def books_of(conn: Connection, viewer: Viewer) -> Sequence[int]:
    """Return whose address books somebody reads: his own, and of a user that of his organization."""
    above = select(accounts.c.parent_id).where(
        accounts.c.id == viewer.account_id, accounts.c.kind == AccountKind.USER.value
    )
    return [viewer.account_id, *conn.execute(above).scalars()]


def contact(conn: Connection, books: Sequence[int], contact_id: int) -> Contact | None:
    """Return a contact of one of some books."""
    found = select(contacts).where(contacts.c.id == contact_id, contacts.c.account_id.in_(books))
    row = conn.execute(found).mappings().one_or_none()
    return None if row is None else _contact(row)


def contacts_by_name(
    conn: Connection, books: Sequence[int], after: Place | None, count: int, words: Sequence[Sentence] = ()
) -> Sequence[Contact]:
    """Return the contacts of some books that have a word for each of these sentences, after a place, by name."""
    found = select(contacts).where(contacts.c.account_id.in_(books), *_named(books, words))
    if after is not None:
        later = and_(contacts.c.sorted_as == after.sorted_as, contacts.c.id > after.id)
        found = found.where(contacts.c.sorted_as >= after.sorted_as, or_(contacts.c.sorted_as > after.sorted_as, later))
    rows = conn.execute(found.order_by(contacts.c.sorted_as, contacts.c.id).limit(count)).mappings()
    return [_contact(row) for row in rows]


def names_of(conn: Connection, books: Sequence[int], numbers: Iterable[str]) -> Mapping[str, str]:
    """Return whose numbers these are, as far as books tell; the first book that knows one is believed."""
    wanted = sorted(set(numbers))
    rows = conn.execute(
        select(contacts.c.account_id, contacts.c.number, contacts.c.name)
        .where(contacts.c.account_id.in_(books), contacts.c.number.in_(wanted))
        .order_by(contacts.c.id)
    ).all()
    names: dict[str, str] = {}
    for book in books:
        for row in rows:
            if row.account_id == book:
                names.setdefault(row.number, row.name)
    return names


def numbers_named(conn: Connection, books: Sequence[int], words: Sequence[Sentence]) -> Sequence[str]:
    """Return a few numbers of contacts that have a word for each of these sentences."""
    found = select(contacts.c.number).where(contacts.c.account_id.in_(books), *_named(books, words))
    return conn.execute(found.distinct().limit(NUMBERS)).scalars().all()


def count_contacts(conn: Connection, account_id: int) -> int:
    return conn.execute(select(func.count()).where(contacts.c.account_id == account_id)).scalar_one()


def add_contact(conn: Connection, account_id: int, new: NewContact, now: datetime) -> Contact:
    """Add a contact to a book. Raises Conflict when it is there."""
    with or_conflict(conn, TAKEN):
        added = insert(contacts).values(**_columns(new), account_id=account_id, changed_at=now).returning(contacts)
        made = _contact(conn.execute(added).mappings().one())
    _add_words(conn, [made])
    return made


def change_contact(conn: Connection, contact_id: int, changed: NewContact, now: datetime) -> Contact:
    """Make a contact another. Raises Conflict when that one is there."""
    with or_conflict(conn, TAKEN):
        done = update(contacts).where(contacts.c.id == contact_id).values(**_columns(changed), changed_at=now)
        made = _contact(conn.execute(done.returning(contacts)).mappings().one())
    conn.execute(delete(contact_words).where(contact_words.c.found_id == contact_id))
    _add_words(conn, [made])
    return made


def remove_contact(conn: Connection, contact_id: int) -> None:
    conn.execute(delete(contacts).where(contacts.c.id == contact_id))


def take_in(conn: Connection, account_id: int, new: Sequence[NewContact], now: datetime) -> tuple[int, int]:
    """Add many contacts to a book, or change those that are there, which have the same number and name.

    Return how many were added and how many changed. None comes twice.
    """
    there = {(each.number, each.sorted_as): each for each in all_contacts(conn, account_id)}
    added = [each for each in new if (each.number, each.sorted_as) not in there]
    changed = [
        (there[each.number, each.sorted_as].id, each)
        for each in new
        if (each.number, each.sorted_as) in there and not _is_same(there[each.number, each.sorted_as], each)
    ]
    whose = {"account_id": account_id, "changed_at": now}
    for some in _parts(added):
        conn.execute(insert(contacts), [{**_columns(each), **whose} for each in some])
    if changed:
        set_all = update(contacts).where(contacts.c.id == bindparam("known"))
        conn.execute(
            set_all, [{**_columns(each), "changed_at": now, "known": contact_id} for contact_id, each in changed]
        )
        gone = delete(contact_words).where(contact_words.c.found_id == bindparam("known"))
        conn.execute(gone, [{"known": contact_id} for contact_id, _ in changed])
    touched = {(each.number, each.sorted_as) for each in (*added, *(each for _, each in changed))}
    _add_words(conn, [each for each in all_contacts(conn, account_id) if (each.number, each.sorted_as) in touched])
    return len(added), len(changed)


def all_contacts(conn: Connection, account_id: int) -> Iterator[Contact]:
    """Go through a book, by name."""
    rows = select(contacts).where(contacts.c.account_id == account_id).order_by(contacts.c.sorted_as, contacts.c.id)
    return (_contact(row) for row in conn.execute(rows).mappings())


def _named(books: Sequence[int], words: Sequence[Sentence]) -> list[ColumnElement[bool]]:
    return [
        contacts.c.id.in_(
            select(contact_words.c.found_id).where(
                contact_words.c.owner_id.in_(books), begins(contact_words.c.word, sentence)
            )
        )
        for sentence in words
    ]


def _add_words(conn: Connection, of: Sequence[Contact]) -> None:
    rows = [
        {"owner_id": each.account_id, "word": word, "found_id": each.id}
        for each in of
        for word in words_of((each.name, each.company, each.number, each.mail, *each.tags))
    ]
    for some in _parts(rows):
        conn.execute(insert(contact_words), some)


def _parts(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    return (rows[at : at + AT_ONCE] for at in range(0, len(rows), AT_ONCE))


def _is_same(there: NewContact, new: NewContact) -> bool:
    return _columns(there) == _columns(new)


def _columns(of: NewContact) -> dict[str, str]:
    return {
        "name": of.name,
        "sorted_as": of.sorted_as,
        "number": of.number,
        "company": of.company,
        "mail": of.mail,
        "note": of.note,
        "tags": ",".join(of.tags),
    }


def _contact(row: RowMapping) -> Contact:
    return Contact(
        id=row["id"],
        account_id=row["account_id"],
        name=row["name"],
        number=row["number"],
        company=row["company"],
        mail=row["mail"],
        note=row["note"],
        tags=tuple(filter(None, row["tags"].split(","))),
        changed_at=row["changed_at"],
    )
