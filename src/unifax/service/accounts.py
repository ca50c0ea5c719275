"""The first accounts of an installation, and the token of who runs it. Must not know: who prints or keeps them."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from unifax.model.accounts import AccountKind
from unifax.model.numbers import ExtensionNumber
from unifax.service.passwords import hashed
from unifax.service.programs import new_key, new_secret
from unifax.store import accounts, apps, tokens
from unifax.store.db import Connection, Database

TOKEN_DAYS = 365
FIRST_LOGIN = "admin"
OPERATOR = "Operator"
"Name of the App whose token lies in the data folder."


@dataclass(frozen=True, slots=True)
class FirstAccounts:
    """What the operator is told once: the database keeps only hashes of `password`, `secret` and `token`."""

    login: str
    "The administrator's, with `password`."
    password: str
    key: str
    secret: str
    token: str
    user_id: int
    extension: str
    "To send from."
    second_extension: str
    "To receive."


def bootstrap(db: Database, now: datetime) -> FirstAccounts | None:
    """Make an administrator, an organization, a user with two extensions and an App; None if there are accounts."""
    password = secrets.token_urlsafe(15)
    return db.write(_bootstrap, password, hashed(password), now)


def operator_token(db: Database, now: datetime, host: str = "") -> str | None:
    """Return a new token of the first administrator, for who owns this machine; the one before it ends.

    Where there are several, `host` says which.

    Whoever may write into the database is above every account in it: the token adds nothing to what he may do. It
    belongs to an App of its own, which can be disabled. None when there is no account.
    """
    return db.write(_operator_token, new_secret(), now, f"{OPERATOR} {host}".rstrip())


def _operator_token(conn: Connection, token: str, now: datetime, name: str) -> str | None:
    administrator = accounts.first_administrator(conn)
    if administrator is None:
        return None
    app = apps.app_named(conn, administrator, name)
    if app is None:
        app = accounts.add_app(conn, administrator, name, new_key(), new_secret(), trusted=True)
    tokens.end_app(conn, app)
    tokens.add_token(conn, app, administrator, token, now, now + timedelta(days=TOKEN_DAYS))
    return token


def _bootstrap(conn: Connection, password: str, kept: str, now: datetime) -> FirstAccounts | None:
    if accounts.any_account(conn):
        return None
    administrator = accounts.add_account(conn, AccountKind.ADMINISTRATOR, None, "Administrator", now, FIRST_LOGIN, kept)
    organization = accounts.add_account(conn, AccountKind.ORGANIZATION, administrator, "First organization", now)
    user = accounts.add_account(conn, AccountKind.USER, organization, "First user", now)
    numbers = [ExtensionNumber("0003", "210"), ExtensionNumber("0003", "211")]
    for number in numbers:
        accounts.add_extension(conn, user, number, station_id=str(number), header_text="Unifax")
    first = FirstAccounts(
        login=FIRST_LOGIN,
        password=password,
        key=new_key(),
        secret=new_secret(),
        token=new_secret(),
        user_id=user,
        extension=str(numbers[0]),
        second_extension=str(numbers[1]),
    )
    app = accounts.add_app(conn, user, "First App", first.key, first.secret, trusted=True)
    tokens.add_token(conn, app, user, first.token, now, now + timedelta(days=TOKEN_DAYS))
    return first
