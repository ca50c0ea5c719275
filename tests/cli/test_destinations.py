"""`unifax destination`, against a real site on loopback."""

import json

import pytest
from typer.testing import CliRunner

from tests.asking import with_the_site
from tests.world import NOW, World
from unifax.cli import app
from unifax.here import keep_secret
from unifax.model.call import CallReport, Media
from unifax.model.errors import UnifaxError
from unifax.model.manner import ABLE, BEST
from unifax.model.outcome import Outcome
from unifax.store.destinations import note_call
from unifax.store.manners import learn


@pytest.fixture(autouse=True)
def _the_operators_token(world: World) -> None:
    keep_secret(world.folder / "operator.token", world.root.token)


def destination(world: World, *arguments: str) -> str:
    """Return what the command prints. Raises what it raises."""

    def run(url: str) -> str:
        env = {"UNIFAX_URL": url, "UNIFAX_DATA": str(world.folder), "UNIFAX_ADMIN_TOKEN": ""}
        result = CliRunner().invoke(app, ["destination", *arguments], env=env)
        if isinstance(result.exception, UnifaxError):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.output

    return with_the_site(world, run)


def test_what_is_known_of_a_number_is_shown_in_two_tables(world: World) -> None:
    report = CallReport(Outcome.PROTOCOL, media=Media.T38, far_station_id="+49 777", far_ability=ABLE)
    world.db.write(lambda conn: note_call(conn, "7778888", answered=True, now=NOW))
    world.db.write(learn, "7778888", "carrier", BEST, report, NOW)
    assert destination(world, "show", "7778888").splitlines() == [
        "number   called      no answer  station id  can                                      pinned",
        "7778888  2026-02-03  0          +49 777     ecm v17 standard fine superfine 300 400",
        "",
        "trunk    manner       worked  failed      in a row  reason    bit/s",
        "carrier  t38 ecm v17          2026-02-03  1         protocol",
    ]
    assert json.loads(destination(world, "show", "7778888", "--json"))["known"][0]["trunk"] == "carrier"


def test_a_number_is_pinned_and_forgotten(world: World) -> None:
    pinned = destination(world, "set", "777 88 88", "--no-t38", "--modem", "v29")
    assert pinned.splitlines()[1].split() == ["7778888", "0", "g711", "v29"]
    assert destination(world, "set", "7778888", "--no-ecm").splitlines()[1].endswith("no-ecm")
    fine = destination(world, "set", "7778888", "--resolution", "fine")
    assert fine.splitlines()[1].split() == ["7778888", "0", "fine"]
    assert len(json.loads(destination(world, "list", "--json"))) == 1
    assert len(destination(world, "list").splitlines()) == 2
    assert destination(world, "forget", "7778888") == ""
    with pytest.raises(UnifaxError, match="Nothing is known of this number"):
        destination(world, "show", "7778888")
