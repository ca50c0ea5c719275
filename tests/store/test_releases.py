"""What an earlier release has left is taken over: its database is brought up to date, and its faxes go on."""

import json
import os
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from tests import postgres
from tests.e2e.running import ended, running
from tests.store.keep_release import RELEASES, Said
from unifax.client import Client
from unifax.demo import EXAMPLE, EXAMPLE_TYPE
from unifax.model.accounts import AccountKind, Viewer
from unifax.model.fax import FaxState
from unifax.store.db import Connection, open_database
from unifax.store.faxes import fax_view

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


@pytest.mark.parametrize("release", [release for release in KEPT if list((RELEASES / release).glob("*.story"))])
def test_what_an_earlier_release_says_to_its_database_is_true_of_ours(release: str, tmp_path: Path) -> None:
    """A host of the release before goes on beside ours: statement by statement, all of a fax to three recipients."""
    data = tmp_path / "data"
    restore(release, data)
    with closing(open_database(data, postgres.database_url(data))) as db:
        story = (RELEASES / release / f"{db.engine.dialect.name}.story").read_text().splitlines()
        for transaction in transactions(story):
            db.write(say, transaction)
        told = db.read(lambda conn: conn.execute(text("SELECT state FROM deliveries WHERE fax_id = 4")).scalars().all())
        assert sorted(told) == ["sent", "sent", "uncertain"]
        ours = db.read(fax_view, Viewer(1, AccountKind.ADMINISTRATOR, None), 4)
        assert ours is not None
        assert [len(each.calls) for each in ours.deliveries] == [3, 1, 0]


def transactions(story: Sequence[str]) -> Iterator[list[Said]]:
    """Yield what was said, up to the end of each transaction."""
    said: list[Said] = []
    for line in story:
        each = json.loads(line)
        if each is not None:
            said.append(each)
        elif said:
            yield said
            said = []


def say(conn: Connection, said: list[Said]) -> None:
    """Say to a database what was said to another."""
    for sql, times in said:
        for each in times:
            conn.exec_driver_sql(sql, each if isinstance(each, dict) else tuple(each))


def test_a_host_of_the_release_before_goes_on_with_the_schema_of_the_next(tmp_path: Path) -> None:
    url = postgres.database_url(tmp_path)
    with closing(open_database(tmp_path, url)) as db:
        db.write(lambda conn: conn.execute(text("UPDATE alembic_version SET version_num = '9999'")) and None)
    with closing(open_database(tmp_path, url)) as db:
        assert db.read(lambda conn: conn.execute(text("SELECT version_num FROM alembic_version")).scalar()) == "9999"
