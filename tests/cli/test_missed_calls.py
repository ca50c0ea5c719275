"""`unifax missed`, against a real site on loopback."""

import json
from pathlib import Path

from typer.testing import CliRunner

from tests.asking import with_the_site
from tests.world import NOW, World
from unifax.cli import app
from unifax.here import keep_secret
from unifax.model.incoming import IncomingCall
from unifax.model.transcript import Entry, Layer, Way, packed
from unifax.store.missed_calls import add_missed, keep_missed_record


def missed(world: World, *arguments: str) -> str:
    keep_secret(world.folder / "operator.token", world.root.token)

    def run(url: str) -> str:
        env = {"UNIFAX_URL": url, "UNIFAX_DATA": str(world.folder), "UNIFAX_ADMIN_TOKEN": ""}
        result = CliRunner().invoke(app, ["missed", *arguments], env=env)
        assert result.exit_code == 0, result.output
        return result.output

    return with_the_site(world, run)


def test_missed_calls_are_listed_and_told_of(world: World, tmp_path: Path) -> None:
    call = IncomingCall("carrier", "0003*210", "+49401234", "call@carrier")
    missed_id = world.db.write(add_missed, call, "not_a_fax", NOW, NOW)
    entries = [Entry(0.0, Layer.SIP, Way.IN, "INVITE sip:0003*210@192.0.2.9")]
    world.db.write(keep_missed_record, missed_id, packed(entries), b"packets", NOW)
    row = missed(world, "list").splitlines()[1].split()
    assert (row[0], row[3:]) == (str(missed_id), ["carrier", "+49401234", "0003*210", "not_a_fax"])
    assert json.loads(missed(world, "list", "--json"))[0]["recorded"]
    assert "INVITE sip:0003*210@192.0.2.9" in missed(world, "transcript", str(missed_id))
    told = json.loads(missed(world, "transcript", str(missed_id), "--json"))
    assert (told["call"]["reason"], told["entries"][0]["way"]) == ("not_a_fax", "in")
    file = tmp_path / "missed.pcap.gz"
    assert missed(world, "transcript", str(missed_id), "--packets", str(file)).strip() == str(file)
    assert file.read_bytes() == b"packets"
