"""The documentation speaks of things that are there."""

import re
from pathlib import Path

import pytest

DOCUMENTS = [*Path().glob("*.md"), *Path("docs").glob("*.md")]


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_every_link_leads_to_a_file_of_ours(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text())
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_every_command_of_the_readme_is_a_target() -> None:
    targets = set(re.findall(r"^([a-z]+):", Path("Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"make ([a-z]+)", Path("README.md").read_text()))
    assert named <= targets


def test_every_room_of_the_house_is_on_the_map() -> None:
    rooms = {path.stem for path in Path("src/unifax").iterdir() if path.suffix == ".py" or path.is_dir()}
    described = set(re.findall(r"`([a-z0-9_]+)`", Path("ARCHITECTURE.md").read_text()))
    assert {room for room in rooms if not room.startswith("_")} <= described
