"""`unifax audit`: the log of who did what, exported and checked on the machine itself. Decides nothing."""

import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Annotated, TextIO

import typer

from unifax.cli.asking import AsJson
from unifax.cli.receipts import keys_in
from unifax.cli.showing import show_done
from unifax.here import Layout
from unifax.model.audit import Chain, checked
from unifax.model.errors import Forged
from unifax.service.auditing import exported, hold
from unifax.service.receipt_keys import ReceiptKeys
from unifax.settings import read_settings
from unifax.store import audit
from unifax.store.db import Connection, Database, open_database

audit_app = typer.Typer(no_args_is_help=True, help="The log of who did what.")

Data = Annotated[Path, typer.Option(help="Folder of the service's data.", exists=True, file_okay=False)]
Config = Annotated[Path | None, typer.Option(help="Settings file.", exists=True, dir_okay=False)]


@audit_app.command()
def export(
    data: Data,
    config: Config = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write.")] = None,
) -> None:
    """Write all entries as JSON lines, and after them the signed heads."""
    with closing(_database(data, config)) as db:
        if output is None:
            db.read(_write, sys.stdout)
        else:
            with output.open("w") as file:
                db.read(_write, file)


@audit_app.command()
def verify(
    file: Annotated[Path | None, typer.Argument(help="What `export` has written.", exists=True, dir_okay=False)] = None,
    data: Annotated[Path | None, typer.Option(help="Or the folder of the service's data.", exists=True)] = None,
    config: Config = None,
    keys: Annotated[
        Path | None, typer.Option("--keys", help="What `receipt-keys` has saved; with --data, its own.", exists=True)
    ] = None,
    heads: Annotated[
        Path | None, typer.Option(help="Heads that were kept elsewhere, one a line.", exists=True, dir_okay=False)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check that no entry was changed, taken out, put in or cut off. Exit 0 only if that holds."""
    if data is not None and file is None:
        with closing(_database(data, config)) as db:
            chain, signed = db.read(_read)
        known: Sequence[Mapping[str, object]] = ReceiptKeys(Layout(data).receipt_keys).public()
    elif file is not None and data is None:
        lines = list(_lines(file))
        chain = checked(line for line in lines if "head" not in line)
        signed = [str(line["head"]) for line in lines if "head" in line]
        known = []
    else:
        raise typer.BadParameter("name a file, or --data")
    if keys is not None:
        known = keys_in(keys)
    if heads is not None:
        signed += [line.split()[-1] for line in heads.read_text().splitlines() if line.strip()]
    if signed and not known:
        raise typer.BadParameter("its heads are signed: say --keys", param_hint="'--keys'")
    count = hold(chain, signed, known)
    words = f"{chain.id} entries, whole; {count} signed heads agree. The last is {chain.sha256}."
    show_done(words, as_json, entries=chain.id, heads=count, sha256=chain.sha256)


def _write(conn: Connection, out: TextIO) -> None:
    for entry in audit.all_entries(conn):
        out.write(json.dumps(exported(entry), ensure_ascii=False) + "\n")
    for head in audit.heads(conn):
        out.write(json.dumps({"head": head}) + "\n")


def _read(conn: Connection) -> tuple[Chain, list[str]]:
    return checked(map(exported, audit.all_entries(conn))), list(audit.heads(conn))


def _database(data: Path, config: Path | None) -> Database:
    return open_database(data, read_settings(config, os.environ).database.url)


def _lines(file: Path) -> Iterator[Mapping[str, object]]:
    for number, text in enumerate(file.read_text().splitlines(), start=1):
        try:
            line = json.loads(text)
        except ValueError as error:
            raise Forged(f"line {number} of {file} is no JSON") from error
        if not isinstance(line, dict):
            raise Forged(f"line {number} of {file} is no entry")
        yield line
