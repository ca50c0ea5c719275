"""`unifax keys`: master keys replaced, on the machine itself. Decides nothing."""

import os
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from unifax.cli.asking import AsJson
from unifax.cli.showing import show_done
from unifax.here import Layout, now
from unifax.model.errors import Misconfigured, NotFound
from unifax.roles.parts import master_keys
from unifax.service.rewrapping import give_up, rewrap
from unifax.settings import read_settings
from unifax.store.db import open_database

keys_app = typer.Typer(no_args_is_help=True, help="The master keys of files.")

Data = Annotated[Path, typer.Option(help="Folder of the service's data; it may be at work.", exists=True)]
Config = Annotated[Path | None, typer.Option(help="Settings file.", exists=True, dir_okay=False)]


@keys_app.command("rewrap")
def rewrap_keys(data: Data, config: Config = None, as_json: AsJson = False) -> None:
    """Have the first master key wrap the keys of all files. After that the others are good for backups alone.

    All hosts must have started with it as their first before. It may be cut off, and begun again.
    """
    settings = read_settings(config, os.environ)
    keys = master_keys(settings.files)
    if keys is None:
        raise Misconfigured("files.master_key_file: there is no master key")
    with closing(open_database(Layout(data.absolute()).data, settings.database.url)) as db:
        done = rewrap(db, keys, now)
    words = f"{done.anew} keys of files are wrapped by master key {keys.first} now."
    if done.left:
        words += f"\n{done.left} are wrapped by master keys that are not here: those are still needed."
    show_done(words, as_json, first=keys.first, anew=done.anew, left=done.left)
    if done.left:
        raise typer.Exit(1)


@keys_app.command("give-up")
def give_up_key(
    name: Annotated[str, typer.Argument(help="As the service names it.")],
    data: Data,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Start without a master key that is lost: what is under it cannot be read any more."""
    settings = read_settings(config, os.environ)
    with closing(open_database(Layout(data.absolute()).data, settings.database.url)) as db:
        if not give_up(db, name, now()):
            raise NotFound(f"There is no master key {name}.")
    show_done(f"Nobody asks for master key {name} any more.", as_json, given_up=name)
