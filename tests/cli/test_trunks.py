"""`unifax trunks`, against a real site on loopback."""

import json

from typer.testing import CliRunner

from tests.asking import with_the_site
from tests.world import NOW, World
from unifax.cli import app
from unifax.here import keep_secret
from unifax.model.trunk import Sighting, SipCounts
from unifax.store.trunks import count, sight


def trunks(world: World, *arguments: str) -> str:
    keep_secret(world.folder / "operator.token", world.root.token)

    def run(url: str) -> str:
        env = {"UNIFAX_URL": url, "UNIFAX_DATA": str(world.folder), "UNIFAX_ADMIN_TOKEN": ""}
        result = CliRunner().invoke(app, ["trunks", *arguments], env=env)
        assert result.exit_code == 0, result.output
        return result.output

    return with_the_site(world, run)


def test_trunks_and_their_servers_are_shown_in_a_table(world: World) -> None:
    seen = [
        Sighting("carrier", "192.0.2.1:5060 udp", False, NOW, 408),
        Sighting("carrier", "192.0.2.2:5060 udp", None, None, 200, NOW),
    ]
    world.db.write(sight, "line.1", seen, NOW)
    local = f"{NOW.astimezone():%Y-%m-%d %H:%M}"
    rows = [line.split() for line in trunks(world).splitlines()[1:]]
    assert rows == [
        ["carrier", "down", "0/30"],
        ["192.0.2.1:5060", "udp", "down", *local.split(), "408"],
        ["192.0.2.2:5060", "udp", "unknown", "200", *local.split()],
    ]
    assert json.loads(trunks(world, "--json"))["trunks"][0]["name"] == "carrier"


def test_what_was_turned_away_is_shown_below_them(world: World) -> None:
    world.db.write(count, "receive.1", SipCounts("receive.1", NOW, 400, 30, 20, 1, 2), NOW)
    local = f"{NOW.astimezone():%Y-%m-%d %H:%M}"
    last = trunks(world).splitlines()[-1].split()
    assert last == ["receive.1", *local.split(), "400", "30", "20", "1", "2"]
