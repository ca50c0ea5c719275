"""People who have signed in. Must not know: passwords as they are typed, or cookies."""

import hmac
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from unifax.model.accounts import AccountKind, Viewer
from unifax.store.accounts import active, digest
from unifax.store.schema import accounts, sessions


@dataclass(frozen=True, slots=True)
class Login:
    """An account that somebody may sign in to."""

    account_id: int
    password: str
    "As argon2 wrote it."


@dataclass(frozen=True, slots=True)
class Person:
    """Who has signed in."""

    viewer: Viewer
    name: str


def login_of(conn: Connection, login: str) -> Login | None:
    """Return the account that signs in so, when it may."""
    row = conn.execute(
        select(accounts.c.id, accounts.c.password).where(
            accounts.c.login == login, accounts.c.password.is_not(None), active()
        )
    ).one_or_none()
    return None if row is None else Login(row.id, row.password)


def keep_password(conn: Connection, account_id: int, before: str, password: str) -> None:
    """Keep the same password, hashed anew, unless it was changed meanwhile."""
    same = update(accounts).where(accounts.c.id == account_id, accounts.c.password == before)
    conn.execute(same.values(password=password))


def begin_session(conn: Connection, account_id: int, secret: str, now: datetime, expires_at: datetime) -> None:
    """Let a secret stand for somebody who has signed in."""
    values = {"sha256": digest(secret), "account_id": account_id, "created_at": now, "expires_at": expires_at}
    conn.execute(insert(sessions).values(values))


def person_of_session(conn: Connection, secret: str, now: datetime) -> Person | None:
    """Return who has signed in, or None when that is over, or the account may not be used any more."""
    sha256 = digest(secret)
    row = conn.execute(
        select(sessions.c.sha256, accounts.c.id, accounts.c.kind, accounts.c.name)
        .join(accounts, accounts.c.id == sessions.c.account_id)
        .where(sessions.c.sha256 == sha256, sessions.c.expires_at > now, active())
    ).one_or_none()
    if row is None or not hmac.compare_digest(row.sha256, sha256):
        return None
    return Person(Viewer(row.id, AccountKind(row.kind), None), row.name)


def end_session(conn: Connection, secret: str) -> None:
    """Sign somebody out."""
    conn.execute(delete(sessions).where(sessions.c.sha256 == digest(secret)))


def end_sessions(conn: Connection, account_id: int) -> None:
    """Sign somebody out everywhere: the password is another now."""
    conn.execute(delete(sessions).where(sessions.c.account_id == account_id))
