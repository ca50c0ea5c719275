"""Address books: one's own, and that of one's organization, which its users read and it changes. Knows no HTTP."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from unifax.model.accounts import Viewer
from unifax.model.contact import Contact, NewContact, parse_contact
from unifax.model.errors import AccessDenied, Conflict, NotFound
from unifax.model.numbering import NumberingPlan
from unifax.model.numbers import parse_recipient
from unifax.model.words import Beginning, asked_words
from unifax.service.recipients import Recipients
from unifax.store import contacts
from unifax.store.contacts import Place
from unifax.store.db import Connection

MAX_CONTACTS = 20_000
"Of one address book."
PAGE = 50
SUGGESTED = 8


@dataclass(frozen=True, slots=True)
class Written:
    """A contact as somebody writes it."""

    name: str = ""
    number: str = ""
    company: str = ""
    mail: str = ""
    note: str = ""
    tags: str = ""


@dataclass(frozen=True, slots=True)
class ContactPage:
    """Some contacts, by name."""

    contacts: Sequence[Contact]
    next: Place | None
    "After which there are more."


def page(
    conn: Connection, viewer: Viewer, recipients: Recipients, text: str = "", after: Place | None = None
) -> ContactPage:
    """Return contacts of the books that somebody reads, all or those that are found by a text."""
    found = _found(conn, viewer, recipients, text, after, PAGE + 1)
    last = found[PAGE - 1] if len(found) > PAGE else None
    return ContactPage(found[:PAGE], None if last is None else Place(last.sorted_as, last.id))


def suggested(conn: Connection, viewer: Viewer, recipients: Recipients, text: str) -> Sequence[Contact]:
    """Return a few contacts for what somebody has begun to write."""
    return _found(conn, viewer, recipients, text, None, SUGGESTED) if asked_words(text) else ()


def names(conn: Connection, viewer: Viewer, numbers: Iterable[str]) -> Mapping[str, str]:
    """Return the names of those numbers that are in a book that somebody reads."""
    return contacts.names_of(conn, contacts.books_of(conn, viewer), numbers)


def one(conn: Connection, viewer: Viewer, contact_id: int) -> Contact:
    """Return a contact of a book that somebody reads. Raises NotFound."""
    found = contacts.contact(conn, contacts.books_of(conn, viewer), contact_id)
    if found is None:
        raise NotFound("There is no such contact.")
    return found


def may_change(viewer: Viewer, contact: Contact) -> bool:
    """Whether a contact is in somebody's own book."""
    return contact.account_id == viewer.account_id


def add(conn: Connection, viewer: Viewer, recipients: Recipients, written: Written, now: datetime) -> Contact:
    """Add a contact to one's own book.

    Raises RequestInvalid, RecipientsInvalid; Conflict when it is there, or the book is full.
    """
    if contacts.count_contacts(conn, viewer.account_id) >= MAX_CONTACTS:
        raise Conflict(f"There are {MAX_CONTACTS} contacts in this book, which is as many as it may have.")
    new = read(recipients.plan_of(conn, viewer.account_id), written)
    return contacts.add_contact(conn, viewer.account_id, new, now)


def change(
    conn: Connection, viewer: Viewer, recipients: Recipients, contact_id: int, written: Written, now: datetime
) -> Contact:
    """Change a contact of one's own book. Raises as `add`; NotFound, AccessDenied."""
    found = _own(conn, viewer, contact_id)
    new = read(recipients.plan_of(conn, viewer.account_id), written)
    return contacts.change_contact(conn, found.id, new, now)


def remove(conn: Connection, viewer: Viewer, contact_id: int) -> Contact:
    """Remove a contact of one's own book, and return it. Raises NotFound, AccessDenied."""
    found = _own(conn, viewer, contact_id)
    contacts.remove_contact(conn, found.id)
    return found


def take_in(conn: Connection, viewer: Viewer, new: Sequence[NewContact], now: datetime) -> tuple[int, int]:
    """Add many contacts to one's own book; return how many were added, and how many changed. Raises Conflict."""
    added, changed = contacts.take_in(conn, viewer.account_id, new, now)
    if contacts.count_contacts(conn, viewer.account_id) > MAX_CONTACTS:
        raise Conflict(f"With these there would be more than {MAX_CONTACTS} contacts in this book.")
    return added, changed


def own(conn: Connection, viewer: Viewer) -> Sequence[Contact]:
    """Return all of one's own book, by name."""
    return list(contacts.all_contacts(conn, viewer.account_id))


def read(plan: NumberingPlan, written: Written) -> NewContact:
    """Return a contact in the form that is kept. Raises RequestInvalid, RecipientsInvalid."""
    number = plan.canonical(parse_recipient(written.number))
    return parse_contact(written.name, number, written.company, written.mail, written.note, written.tags)


def _own(conn: Connection, viewer: Viewer, contact_id: int) -> Contact:
    found = one(conn, viewer, contact_id)
    if not may_change(viewer, found):
        raise AccessDenied("This contact is in the address book of your organization, which alone changes it.")
    return found


def _found(
    conn: Connection, viewer: Viewer, recipients: Recipients, text: str, after: Place | None, count: int
) -> Sequence[Contact]:
    words = asked_words(text)
    if text.strip() and not words:
        return ()
    plan = recipients.plan_of(conn, viewer.account_id)
    sentences = [[Beginning(each) for each in plan.beginnings(word)] for word in words]
    return contacts.contacts_by_name(conn, contacts.books_of(conn, viewer), after, count, sentences)
