"""Apps: who may make, change and end which, and their secrets. Knows no HTTP.

One administers the Apps of one's own account and of those below. A secret and a token are told once, when they are
made; the database keeps their hashes.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypedDict

from unifax.model.accounts import App, Viewer
from unifax.model.errors import Conflict, NotFound, RequestInvalid
from unifax.model.naming import MAX_REDIRECT_URIS, parse_name, parse_redirect_uri
from unifax.service import administration
from unifax.store import accounts, apps, tokens
from unifax.store.db import Connection

MAX_APPS = 1000
"Per account, as in VoipNow."
MAX_TOKEN_DAYS = 366


@dataclass(frozen=True, slots=True)
class NewApp:
    """An App as it is asked for."""

    account_id: int
    name: str
    trusted: bool
    redirect_uris: Sequence[str]


class AppChanges(TypedDict, total=False):
    """What is to be changed of an App, and nothing else."""

    name: str
    trusted: bool
    enabled: bool
    redirect_uris: Sequence[str]


def new_key() -> str:
    """Return a key for an App: A-Z a-z 0-9 _ -, since clients check the characters."""
    return secrets.token_urlsafe(18)


def new_secret() -> str:
    """Return a secret or a token, of the same characters."""
    return secrets.token_urlsafe(32)


def app(conn: Connection, viewer: Viewer, app_id: int) -> App:
    """Return an App of the viewer's tree. Raises NotFound."""
    found = apps.app(conn, viewer, app_id)
    if found is None:
        raise NotFound("There is no such App.")
    return found


def add_app(conn: Connection, viewer: Viewer, new: NewApp, key: str, secret: str) -> App:
    """Add an App of an account of the viewer's tree. Raises RequestInvalid, NotFound, Conflict."""
    name, uris = parse_name(new.name), _addresses(new.redirect_uris)
    owner = administration.account(conn, viewer, new.account_id)
    if apps.count_apps(conn, owner.id) >= MAX_APPS:
        raise Conflict(f"This account has {MAX_APPS} Apps, which is as many as it may have.")
    app_id = accounts.add_app(conn, owner.id, name, key, secret, trusted=new.trusted, redirect_uris=uris)
    return app(conn, viewer, app_id)


def change_app(conn: Connection, viewer: Viewer, app_id: int, changes: AppChanges) -> App:
    """Change an App of the viewer's tree. Raises RequestInvalid, NotFound, Conflict."""
    columns: dict[str, object] = dict(changes)
    if "name" in changes:
        columns["name"] = parse_name(changes["name"])
    if "redirect_uris" in changes:
        columns["redirect_uris"] = " ".join(_addresses(changes["redirect_uris"]))
    app(conn, viewer, app_id)
    if columns:
        apps.change_app(conn, app_id, columns)
    return app(conn, viewer, app_id)


def remove_app(conn: Connection, viewer: Viewer, app_id: int) -> App:
    """Remove an App, and return it; its tokens end with it. Raises NotFound."""
    found = app(conn, viewer, app_id)
    apps.remove_app(conn, app_id)
    return found


def renew_secret(conn: Connection, viewer: Viewer, app_id: int, secret: str) -> App:
    """Give an App another secret; all its tokens and codes end. Raises NotFound."""
    found = app(conn, viewer, app_id)
    apps.set_secret(conn, app_id, accounts.digest(secret))
    tokens.end_app(conn, app_id)
    return found


def issue_token(conn: Connection, viewer: Viewer, app_id: int, token: str, now: datetime, life: timedelta) -> App:
    """Let a token of a trusted App stand for its account; return the App. Raises RequestInvalid, NotFound, Conflict."""
    if not timedelta(0) < life <= timedelta(days=MAX_TOKEN_DAYS):
        raise RequestInvalid(f"A token lives for more than nothing, and for {MAX_TOKEN_DAYS} days at most.")
    found = app(conn, viewer, app_id)
    if not found.trusted:
        raise Conflict("Only a trusted App may have a token without anybody's consent.")
    tokens.add_token(conn, app_id, found.account_id, token, now, now + life)
    return found


def _addresses(redirect_uris: Sequence[str]) -> tuple[str, ...]:
    if len(redirect_uris) > MAX_REDIRECT_URIS:
        raise RequestInvalid(f"An App has up to {MAX_REDIRECT_URIS} redirect URIs.")
    return tuple(dict.fromkeys(map(parse_redirect_uri, redirect_uris)))
