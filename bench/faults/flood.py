"""One organization sends 10,000 faxes; how soon another one's fax is called, and an urgent one of its own.

Half of them wait for their pages, half for their calls.
"""

import tempfile
import time
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, select

from bench.faults.engines import database
from bench.faults.ledger import Result
from bench.faults.stock import add_preparing, add_waiting
from tests.e2e.running import Running, running, until
from unifax.client import Client
from unifax.client.outbox import WHENEVER, Terms
from unifax.here import now
from unifax.model.content import Content
from unifax.store.db import Database, open_database
from unifax.store.schema import faxes
from unifax.work.queue import Queue

STAGE = "flood"
FLOOD = 10_000
BATCH = 250
OTHERS = 4711
"An organization of nobody: the flood is its, to the queue."
FAXES = 10
LIMIT_SECONDS = 2.0
PATIENCE_SECONDS = 120.0
SETTINGS = {"UNIFAX_SANDBOX__NUMBERS": "777*", "UNIFAX_SANDBOX__CHANNELS": "4"}
"As many calls at once as one machine carries beside all else."


def stage(engine: str, seconds: float, seed: int) -> Result:
    others = _slowest(engine, OTHERS, WHENEVER)
    urgent = _slowest(engine, None, Terms(priority="urgent"))
    worst = {"another's fax is called after s": others, "an urgent fax of its own after s": urgent}
    return Result(STAGE, engine, {"faxes": 2 * FAXES}, worst, sum(took > LIMIT_SECONDS for took in worst.values()))


def _slowest(engine: str, organization_id: int | None, terms: Terms) -> float:
    """Return how long a fax waited for its call beside a flood, at most."""
    with tempfile.TemporaryDirectory(prefix="unifax-flood-") as name, database(engine) as environment:
        data = Path(name) / "data"
        with running(data, {**environment, **SETTINGS}) as service, service.client() as client:
            first = _sent(client, data, WHENEVER)
            until(lambda: not client.fax(first).is_open, PATIENCE_SECONDS, "the first fax is sent")
            with closing(open_database(data, environment.get("UNIFAX_DATABASE__URL", ""))) as db:
                _flood(db, int(first), organization_id)
            return max(_took(service, client, terms) for _ in range(FAXES))


def _flood(db: Database, like: int, organization_id: int | None) -> None:
    document = db.read(_document, like)
    with closing(Queue(db)) as queue:
        for _ in range(FLOOD // 2 // BATCH):
            db.write(add_waiting, queue, BATCH, now(), document, organization_id)
            db.write(add_preparing, queue, BATCH, like, organization_id)


def _document(conn: Connection, fax_id: int) -> Content:
    row = conn.execute(select(faxes.c.document, faxes.c.place).where(faxes.c.id == fax_id)).one()
    return Content(row.document, row.place)


def _took(service: Running, client: Client, terms: Terms) -> float:
    began = now()
    fax_id = _sent(client, service.data, terms)
    called: list[datetime] = []

    def is_called() -> bool:
        called[:] = [call.started_at for call in client.fax(fax_id).recipients[0].calls if call.started_at is not None]
        return bool(called)

    until(is_called, PATIENCE_SECONDS, "it is called")
    return (called[0] - began).total_seconds()


def _sent(client: Client, folder: Path, terms: Terms) -> str:
    letter = folder.parent / "letter.txt"
    letter.write_text("This is my fax\n")
    return client.send([letter], [f"777{time.monotonic_ns() % 10**8:08}88"], terms).id
