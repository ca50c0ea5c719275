"""`unifax inbox`: the verbs about faxes received. Each a few lines; decides nothing."""

from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from unifax.cli.asking import AsJson, asking
from unifax.cli.showing import received_row, show_json, show_table
from unifax.client import Client, Received

inbox_app = typer.Typer(no_args_is_help=True, help="Faxes received.")

InboxId = Annotated[str, typer.Argument(help="The id that `list` shows.")]


@inbox_app.command("list")
@asking
def list_received(
    client: Client,
    unread: Annotated[bool, typer.Option("--unread", help="Only what nobody has read.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many.")] = 20,
    as_json: AsJson = False,
) -> None:
    """List faxes received, the newest first."""
    received = list(islice(client.inbox(unread=unread), limit))
    if as_json:
        show_json(received)
    else:
        show_table([received_row(fax) for fax in received])


@inbox_app.command()
@asking
def get(
    client: Client,
    inbox_id: InboxId,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="PDF, TIFF, or PNG of one page; else received-ID.pdf.")
    ] = None,
    page: Annotated[int, typer.Option(min=1, help="Which page a PNG shows.")] = 1,
    keep_unread: Annotated[bool, typer.Option("--keep-unread", help="Do not mark it as read.")] = False,
    as_json: AsJson = False,
) -> None:
    """Save a fax that came in, and mark it as read."""
    file = output or Path(f"received-{inbox_id}.pdf")
    if file.suffix.lower() == ".png":
        client.received_page(inbox_id, page, file)
    else:
        client.received_document(inbox_id, file)
    fax = client.received(inbox_id) if keep_unread else client.mark_read(inbox_id)
    if as_json:
        show_json(fax)
    else:
        typer.echo(file)


@inbox_app.command()
@asking
def transcript(
    client: Client,
    inbox_id: InboxId,
    packets: Annotated[
        Path | None, typer.Option(help="Save the packets here instead: a gzipped pcap, for Wireshark.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what happened in the call that brought a fax."""
    if packets is not None:
        client.received_packets(inbox_id, packets)
        typer.echo(packets)
    elif as_json:
        show_json(client.received_transcript(inbox_id))
    else:
        typer.echo(client.received_ladder(inbox_id), nl=False)


@inbox_app.command()
@asking
def watch(
    client: Client,
    after: Annotated[str | None, typer.Option(help="Begin with what came after this id; else with what comes.")] = None,
    save_in: Annotated[
        Path | None,
        typer.Option(
            "--save", "--save-in", exists=True, file_okay=False, help="Folder to save each in, as received-ID.pdf."
        ),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="End after so many; else never.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show each fax as it comes in."""
    for fax in islice(client.arrivals(after), limit):
        if save_in is not None:
            client.received_document(fax.id, save_in / f"received-{fax.id}.pdf")
        _tell(fax, as_json)


def _tell(fax: Received, as_json: bool) -> None:
    if as_json:
        typer.echo(fax.model_dump_json(by_alias=True, exclude_none=True))
    else:
        typer.echo("  ".join(cell for cell in received_row(fax).values() if cell))
