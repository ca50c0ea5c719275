"""A process that lives only to be killed: `python -m tests.mortal accept|work FOLDER`.

`accept` takes faxes in and prints the id of each once it is committed. `work` prepares and "calls": what the far end
has received stands in a file that survives the process, one line per page, written before the page is confirmed.
"""

import asyncio
import os
import random
import secrets
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from tests.papers import reports
from tests.postgres import opened
from unifax.documents.order import Header
from unifax.model.call import CallOrder, CallReport, Milestone, Progress, Record
from unifax.model.outcome import Outcome
from unifax.model.paper import PageReport, PaperTerms
from unifax.model.retry import RetryPolicy
from unifax.service import delivery
from unifax.service.accounts import bootstrap
from unifax.service.delivery import Caller, Preparer
from unifax.store.accounts import extension_named
from unifax.store.blobs import Blobs
from unifax.store.faxes import NewFax, NewFile, NewRecipient
from unifax.work.executor import Executor, Listen, Perform, Pulse
from unifax.work.jobs import CALL, PREPARE, trunk_queue
from unifax.work.queue import Queue

PAGES = 3
FAR_END = "far-end.log"
PULSE = Pulse(beat_seconds=0.2, limit_seconds=10.0, poll_seconds=0.1, reconcile_seconds=1.0, grace_seconds=0.0)
POLICY = RetryPolicy(50, busy_seconds=0.3, dropped_seconds=0.3, dropped_calls=50, private_trunks=frozenset({"sandbox"}))
PAUSE_SECONDS = 0.02


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  # this is a process of its own


def accept(folder: Path) -> None:
    blobs = Blobs(folder / "blobs")
    with closing(opened(folder)) as db, closing(Queue(db)) as queue:
        bootstrap(db, now())
        sender = db.read(extension_named, "0003*210")
        assert sender is not None
        while True:
            staged = blobs.stage()
            staged.write_text(secrets.token_hex(8))
            file = NewFile("a.txt", "txt", blobs.keep(staged), 16, 1)
            # Few numbers, so that faxes meet at them.
            number = f"777{random.randrange(20):04}"
            recipients = (NewRecipient(number, "sandbox", None), NewRecipient("0003*211", None, 2))
            new = NewFax(secrets.token_hex(16), sender.owner_id, sender.id, (file,), recipients, now())
            print(db.write(delivery.accept, queue, [new], new.accepted_at)[0], flush=True)  # noqa: T201  # the promise to the caller
            time.sleep(PAUSE_SECONDS)


async def work(folder: Path) -> None:
    async def dial(order: CallOrder, record: Record) -> CallReport:
        if random.random() < 0.2:
            return CallReport(Outcome.BUSY, sip_status=486)
        for page in range(order.first_page + 1, order.pages + 1):
            await asyncio.sleep(PAUSE_SECONDS)
            if page == order.pages:
                await record(Progress(Milestone.LAST_PAGE_OUT, page - 1 - order.first_page))
            os.write(far_end, f"{order.fax_id} {page}\n".encode())
            await record(Progress(Milestone.PAGE_CONFIRMED, page - order.first_page))
        return CallReport(Outcome.SENT, order.pages - order.first_page)

    with closing(opened(folder)) as db, closing(Queue(db)) as queue:
        far_end = os.open(folder / FAR_END, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        blobs = Blobs(folder / "blobs")
        preparer = Preparer(db, queue, blobs, render, now)
        caller = Caller(
            db,
            queue,
            blobs,
            POLICY,
            {},
            lambda number: ("sandbox",),
            dial,
            lambda delivery_id: None,
            now,
            random.random,
        )
        works: dict[str, Perform] = {PREPARE: preparer.prepare, CALL: caller.call}
        listens = [Listen(PREPARE, here_at_once=4), Listen(trunk_queue("sandbox"), at_once=10)]
        async with Executor(db, queue, "mortal", works, listens, now, PULSE) as executor:
            await executor.fenced.wait()


def render(files: Sequence[tuple[Path, str]], out: Path, header: Header, paper: PaperTerms) -> Sequence[PageReport]:
    out.write_bytes(b"".join(path.read_bytes() for path, _ in files))
    return reports(PAGES)


if __name__ == "__main__":
    role, folder = sys.argv[1], Path(sys.argv[2])
    if role == "accept":
        accept(folder)
    else:
        asyncio.run(work(folder))
