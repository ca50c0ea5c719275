"""Accounts, extensions, Apps and what was done to them, as the shell shows them: a table, or JSON. Asks nothing."""

from collections.abc import Sequence

import typer

from unifax.cli.showing import show_json, show_table
from unifax.client.accounts import Account, AuditEntry, Extension, KnownApp

Shown = Account | Extension | KnownApp | AuditEntry


def show_all(shown: Sequence[Shown], as_json: bool) -> None:
    """Print a list."""
    if as_json:
        show_json(shown)
    else:
        show_table([_row(each) for each in shown])


def show(shown: Shown, as_json: bool) -> None:
    """Print one, with its secret if it has just been made."""
    if as_json:
        show_json(shown)
        return
    show_table([_row(shown)])
    if isinstance(shown, KnownApp) and shown.secret is not None:
        typer.echo(f"secret     {shown.secret}")


def _row(shown: Shown) -> dict[str, str]:
    """Return one line of a table: titles and what stands below them."""
    match shown:
        case Account():
            state = _state(shown.enabled, shown.active)
            row = {"id": shown.id, "kind": shown.kind, "in": shown.parent_id or "", "name": shown.name}
            return {**row, "login": shown.login or "", "state": state}
        case Extension():
            row = {"number": shown.number, "user": shown.owner_id, "station id": shown.station_id}
            row["telephone"] = " ".join(shown.telephone_numbers)
            return {**row, "header": shown.header_text, "state": _state(shown.fax_enabled, shown.active)}
        case KnownApp():
            row = {"id": shown.id, "account": shown.account_id, "name": shown.name, "key": shown.key}
            trusted = "trusted" if shown.trusted else ""
            return {**row, "trust": trusted, "state": _state(shown.enabled, shown.enabled)}
        case AuditEntry():
            row = {"id": shown.id, "at": f"{shown.at.astimezone():%Y-%m-%d %H:%M:%S}", "action": shown.action}
            return {**row, "subject": shown.subject, "account": shown.actor_id or "", "app": shown.app_id or ""}


def _state(enabled: bool, active: bool) -> str:
    if active:
        return "enabled"
    return "disabled above" if enabled else "disabled"
