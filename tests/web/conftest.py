"""The cast, for every test of the site."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.world import World, a_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A fresh cast, in a folder of its own."""
    with a_world(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def refusing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A cast shared by tests in which nothing is ever accepted, so that none of them leaves a trace."""
    with a_world(tmp_path_factory.mktemp("refusing")) as made:
        yield made
