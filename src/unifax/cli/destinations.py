"""`unifax destination`: numbers that were called, for those who run the line. Each verb a few lines."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import typer

from unifax.cli.account.asking import client_of, run_by, said
from unifax.cli.asking import AsJson
from unifax.cli.showing import show_done, show_json, show_table
from unifax.client import destinations
from unifax.client.destinations import Destination, Experience
from unifax.model.manner import Modem
from unifax.model.paper import Resolution

destination_app = typer.Typer(no_args_is_help=True, help="Numbers that were called, for those who run the line.")
destination_app.callback()(run_by)

Number = Annotated[str, typer.Argument(help="The number, as faxes are sent to it.")]


@destination_app.command("list")
def list_destinations(context: typer.Context, as_json: AsJson = False) -> None:
    """List the numbers of which anything is known."""
    with client_of(context) as client:
        found = list(client.each(destinations.destinations(client.api)))
        if as_json:
            show_json(found)
        else:
            show_table([_row(each) for each in found])


@destination_app.command("show")
def show_destination(context: typer.Context, number: Number, as_json: AsJson = False) -> None:
    """Show what is known of a number."""
    with client_of(context) as client:
        _show(client.do(destinations.destination(client.api, number)), as_json)


@destination_app.command("set")
def pin_destination(
    context: typer.Context,
    number: Number,
    t38: Annotated[bool | None, typer.Option("--t38/--no-t38", help="T.38, or G.711 only.")] = None,
    ecm: Annotated[bool | None, typer.Option("--ecm/--no-ecm", help="Error correction.")] = None,
    modem: Annotated[Modem | None, typer.Option(help="The fastest modem.")] = None,
    resolution: Annotated[Resolution | None, typer.Option(help="The finest pages.")] = None,
    as_json: AsJson = False,
) -> None:
    """Decide how a number is called. What is not said is left to the service, whatever was decided before."""
    pin = said({"t38": t38, "ecm": ecm, "modem": modem and modem.value, "resolution": resolution and resolution.value})
    with client_of(context) as client:
        _show(client.do(destinations.pin_destination(client.api, number, pin)), as_json)


@destination_app.command("forget")
def forget_destination(context: typer.Context, number: Number, as_json: AsJson = False) -> None:
    """Forget what is known of a number and was decided for it."""
    with client_of(context) as client:
        client.do(destinations.forget_destination(client.api, number))
    if as_json:
        show_done("", as_json, forgotten=number)


def _show(shown: Destination, as_json: bool) -> None:
    if as_json:
        show_json(shown)
        return
    show_table([_row(shown)])
    if shown.known:
        typer.echo()
        show_table(_known(shown.known))


def _row(shown: Destination) -> dict[str, str]:
    pin, can = shown.pin, shown.far_ability
    return {
        "number": shown.number,
        "called": _day(shown.tried_at),
        "no answer": str(shown.unanswered),
        "station id": shown.far_station_id or "",
        "can": "" if can is None else " ".join([_manner(None, can.ecm, can.modem), *can.resolutions]),
        "pinned": "" if pin is None else _manner(pin.t38, pin.ecm, pin.modem, pin.resolution),
    }


def _known(known: Sequence[Experience]) -> list[dict[str, str]]:
    return [
        {
            "trunk": each.trunk,
            "manner": _manner(each.manner.t38, each.manner.ecm, each.manner.modem),
            "worked": _day(each.worked_at),
            "failed": _day(each.failed_at),
            "in a row": str(each.failures),
            "reason": each.outcome or "",
            "bit/s": "" if each.bits_per_second is None else str(each.bits_per_second),
        }
        for each in known
    ]


def _manner(t38: bool | None, ecm: bool | None, modem: str | None, resolution: str | None = None) -> str:
    parts = ({None: "", True: "t38", False: "g711"}[t38], {None: "", True: "ecm", False: "no-ecm"}[ecm], modem)
    return " ".join(part for part in (*parts, resolution) if part)


def _day(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment.astimezone():%Y-%m-%d}"
