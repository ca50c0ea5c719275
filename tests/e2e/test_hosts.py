"""Several hosts on one PostgreSQL database: one accepts, two make calls; each has a folder of its own."""

import os
import signal
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import psycopg
import pytest

from tests import postgres
from tests.e2e.running import Running, ended, running, unifax, until
from tests.faxes import dense_page, write_fax
from unifax.model.fax import FaxState

SLOW = "7778812"
"Receives in real time: a call that is up for minutes."


@pytest.fixture(scope="module")
def server() -> Iterator[None]:
    with ExitStack() as stack:
        if postgres.VARIABLE not in os.environ:
            stack.enter_context(postgres.server())
        yield


@pytest.fixture
def shared(server: None, tmp_path: Path) -> dict[str, str]:
    """What the hosts have in common."""
    return {
        "UNIFAX_DATABASE__URL": postgres.database_url(tmp_path),
        "UNIFAX_FILES__FOLDER": str(tmp_path / "files"),
        "UNIFAX_RETRY__DROPPED_SECONDS": "0.1",
    }


def host(tmp_path: Path, shared: dict[str, str], name: str, verb: str) -> AbstractContextManager[Running]:
    folder = tmp_path / name
    folder.mkdir()
    arguments = ("--listen", "127.0.0.1:0") if verb == "web" else ()
    return running(folder / "data", {**shared, "UNIFAX_HOST__NAME": name}, "none", arguments, verb)


def rows(shared: dict[str, str], query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(shared["UNIFAX_DATABASE__URL"]) as conn:
        return list(conn.execute(query))


@pytest.mark.timeout(400)
def test_calls_of_a_host_that_is_cut_off_go_on_elsewhere_and_when_it_comes_back_it_leaves_them_alone(
    tmp_path: Path, shared: dict[str, str]
) -> None:
    document = write_fax(tmp_path / "four.tif", [dense_page(page, rows=600) for page in range(4)])
    short = write_fax(tmp_path / "short.tif", [dense_page(page, rows=high) for page, high in enumerate((40, 600, 600))])
    calls = (
        "SELECT c.pages_confirmed, c.first_page FROM calls c JOIN deliveries d ON d.id = c.delivery_id WHERE fax_id = 2"
    )
    up = "SELECT split_part(run, '.', 2) FROM calls WHERE answered_at IS NOT NULL AND ended_at IS NULL"
    with (
        host(tmp_path, shared, "accepts", "web") as accepts,
        host(tmp_path, shared, "one", "line") as one,
        host(tmp_path, shared, "two", "line") as two,
        accepts.client() as client,
    ):
        assert [each.processes("line") for each in (one, two, accepts)].count([]) == 1
        fax = ended(client, client.send([document], ["7778888"]).id)
        assert (fax.state, fax.recipients[0].pages_confirmed) == (FaxState.SENT, 4)

        slow = client.send([short], [SLOW]).id
        until(lambda: any(pages for pages, _ in rows(shared, calls)), 90, "its first page is confirmed")
        [(name,)] = rows(shared, up)
        cut_off, other = (one, two) if name == "one" else (two, one)
        [stopped] = cut_off.processes("line")
        stopped.suspend()
        until(lambda: rows(shared, up) == [(other.data.parent.name,)], 60, "the other host calls")
        stopped.send_signal(signal.SIGCONT)
        until(lambda: not stopped.is_running(), 30, "it ends by itself")
        log = (cut_off.data.parent / "service.log").read_text()
        assert "may be taken for dead by the others: it stops now" in log
        assert rows(shared, up) == [(other.data.parent.name,)], "its successor's call is not touched"
        until(lambda: len(cut_off.processes("line")) == 1, 30, "it is there again")
        [(pages, _), (_, first)] = rows(shared, f"{calls} ORDER BY c.number")
        assert first == pages != 0, "the other host began with the first page that was not confirmed"

        client.cancel(slow)
        assert ended(client, slow).state is FaxState.CANCELLED
        for line in (one, two):
            drained = unifax("drain", "--data", str(line.data))
            assert (drained.returncode, drained.stdout.splitlines()[-1]) == (0, "Ended."), drained.stderr
            line.process.wait(10)
        assert rows(shared, "SELECT role FROM executors") == [("prepare",)]


@pytest.mark.timeout(400)
def test_a_host_with_other_keys_does_not_start(tmp_path: Path, shared: dict[str, str]) -> None:
    with host(tmp_path, shared, "accepts", "web") as accepts:
        other = tmp_path / "other"
        started = unifax("web", "--data", str(other), "--listen", "127.0.0.1:0", environment=shared)
        assert (started.returncode, started.stdout) != (0, "")
        assert "uploads.key is not there: copy it from another host" in started.stderr
        keys = accepts.data / "keys"
        (other / "keys").mkdir()
        for key in keys.glob("*.key"):
            (other / "keys" / key.name).write_bytes(bytes(reversed(key.read_bytes())))
        started = unifax("web", "--data", str(other), "--listen", "127.0.0.1:0", environment=shared)
        assert "is not the key of the other hosts" in started.stderr


@pytest.mark.parametrize(
    ("shared", "said"),
    [
        ({}, "database.url: hosts that share the work need PostgreSQL"),
        ({"UNIFAX_DATABASE__URL": "postgresql://nobody@127.0.0.1:9/none"}, "need the same files"),
    ],
)
@pytest.mark.parametrize("verb", ["web", "line"])
def test_hosts_that_share_nothing_do_not_start(tmp_path: Path, verb: str, shared: dict[str, str], said: str) -> None:
    started = unifax(verb, "--data", str(tmp_path / "data"), environment=shared)
    assert started.returncode != 0
    assert said in started.stderr
