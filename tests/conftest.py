"""How properties are searched (no stopwatch; the same every time where nobody watches), and on which engine."""

import os
from contextlib import ExitStack

import pytest
from hypothesis import settings

from tests import postgres

settings.register_profile("unifax", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("unifax")

_SERVER = pytest.StashKey[ExitStack]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--postgres", action="store_true", help="run what needs a database on PostgreSQL, not on SQLite")


def pytest_configure(config: pytest.Config) -> None:
    stack = config.stash[_SERVER] = ExitStack()
    if config.getoption("--postgres") and postgres.VARIABLE not in os.environ:  # workers inherit their parent's
        stack.enter_context(postgres.server())


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--postgres"):
        items[:] = [item for item in items if item.get_closest_marker("sqlite") is None]


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[_SERVER].close()
