"""Accounts, extensions and Apps, for those who run them: what is asked, and how it is read. Each is a plan.

with Client(url, token, "@self") as client:
    for account in client.each(accounts.accounts(client.api)):
        print(account.name)

Knows no socket and no clock.
"""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote

from pydantic import Field

from unifax.client.api import Api
from unifax.client.shapes import Page, Shape
from unifax.client.steps import Plan, Showing, read

ACCOUNTS = "/admin/accounts"
EXTENSIONS = "/admin/extensions"
APPS = "/admin/apps"
AUDIT = "/admin/audit"

Members = Mapping[str, object]
"Fields as docs/accounts.md names them: `parentId`, `faxEnabled`. What is not there is not changed."


class Account(Shape):
    """An account; see docs/accounts.md."""

    id: str
    kind: str
    parent_id: str | None = None
    name: str
    login: str | None = None
    has_password: bool
    enabled: bool
    region: str | None = None
    active: bool
    created_at: datetime


class Extension(Shape):
    """An extension that may fax."""

    id: str
    number: str
    owner_id: str
    station_id: str
    header_text: str
    header_position: str
    header_line: str
    resolution: str
    fax_enabled: bool
    resume: bool
    max_calls: int
    when_uncertain: str = "hold"
    keep_days: int = 0
    mail_received: tuple[str, ...] = ()
    mail_reports: tuple[str, ...] = ()
    mail_senders: tuple[str, ...] = ()
    cover: str = ""
    telephone_numbers: tuple[str, ...]
    active: bool


class KnownApp(Shape):
    """An App."""

    id: str
    account_id: str
    name: str
    key: str
    trusted: bool
    enabled: bool
    redirect_uris: tuple[str, ...] = ()
    secret: str | None = Field(default=None, repr=False)
    "Only when it has just been made."


class IssuedToken(Shape):
    """A token that has just been made."""

    access_token: str = Field(repr=False)
    token_type: str
    expires_in: int


class AuditEntry(Shape):
    """Something that was done."""

    id: str
    at: datetime
    account_id: str | None = None
    actor_id: str | None = None
    app_id: str | None = None
    action: str
    subject: str
    facts: Mapping[str, str | int | bool | None] = Field(default_factory=dict)
    sha256: str


def accounts(api: Api) -> Showing[Account]:
    """Show one's own account and those below it."""
    return api.entries(Page[Account], ACCOUNTS, {})


def account(api: Api, account_id: str) -> Plan[Account]:
    return read(Account, (yield from api.get(_at(ACCOUNTS, account_id))))


def add_account(api: Api, asked: Members) -> Plan[Account]:
    return read(Account, (yield from api.post(ACCOUNTS, asked)))


def change_account(api: Api, account_id: str, changes: Members) -> Plan[Account]:
    answer = yield from api.change("PATCH", _at(ACCOUNTS, account_id), changes, repeatable=True)
    return read(Account, answer)


def remove_account(api: Api, account_id: str) -> Plan[None]:
    yield from api.change("DELETE", _at(ACCOUNTS, account_id), None)


def set_password(api: Api, account_id: str, password: str, current: str | None = None) -> Plan[None]:
    """Set a password. One's own is set by who knows the current one."""
    asked = {"password": password} | ({} if current is None else {"currentPassword": current})
    yield from api.change("PUT", _at(ACCOUNTS, account_id, "password"), asked)


def extensions(api: Api) -> Showing[Extension]:
    """Show the extensions of one's own account and of those below it."""
    return api.entries(Page[Extension], EXTENSIONS, {})


def add_extension(api: Api, asked: Members) -> Plan[Extension]:
    return read(Extension, (yield from api.post(EXTENSIONS, asked)))


def change_extension(api: Api, number: str, changes: Members) -> Plan[Extension]:
    answer = yield from api.change("PATCH", _at(EXTENSIONS, number), changes, repeatable=True)
    return read(Extension, answer)


def remove_extension(api: Api, number: str) -> Plan[None]:
    yield from api.change("DELETE", _at(EXTENSIONS, number), None)


def apps(api: Api) -> Showing[KnownApp]:
    """Show the Apps of one's own account and of those below it."""
    return api.entries(Page[KnownApp], APPS, {})


def add_app(api: Api, asked: Members) -> Plan[KnownApp]:
    """Add an App; its secret is in the answer, and never again."""
    return read(KnownApp, (yield from api.post(APPS, asked)))


def change_app(api: Api, app_id: str, changes: Members) -> Plan[KnownApp]:
    return read(KnownApp, (yield from api.change("PATCH", _at(APPS, app_id), changes, repeatable=True)))


def remove_app(api: Api, app_id: str) -> Plan[None]:
    yield from api.change("DELETE", _at(APPS, app_id), None)


def renew_secret(api: Api, app_id: str) -> Plan[KnownApp]:
    """Give an App another secret, which is in the answer; its tokens end."""
    return read(KnownApp, (yield from api.post(_at(APPS, app_id, "secret"), None)))


def issue_token(api: Api, app_id: str, seconds: int) -> Plan[IssuedToken]:
    """Give a trusted App a token of its account."""
    return read(IssuedToken, (yield from api.post(_at(APPS, app_id, "tokens"), {"expiresIn": seconds})))


def audit(api: Api) -> Showing[AuditEntry]:
    """Show what was done to one's own account and those below it, the newest first (docs/audit.md)."""
    return api.entries(Page[AuditEntry], AUDIT, {})


def _at(*parts: str) -> str:
    collection, *below = parts
    return "/".join([collection, *(quote(part, safe="@*") for part in below)])
