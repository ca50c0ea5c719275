"""Receipts: fetched, and checked without the service. Each verb a few lines; decides nothing."""

import json
import os
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from unifax.cli.asking import AsJson, Exit, FaxId, asking
from unifax.cli.showing import show_done
from unifax.cli.verifying import compare
from unifax.client import Client
from unifax.here import Layout, now
from unifax.model.errors import Forged
from unifax.model.receipt import PageSaid, Proof, Receipt, pages_of, proof_of, summary_of
from unifax.service.agreeing import renew_receipt_key
from unifax.service.receipt_keys import ReceiptKeys
from unifax.service.receipts import read_receipt
from unifax.settings import read_settings
from unifax.store.db import open_database

receipts_app = typer.Typer()

Output = Annotated[Path | None, typer.Option("--output", "-o", help="File to write, instead of showing it.")]
_EXITS: Mapping[Proof, Exit] = {
    Proof.SENT: Exit.DONE,
    Proof.UNCERTAIN: Exit.UNCERTAIN,
    Proof.NOT_SENT: Exit.NOT_SENT,
}


@receipts_app.command()
@asking
def receipt(
    client: Client,
    fax_id: FaxId,
    recipient: Annotated[int, typer.Argument(min=1, help="1 is the first.")] = 1,
    output: Output = None,
    as_json: AsJson = False,
) -> None:
    """Fetch the signed receipt of a delivery that has come to its end."""
    made = client.receipt(fax_id, recipient)
    if as_json and output is None:
        show_done(made, as_json, receipt=made)
    else:
        _write(made, output, as_json)


@receipts_app.command("receipt-keys")
@asking
def receipt_keys(client: Client, output: Output = None, as_json: AsJson = False) -> None:
    """Fetch the public keys that receipts are checked with; keep them where you keep receipts."""
    _write(client.receipt_keys(), output, as_json)


@receipts_app.command("new-receipt-key")
def new_receipt_key(
    data: Annotated[Path, typer.Option(help="Folder of the service's data.", exists=True, file_okay=False)],
    config: Annotated[Path | None, typer.Option(help="Settings file.", exists=True, dir_okay=False)] = None,
    as_json: AsJson = False,
) -> None:
    """Sign with a new key from now on; what was signed before can still be checked."""
    settings, layout = read_settings(config, os.environ), Layout(data.absolute())
    with closing(open_database(layout.data, settings.database.url)) as db:
        key = db.write(renew_receipt_key, ReceiptKeys(layout.receipt_keys), now())
    show_done(f"new key: {key}", as_json, key=key)


@receipts_app.command()
def verify(
    file: Annotated[Path, typer.Argument(help="A receipt.", exists=True, dir_okay=False)],
    keys: Annotated[Path, typer.Option("--keys", help="What `receipt-keys` has saved.", exists=True, dir_okay=False)],
    pages: Annotated[
        Path | None, typer.Option(help="The fax TIFF: its pages are held against the receipt.", exists=True)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check a receipt, and say what it proves. Asks nobody."""
    found = read_receipt(read_jws(file), keys_in(keys))
    held = [] if pages is None else _held_against(found, pages)
    if as_json:
        typer.echo(
            json.dumps({"proof": proof_of(found), "pages": held, **found.model_dump(mode="json", by_alias=True)})
        )
        raise typer.Exit(_EXITS[proof_of(found)])
    for line in ("The signature is good.", summary_of(found), *map(_line, pages_of(found)), *held):
        typer.echo(line)
    raise typer.Exit(_EXITS[proof_of(found)])


def read_jws(file: Path) -> str:
    """Return a compact JWS from a file that holds one, or one as flattened JSON (RFC 7515 7.2.2). Raises Forged."""
    text = file.read_text(errors="replace").strip()
    if not text.startswith("{"):
        return text
    try:
        parts = json.loads(text)
        return ".".join(str(parts[name]) for name in ("protected", "payload", "signature"))
    except (ValueError, KeyError) as error:
        raise Forged(f"{file} is no JWS") from error


def keys_in(file: Path) -> Sequence[Mapping[str, object]]:
    """Return the public keys in a file that `receipt-keys` has written. Raises Forged."""
    try:
        found = json.loads(file.read_text())["keys"]
    except (ValueError, KeyError, TypeError) as error:
        raise Forged(f"{file} is no JWK set") from error
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _held_against(found: Receipt, file: Path) -> Sequence[str]:
    """Return in sentences how pages are those of a receipt. Raises Forged when one is not."""
    compared = compare(found, file)
    if compared.others:
        raise Forged(f"page {', '.join(map(str, compared.others))} of {file} is not what went over the line")
    if not compared.same and not compared.is_document:
        raise Forged(f"{file} is not the document of this fax")
    said = [f"{file} is the document of this fax, octet by octet."] if compared.is_document else []
    if compared.same:
        said.append(f"Page {', '.join(map(str, compared.same))} of it, coded again, is what went over the line.")
    return said


def _line(page: PageSaid) -> str:
    again = f", {page.blocks_resent} blocks sent again" if page.blocks_resent else ""
    times = f", sent {page.times_sent} times" if page.times_sent > 1 else ""
    ecm = "with" if page.ecm else "without"
    at, rate = f"{page.confirmed_at:%Y-%m-%d %H:%M:%S} UTC", f"{page.bits_per_second} bit/s"
    coded = f"{page.coding}, {page.bits} bits at {rate}, {ecm} error correction"
    return f"  page {page.page}: {page.answer} at {at}, {coded}{again}{times}"


def _write(text: str, output: Path | None, as_json: bool) -> None:
    if output is None:
        typer.echo(text)
    else:
        output.write_text(text + "\n")
        show_done(output, as_json, file=output)
