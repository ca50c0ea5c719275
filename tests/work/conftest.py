"""A queue on a database of its own, for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import opened
from unifax.store.db import Database
from unifax.work.queue import Queue


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    made = opened(tmp_path)
    yield made
    made.close()


@pytest.fixture
def queue(db: Database) -> Iterator[Queue]:
    made = Queue(db)
    yield made
    made.close()
