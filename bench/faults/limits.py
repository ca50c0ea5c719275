"""Three line processes, and the limits of a trunk: calls at once, calls begun a second, one at a time to a number."""

import tempfile
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, text

from bench.faults.engines import database
from bench.faults.ledger import Result
from bench.faults.trial import free_port
from tests.e2e.running import running, until
from unifax.store.db import open_database

STAGE = "limits"
RUNS = 20
FAXES, NUMBERS = 30, 10
"Of a run: a number has three."
CHANNELS, PER_SECOND = 4, 5
PATIENCE_SECONDS = 300.0
BEGUN = "SELECT started_at_epoch_ms FROM {}workflow_status WHERE name = 'call' AND started_at_epoch_ms > 0 ORDER BY 1"
CALLS = (
    "SELECT deliveries.number, calls.started_at, calls.ended_at FROM calls JOIN deliveries"
    " ON deliveries.id = calls.delivery_id ORDER BY calls.started_at"
)


def stage(engine: str, seconds: float, seed: int) -> Result:
    with tempfile.TemporaryDirectory(prefix="unifax-limits-") as name, database(engine) as environment:
        folder, machine = Path(name), f"127.0.0.1:{free_port()}"
        (folder / "unifax.toml").write_text(
            f'[sandbox]\nenabled = "yes"\nlisten = "{machine}"\nnumbers = ["777????"]\n'
            f'[trunks.limited]\nserver = "{machine}"\n'
            f"numbers = ['888????']\nrewrite = {{ '^888' = '777' }}\nchannels = {CHANNELS}\n"
            f"calls_per_second = {PER_SECOND}\npaced = false\nkeep_alive_seconds = 0\nprivate = true\n"
        )
        settings = {
            **environment,
            "UNIFAX_SANDBOX__LISTEN": machine,
            "UNIFAX_LINE__PROCESSES": "3",
            "UNIFAX_LIMITS__APP_FAXES_PER_MINUTE": "0",
            "UNIFAX_LIMITS__APP_REQUESTS_PER_MINUTE": "0",
            "UNIFAX_LIMITS__ACCOUNT_REQUESTS_PER_MINUTE": "0",
        }
        arguments = ("--listen", "127.0.0.1:0", "--config", str(folder / "unifax.toml"))
        with running(folder / "data", settings, None, arguments) as service, service.client() as client:
            letter = folder / "letter.txt"
            letter.write_text("This is my fax\n")
            for _ in range(RUNS):
                sent = [client.send([letter], [f"888{n % NUMBERS:02}88"]).id for n in range(FAXES)]
                until(lambda: not any(client.fax(each).is_open for each in sent), PATIENCE_SECONDS, "all have ended")  # noqa: B023  # called at once
        with closing(open_database(folder / "data", environment.get("UNIFAX_DATABASE__URL", ""))) as db:
            schema = "dbos." if environment else ""
            begun = db.read(lambda conn: list(conn.execute(text(BEGUN.format(schema))).scalars()))
            spans = db.read(_spans)
    most = {
        "most at once": float(_most_at_once(spans)),
        "most begun in a second": float(_most_in(begun, 1000)),
        "most to a number": float(
            max(_most_at_once([span for span in spans if span[0] == number]) for number, _, _ in spans)
        ),
    }
    must = {
        "calls over a limit": int(most["most at once"] > CHANNELS) + int(most["most begun in a second"] > PER_SECOND)
    }
    must["calls over a limit"] += int(most["most to a number"] > 1)
    return Result(STAGE, engine, {"faxes": RUNS * FAXES, "calls": len(spans), **must}, most, sum(must.values()))


def _spans(conn: Connection) -> list[tuple[str, str, str]]:
    """Return number, begin and end of each call, in a text whose order is that of the moments."""
    return [(row[0], str(row[1]), str(row[2])) for row in conn.execute(text(CALLS))]


def _most_at_once(spans: list[tuple[str, str, str]]) -> int:
    moments = sorted([(begin, 1) for _, begin, _ in spans] + [(end, -1) for _, _, end in spans])
    up = most = 0
    for _, step in moments:
        up += step
        most = max(most, up)
    return most


def _most_in(moments: list[int], window: int) -> int:
    """Return how many of some moments fall into a window of that length, at most."""
    return max(sum(first <= each < first + window for each in moments) for first in moments)
