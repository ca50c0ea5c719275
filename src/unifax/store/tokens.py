"""Tokens, codes and sessions: what stands for an account for a while. Must not know: HTTP, or who may ask for one.

All of them are long and random, and only their SHA-256 is kept. What has expired counts as gone, swept or not; so does
everything of an App, or of an account, that is disabled or stands below one that is.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import Connection, Row, Select, Table, delete, insert, select, update

from unifax.model.accounts import AccountKind, Viewer
from unifax.store.accounts import active, digest
from unifax.store.schema import accounts, apps, codes, sessions, tokens


@dataclass(frozen=True, slots=True)
class Client:
    """An App, as OAuth sees it (RFC 6749 2)."""

    id: int
    account: Viewer
    "Whose App it is."
    name: str
    secret_sha256: str
    trusted: bool
    redirect_uris: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Consent:
    """One grant: an App may act for an account. All that is made of it is revoked together."""

    id: str
    app_id: int
    account_id: int


@dataclass(frozen=True, slots=True)
class Code:
    """What an App exchanges for tokens, once (RFC 6749 4.1.2)."""

    consent: Consent
    redirect_uri: str
    "As the request for it had it; empty when it had none."
    challenge: str | None
    "Of PKCE, S256 (RFC 7636 4.2)."


def client_of_key(conn: Connection, key: str) -> Client | None:
    """Return the App that has this key, when it may be used."""
    row = conn.execute(_usable_apps().where(apps.c.key == key)).one_or_none()
    if row is None:
        return None
    return Client(
        id=row.id,
        account=Viewer(row.account_id, AccountKind(row.kind), row.id),
        name=row.name,
        secret_sha256=row.secret_sha256,
        trusted=bool(row.trusted),
        redirect_uris=tuple(row.redirect_uris.split()),
    )


def viewer_of_token(conn: Connection, token: str, now: datetime) -> Viewer | None:
    """Return whose access token this is, or None when it is unknown, has expired, or may not be used."""
    row = _kept(conn, tokens, token, now)
    if row is None or row.kind != "access":
        return None
    app = conn.execute(_usable_apps().where(apps.c.id == row.app_id)).one_or_none()
    kind = conn.execute(select(accounts.c.kind).where(accounts.c.id == row.account_id, active())).scalar_one_or_none()
    return None if app is None or kind is None else Viewer(row.account_id, AccountKind(kind), row.app_id)


def add_token(conn: Connection, app_id: int, account_id: int, token: str, now: datetime, expires_at: datetime) -> None:
    """Let an access token stand for an account until it expires, by a consent of its own."""
    issue(conn, Consent(digest(token), app_id, account_id), "access", token, now, expires_at)


def issue(conn: Connection, consent: Consent, kind: str, token: str, now: datetime, expires_at: datetime) -> None:
    """Keep an `access` or a `refresh` token."""
    values = {"sha256": digest(token), "kind": kind, "created_at": now, "expires_at": expires_at}
    conn.execute(insert(tokens).values(values | _of(consent)))


def use_refresh_token(conn: Connection, client: Client, token: str, now: datetime) -> Consent | None:
    """Take an App's refresh token, which is good once, and return its consent.

    None when it is not known, or was taken before: then somebody else has it too, and all that was made of its consent
    is revoked (RFC 9700 4.14.2).
    """
    row = _kept(conn, tokens, token, now)
    if row is None or row.kind != "refresh" or row.app_id != client.id:
        return None
    return _consent(row) if _used_first(conn, tokens, row, now) else None


def add_code(conn: Connection, code: str, grant: Code, now: datetime, expires_at: datetime) -> None:
    """Keep a code."""
    values = {
        "sha256": digest(code),
        "redirect_uri": grant.redirect_uri,
        "challenge": grant.challenge,
        "challenge_method": None if grant.challenge is None else "S256",
        "created_at": now,
        "expires_at": expires_at,
    }
    conn.execute(insert(codes).values(values | _of(grant.consent)))


def use_code(conn: Connection, client: Client, code: str, now: datetime) -> Code | None:
    """Take an App's code, which is good once.

    None when it is not known, or was taken before: then the tokens that were made of it are revoked (RFC 6749 4.1.2).
    """
    row = _kept(conn, codes, code, now)
    if row is None or row.app_id != client.id or not _used_first(conn, codes, row, now):
        return None
    return Code(_consent(row), row.redirect_uri, row.challenge)


def revoke(conn: Connection, client: Client, token: str, now: datetime) -> None:
    """End an App's token: an access token alone, a refresh token with all of its consent (RFC 7009 2.1)."""
    row = _kept(conn, tokens, token, now)
    if row is None or row.app_id != client.id:
        return
    if row.kind == "refresh":
        end_consent(conn, row.consent)
    else:
        conn.execute(delete(tokens).where(tokens.c.sha256 == row.sha256))


def end_consent(conn: Connection, consent_id: str) -> None:
    """End every token that was made of a consent."""
    conn.execute(delete(tokens).where(tokens.c.consent == consent_id))


def end_app(conn: Connection, app_id: int) -> None:
    """End every token and code of an App: its secret is another now."""
    conn.execute(delete(tokens).where(tokens.c.app_id == app_id))
    conn.execute(delete(codes).where(codes.c.app_id == app_id))


def sweep(conn: Connection, now: datetime) -> int:
    """Forget what has expired; return how many rows that were."""
    return sum(
        conn.execute(delete(kept).where(kept.c.expires_at <= now)).rowcount for kept in (tokens, codes, sessions)
    )


@cache
def _usable_apps() -> Select[tuple[object, ...]]:
    """Return the question for Apps that are enabled, as is the account whose they are."""
    return (
        select(apps, accounts.c.kind)
        .join(accounts, accounts.c.id == apps.c.account_id)
        .where(apps.c.enabled == 1, active())
    )


def _kept(conn: Connection, table: Table, secret: str, now: datetime) -> Row[tuple[object, ...]] | None:
    """Return the row of a token or a code that has not expired."""
    sha256 = digest(secret)
    row = conn.execute(select(table).where(table.c.sha256 == sha256, table.c.expires_at > now)).one_or_none()
    return row if row is not None and hmac.compare_digest(row.sha256, sha256) else None


def _used_first(conn: Connection, table: Table, row: Row[tuple[object, ...]], now: datetime) -> bool:
    """Mark a row as used. When it was already, end its consent and say no."""
    first = update(table).where(table.c.sha256 == row.sha256, table.c.used_at.is_(None)).values(used_at=now)
    if conn.execute(first).rowcount == 1:
        return True
    end_consent(conn, row.consent)
    return False


def _consent(row: Row[tuple[object, ...]]) -> Consent:
    return Consent(row.consent, row.app_id, row.account_id)


def _of(consent: Consent) -> dict[str, object]:
    return {"consent": consent.id, "app_id": consent.app_id, "account_id": consent.account_id}
