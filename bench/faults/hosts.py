"""Two hosts make calls on one PostgreSQL; one is stopped in the middle of a call for a minute, and then goes on."""

import signal
import tempfile
import time
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import psutil
import psycopg

from bench.faults.engines import a_cluster
from bench.faults.ledger import Result
from tests.e2e.running import Running, ended, running, until
from tests.faxes import dense_page, write_fax
from unifax.model.fax import FaxState

STAGE = "hosts"
STOPPED_SECONDS = 60.0
NOTICED_SECONDS = 30.0
"Within this the other host is to call."
SLOW = "7778812"
"Receives in real time: its call is up for minutes."
PATIENCE_SECONDS = 300.0
UP = "SELECT split_part(run, '.', 2), number FROM calls WHERE answered_at IS NOT NULL AND ended_at IS NULL"
BY_HOST = "SELECT 1 FROM calls WHERE split_part(run, '.', 2) = %s"
RESULTS = "SELECT delivery_id, number, run, outcome, ended_at FROM calls WHERE ended_at IS NOT NULL ORDER BY 1, 2"


def stage(engine: str, seconds: float, seed: int) -> Result:
    with (
        tempfile.TemporaryDirectory(prefix="unifax-hosts-") as name,
        a_cluster() as (_, environment),
        ExitStack() as stack,
    ):
        folder = Path(name)
        shared = {
            **environment,
            "UNIFAX_FILES__FOLDER": str(folder / "files"),
            "UNIFAX_RETRY__DROPPED_SECONDS": "0.1",
        }
        accepts = stack.enter_context(_host(folder, shared, "accepts", "web"))
        lines = {each: stack.enter_context(_host(folder, shared, each, "line")) for each in ("one", "two")}
        client = stack.enter_context(accepts.client())
        document = write_fax(folder / "four.tif", [dense_page(page, rows=600) for page in range(4)])
        fax_id = client.send([document], [SLOW]).id
        with psycopg.connect(environment["UNIFAX_DATABASE__URL"], autocommit=True) as conn:
            until(lambda: bool(conn.execute(UP).fetchall()), PATIENCE_SECONDS, "a call is up")
            [(first, _)] = conn.execute(UP).fetchall()
            [stopped] = lines[first].processes("line")
            stopped.suspend()
            began = time.monotonic()
            until(lambda: _calls_elsewhere(conn, first), PATIENCE_SECONDS, "the other host calls")
            noticed = time.monotonic() - began
            before = conn.execute(RESULTS).fetchall()
            time.sleep(max(0.0, STOPPED_SECONDS - noticed))
            stopped.send_signal(signal.SIGCONT)
            until(lambda: _is_gone(stopped), PATIENCE_SECONDS, "it ends by itself")
            after = conn.execute(RESULTS).fetchall()
            fax = ended(client, fax_id, PATIENCE_SECONDS)
            by_first = len(conn.execute(BY_HOST, [first]).fetchall())
    must = {
        "calls when it woke": by_first - 1,
        "results overwritten": sum(row not in after for row in before),
        "not sent": int(fax.state is not FaxState.SENT),
    }
    late = int(noticed > NOTICED_SECONDS)
    return Result(STAGE, engine, {"stops": 1, **must}, {"other host calls after s": noticed}, sum(must.values()) + late)


def _calls_elsewhere(conn: psycopg.Connection, first: str) -> bool:
    return any(host != first for host, _ in conn.execute(UP).fetchall())


def _is_gone(process: psutil.Process) -> bool:
    return not process.is_running()


def _host(folder: Path, shared: dict[str, str], name: str, verb: str) -> AbstractContextManager[Running]:
    (folder / name).mkdir()
    arguments = ("--listen", "127.0.0.1:0") if verb == "web" else ()
    return running(folder / name / "data", {**shared, "UNIFAX_HOST__NAME": name}, "none", arguments, verb)
