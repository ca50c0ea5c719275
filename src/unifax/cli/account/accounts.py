"""`unifax account`, and what stands below it. Each verb a few lines; decides nothing."""

from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from unifax.cli.account.apps import app_app
from unifax.cli.account.asking import (
    Generate,
    PasswordFile,
    client_of,
    password_asked_for,
    password_of,
    run_by,
    said,
)
from unifax.cli.account.extensions import extension_app
from unifax.cli.account.tables import show, show_all
from unifax.cli.asking import AsJson
from unifax.cli.showing import show_done
from unifax.client import accounts

account_app = typer.Typer(no_args_is_help=True, help="Accounts, extensions and Apps, for those who run them.")
add_app = typer.Typer(no_args_is_help=True, help="Make an organization or a user.")
account_app.callback()(run_by)
account_app.add_typer(add_app, name="add")
account_app.add_typer(extension_app, name="extension")
account_app.add_typer(app_app, name="app")

Id = Annotated[str, typer.Argument(help="Number of the account, or @me.")]
Region = Annotated[str | None, typer.Option(help="Country where its numbers are written, as in DE.")]
Login = Annotated[str | None, typer.Option(help="What the person signs in with.")]


@account_app.command("list")
def list_accounts(context: typer.Context, as_json: AsJson = False) -> None:
    """List accounts."""
    with client_of(context) as client:
        found = list(client.each(accounts.accounts(client.api)))
        show_all(found, as_json)


@account_app.command("audit")
def list_audit(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, help="How many.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List what was done, and by which account, the newest first."""
    with client_of(context) as client:
        found = client.each(accounts.audit(client.api))
        show_all(list(islice(found, limit)), as_json)


@account_app.command("show")
def show_account(context: typer.Context, account_id: Id, as_json: AsJson = False) -> None:
    """Show an account."""
    with client_of(context) as client:
        show(client.do(accounts.account(client.api, account_id)), as_json)


@add_app.command("organization")
def add_organization(
    context: typer.Context,
    name: str,
    login: Login = None,
    region: Region = None,
    password_file: PasswordFile = None,
    generate_password: Generate = False,
    as_json: AsJson = False,
) -> None:
    """Make an organization."""
    asked = {"kind": "organization", "name": name, "region": region}
    _add(context, asked, login, password_file, generate_password, as_json)


@add_app.command("user")
def add_user(
    context: typer.Context,
    name: str,
    below: Annotated[
        str | None, typer.Option("--in", help="Number of the organization; one's own when not said.")
    ] = None,
    login: Login = None,
    password_file: PasswordFile = None,
    generate_password: Generate = False,
    as_json: AsJson = False,
) -> None:
    """Make a user of an organization."""
    asked = {"kind": "user", "name": name, "parentId": below}
    _add(context, asked, login, password_file, generate_password, as_json)


@account_app.command("change")
def change_account(
    context: typer.Context,
    account_id: Id,
    name: Annotated[str | None, typer.Option(help="Another name.")] = None,
    login: Annotated[str | None, typer.Option(help="Another login; an empty one takes it away.")] = None,
    region: Annotated[
        str | None, typer.Option(help="Country of its numbers, as in DE; an empty one: that of the account above.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Change the name, the login or the region of an account."""
    changes = said({"name": name})
    changes |= {each: value or None for each, value in (("login", login), ("region", region)) if value is not None}
    with client_of(context) as client:
        show(client.do(accounts.change_account(client.api, account_id, changes)), as_json)


@account_app.command("disable")
def disable_account(context: typer.Context, account_id: Id, as_json: AsJson = False) -> None:
    """Disable an account, and all below it."""
    with client_of(context) as client:
        show(client.do(accounts.change_account(client.api, account_id, {"enabled": False})), as_json)


@account_app.command("enable")
def enable_account(context: typer.Context, account_id: Id, as_json: AsJson = False) -> None:
    """Enable an account again."""
    with client_of(context) as client:
        show(client.do(accounts.change_account(client.api, account_id, {"enabled": True})), as_json)


@account_app.command("remove")
def remove_account(context: typer.Context, account_id: Id, as_json: AsJson = False) -> None:
    """Remove an account that nothing hangs on but its Apps."""
    with client_of(context) as client:
        client.do(accounts.remove_account(client.api, account_id))
    if as_json:
        show_done("", as_json, removed=account_id)


@account_app.command("password")
def set_password(
    context: typer.Context,
    account_id: Id,
    password_file: PasswordFile = None,
    generate_password: Generate = False,
    as_json: AsJson = False,
) -> None:
    """Set the password of an account: asked for, unless a file has it or one is made."""
    password = password_of(password_file, generate_password) or password_asked_for()
    with client_of(context) as client:
        client.do(accounts.set_password(client.api, account_id, password))
    if generate_password:
        show_done(f"password   {password}", as_json, id=account_id, password=password)
    elif as_json:
        show_done("", as_json, id=account_id)


def _add(
    context: typer.Context,
    asked: Mapping[str, object],
    login: str | None,
    password_file: Path | None,
    generate: bool,
    as_json: bool,
) -> None:
    password = password_of(password_file, generate)
    with client_of(context) as client:
        made = client.do(accounts.add_account(client.api, said({**asked, "login": login, "password": password})))
    show(made, as_json)
    if generate:
        typer.echo(f"password   {password}", err=as_json)
