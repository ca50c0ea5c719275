"""The `unifax` command: each verb a few lines."""

import asyncio
import os
import signal
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from unifax.app import Service
from unifax.client import PATIENCE_SECONDS, Client, Fax, Recipient
from unifax.demo import demonstrate
from unifax.here import keep_log, now
from unifax.model.errors import UnifaxError
from unifax.model.fax import DeliveryState, FaxState
from unifax.settings import Settings, read_settings

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)

Config = Annotated[Path | None, typer.Option(help="Settings file.", exists=True, dir_okay=False)]
Data = Annotated[Path, typer.Option(help="Folder of the database and the documents; made if it is not there.")]
Listen = Annotated[str | None, typer.Option(help="Address and port of the HTTP API.")]
Url = Annotated[str, typer.Option(envvar="UNIFAX_URL", help="Where the service is.")]
Token = Annotated[str, typer.Option(envvar="UNIFAX_TOKEN", help="The App's token, as `serve` printed it.")]
Patience = Annotated[
    float, typer.Option(envvar="UNIFAX_PATIENCE", min=0, help="Seconds to ask again while there is no answer.")
]
Sender = Annotated[str, typer.Option("--from", envvar="UNIFAX_FROM", help="Extension that sends.")]

DATA = Path("unifax-data")
URL = "http://127.0.0.1:8080"
EXTENSION = "0003*210"


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"unifax {version('unifax')}")
        raise typer.Exit


@app.callback()
def unifax(
    _: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """A self-hosted fax service."""


@app.command()
def serve(config: Config = None, data: Data = DATA, listen: Listen = None) -> None:
    """Run the whole service on this machine."""
    asyncio.run(_serve(_settings(config, listen), data))


@app.command()
def demo(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Documents; without any, the documented example.", exists=True, dir_okay=False),
    ] = None,
    to: Annotated[list[str], typer.Option(help="Recipient; repeat for several.")] = ["7778888"],  # noqa: B006
    data: Annotated[Path, typer.Option(help="Where each run makes a folder of its own.")] = Path("demo-data"),
) -> None:
    """Send one fax through a real call to our own fax machine, and compare what it received."""
    os.environ.setdefault("UNIFAX_LOG", "WARNING")  # the story is told below; the processes heed it too
    keep_log()
    settings = read_settings(
        None, {"UNIFAX_WEB__LISTEN": "127.0.0.1:0", "UNIFAX_SANDBOX__LISTEN": "127.0.0.1:0", **DEMO}
    )
    folder = data / f"{now():%Y%m%d-%H%M%S}-{os.getpid()}"
    equal = asyncio.run(demonstrate(settings, folder.absolute(), files or [], to, typer.echo))
    raise typer.Exit(0 if equal else 1)


DEMO = {"UNIFAX_LINE__PROCESSES": "1", "UNIFAX_RETRY__CALLS": "2", "UNIFAX_RETRY__BUSY_SECONDS": "1"}
"The demonstration does not wait three minutes for a busy number."


@app.command()
def send(
    files: Annotated[list[Path], typer.Argument(help="Documents: pdf, jpg, tif, txt.", exists=True, dir_okay=False)],
    to: Annotated[list[str], typer.Option(help="Recipient; repeat for several.")],
    token: Token,
    sender: Sender = EXTENSION,
    wait: Annotated[
        bool, typer.Option("--wait", help="Follow the fax to its end; exit 0 only when all have it.")
    ] = False,
    url: Url = URL,
    patience: Patience = PATIENCE_SECONDS,
) -> None:
    """Send a fax."""
    with Client(url, token, sender, patience_seconds=patience) as client:
        accepted = client.send(files, to)
        typer.echo(f"accepted: id {accepted.id}, uid {accepted.uid}")
        if wait:
            fax = _follow(client, accepted.id)
            _show(fax)
            raise typer.Exit(0 if fax.state is FaxState.SENT else 1)


@app.command()
def status(
    fax_id: Annotated[str, typer.Argument(help="The id that `send` printed.")],
    token: Token,
    sender: Sender = EXTENSION,
    url: Url = URL,
    patience: Patience = PATIENCE_SECONDS,
) -> None:
    """Show where a fax stands."""
    with Client(url, token, sender, patience_seconds=patience) as client:
        _show(client.fax(fax_id))


def main() -> None:
    """Run the command; what goes wrong on purpose is one line, not a traceback."""
    keep_log()
    try:
        app()
    except UnifaxError as error:
        typer.secho(f"unifax: {error}", fg="red", err=True)
        raise SystemExit(1) from error


def _settings(config: Path | None, listen: str | None) -> Settings:
    listening = {} if listen is None else {"UNIFAX_WEB__LISTEN": listen}
    return read_settings(config, {**os.environ, **listening})


async def _serve(settings: Settings, data: Path) -> None:
    service = Service(settings, data)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, service.stop)
    async with service:
        typer.echo(service.welcome())
        await service.ended()


def _follow(client: Client, fax_id: str) -> Fax:
    """Show a bar per recipient until the fax has come to its end."""
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[step]}")
    ) as progress:
        bars: dict[str, TaskID] = {}
        for fax in client.watch(fax_id):
            for recipient in fax.recipients:
                if recipient.number not in bars:
                    bars[recipient.number] = progress.add_task(recipient.number, step="", total=None)
                progress.update(
                    bars[recipient.number], total=fax.pages, completed=recipient.pages_confirmed, step=_step(recipient)
                )
    return fax


def _step(recipient: Recipient) -> str:
    if recipient.state is not DeliveryState.CALLING or not recipient.calls:
        return recipient.state
    call = recipient.calls[-1]
    if call.t38_at is not None:
        return "sending pages"
    return "ringing" if call.ringing_at is not None else "calling"


def _show(fax: Fax) -> None:
    typer.echo(f"fax {fax.id}: {fax.state}, {'pages not made yet' if fax.pages is None else _count(fax.pages, 'page')}")
    for recipient in fax.recipients:
        reason = f", {recipient.reason.text}" if recipient.reason else ""
        again = f"; again at {recipient.next_call_at.astimezone():%H:%M:%S}" if recipient.next_call_at else ""
        counts = f"{_count(recipient.pages_confirmed, 'page')} confirmed, {_count(len(recipient.calls), 'call')}"
        typer.echo(f"  {recipient.number}: {recipient.state}, {counts}{reason}{again}")


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
