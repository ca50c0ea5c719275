"""What holds for all verbs: each prints JSON when asked to, is documented, and ends with a status that is."""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from unifax.cli import app
from unifax.cli.asking import Exit

DOCUMENTATION = Path("docs/cli.md").read_text()
ALL = "\n".join(file.read_text() for file in Path("docs").glob("*.md"))
WITHOUT_JSON = {
    "serve": "runs until it is told to end",
    "web": "likewise",
    "line": "likewise",
    "drain": "waits for that",
    "demo": "tells a story",
    "audit export": "is JSON already, an object a line",
}


def verbs(of: typer.Typer, before: str = "") -> Iterator[tuple[str, set[str]]]:
    """Yield each verb, and the names of what it takes."""
    for command in of.registered_commands:
        assert command.callback is not None
        name = command.name or command.callback.__name__
        yield before + name, set(inspect.signature(command.callback).parameters)
    for group in of.registered_groups:
        assert group.typer_instance is not None
        yield from verbs(group.typer_instance, f"{before}{group.name} " if group.name else before)


def test_every_verb_prints_json_when_asked_to() -> None:
    assert {name for name, takes in verbs(app) if "as_json" not in takes} == WITHOUT_JSON.keys()


def test_every_verb_is_documented() -> None:
    known = [name for name, _ in verbs(app)]
    assert len(known) > 40
    words = set(re.findall(r"[a-z-]+", ALL))
    assert [name for name in known if not set(name.split()) <= words] == []


def test_every_exit_status_is_documented() -> None:
    documented = {int(number) for number in re.findall(r"^\| ([0-9]) \| ", DOCUMENTATION, re.MULTILINE)}
    assert documented == {each.value for each in Exit} | {2}, "2 is a wrong call, as click has it"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_can_complete_it(shell: str) -> None:
    result = CliRunner().invoke(app, [], env={"_UNIFAX_COMPLETE": f"source_{shell}"}, prog_name="unifax")
    assert "_UNIFAX_COMPLETE" in result.output
