"""`unifax trunks`: how the trunks are doing, for those who run the line."""

from collections.abc import Iterator
from datetime import datetime

import typer

from unifax.cli.account.asking import DATA, AdminToken, DataFolder, Url, client_of, run_by
from unifax.cli.asking import URL, AsJson
from unifax.cli.showing import show_json, show_table
from unifax.client.trunks import Trunk, trunks


def show_trunks(
    context: typer.Context,
    data: DataFolder = DATA,
    token: AdminToken = None,
    url: Url = URL,
    as_json: AsJson = False,
) -> None:
    """Show each trunk and its servers: whether they answer, since when, and the calls that are up."""
    run_by(context, data, token, url)
    with client_of(context) as client:
        found = client.do(trunks(client.api)).trunks
        if as_json:
            show_json(list(found))
        else:
            show_table([row for trunk in found for row in _rows(trunk)])


def _rows(trunk: Trunk) -> Iterator[dict[str, str]]:
    """A row for the trunk, and one for each server."""
    yield {
        "trunk": trunk.name,
        "health": trunk.health,
        "since": "",
        "status": "",
        "registered until": "",
        "calls": f"{trunk.calls_up}/{trunk.channels}",
    }
    for server in trunk.servers:
        yield {
            "trunk": f"  {server.server}",
            "health": server.health,
            "since": _moment(server.since),
            "status": "" if server.status is None else str(server.status),
            "registered until": _moment(server.registered_until),
            "calls": "",
        }


def _moment(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment.astimezone():%Y-%m-%d %H:%M}"
