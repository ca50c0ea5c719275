"""A line process, alone with the database."""

import subprocess
import sys
from pathlib import Path

from tests.desk import Desk
from tests.e2e.running import until
from tests.world import a_world
from unifax.model.fax import DeliveryState
from unifax.model.outcome import Outcome
from unifax.settings import read_settings


def test_what_waits_for_a_trunk_that_is_gone_fails_and_says_why(tmp_path: Path) -> None:
    settings = read_settings(None, {"UNIFAX_SANDBOX__ENABLED": "no"})
    with a_world(tmp_path) as world:
        desk = Desk(world)
        fax_id = desk.send("7778888")
        desk.step()
        line = subprocess.Popen(
            [sys.executable, "-m", "unifax.roles", "line", str(tmp_path)], stdin=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert line.stdin is not None
        try:
            line.stdin.write(settings.model_dump_json().encode() + b"\n")
            line.stdin.flush()
            until(lambda: desk.view(fax_id).deliveries[0].state is not DeliveryState.WAITING, 60, "the call is made")
            until(lambda: desk.view(fax_id).deliveries[0].state is not DeliveryState.CALLING, 60, "the call ends")
        finally:
            _, log = line.communicate(timeout=60)
        [delivery] = desk.view(fax_id).deliveries
        assert (delivery.state, delivery.outcome) == (DeliveryState.FAILED, Outcome.NO_ROUTE)
        assert b"faxes wait for trunk sandbox, which is not in the settings" in log
