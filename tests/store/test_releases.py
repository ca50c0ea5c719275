"""What an earlier release has left is taken over: its database is brought up to date, and its faxes go on."""

import json
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from tests import postgres
from tests.e2e.running import ended, running
from tests.store.keep_release import RELEASES
from unifax.client import Client
from unifax.demo import EXAMPLE, EXAMPLE_TYPE
from unifax.model.fax import FaxState
from unifax.store.db import open_database

KEPT = sorted(release.name for release in RELEASES.iterdir())


def restore(release: str, data: Path) -> None:
    """Lay out what a release has left, on the engine that the tests run on."""
    data.mkdir(parents=True)
    shutil.copytree(RELEASES / release / "blobs", data / "blobs")
    if postgres.VARIABLE not in os.environ:
        with closing(sqlite3.connect(data / "unifax.db")) as conn:
            conn.executescript((RELEASES / release / "sqlite.sql").read_text())
        return
    with psycopg.connect(postgres.empty_database_url(data)) as conn:
        conn.execute((RELEASES / release / "postgresql.sql").read_bytes())


@pytest.mark.parametrize("release", KEPT)
def test_faxes_of_an_earlier_release_go_on_and_new_ones_are_sent(release: str, tmp_path: Path) -> None:
    data = tmp_path / "data"
    restore(release, data)
    with running(data, {"UNIFAX_RETRY__BUSY_SECONDS": "0.1"}, "none") as service:
        token = (data / "operator.token").read_text().strip()
        with Client(service.url, token, "0003*210") as client:
            new = client.send_bytes(EXAMPLE, EXAMPLE_TYPE).id
            states = {fax: ended(client, fax).state for fax in ("1", "2", "3", new)}
            assert set(states.values()) == {FaxState.SENT}, json.dumps(states)


def test_a_host_of_the_release_before_goes_on_with_the_schema_of_the_next(tmp_path: Path) -> None:
    url = postgres.database_url(tmp_path)
    with closing(open_database(tmp_path, url)) as db:
        db.write(lambda conn: conn.execute(text("UPDATE alembic_version SET version_num = '9999'")) and None)
    with closing(open_database(tmp_path, url)) as db:
        assert db.read(lambda conn: conn.execute(text("SELECT version_num FROM alembic_version")).scalar()) == "9999"
