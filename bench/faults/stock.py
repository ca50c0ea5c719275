"""Many faxes at once, written down by the service's own functions: what thousands of POSTs would have left."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from unifax.here import now
from unifax.model.content import Content
from unifax.model.fax import DeliveryState
from unifax.model.outcome import Outcome
from unifax.model.terms import Priority
from unifax.store.calls import CallNext
from unifax.store.faxes import FIRST_WORK, NewFax, NewFile, NewRecipient, add_faxes
from unifax.store.schema import deliveries, extensions, fax_files, faxes
from unifax.work.jobs import call_job, prepare_job
from unifax.work.queue import Queue

TRUNK = "sandbox"
ANY_PAGES = Content("0" * 64)
"Of faxes that are not going to be sent."


def add_waiting(
    conn: Connection, queue: Queue, count: int, due: datetime, document: Content, organization_id: int | None = None
) -> None:
    """Write down faxes whose first call was busy, and which wait for the next, each with its work."""
    ids, at = _add(conn, count, NewFile("fax.txt", "txt", document, 15, 1), organization_id), now()
    pages = {"document": document.sha256, "place": document.place, "pages": 1}
    conn.execute(update(faxes).where(faxes.c.id.in_(ids)).values(pages))
    waits = {"state": DeliveryState.WAITING.value, "outcome": Outcome.BUSY.value, "next_call_at": due, "work": 2}
    conn.execute(update(deliveries).where(deliveries.c.fax_id.in_(ids)).values(waits | {"calls": 1}))
    rows = conn.execute(select(deliveries.c.id, deliveries.c.fax_id).where(deliveries.c.fax_id.in_(ids)))
    calls = [CallNext(row.fax_id, row.id, 2, 2, TRUNK, Priority.NORMAL) for row in rows]
    queue.enqueue_all(conn, [call_job(call, (due - at).total_seconds()) for call in calls])


def add_preparing(conn: Connection, queue: Queue, count: int, like: int, organization_id: int | None = None) -> None:
    """Write down faxes with the file of another one, whose pages are still to be made, each with its work."""
    row = conn.execute(select(fax_files).where(fax_files.c.fax_id == like)).one()
    file = NewFile(row.name, row.kind, Content(row.blob, row.place), row.bytes, row.pages)
    ids = _add(conn, count, file, organization_id)
    queue.enqueue_all(conn, [prepare_job(fax_id, FIRST_WORK) for fax_id in ids])


def _add(conn: Connection, count: int, file: NewFile, organization_id: int | None) -> Sequence[int]:
    extension = conn.execute(select(extensions.c.id, extensions.c.owner_id)).first()
    assert extension is not None
    first: int = conn.execute(select(func.coalesce(func.max(faxes.c.id), 0))).scalar_one()
    new = [
        NewFax(
            f"{n:032x}",
            extension.owner_id,
            extension.id,
            (file,),
            (NewRecipient(f"777{n:06}88", TRUNK, None),),
            now(),
        )
        for n in range(first + 1, first + count + 1)
    ]
    ids = add_faxes(conn, new)
    if organization_id is not None:
        conn.execute(update(deliveries).where(deliveries.c.fax_id.in_(ids)).values(organization_id=organization_id))
    return ids
