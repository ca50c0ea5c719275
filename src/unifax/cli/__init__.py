"""The `unifax` command: each verb a few lines."""

import asyncio
import logging
import os
import signal
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from unifax.app import Duty, Service, drain_service, is_at_work
from unifax.cli.account.accounts import account_app
from unifax.cli.asking import AsJson, Exit
from unifax.cli.audit import audit_app
from unifax.cli.backup import backup, restore
from unifax.cli.destinations import destination_app
from unifax.cli.doctor import doctor
from unifax.cli.faxes import faxes_app
from unifax.cli.hooks import hooks_app
from unifax.cli.inbox import inbox_app
from unifax.cli.keys import keys_app
from unifax.cli.missed_calls import missed_app
from unifax.cli.receipts import receipts_app
from unifax.cli.trunks import show_trunks
from unifax.client import Unreachable
from unifax.demo import demonstrate
from unifax.here import Layout, give_up_root, keep_log, now
from unifax.model.errors import Misconfigured, UnifaxError
from unifax.settings import Settings, read_settings

log = logging.getLogger(__name__)

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)
app.add_typer(faxes_app)
app.add_typer(receipts_app)
app.add_typer(audit_app, name="audit")
app.add_typer(inbox_app, name="inbox")
app.add_typer(account_app, name="account")
app.add_typer(destination_app, name="destination")
app.add_typer(missed_app, name="missed")
app.command("trunks")(show_trunks)
app.add_typer(hooks_app, name="hooks")
app.add_typer(keys_app, name="keys")
app.command()(doctor)
app.command()(backup)
app.command()(restore)

Config = Annotated[Path | None, typer.Option(help="Settings file.", exists=True, dir_okay=False)]
Data = Annotated[Path, typer.Option(help="Folder of the database and the documents; made if it is not there.")]
Listen = Annotated[str | None, typer.Option(help="Address and port of the HTTP API.")]
DATA = Path("unifax-data")


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
    _work(_settings(config, listen), data, Duty.ALL)


@app.command()
def web(config: Config = None, data: Data = DATA, listen: Listen = None) -> None:
    """Accept faxes and make their pages, as one of several hosts on one PostgreSQL database."""
    _work(_settings(config, listen), data, Duty.WEB)


@app.command()
def line(config: Config = None, data: Data = DATA) -> None:
    """Make calls and answer them, as one of several hosts on one PostgreSQL database."""
    _work(_settings(config, None), data, Duty.LINE)


@app.command()
def drain(data: Data = DATA) -> None:
    """Have the service in this folder take no more work, finish its calls and end. Returns when it has ended."""
    layout = Layout(data.absolute())
    process = drain_service(layout)
    if process is None:
        raise Misconfigured(f"no service is at work in {layout.data}")
    typer.echo(f"Service {process} takes no more work and finishes its calls.")
    while is_at_work(layout):
        time.sleep(0.2)
    typer.echo("Ended.")


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


DEMO = {
    "UNIFAX_LINE__PROCESSES": "1",
    "UNIFAX_LINE__DRAIN_SECONDS": "0",
    "UNIFAX_RETRY__CALLS": "2",
    "UNIFAX_RETRY__BUSY_SECONDS": "1",
}
"The demonstration does not wait three minutes for a busy number."


@app.command()
def bench(
    names: Annotated[list[str] | None, typer.Argument(help="Which; without any, all that README quotes.")] = None,
    as_json: AsJson = False,
) -> None:
    """Take the figures that the README quotes. Needs a source checkout."""
    source = Path(__file__).parents[3]
    if not (source / "bench" / "__main__.py").exists():
        raise Misconfigured("the benchmarks are in the source, not in the package: run this in a checkout")
    arguments = [*(names or []), *(["--json"] if as_json else [])]
    os.chdir(source)
    os.execv(sys.executable, [sys.executable, "-m", "bench", *arguments])


def main() -> None:
    """Run the command; what goes wrong on purpose is one line, not a traceback."""
    keep_log()
    try:
        app()
    except (UnifaxError, OSError) as error:
        typer.secho(f"unifax: {error}", fg="red", err=True)
        raise SystemExit(Exit.UNREACHABLE if isinstance(error, Unreachable) else Exit.REFUSED) from error


def _settings(config: Path | None, listen: str | None) -> Settings:
    listening = {} if listen is None else {"UNIFAX_WEB__LISTEN": listen}
    return read_settings(config, {**os.environ, **listening})


def _work(settings: Settings, data: Path, duty: Duty) -> None:
    is_root = give_up_root(settings.service.run_as, data)
    asyncio.run(_serve(settings, data, duty, is_root))


async def _serve(settings: Settings, data: Path, duty: Duty, is_root: bool) -> None:
    keep_log(settings.log.format)
    service = Service(settings, data, duty)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, service.stop)
    loop.add_signal_handler(signal.SIGUSR1, service.drain)
    async with service:
        if is_root:
            log.warning("the service runs as root: make a user `unifax`, or name one in service.run_as")
        typer.echo(service.welcome())
        await service.ended()
