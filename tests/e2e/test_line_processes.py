"""Line processes with calls up, when the service is told to end."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.running import Running, running, until
from tests.faxes import dense_page, write_fax

PAGES = 4


@pytest.fixture
def document(tmp_path: Path) -> Path:
    return write_fax(tmp_path / "four.tif", [dense_page(page, rows=600) for page in range(PAGES)])


def rows(data: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(data / "unifax.db")) as conn:
        return conn.execute(query).fetchall()


def calls_up(service: Running) -> int:
    return len(rows(service.data, "SELECT 1 FROM calls WHERE answered_at IS NOT NULL AND ended_at IS NULL"))


def test_a_call_that_is_up_when_the_service_is_told_to_end_is_finished(tmp_path: Path, document: Path) -> None:
    with running(tmp_path / "data", {"UNIFAX_LINE__DRAIN_SECONDS": "60"}) as service:
        with service.client() as client:
            client.send([document], ["7778888"])
        until(lambda: calls_up(service) == 1, 30, "a call is up")
    assert rows(tmp_path / "data", "SELECT state, calls FROM deliveries") == [("sent", 1)]


def test_a_call_is_handed_back_when_there_is_no_time_to_finish_it(tmp_path: Path, document: Path) -> None:
    with running(tmp_path / "data", {"UNIFAX_LINE__DRAIN_SECONDS": "60"}) as service:
        with service.client() as client:
            client.send([document], ["7778812"])  # in real time: minutes
        until(lambda: calls_up(service) == 1, 30, "a call is up")
        service.process.terminate()
        until(lambda: not service.processes("web"), 30, "the end has begun")
        service.process.terminate()
        service.process.wait(30)
    assert rows(tmp_path / "data", "SELECT state, outcome, calls FROM deliveries") == [("waiting", "lost", 1)]
