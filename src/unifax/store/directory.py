"""Accounts and extensions as those above them see and change them. Must not know: who may change what.

Every question is scoped to the viewer's tree; what is to be changed has been asked for before, in the same transaction.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Column, Connection, RowMapping, Select, delete, func, insert, select, update

from unifax.model.accounts import Account, AccountKind, Terminal, Viewer
from unifax.model.collection import Kind, Listing, Window
from unifax.model.evidence import WhenUncertain
from unifax.model.paper import parse_resolution
from unifax.store.accounts import ACCOUNT_TAKEN, active, header_style, post_of, visible
from unifax.store.collections import Field, Source, page_of
from unifax.store.db import or_conflict
from unifax.store.schema import accounts, apps, dids, extensions
from unifax.store.sessions import end_sessions

_ACCOUNTS = Source(
    accounts.c.id,
    accounts.c.id,
    {
        "id": Field(Kind.NUMBER, accounts.c.id),
        "kind": Field(Kind.TEXT, accounts.c.kind),
        "parentId": Field(Kind.NUMBER, accounts.c.parent_id),
        "name": Field(Kind.TEXT, accounts.c.name),
        "login": Field(Kind.TEXT, accounts.c.login),
        "enabled": Field(Kind.FLAG, accounts.c.enabled),
        "region": Field(Kind.TEXT, accounts.c.region),
    },
)
_TERMINALS = Source(
    extensions.c.id,
    extensions.c.id,
    {
        "id": Field(Kind.NUMBER, extensions.c.id),
        "number": Field(Kind.TEXT, extensions.c.number),
        "ownerId": Field(Kind.NUMBER, extensions.c.owner_id),
        "stationId": Field(Kind.TEXT, extensions.c.station_id),
        "headerText": Field(Kind.TEXT, extensions.c.header_text),
        "headerPosition": Field(Kind.TEXT, extensions.c.header_position),
        "headerLine": Field(Kind.TEXT, extensions.c.header_line),
        "resolution": Field(Kind.TEXT, extensions.c.resolution),
        "faxEnabled": Field(Kind.FLAG, extensions.c.fax_enabled),
        "resume": Field(Kind.FLAG, extensions.c.resume),
        "telephoneNumbers": Field(Kind.TEXT, dids.c.number, (dids.c.extension_id, extensions.c.id), is_indexed=True),
        "maxCalls": Field(Kind.NUMBER, extensions.c.max_calls),
        "whenUncertain": Field(Kind.TEXT, extensions.c.when_uncertain),
        "keepDays": Field(Kind.NUMBER, extensions.c.keep_days),
        "mailReceived": Field(Kind.TEXT, extensions.c.mail_received),
        "mailReports": Field(Kind.TEXT, extensions.c.mail_reports),
        "mailSenders": Field(Kind.TEXT, extensions.c.mail_senders),
        "cover": Field(Kind.TEXT, extensions.c.cover),
    },
)
ACCOUNT_FILTERS = {name: field.kind for name, field in _ACCOUNTS.fields.items()}
TERMINAL_FILTERS = {name: field.kind for name, field in _TERMINALS.fields.items()}
"What the collections can be filtered by."


def account_page(conn: Connection, viewer: Viewer, window: Window) -> tuple[Listing, Sequence[Account]]:
    """Return a page of the accounts in the viewer's tree."""
    listing = page_of(conn, _ACCOUNTS, [visible(viewer)], window)
    rows = conn.execute(_accounts(viewer).where(accounts.c.id.in_(listing.ids))).mappings()
    found = {row["id"]: _account(row) for row in rows}
    return listing, [found[each] for each in listing.ids]


def terminal_page(conn: Connection, viewer: Viewer, window: Window) -> tuple[Listing, Sequence[Terminal]]:
    """Return a page of the extensions in the viewer's tree."""
    theirs = extensions.c.owner_id.in_(select(accounts.c.id).where(visible(viewer)))
    listing = page_of(conn, _TERMINALS, [theirs], window)
    rows = conn.execute(_terminals(viewer).where(extensions.c.id.in_(listing.ids))).mappings()
    numbers = _telephone_numbers(conn, listing.ids)
    found = {row["id"]: _terminal(row, numbers) for row in rows}
    return listing, [found[each] for each in listing.ids]


@dataclass(frozen=True, slots=True)
class Branch:
    """An account, and how much hangs on it."""

    account: Account
    accounts_below: int
    extensions: int


def branches(conn: Connection, viewer: Viewer, parent_id: int | None, after: int, count: int) -> Sequence[Branch]:
    """Return so many accounts directly below one, in the order of their ids, after one; None: those that are on top."""
    place = accounts.c.parent_id.is_(None) if parent_id is None else accounts.c.parent_id == parent_id
    rows = conn.execute(
        _accounts(viewer).where(place, accounts.c.id > after).order_by(accounts.c.id).limit(count)
    ).mappings()
    found = [_account(row) for row in rows]
    ids = [account.id for account in found]
    below, theirs = _counted(conn, accounts.c.parent_id, ids), _counted(conn, extensions.c.owner_id, ids)
    return [Branch(account, below.get(account.id, 0), theirs.get(account.id, 0)) for account in found]


def _counted(conn: Connection, column: Column[int], ids: Sequence[int]) -> Mapping[int, int]:
    rows = conn.execute(select(column, func.count()).where(column.in_(ids)).group_by(column))
    return {row[0]: row[1] for row in rows}


def terminals_of(conn: Connection, viewer: Viewer, owner_id: int, count: int) -> Sequence[Terminal]:
    """Return so many extensions of an account of the viewer's tree, in the order of their ids."""
    wanted = _terminals(viewer).where(extensions.c.owner_id == owner_id).order_by(extensions.c.id).limit(count)
    rows = conn.execute(wanted).mappings().all()
    numbers = _telephone_numbers(conn, [row["id"] for row in rows])
    return [_terminal(row, numbers) for row in rows]


def names(conn: Connection, viewer: Viewer, ids: Iterable[int]) -> Mapping[int, str]:
    """Return the names of those of some accounts that are in the viewer's tree."""
    wanted = select(accounts.c.id, accounts.c.name).where(visible(viewer), accounts.c.id.in_(set(ids)))
    return {row.id: row.name for row in conn.execute(wanted)}


def _accounts(viewer: Viewer) -> Select[tuple[object, ...]]:
    return select(accounts, active().label("active")).where(visible(viewer))


def _account(row: RowMapping) -> Account:
    return Account(
        id=row["id"],
        kind=AccountKind(row["kind"]),
        parent_id=row["parent_id"],
        name=row["name"],
        login=row["login"],
        has_password=row["password"] is not None,
        enabled=bool(row["enabled"]),
        region=row["region"],
        active=bool(row["active"]),
        created_at=row["created_at"],
    )


def account(conn: Connection, viewer: Viewer, account_id: int) -> Account | None:
    """Return an account of the viewer's tree."""
    row = conn.execute(_accounts(viewer).where(accounts.c.id == account_id)).mappings().one_or_none()
    return None if row is None else _account(row)


def change_account(conn: Connection, account_id: int, changes: Mapping[str, object]) -> None:
    """Change `name`, `login`, `region` or `enabled`. Raises Conflict when the name or the login is taken.

    An account without a login has no password either: a later login does not bring an old one back.
    """
    with or_conflict(conn, ACCOUNT_TAKEN):
        conn.execute(update(accounts).where(accounts.c.id == account_id).values(**columns(changes)))
    if changes.get("login", "") is None:
        set_password(conn, account_id, None)


def remove_account(conn: Connection, account_id: int) -> None:
    """Remove an account and its Apps. Raises Conflict when anything else hangs on it."""
    with or_conflict(conn, {"foreign key": "Users, extensions or faxes hang on this account. Disable it instead."}):
        conn.execute(delete(apps).where(apps.c.account_id == account_id))
        conn.execute(delete(accounts).where(accounts.c.id == account_id))


def password_of(conn: Connection, account_id: int) -> str | None:
    """Return an account's password as argon2 wrote it."""
    kept: str | None = conn.execute(select(accounts.c.password).where(accounts.c.id == account_id)).scalar_one()
    return kept


def set_password(conn: Connection, account_id: int, password: str | None) -> None:
    """Keep a password, as argon2 wrote it, or none; whoever is signed in must sign in again."""
    conn.execute(update(accounts).where(accounts.c.id == account_id).values(password=password))
    end_sessions(conn, account_id)


def _terminals(viewer: Viewer) -> Select[tuple[object, ...]]:
    return (
        select(extensions, active().label("active"))
        .join(accounts, accounts.c.id == extensions.c.owner_id)
        .where(visible(viewer))
    )


def _telephone_numbers(conn: Connection, ids: Sequence[int]) -> Mapping[int, Sequence[str]]:
    numbers: dict[int, list[str]] = {}
    for row in conn.execute(select(dids).where(dids.c.extension_id.in_(ids)).order_by(dids.c.number)):
        numbers.setdefault(row.extension_id, []).append(row.number)
    return numbers


def _terminal(row: RowMapping, telephone_numbers: Mapping[int, Sequence[str]]) -> Terminal:
    return Terminal(
        id=row["id"],
        owner_id=row["owner_id"],
        number=row["number"],
        station_id=row["station_id"],
        header_text=row["header_text"],
        header=header_style(row),
        resolution=parse_resolution(row["resolution"]),
        fax_enabled=bool(row["fax_enabled"]),
        resume=bool(row["resume"]),
        max_calls=row["max_calls"],
        when_uncertain=WhenUncertain(row["when_uncertain"]),
        keep_days=row["keep_days"],
        post=post_of(row),
        cover=row["cover"],
        telephone_numbers=tuple(telephone_numbers.get(row["id"], ())),
        active=bool(row["fax_enabled"] and row["active"]),
    )


def terminal(conn: Connection, viewer: Viewer, number: str) -> Terminal | None:
    """Return an extension of the viewer's tree by its extended number."""
    row = conn.execute(_terminals(viewer).where(extensions.c.number == number)).mappings().one_or_none()
    return None if row is None else _terminal(row, _telephone_numbers(conn, [row["id"]]))


def organizations_with(conn: Connection, prefix: str) -> set[int]:
    """Return the organizations that have an extension with a client prefix."""
    found = conn.execute(
        select(accounts.c.parent_id)
        .distinct()
        .join(extensions, extensions.c.owner_id == accounts.c.id)
        .where(extensions.c.number.startswith(f"{prefix}*", autoescape=True))
    )
    return set(found.scalars())


def change_terminal(conn: Connection, extension_id: int, changes: Mapping[str, object]) -> None:
    """Change `station_id`, `header_…`, `resolution`, `fax_enabled`, `resume`, `max_calls`, `when_uncertain`,
    `keep_days`, `mail_…` or `cover`."""
    conn.execute(update(extensions).where(extensions.c.id == extension_id).values(**columns(changes)))


def set_telephone_numbers(conn: Connection, extension_id: int, numbers: Sequence[str]) -> None:
    """Have an extension called by these numbers, and no others. Raises Conflict when one is another extension's."""
    conn.execute(delete(dids).where(dids.c.extension_id == extension_id))
    with or_conflict(conn, {"number": "Another extension has one of these telephone numbers."}):
        for number in numbers:
            conn.execute(insert(dids).values(number=number, extension_id=extension_id))


def remove_terminal(conn: Connection, extension_id: int) -> None:
    """Remove an extension and its hooks. Raises Conflict when it has sent or received."""
    sentence = "Faxes hang on this extension. Let it fax no more instead ('faxEnabled': false)."
    with or_conflict(conn, {"foreign key": sentence}):
        conn.execute(delete(extensions).where(extensions.c.id == extension_id))


def columns(changes: Mapping[str, object]) -> dict[str, object]:
    """Return changes as the columns hold them: yes and no are 1 and 0, words are text."""
    return {name: _column(value) for name, value in changes.items()}


def _column(value: object) -> object:
    if isinstance(value, bool):
        return int(value)
    return value.value if isinstance(value, StrEnum) else value
