"""What all verbs that ask the service share: where it is, what lets us in, how they end. Knows no verb."""

import inspect
import os
from collections.abc import Callable
from datetime import datetime
from enum import IntEnum
from typing import Annotated

import typer

from unifax.client import PATIENCE_SECONDS, App, Client

URL = "http://127.0.0.1:8080"
EXTENSION = "0003*210"


class Exit(IntEnum):
    """How the command ends; docs/cli.md. 2 is a wrong call, as click has it."""

    DONE = 0
    REFUSED = 1
    UNREACHABLE = 3
    NOT_SENT = 4
    UNCERTAIN = 5
    TROUBLE = 6


AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, as the API has it.")]
FaxId = Annotated[str, typer.Argument(help="The id that `send` printed.")]


def asking(verb: Callable[..., None]) -> Callable[..., None]:
    """Give a verb a client of the service as its first argument, and the options that say which one."""
    own = list(inspect.signature(verb, eval_str=True).parameters.values())[1:]
    ours = inspect.signature(_client, eval_str=True).parameters

    def called(**given: object) -> None:
        with _client(**{name: given.pop(name) for name in ours}) as client:  # type: ignore[arg-type]  # as typer read it
            verb(client, **given)

    # What typer reads: the options of the verb, and those of every client.
    options = [each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in (*own, *ours.values())]
    called.__name__, called.__doc__ = verb.__name__, verb.__doc__
    called.__signature__ = inspect.Signature(options)  # type: ignore[attr-defined]  # PEP 362 lets us say it
    called.__annotations__ = {each.name: each.annotation for each in options}
    return called


def _client(
    token: Annotated[str | None, typer.Option(envvar="UNIFAX_TOKEN", help="A token of the App.")] = None,
    key: Annotated[
        str | None,
        typer.Option(envvar="UNIFAX_KEY", help="Or the key of a trusted App, whose secret is in UNIFAX_SECRET."),
    ] = None,
    sender: Annotated[
        str, typer.Option("--from", envvar="UNIFAX_FROM", help="The extension that sends and receives.")
    ] = EXTENSION,
    url: Annotated[str, typer.Option(envvar="UNIFAX_URL", help="Where the service is.")] = URL,
    patience: Annotated[
        float, typer.Option(envvar="UNIFAX_PATIENCE", min=0, help="Seconds to ask again while there is no answer.")
    ] = PATIENCE_SECONDS,
) -> Client:
    secret = os.environ.get("UNIFAX_SECRET")  # no option: a command line can be seen by everybody on the machine
    access = App(key, secret) if key and secret else token
    if not access:
        raise typer.BadParameter(
            "set UNIFAX_TOKEN; or UNIFAX_KEY and UNIFAX_SECRET, for a trusted App", param_hint="'--token'"
        )
    return Client(url, access, sender, patience_seconds=patience)


def moment(text: str) -> datetime:
    """Read a moment: ISO 8601, local time when it names no zone."""
    try:
        return datetime.fromisoformat(text).astimezone()
    except ValueError as error:
        raise typer.BadParameter(
            f"'{text}' is not a time such as 2026-02-03T22:00 or 2026-02-03T22:00+01:00"
        ) from error
