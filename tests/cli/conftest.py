"""The cast, for every test of the command."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.world import World, a_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A fresh cast, in a folder of its own."""
    with a_world(tmp_path) as made:
        yield made
