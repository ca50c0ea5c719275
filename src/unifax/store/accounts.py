"""Accounts, extensions and Apps: who there is, and what is theirs.

Must not know: HTTP, or how a secret looks before it is hashed. Secrets and tokens are long and random, so a plain
SHA-256 keeps them; only the hash is ever stored.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from functools import cache

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    and_,
    bindparam,
    func,
    insert,
    literal,
    or_,
    select,
    true,
)

from unifax.model.accounts import MAX_CALLS, NOBODY, AccountKind, Extension, Post, Viewer
from unifax.model.evidence import WhenUncertain
from unifax.model.header import PLAIN, HeaderPosition, HeaderStyle
from unifax.model.numbers import ExtensionNumber
from unifax.model.paper import AUTO, Resolution, parse_resolution
from unifax.store.db import or_conflict
from unifax.store.schema import accounts, apps, extensions

ACCOUNT_TAKEN = {
    "login": "This login is taken.",
    "name": "Another account in the same place has this name.",
}
APP_TAKEN = {"name": "Another App of this account has this name."}


def digest(secret: str) -> str:
    """Return what is kept of a secret or a token."""
    return hashlib.sha256(secret.encode()).hexdigest()


def visible(viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition on `accounts` that scopes a query to the viewer's tree."""
    match viewer.kind:
        case AccountKind.ADMINISTRATOR:
            return true()
        case AccountKind.ORGANIZATION:
            return or_(accounts.c.id == viewer.account_id, accounts.c.parent_id == viewer.account_id)
        case AccountKind.USER:
            return accounts.c.id == viewer.account_id


@cache  # a condition that is the same each time; to make it takes a third of the CPU of accepting a fax
def active() -> ColumnElement[bool]:
    """Return the condition on `accounts` that an account is enabled, and all above it are."""
    parent, top = accounts.alias("parent"), accounts.alias("top")
    disabled_above = (
        select(parent.c.id)
        .outerjoin(top, top.c.id == parent.c.parent_id)
        .where(parent.c.id == accounts.c.parent_id, or_(parent.c.enabled == 0, top.c.enabled == 0))
        .exists()
    )
    return and_(accounts.c.enabled == 1, ~disabled_above)


def owns(conn: Connection, viewer: Viewer, account_id: int) -> bool:
    """Whether an account is the viewer's own or below it. An account that does not exist is nobody's."""
    found = conn.execute(select(accounts.c.id).where(accounts.c.id == account_id, visible(viewer)))
    return found.first() is not None


def account_exists(conn: Connection, account_id: int) -> bool:
    return conn.execute(select(accounts.c.id).where(accounts.c.id == account_id)).first() is not None


def extension_for(conn: Connection, viewer: Viewer, number: str) -> Extension | None:
    """Return the extension a viewer means: `0003*210`, or `210` when only one in the viewer's tree ends so."""
    column = extensions.c.short if ExtensionNumber.parse(number) is None else extensions.c.number
    rows = conn.execute(_extensions().where(column == number, visible(viewer)).limit(2)).mappings().all()
    return _extension(rows[0]) if len(rows) == 1 else None


def extensions_of(conn: Connection, viewer: Viewer, at_most: int) -> Sequence[Extension]:
    """Return the first of the extensions in a viewer's tree that may fax, by number."""
    theirs = _extensions().where(visible(viewer), extensions.c.fax_enabled == 1, active())
    rows = conn.execute(theirs.order_by(extensions.c.number).limit(at_most)).mappings()
    return [_extension(row) for row in rows]


def extension_named(conn: Connection, number: str) -> Extension | None:
    """Return any extension of this installation by its extended number: everyone may fax to it."""
    row = conn.execute(_extensions().where(extensions.c.number == number)).mappings().one_or_none()
    return None if row is None else _extension(row)


def extensions_of_sender(conn: Connection, address: str) -> Sequence[Extension]:
    """Return the extensions that fax the mail of an address, in the order of their numbers."""
    listed = literal(" ") + func.lower(extensions.c.mail_senders) + " "
    theirs = listed.contains(f" {address.lower()} ", autoescape=True)
    return [
        _extension(row) for row in conn.execute(_extensions().where(theirs).order_by(extensions.c.number)).mappings()
    ]


def region_of(conn: Connection, account_id: int) -> str | None:
    """Return where an account's numbers are written: its own region, else that of the nearest above it, else None."""
    found: str | None = conn.execute(_region(), {"account_id": account_id}).scalar_one()
    return found


@cache  # likewise: made once
def _region() -> Select[str | None]:
    above, top = accounts.alias("above"), accounts.alias("top")
    return (
        select(func.coalesce(accounts.c.region, above.c.region, top.c.region))
        .outerjoin(above, above.c.id == accounts.c.parent_id)
        .outerjoin(top, top.c.id == above.c.parent_id)
        .where(accounts.c.id == bindparam("account_id"))
    )


def any_account(conn: Connection) -> bool:
    """Whether there is an account at all."""
    return conn.execute(select(accounts.c.id).limit(1)).first() is not None


def first_administrator(conn: Connection) -> int | None:
    """Return the id of the oldest administrator."""
    first = select(accounts.c.id).where(accounts.c.kind == AccountKind.ADMINISTRATOR.value)
    found: int | None = conn.execute(first.order_by(accounts.c.id).limit(1)).scalar_one_or_none()
    return found


def add_account(
    conn: Connection,
    kind: AccountKind,
    parent_id: int | None,
    name: str,
    now: datetime,
    login: str | None = None,
    password: str | None = None,
    region: str | None = None,
) -> int:
    """Add an account below another (none for an administrator) and return its id.

    The password is given as argon2 writes it. Raises Conflict when the name or the login is taken.
    """
    values = {"kind": kind.value, "parent_id": parent_id, "name": name, "enabled": 1, "created_at": now}
    values |= {"login": login, "password": password, "region": region}
    with or_conflict(conn, ACCOUNT_TAKEN):
        new_id: int = conn.execute(insert(accounts).values(values).returning(accounts.c.id)).scalar_one()
    return new_id


def add_extension(
    conn: Connection,
    owner_id: int,
    number: ExtensionNumber,
    station_id: str,
    header_text: str,
    header: HeaderStyle = PLAIN,
    resolution: Resolution | None = None,
    fax_enabled: bool = True,
    resume: bool = True,
    max_calls: int = MAX_CALLS,
    when_uncertain: WhenUncertain = WhenUncertain.HOLD,
    keep_days: int = 0,
    post: Post = NOBODY,
    cover: str = "",
) -> Extension:
    """Add a terminal that may fax to a user account. Raises Conflict when there is one with its number."""
    new = {
        "owner_id": owner_id,
        "number": str(number),
        "short": number.short,
        "station_id": station_id,
        "header_text": header_text,
        "header_position": header.position.value,
        "header_line": header.line,
        "resolution": resolution or AUTO,
        "fax_enabled": int(fax_enabled),
        "resume": int(resume),
        "max_calls": max_calls,
        "when_uncertain": when_uncertain.value,
        "keep_days": keep_days,
        **columns_of(post),
        "cover": cover,
    }
    with or_conflict(conn, {"number": "There is an extension with this number."}):
        new_id: int = conn.execute(insert(extensions).values(new).returning(extensions.c.id)).scalar_one()
    return _extension(conn.execute(_extensions().where(extensions.c.id == new_id)).mappings().one())


def add_app(
    conn: Connection,
    account_id: int,
    name: str,
    key: str,
    secret: str,
    *,
    trusted: bool,
    redirect_uris: Sequence[str] = (),
) -> int:
    """Add an App of an account and return its id. Raises Conflict when its name is taken."""
    values = {
        "account_id": account_id,
        "name": name,
        "key": key,
        "secret_sha256": digest(secret),
        "trusted": int(trusted),
        "enabled": 1,
        "redirect_uris": " ".join(redirect_uris),
    }
    with or_conflict(conn, APP_TAKEN):
        new_id: int = conn.execute(insert(apps).values(values).returning(apps.c.id)).scalar_one()
    return new_id


@cache
def _extensions() -> Select[tuple[object, ...]]:
    return select(extensions, active().label("active")).join(accounts, accounts.c.id == extensions.c.owner_id)


def header_style(row: RowMapping) -> HeaderStyle:
    """Return the header line of an extension, of whose columns a row is made."""
    return HeaderStyle(HeaderPosition(row["header_position"]), row["header_line"])


def post_of(row: RowMapping) -> Post:
    """Return the mail addresses of an extension, of whose columns a row is made."""
    return Post(*(tuple(row[f"mail_{name}"].split()) for name in _POST))


def columns_of(post: Post) -> dict[str, str]:
    """Return them as the columns hold them."""
    return {f"mail_{name}": " ".join(getattr(post, name)) for name in _POST}


_POST = tuple(each.name for each in fields(Post))


def _extension(row: RowMapping) -> Extension:
    return Extension(
        id=row["id"],
        owner_id=row["owner_id"],
        number=row["number"],
        station_id=row["station_id"],
        header_text=row["header_text"],
        header=header_style(row),
        fax_enabled=bool(row["fax_enabled"] and row["active"]),
        resolution=parse_resolution(row["resolution"]),
        cover=row["cover"],
    )
