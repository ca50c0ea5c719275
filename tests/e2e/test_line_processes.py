"""Line processes with calls up: they finish them when the service ends, and cost no fax when they are killed."""

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.running import Running, ended, running, until
from tests.faxes import dense_page, text_fax, write_fax
from tests.kept import kept
from unifax.client import Recipient
from unifax.documents.pages import read_pages
from unifax.model.fax import DeliveryState, FaxState
from unifax.model.outcome import Outcome

PAGES = 4
CALLS = 50
NUMBERS = [f"5{number:02}88" for number in range(CALLS)]


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


@pytest.mark.timeout(150)
def test_a_line_process_killed_under_fifty_calls_costs_no_fax(tmp_path: Path) -> None:
    document = text_fax(tmp_path / "two.tif", pages=2, rows=100)  # small: fifty faxes at once are much for one machine
    settings = {
        "UNIFAX_LINE__PROCESSES": "2",
        "UNIFAX_SANDBOX__NUMBERS": "5??88",
        "UNIFAX_FAX__MAX_RECIPIENTS": str(CALLS),
        "UNIFAX_RETRY__DROPPED_SECONDS": "0.1",
    }
    with running(tmp_path / "data", settings) as service, service.client() as client:
        fax_id = client.send([document], NUMBERS).id
        until(lambda: calls_up(service) >= CALLS // 2, 60, "most calls are up")
        victim = max(service.processes("line"), key=lambda process: calls_of(service, process.pid))
        victim.kill()
        fax = ended(client, fax_id, 100)
        until(lambda: len(service.processes("line")) == 2, 30, "a new process")
    assert fax.document is not None
    sent = [page.bits for page in read_pages(kept(service.data, fax.document))]
    ends = Counter(call.outcome for recipient in fax.recipients for call in recipient.calls)
    assert ends[Outcome.LOST] + ends[Outcome.UNCERTAIN] >= CALLS // 4, ends
    assert fax.state in {FaxState.SENT, FaxState.UNCERTAIN}
    for recipient in fax.recipients:
        arrived = pages_at(service.data, recipient)
        if recipient.state is DeliveryState.SENT:
            assert arrived == sent, recipient
        else:
            assert recipient.state is DeliveryState.UNCERTAIN
            assert arrived == sent[: len(arrived)]


def pages_at(data: Path, recipient: Recipient) -> list[bytes]:
    """Return the pages that a number has received and confirmed to us, by all calls together."""
    pages: list[bytes] = []
    for call in recipient.calls:
        if call.pages_confirmed:
            received = data / "sandbox" / recipient.number / f"{call.call_id}.tif"
            pages += [page.bits for page in read_pages(received)][: call.pages_confirmed]
    return pages


def calls_of(service: Running, pid: int) -> int:
    """Return how many calls a process makes."""
    query = f"SELECT 1 FROM calls WHERE ended_at IS NULL AND run LIKE 'line.%.{pid}.%'"
    return len(rows(service.data, query))
