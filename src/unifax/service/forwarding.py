"""A received fax sent on: its pages go as they came, nothing is drawn on them again. Knows no HTTP."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

from unifax.documents.faxed import resolution_of
from unifax.documents.strips import Strip, read_strips
from unifax.model.accounts import Viewer
from unifax.model.audit import Action
from unifax.model.errors import ContentForgotten
from unifax.model.fax import FaxView
from unifax.model.inbox import InboxView
from unifax.model.paper import Coding, PageReport, Resolution, Treatment
from unifax.model.terms import Terms
from unifax.service.control import fax_of
from unifax.service.delivery import pause_seconds
from unifax.service.office import Office
from unifax.service.reading import received_one
from unifax.service.sending import may_send
from unifax.service.telling import tell
from unifax.store import faxes
from unifax.store.db import Connection
from unifax.store.faxes import FIRST_WORK, NewFax, NewFile
from unifax.work.jobs import call_job


async def forward(
    office: Office, viewer: Viewer, user_id: str, extension: str, inbox_id: str, asked: Mapping[str, object]
) -> FaxView:
    """Send a received fax on from the extension that has it, and return the new fax.

    `asked` has `recipients`, and may have terms, as of a fax that is sent. Raises as `Sending.accept` and
    `received_one` do; ContentForgotten.
    """
    office.sending.readiness.may_accept()
    fax = await office.db.aread(received_one, viewer, user_id, extension, inbox_id)
    if fax.forgotten_at is not None:
        raise ContentForgotten("The content of this fax was deleted: there is nothing to forward.")
    async with office.blobs.at_hand(fax.document) as (document,):
        octets, pages = await asyncio.to_thread(_looked_at, document)
    file = NewFile(f"received-{fax.id}.tif", "tif", fax.document, octets, len(pages))

    def write(conn: Connection) -> FaxView:
        return _forward(conn, office, viewer, user_id, extension, fax, file, pages, asked)

    return await office.act(viewer, Action.FORWARDED, write)


def _forward(
    conn: Connection,
    office: Office,
    viewer: Viewer,
    user_id: str,
    extension: str,
    fax: InboxView,
    file: NewFile,
    pages: Sequence[PageReport],
    asked: Mapping[str, object],
) -> FaxView:
    now = office.clock()
    who = may_send(conn, viewer, user_id, extension)
    if received_one(conn, viewer, user_id, extension, str(fax.id)).forgotten_at is not None:
        raise ContentForgotten("The content of this fax was deleted: there is nothing to forward.")
    recipients = office.sending.recipients.read(conn, who.account_id, who.extension, asked.get("recipients"))
    terms = Terms.read(asked, now)
    new = NewFax(
        office.sending.new_uid(), who.account_id, who.extension.id, (file,), recipients, now, terms, forwards=fax.id
    )
    fax_id = faxes.add_fax(conn, new)
    calls = faxes.set_prepared(conn, fax_id, FIRST_WORK, file.content, pages, now) or ()
    pause = pause_seconds(terms.send_after, now)
    office.queue.enqueue_all(conn, [call_job(call, pause) for call in calls])
    tell(conn, office.queue, fax_id, now)
    return fax_of(conn, viewer, user_id, extension, str(fax_id))


def _looked_at(document: Path) -> tuple[int, Sequence[PageReport]]:
    """Return the size of a received fax, and what its pages are. Raises DamagedPages, OSError."""
    strips = read_strips(document)
    return document.stat().st_size, [_report(number, strip) for number, strip in enumerate(strips, 1)]


def _report(number: int, strip: Strip) -> PageReport:
    resolution = resolution_of(strip.width, 1, (strip.x_dpi, strip.y_dpi)) or Resolution.FINE
    return PageReport(number, 0, resolution, strip.rows, Treatment.TEXT, {Coding.MMR: strip.octets})
