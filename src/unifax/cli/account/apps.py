"""`unifax account app`. Each verb a few lines; decides nothing."""

from typing import Annotated

import typer

from unifax.cli.account.asking import client_of, said
from unifax.cli.account.tables import show, show_all
from unifax.cli.asking import AsJson
from unifax.cli.showing import show_done, show_json
from unifax.client import accounts

DAY_SECONDS = 24 * 60 * 60

app_app = typer.Typer(no_args_is_help=True, help="Apps: programs that ask for an account.")

AppId = Annotated[str, typer.Argument(help="Number of the App.")]
RedirectUri = Annotated[
    list[str] | None, typer.Option(help="Where OAuth may send a person back to; repeat for several.")
]


@app_app.command("list")
def list_apps(context: typer.Context, as_json: AsJson = False) -> None:
    """List Apps."""
    with client_of(context) as client:
        found = list(client.each(accounts.apps(client.api)))
        show_all(found, as_json)


@app_app.command("add")
def make_app(
    context: typer.Context,
    name: str,
    account: Annotated[
        str | None, typer.Option(help="Number of the account whose it is; one's own when not said.")
    ] = None,
    trusted: Annotated[bool, typer.Option("--trusted", help="It needs nobody's consent, and may administer.")] = False,
    redirect_uri: RedirectUri = None,
    as_json: AsJson = False,
) -> None:
    """Make an App; its secret is printed this once."""
    asked = {"name": name, "accountId": account, "trusted": trusted, "redirectUris": redirect_uri}
    with client_of(context) as client:
        show(client.do(accounts.add_app(client.api, said(asked))), as_json)


@app_app.command("change")
def change_app(
    context: typer.Context,
    app_id: AppId,
    name: Annotated[str | None, typer.Option(help="Another name.")] = None,
    trusted: Annotated[bool | None, typer.Option("--trusted/--not-trusted", help="It needs nobody's consent.")] = None,
    redirect_uri: RedirectUri = None,
    as_json: AsJson = False,
) -> None:
    """Change an App. Redirect URIs that are named take the place of all."""
    changes = said({"name": name, "trusted": trusted, "redirectUris": redirect_uri})
    with client_of(context) as client:
        show(client.do(accounts.change_app(client.api, app_id, changes)), as_json)


@app_app.command("disable")
def disable_app(context: typer.Context, app_id: AppId, as_json: AsJson = False) -> None:
    """Disable an App."""
    with client_of(context) as client:
        show(client.do(accounts.change_app(client.api, app_id, {"enabled": False})), as_json)


@app_app.command("enable")
def enable_app(context: typer.Context, app_id: AppId, as_json: AsJson = False) -> None:
    """Enable an App again."""
    with client_of(context) as client:
        show(client.do(accounts.change_app(client.api, app_id, {"enabled": True})), as_json)


@app_app.command("remove")
def remove_app(context: typer.Context, app_id: AppId, as_json: AsJson = False) -> None:
    """Remove an App; its tokens end with it."""
    with client_of(context) as client:
        client.do(accounts.remove_app(client.api, app_id))
    if as_json:
        show_done("", as_json, removed=app_id)


@app_app.command("secret")
def renew_secret(context: typer.Context, app_id: AppId, as_json: AsJson = False) -> None:
    """Give an App another secret, printed this once; its tokens end."""
    with client_of(context) as client:
        show(client.do(accounts.renew_secret(client.api, app_id)), as_json)


@app_app.command("token")
def issue_token(
    context: typer.Context,
    app_id: AppId,
    days: Annotated[int, typer.Option(help="How long it lives.", min=1, max=366)] = 30,
    as_json: AsJson = False,
) -> None:
    """Give a trusted App a token of its account, printed this once."""
    with client_of(context) as client:
        token = client.do(accounts.issue_token(client.api, app_id, days * DAY_SECONDS))
    if as_json:
        show_json(token)
    else:
        typer.echo(token.access_token)
