"""`unifax trunks`: how the trunks are doing, for those who run the line."""

from collections.abc import Iterator
from datetime import datetime

import typer

from unifax.cli.account.asking import DATA, AdminToken, DataFolder, Url, client_of, run_by
from unifax.cli.asking import URL, AsJson
from unifax.cli.showing import show_json, show_table
from unifax.client.trunks import Trunk, TurnedAway, trunks


def show_trunks(
    context: typer.Context,
    data: DataFolder = DATA,
    token: AdminToken = None,
    url: Url = URL,
    as_json: AsJson = False,
) -> None:
    """Show each trunk and its servers: whether they answer, the calls that are up; and what was turned away."""
    run_by(context, data, token, url)
    with client_of(context) as client:
        found = client.do(trunks(client.api))
        if as_json:
            show_json(found)
            return
        show_table([row for trunk in found.trunks for row in _rows(trunk)])
        if found.turned_away:
            typer.echo()
            show_table([_turned_away(each) for each in found.turned_away])


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


def _turned_away(counts: TurnedAway) -> dict[str, str]:
    return {
        "turned away by": counts.process,
        "since": _moment(counts.began_at),
        "strangers": str(counts.strangers),
        "knocks": str(counts.knocks),
        "floods": str(counts.floods),
        "malformed": str(counts.malformed),
        "refused": str(counts.refused),
    }


def _moment(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment.astimezone():%Y-%m-%d %H:%M}"
