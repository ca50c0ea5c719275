"""`unifax doctor`: what is wrong with an installation, and what helps. Works when the service does not."""

import asyncio
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import typer

from unifax.app import is_at_work
from unifax.cli.asking import AsJson, Exit
from unifax.cli.doctor.findings import Code, Finding
from unifax.cli.doctor.machine import look_at_clock, look_at_files, look_at_folder, look_at_paper, look_at_ports
from unifax.cli.doctor.outside import ask_mail, ask_trunks
from unifax.cli.doctor.service import look_at_service
from unifax.here import Layout, now
from unifax.model.errors import Misconfigured
from unifax.settings import Settings, read_settings

DATA = Path("unifax-data")


def doctor(
    data: Annotated[
        Path, typer.Option(envvar="UNIFAX_DATA", help="Data folder of the service on this machine.")
    ] = DATA,
    config: Annotated[Path | None, typer.Option(help="Settings file of the service.", dir_okay=False)] = None,
    as_json: AsJson = False,
) -> None:
    """Look for what is wrong with the service on this machine, and say what helps. Changes nothing."""
    found = list(examine(data.absolute(), config, os.environ))
    if as_json:
        typer.echo(json.dumps({"findings": [_members(each) for each in found]}, indent=2, ensure_ascii=False))
    else:
        _tell(found)
    if any(each.advice.is_grave for each in found):
        raise typer.Exit(Exit.TROUBLE)


def examine(data: Path, config: Path | None, environment: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what is wrong, as it is found."""
    try:
        settings = read_settings(config, environment)
    except Misconfigured as error:
        yield Finding(Code.SETTINGS, str(config or "environment"), str(error))
        return
    layout = Layout(data)
    yield from look_at_files(settings)
    yield from look_at_paper(settings)
    yield from look_at_folder(layout, settings)
    at_work = data.is_dir() and is_at_work(layout)
    yield from look_at_ports(settings, is_at_work=at_work)
    if data.is_dir():
        yield from look_at_clock(layout, now())
    if at_work:
        yield from look_at_service(layout, settings, now())
    else:
        yield Finding(Code.SERVICE_DOWN, str(data), "no service is at work there")
    yield from asyncio.run(_ask(settings, at_work=at_work))


async def _ask(settings: Settings, *, at_work: bool) -> list[Finding]:
    # What its processes know already need not be asked again; and who registers twice is in his own way.
    of_trunks = [] if at_work else await ask_trunks(settings)
    return [*of_trunks, *await ask_mail(settings)]


def _members(finding: Finding) -> dict[str, str]:
    return {
        "code": finding.code,
        "severity": "error" if finding.advice.is_grave else "note",
        "about": finding.about,
        "words": finding.words,
        "helps": finding.advice.helps,
    }


def _tell(found: list[Finding]) -> None:
    for each in found:
        grave = each.advice.is_grave
        typer.secho(f"{'error' if grave else 'note'}  {each.code}: {each.about}", fg="red" if grave else "yellow")
        typer.echo(f"       {each.words}\n       {each.advice.helps}")
    if not any(each.advice.is_grave for each in found):
        typer.echo("Nothing is wrong that could be seen from here.")
