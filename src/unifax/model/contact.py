"""A contact of an address book: somebody who can be faxed to. Knows no database and no file."""

import re
from dataclasses import dataclass
from datetime import datetime

from unifax.model.errors import RequestInvalid
from unifax.model.words import folded

MAX_NAME = 100
MAX_NOTE = 500
MAX_TAGS = 20
MAX_TAG = 40

_MAIL = re.compile(r"[^@\s<>,;:\"]{1,64}@[^@\s<>,;:\"]{1,189}")


@dataclass(frozen=True, slots=True)
class NewContact:
    """A contact as it is asked for, each part in the form that is kept."""

    name: str
    number: str
    "As calls are made to it."
    company: str = ""
    mail: str = ""
    note: str = ""
    tags: tuple[str, ...] = ()

    @property
    def sorted_as(self) -> str:
        """Return where it stands among others; two with one number and this are the same."""
        return folded(self.name)


@dataclass(frozen=True, slots=True)
class Contact(NewContact):
    """A contact as it is kept."""

    id: int = 0
    account_id: int = 0
    "Whose book it is in."
    changed_at: datetime | None = None


def parse_contact(
    name: str, number: str, company: str = "", mail: str = "", note: str = "", tags: str = ""
) -> NewContact:
    """Return a contact with a number that is canonical already. Raises RequestInvalid, naming what is wrong."""
    return NewContact(
        _line("name", name or company, MAX_NAME),
        number,
        _line("company", company, MAX_NAME, may_be_empty=True),
        parse_mail(mail),
        _line("note", note, MAX_NOTE, may_be_empty=True),
        parse_tags(tags),
    )


def parse_mail(text: str) -> str:
    """Return the address of a mailbox, or nothing. Raises RequestInvalid."""
    mail = text.strip()
    if mail and not (_MAIL.fullmatch(mail) and mail.isprintable()):
        raise RequestInvalid("'mail' must be the address of a mailbox, as in desk@example.com.")
    return mail


def parse_tags(text: str) -> tuple[str, ...]:
    """Return tags that are separated by commas or semicolons, each once. Raises RequestInvalid."""
    tags = tuple(dict.fromkeys(tag.strip() for tag in re.split("[,;]", text) if tag.strip()))
    if len(tags) > MAX_TAGS or any(len(tag) > MAX_TAG or not tag.isprintable() for tag in tags):
        raise RequestInvalid(f"There are up to {MAX_TAGS} tags, of up to {MAX_TAG} printable characters each.")
    return tags


def _line(what: str, text: str, longest: int, *, may_be_empty: bool = False) -> str:
    line = " ".join(text.split())
    if len(line) > longest or not line.isprintable() or not (line or may_be_empty):
        raise RequestInvalid(f"'{what}' must be one line of up to {longest} printable characters.")
    return line
