"""`unifax missed`: calls from outside that brought no page, for those who run the line. Each verb a few lines."""

from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from unifax.cli.account.asking import client_of, run_by
from unifax.cli.asking import AsJson
from unifax.cli.showing import show_json, show_table
from unifax.client import missed_calls
from unifax.client.missed_calls import MissedCall

missed_app = typer.Typer(no_args_is_help=True, help="Calls from outside without a page, for those who run the line.")
missed_app.callback()(run_by)

MissedId = Annotated[str, typer.Argument(help="The id that `list` shows.")]


@missed_app.command("list")
def list_missed(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, help="How many.")] = 20,
    as_json: AsJson = False,
) -> None:
    """List the calls that brought no page, the newest first."""
    with client_of(context) as client:
        found = list(islice(client.each(missed_calls.missed_calls(client.api)), limit))
    if as_json:
        show_json(found)
    else:
        show_table([_row(each) for each in found])


@missed_app.command()
def transcript(
    context: typer.Context,
    missed_id: MissedId,
    packets: Annotated[
        Path | None, typer.Option(help="Save the packets here instead: a gzipped pcap, for Wireshark.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what happened in one of them; of a call that was refused, only why."""
    with client_of(context) as client:
        if packets is not None:
            client.do(missed_calls.missed_packets(client.api, missed_id, packets))
            typer.echo(packets)
        elif as_json:
            show_json(client.do(missed_calls.missed_transcript(client.api, missed_id)))
        else:
            typer.echo(client.do(missed_calls.missed_ladder(client.api, missed_id)), nl=False)


def _row(call: MissedCall) -> dict[str, str]:
    return {
        "id": call.id,
        "when": f"{call.begun_at.astimezone():%Y-%m-%d %H:%M:%S}",
        "trunk": call.trunk,
        "from": call.caller,
        "to": call.called,
        "reason": call.reason,
    }
