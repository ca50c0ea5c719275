"""The first accounts of an empty installation. Must not know: who prints what is made here."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from unifax.model.accounts import AccountKind
from unifax.model.numbers import ExtensionNumber
from unifax.store import accounts, tokens
from unifax.store.db import Connection, Database

FIRST_TOKEN_DAYS = 365


@dataclass(frozen=True, slots=True)
class FirstAccounts:
    """What the operator is told once: the database keeps only hashes of `secret` and `token`."""

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
    return db.write(_bootstrap, now)


def _bootstrap(conn: Connection, now: datetime) -> FirstAccounts | None:
    if accounts.any_account(conn):
        return None
    administrator = accounts.add_account(conn, AccountKind.ADMINISTRATOR, None, "Administrator", now)
    organization = accounts.add_account(conn, AccountKind.ORGANIZATION, administrator, "First organization", now)
    user = accounts.add_account(conn, AccountKind.USER, organization, "First user", now)
    numbers = [ExtensionNumber("0003", "210"), ExtensionNumber("0003", "211")]
    for number in numbers:
        accounts.add_extension(conn, user, number, station_id=str(number), header_text="Unifax")
    first = FirstAccounts(
        key=secrets.token_urlsafe(18),
        secret=secrets.token_urlsafe(32),
        token=secrets.token_urlsafe(32),  # A-Z a-z 0-9 _ -: clients check the characters
        user_id=user,
        extension=str(numbers[0]),
        second_extension=str(numbers[1]),
    )
    app = accounts.add_app(conn, user, "First App", first.key, first.secret, trusted=True)
    tokens.add_token(conn, app, user, first.token, now, now + timedelta(days=FIRST_TOKEN_DAYS))
    return first
