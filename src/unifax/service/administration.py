"""Who may change what in the tree of accounts and extensions. Knows no HTTP, and no password before it is hashed.

An administrator may change everything, an organization its users and their extensions, a user nothing but what
`service.programs` lets him: nobody creates or changes what stands above or beside him, and what lies outside one's
tree does not exist. No account changes its place in the tree: faxes and tokens stay where they belong.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from unifax.model.accounts import ABOVE, Account, AccountKind, Post, Terminal, Viewer, stands_above
from unifax.model.cover import parse_cover
from unifax.model.errors import AccessDenied, Conflict, NotFound, RequestInvalid
from unifax.model.evidence import WhenUncertain
from unifax.model.header import PLAIN, HeaderStyle, parse_header_line, parse_header_position
from unifax.model.incoming import new_did
from unifax.model.mail import parse_addresses
from unifax.model.naming import parse_header_text, parse_login, parse_name, parse_station_id
from unifax.model.numbering import parse_region
from unifax.model.numbers import ExtensionNumber
from unifax.model.paper import AUTO, parse_resolution
from unifax.store import accounts, apps, directory
from unifax.store.db import Connection


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account as it is asked for."""

    kind: AccountKind
    parent_id: int | None
    "None: below the one who asks."
    name: str
    login: str | None
    password: str | None
    "As argon2 writes it."
    region: str | None = None
    "ISO 3166-1; None: that of the account above."


class AccountChanges(TypedDict, total=False):
    """What is to be changed of an account, and nothing else."""

    name: str
    login: str | None
    region: str | None
    enabled: bool


@dataclass(frozen=True, slots=True)
class NewTerminal:
    """An extension as it is asked for."""

    owner_id: int
    number: str
    station_id: str | None
    "None: its number."
    header_text: str | None
    "None: the name of its user."
    header_position: str | None
    header_line: str | None
    resolution: str | None
    fax_enabled: bool
    resume: bool
    max_calls: int
    keep_days: int = 0
    telephone_numbers: Sequence[str] = ()
    when_uncertain: WhenUncertain = WhenUncertain.HOLD
    mail_received: Sequence[str] = ()
    mail_reports: Sequence[str] = ()
    mail_senders: Sequence[str] = ()
    cover: str = ""


class TerminalChanges(TypedDict, total=False):
    """What is to be changed of an extension, and nothing else."""

    station_id: str
    header_text: str
    header_position: str
    header_line: str
    resolution: str
    fax_enabled: bool
    resume: bool
    max_calls: int
    keep_days: int
    telephone_numbers: Sequence[str]
    when_uncertain: WhenUncertain
    mail_received: Sequence[str]
    mail_reports: Sequence[str]
    mail_senders: Sequence[str]
    cover: str


def administers(conn: Connection, viewer: Viewer) -> None:
    """Raise AccessDenied when the viewer's App may fax only: a person who lets an App fax gives it no more."""
    if viewer.app_id is not None and not apps.is_trusted(conn, viewer.app_id):
        raise AccessDenied("Only a trusted App may administer accounts.")


def account(conn: Connection, viewer: Viewer, account_id: int) -> Account:
    """Return an account of the viewer's tree. Raises NotFound."""
    found = directory.account(conn, viewer, account_id)
    if found is None:
        raise NotFound("There is no such account.")
    return found


def subordinate(conn: Connection, viewer: Viewer, account_id: int) -> Account:
    """Return an account that the viewer may change. Raises NotFound, or AccessDenied when it is his own.

    An administrator may change his own, since nobody stands above him.
    """
    found = account(conn, viewer, account_id)
    if found.id == viewer.account_id and viewer.kind is not AccountKind.ADMINISTRATOR:
        raise AccessDenied("Only those above may change this account.")
    return found


def add_account(conn: Connection, viewer: Viewer, new: NewAccount, now: datetime) -> Account:
    """Add an organization below an administrator, or a user below an organization.

    Raises RequestInvalid, NotFound, AccessDenied, Conflict.
    """
    name = parse_name(new.name)
    login = None if new.login is None else parse_login(new.login)
    if new.password is not None and login is None:
        raise RequestInvalid("A password without a 'login' lets nobody in.")
    if not stands_above(viewer.kind, new.kind):
        raise AccessDenied("You may make accounts that stand below you only.")
    parent = account(conn, viewer, viewer.account_id if new.parent_id is None else new.parent_id)
    if ABOVE[new.kind] is not parent.kind:
        raise RequestInvalid(f"'parentId' must be that of an {ABOVE[new.kind]}: below it stands this {new.kind}.")
    region = None if new.region is None else parse_region(new.region)
    new_id = accounts.add_account(conn, new.kind, parent.id, name, now, login, new.password, region)
    return account(conn, viewer, new_id)


def change_account(conn: Connection, viewer: Viewer, account_id: int, changes: AccountChanges) -> Account:
    """Change an account below the viewer. Raises RequestInvalid, NotFound, AccessDenied, Conflict."""
    kept = changes.copy()
    if "name" in changes:
        kept["name"] = parse_name(changes["name"])
    if "login" in changes:
        kept["login"] = None if changes["login"] is None else parse_login(changes["login"])
    if "region" in changes:
        kept["region"] = None if changes["region"] is None else parse_region(changes["region"])
    found = subordinate(conn, viewer, account_id)
    if found.id == viewer.account_id and not changes.get("enabled", True):
        raise Conflict("You cannot disable yourself.")
    if kept:
        directory.change_account(conn, account_id, kept)
    return account(conn, viewer, account_id)


def remove_account(conn: Connection, viewer: Viewer, account_id: int) -> Account:
    """Remove an account that nothing hangs on but its Apps; return it. Raises NotFound, AccessDenied, Conflict."""
    found = subordinate(conn, viewer, account_id)
    if found.id == viewer.account_id:
        raise Conflict("You cannot remove yourself.")
    directory.remove_account(conn, account_id)
    return found


def password_to_prove(conn: Connection, viewer: Viewer, account_id: int) -> str | None:
    """Return the password, as argon2 wrote it, that one must know to set another. Raises NotFound.

    Those above need to know none, and neither does an administrator: nobody could help him.
    """
    found = account(conn, viewer, account_id)
    if found.id == viewer.account_id and viewer.kind is not AccountKind.ADMINISTRATOR:
        return directory.password_of(conn, account_id)
    return None


def set_password(conn: Connection, viewer: Viewer, account_id: int, password: str) -> Account:
    """Set one's own password, or that of somebody below; it is given as argon2 writes it. Return whose it is.

    Raises NotFound; Conflict for an account that nobody signs in to.
    """
    found = account(conn, viewer, account_id)
    if found.login is None:
        raise Conflict("This account has no login yet.")
    directory.set_password(conn, account_id, password)
    return found


def terminal(conn: Connection, viewer: Viewer, number: str) -> Terminal:
    """Return an extension of the viewer's tree by its extended number. Raises NotFound."""
    found = directory.terminal(conn, viewer, number)
    if found is None:
        raise NotFound("There is no such extension.")
    return found


def add_terminal(conn: Connection, viewer: Viewer, new: NewTerminal) -> Terminal:
    """Add an extension of a user below the viewer. Raises RequestInvalid, NotFound, AccessDenied, Conflict."""
    number = ExtensionNumber.parse(new.number)
    if number is None:
        raise RequestInvalid("'number' must be an extended number, as in 0003*210.")
    owner = subordinate(conn, viewer, new.owner_id)
    if owner.kind is not AccountKind.USER:
        raise RequestInvalid("'ownerId' must be that of a user: only users have extensions.")
    _check_prefix(conn, viewer, number.prefix, owner)
    station_id = parse_station_id(new.station_id if new.station_id is not None else str(number)[:20])
    header_text = parse_header_text(new.header_text if new.header_text is not None else owner.name[:60])
    header = _header_style(viewer, PLAIN, new.header_position, new.header_line)
    sends = (parse_resolution(new.resolution), new.fax_enabled, new.resume)
    post = Post(*(tuple(parse_addresses(each)) for each in (new.mail_received, new.mail_reports, new.mail_senders)))
    rest = (*sends, new.max_calls, new.when_uncertain, new.keep_days, post, parse_cover(new.cover))
    accounts.add_extension(conn, owner.id, number, station_id, header_text, header, *rest)
    if new.telephone_numbers:
        _set_telephone_numbers(conn, viewer, terminal(conn, viewer, str(number)), new.telephone_numbers)
    return terminal(conn, viewer, str(number))


def change_terminal(conn: Connection, viewer: Viewer, number: str, changes: TerminalChanges) -> Terminal:
    """Change an extension of a user below the viewer. Raises RequestInvalid, NotFound, AccessDenied."""
    kept = changes.copy()
    if "station_id" in changes:
        kept["station_id"] = parse_station_id(changes["station_id"])
    if "header_text" in changes:
        kept["header_text"] = parse_header_text(changes["header_text"])
    if "resolution" in changes:
        kept["resolution"] = parse_resolution(changes["resolution"]) or AUTO
    found = terminal(conn, viewer, number)
    subordinate(conn, viewer, found.owner_id)
    if changes.keys() & {"header_position", "header_line"}:
        style = _header_style(viewer, found.header, changes.get("header_position"), changes.get("header_line"))
        kept["header_position"], kept["header_line"] = style.position.value, style.line
    post = {name: " ".join(parse_addresses(value)) for name, value in _post(changes).items()}
    if "cover" in changes:
        kept["cover"] = parse_cover(changes["cover"])
    if "telephone_numbers" in changes:
        _set_telephone_numbers(conn, viewer, found, kept.pop("telephone_numbers"))
    if kept:
        directory.change_terminal(conn, found.id, {**kept, **post})
    return terminal(conn, viewer, number)


def remove_terminal(conn: Connection, viewer: Viewer, number: str) -> Terminal:
    """Remove an extension that has never sent nor received; return it. Raises NotFound, AccessDenied, Conflict."""
    found = terminal(conn, viewer, number)
    subordinate(conn, viewer, found.owner_id)
    directory.remove_terminal(conn, found.id)
    return found


def _header_style(viewer: Viewer, before: HeaderStyle, position: str | None, line: str | None) -> HeaderStyle:
    """Return a header line as it is asked for; None stays as it was.

    Raises RequestInvalid, and AccessDenied: who runs the service answers for what the law wants on a page.
    """
    style = HeaderStyle(
        before.position if position is None else parse_header_position(position),
        before.line if line is None else parse_header_line(line),
    )
    lost = [f"{{{field}}}" for field in style.lacks if field not in before.lacks]
    if lost and viewer.kind is not AccountKind.ADMINISTRATOR:
        raise AccessDenied(f"An administrator alone may leave {', '.join(lost)} out of the header line.")
    return style


def _post(changes: TerminalChanges) -> dict[str, Sequence[str]]:
    """Return the mail addresses among changes."""
    named = {"mail_received", "mail_reports", "mail_senders"}
    return {name: value for name, value in changes.items() if name in named and isinstance(value, list)}


def _set_telephone_numbers(conn: Connection, viewer: Viewer, found: Terminal, numbers: Sequence[str]) -> None:
    """Raises AccessDenied: a number that an organization took for its own would take the faxes of another.

    Raises RequestInvalid, Conflict.
    """
    if viewer.kind is not AccountKind.ADMINISTRATOR:
        raise AccessDenied("An administrator says which telephone numbers an extension has.")
    directory.set_telephone_numbers(conn, found.id, sorted({new_did(each) for each in numbers}))


def _check_prefix(conn: Connection, viewer: Viewer, prefix: str, owner: Account) -> None:
    """See that a client prefix stays that of one organization: an extension of it takes faxes meant for that one.

    Raises AccessDenied, in the same words whether a prefix is free or another's; Conflict.
    """
    holders = directory.organizations_with(conn, prefix)
    if holders == {owner.parent_id}:
        return
    if viewer.kind is not AccountKind.ADMINISTRATOR:
        raise AccessDenied(f"The client prefix {prefix} is not yours: an administrator makes its first extension.")
    if holders:
        raise Conflict(f"The client prefix {prefix} belongs to another organization.")
