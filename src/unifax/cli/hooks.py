"""`unifax hooks`: the verbs about addresses that are told what happens. Each a few lines; decides nothing."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import typer

from unifax.cli.asking import AsJson, asking, moment
from unifax.cli.showing import show_json, show_table
from unifax.client import Client, Hook, HookMethod, HookType

hooks_app = typer.Typer(no_args_is_help=True, help="Addresses that are told what happens to faxes.")


class About(StrEnum):
    """What a hook is told."""

    FAX_OUT = "fax-out"
    RECIPIENT = "recipient"
    FAX_IN = "fax-in"

    @property
    def type(self) -> HookType:
        return HookType[self.name]


class How(StrEnum):
    """How a hook is told."""

    GET = "get"
    FORM = "form"
    JSON = "json"

    @property
    def method(self) -> HookMethod:
        return HookMethod[self.name]


Kind = Annotated[About, typer.Argument(help="What it is told.")]
HookId = Annotated[str, typer.Argument(help="The id that `list` shows.")]


@hooks_app.command("list")
@asking
def list_hooks(client: Client, as_json: AsJson = False) -> None:
    """List the hooks of the extension."""
    found = list(client.hooks())
    if as_json:
        show_json(found)
    else:
        show_table([_row(hook) for hook in found])


@hooks_app.command()
@asking
def add(
    client: Client,
    about: Kind,
    address: Annotated[str, typer.Argument(help="Where it is told: http or https.")],
    how: Annotated[How, typer.Option(help="GET, POST of a form, or POST of JSON.")] = How.JSON,
    note: Annotated[str, typer.Option(help="A note of your own.")] = "",
    as_json: AsJson = False,
) -> None:
    """Add a hook; its secret is shown this once."""
    _show(client.add_hook(about.type, address, method=how.method, note=note), as_json)


@hooks_app.command()
@asking
def change(
    client: Client,
    about: Kind,
    hook_id: HookId,
    address: Annotated[str | None, typer.Option(help="Where it is told.")] = None,
    how: Annotated[How | None, typer.Option(help="GET, POST of a form, or POST of JSON.")] = None,
    is_on: Annotated[bool | None, typer.Option("--on/--off", help="Whether it is told.")] = None,
    note: Annotated[str | None, typer.Option(help="A note of your own.")] = None,
    as_json: AsJson = False,
) -> None:
    """Change what is named of a hook."""
    method = None if how is None else how.method
    _show(client.change_hook(about.type, hook_id, url=address, method=method, is_on=is_on, note=note), as_json)


@hooks_app.command()
@asking
def remove(client: Client, about: Kind, hook_id: HookId, as_json: AsJson = False) -> None:
    """Remove a hook."""
    _show(client.remove_hook(about.type, hook_id), as_json)


@hooks_app.command()
@asking
def secret(client: Client, about: Kind, hook_id: HookId, as_json: AsJson = False) -> None:
    """Give a hook another secret, shown this once; for a day the old one signs as well."""
    _show(client.renew_hook_secret(about.type, hook_id), as_json)


@hooks_app.command()
@asking
def replay(
    client: Client,
    about: Kind,
    hook_id: HookId,
    since: Annotated[datetime, typer.Option(parser=moment, metavar="TIME", help="Since when.")],
    as_json: AsJson = False,
) -> None:
    """Tell a hook again of what has happened since a moment."""
    told = client.replay_hook(about.type, hook_id, since=since)
    notices = told.notices
    while told.notices and told.last_event is not None:
        told = client.replay_hook(about.type, hook_id, after=told.last_event)
        notices += told.notices
    if as_json:
        show_json(told.model_copy(update={"notices": notices}))
    else:
        typer.echo(f"{notices} events are told again")


def _show(hook: Hook, as_json: bool) -> None:
    if as_json:
        show_json(hook)
        return
    show_table([_row(hook)])
    if hook.secret is not None:
        typer.echo(f"secret  {hook.secret}")


def _row(hook: Hook) -> dict[str, str]:
    return {
        "id": hook.id,
        "about": About[hook.type.name],
        "how": How[hook.method.name],
        "state": "on" if hook.status else "off",
        "url": hook.url,
        "note": hook.note,
    }
