"""What is shipped to run and watch the service speaks of what is there."""

import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]  # its types are a package of their own, for three lines

from tests.world import World, a_world
from unifax.model.outcome import Outcome
from unifax.settings import read_settings
from unifax.store import tallies
from unifax.store.tallies import What

DEPLOY = Path("deploy")
_METRIC = re.compile(r"\bunifax_[a-z_]+")
ALERTS, DASHBOARD = DEPLOY / "prometheus" / "alerts.yml", DEPLOY / "grafana" / "unifax.json"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return what the site tells once everything has happened."""
    with a_world(tmp_path_factory.mktemp("world")) as world:
        for what in What:
            world.db.write(tallies.count, what, "sent", trunk="carrier", pages=1, seconds=1.0)
        _ask(world)
        return _ask(world)


def _ask(world: World) -> str:
    return world.ask("GET", "/metrics").text


@pytest.mark.parametrize("file", [ALERTS, DASHBOARD], ids=str)
def test_every_metric_that_is_watched_is_told(told: str, file: Path) -> None:
    there = set(re.findall(r"^(unifax_[a-z_]+)", told, re.MULTILINE))
    watched = set(_METRIC.findall(file.read_text()))
    assert watched - there == set()
    assert len(watched) > 5


def test_every_outcome_that_raises_an_alarm_is_one() -> None:
    rules = yaml.safe_load(ALERTS.read_text())["groups"][0]["rules"]
    patterns = [found for rule in rules for found in re.findall(r'outcome=~"([^"]+)"', rule["expr"])]
    named = {outcome for pattern in patterns for outcome in pattern.split("|")}
    assert named
    assert named <= {outcome.value for outcome in Outcome}


def test_the_dashboard_has_panels_with_a_question_each() -> None:
    panels = json.loads(DASHBOARD.read_text())["panels"]
    assert all(target["expr"] for panel in panels for target in panel["targets"])
    assert len({panel["id"] for panel in panels}) == len(panels)


def test_what_the_containers_are_told_are_settings(tmp_path: Path) -> None:
    services = yaml.safe_load((DEPLOY / "docker" / "compose.yaml").read_text())["services"]
    secret = tmp_path / "secret"
    secret.write_text("postgresql://unifax:secret@postgres/unifax")
    told = services["unifax"]["environment"].items()
    settings = read_settings(None, {name: str(secret) if name.endswith("_FILE") else value for name, value in told})
    assert settings.database.url == "postgresql://unifax:secret@postgres/unifax"
    assert settings.log.format == "json"


def test_every_file_that_the_image_is_made_of_is_there() -> None:
    lines = (DEPLOY / "docker" / "Dockerfile").read_text().splitlines()
    copied = [
        word for line in lines if line.startswith("COPY ") and "--from" not in line for word in line.split()[1:-1]
    ]
    assert [name for name in copied if not Path(name).exists()] == []


def test_systemd_understands_the_unit(tmp_path: Path) -> None:
    """With a program that is there in place of ours: where that is to be is not the unit's fault."""
    unit = tmp_path / "unifax.service"
    unit.write_text((DEPLOY / "systemd" / "unifax.service").read_text().replace("/opt/unifax/bin/unifax", "/bin/true"))
    verified = subprocess.run(["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True)
    assert [line for line in verified.stderr.splitlines() if "unifax.service" in line] == []
