"""`unifax backup` and `unifax restore`. Each verb a few lines; decides nothing."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from unifax.app import alone_in
from unifax.cli.asking import AsJson
from unifax.cli.showing import show_done
from unifax.here import Layout, now
from unifax.roles.parts import blobs_of
from unifax.service.backup import Heed, back_up
from unifax.service.backup import restore as put_back
from unifax.settings import read_settings
from unifax.store.db import open_database

DATA = Path("unifax-data")

Config = Annotated[Path | None, typer.Option(help="Settings file.", exists=True, dir_okay=False)]


def backup(
    to: Annotated[Path, typer.Argument(help="A folder; one that holds a backup is brought up to date.")],
    data: Annotated[Path, typer.Option(help="The data folder; its service may be at work.", exists=True)] = DATA,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Back up an installation: the database (SQLite), the files that it names, and the keys in the data folder."""
    settings, layout = read_settings(config, os.environ), Layout(data.absolute())
    with closing(open_database(layout.data, settings.database.url)) as db, _bar(as_json) as heed:
        made = back_up(db, blobs_of(layout, settings.files), layout.data, to.absolute(), now, heed)
    by_itself = "" if made.database else "\nThe database is PostgreSQL's: take it with pg_dump, before this."
    show_done(f"{to}: {made.files} files, as of {made.at}{by_itself}", as_json, folder=to, **asdict(made))


def restore(
    backup: Annotated[Path, typer.Argument(help="A folder with a backup.", exists=True, file_okay=False)],
    data: Annotated[Path, typer.Option(help="An empty folder, or none yet.")] = DATA,
    config: Config = None,
    nothing_sent: Annotated[
        bool, typer.Option("--nothing-sent", help="No call was made since the backup: what was under way goes on.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Put a backup back; with PostgreSQL, after pg_restore. What was under way then is uncertain, and is not sent."""
    settings, layout = read_settings(config, os.environ), Layout(data.absolute())
    layout.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with alone_in(layout.data):
        blobs = blobs_of(layout, settings.files)
        made = put_back(
            backup.absolute(),
            blobs,
            layout.data,
            lambda: open_database(layout.data, settings.database.url),
            now,
            nothing_sent=nothing_sent,
        )
    show_done(f"{data}: {made.files} files, as of {made.at}", as_json, folder=data, **asdict(made))


@contextmanager
def _bar(quiet: bool) -> Iterator[Heed]:
    """Show how many files are copied."""
    columns = (TextColumn("files"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, disable=quiet, console=Console(stderr=True)) as progress:
        bar = progress.add_task("files", total=None)
        yield lambda done, total: progress.update(bar, completed=done, total=total)
