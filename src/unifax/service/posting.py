"""Mails are sent: one try is one piece of work, and the next is enqueued with the outcome of the last. Knows no SMTP.

A process that ends between sending and writing down leaves the mail to be sent again, under the same Message-ID.
"""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from unifax.documents.fax_pdf import Piece, Slice, fax_pdf
from unifax.documents.pages import DamagedPages, read_page, thumbnail
from unifax.model.concern import concerning
from unifax.model.errors import ContentForgotten, Unavailable
from unifax.model.inbox import InboxView
from unifax.model.mail import Letter, MailKind, Posted, next_try
from unifax.service.letters import Enclosed, Envelope, Letterhead
from unifax.service.reporting import Reporting
from unifax.store import mails, views
from unifax.store.blobs import Blobs
from unifax.store.db import Connection, Database
from unifax.work.jobs import mail_job
from unifax.work.queue import Queue

log = logging.getLogger(__name__)

FORGOTTEN_AT_ONCE = 500
NO_SERVER = Posted("no mail server is configured (mail.smtp)", is_final=True)
FORGOTTEN = Posted("the content of the fax was deleted", is_final=True)
SENT_AGAIN = Posted("the fax is being sent again", is_final=True)

Send = Callable[[Envelope], Awaitable[Posted]]
"Hands a mail to the next server, and says what came of it."


class Poster:
    """Sends mails."""

    def __init__(
        self,
        db: Database,
        queue: Queue,
        blobs: Blobs,
        reporting: Reporting,
        letterhead: Letterhead,
        send: Send | None,
        max_bytes: int,
        clock: Callable[[], datetime],
        chance: Callable[[], float],
    ) -> None:
        """Without `send` every mail is given up. `chance` returns a number from 0 to 1, to spread further tries."""
        self._db = db
        self._queue = queue
        self._blobs = blobs
        self._reporting = reporting
        self._letterhead = letterhead
        self._send = send
        self._max_bytes = max_bytes
        self._clock = clock
        self._chance = chance

    async def post(self, run: str, mail_id: int, work: int) -> None:
        """Do one `mail` job: afterwards the mail is sent, waits for its next try, or was given up."""
        letter = await self._db.aread(mails.due_mail, mail_id, work)
        if letter is not None:
            with concerning(mail=letter.id):
                posted = NO_SERVER if self._send is None else await self._posted(letter, self._send)
                await self._db.awrite(self._settle, letter, posted)

    async def forget(self, keep: timedelta) -> None:
        """Forget the mails that wait no more and are older than that."""
        before = self._clock() - keep
        while await self._db.awrite(mails.forget_mails, before, FORGOTTEN_AT_ONCE) == FORGOTTEN_AT_ONCE:
            pass

    async def _posted(self, letter: Letter, send: Send) -> Posted:
        try:
            envelope = await self._written(letter)
        except ContentForgotten:
            return FORGOTTEN
        except Unavailable as error:
            return Posted(str(error))
        return SENT_AGAIN if envelope is None else await send(envelope)

    async def _written(self, letter: Letter) -> Envelope | None:
        """Return a mail as it is sent; None of a report of what goes on again. Raises ContentForgotten, Unavailable."""
        if letter.kind is MailKind.REPORT:
            assert letter.fax_id is not None
            found = await self._reporting.report_of(letter.fax_id)
            if found is None:
                return None
            fax, pdf = found
            return self._letterhead.report(letter, fax, self._enclosed(pdf, f"report-{fax.id}.pdf"))
        assert letter.inbox_id is not None
        [received] = await self._db.aread(views.inbox_views, [letter.inbox_id])
        enclosed = await asyncio.to_thread(self._of_received, received)
        return self._letterhead.received(letter, received, enclosed)

    def _of_received(self, fax: InboxView) -> Enclosed:
        with self._blobs.taken(fax.document) as file:
            pieces = fax_pdf(file)
            if sum(piece.octets if isinstance(piece, Slice) else len(piece) for piece in pieces) > self._max_bytes:
                pdf = None
            else:
                with file.open("rb") as tiff:
                    pdf = b"".join(_octets(tiff.fileno(), piece) for piece in pieces)
            try:
                picture = thumbnail(read_page(file, 1))
            except DamagedPages:
                picture = b""
        return Enclosed(pdf, f"fax-{fax.id}.pdf", picture)

    def _enclosed(self, pdf: bytes, name: str) -> Enclosed:
        return Enclosed(pdf if len(pdf) <= self._max_bytes else None, name, b"")

    def _settle(self, conn: Connection, letter: Letter, posted: Posted) -> None:
        now, made = self._clock(), letter.tries + 1
        again = None if posted.trouble is None or posted.is_final else next_try(made, now, self._chance())
        work = mails.record_posting(conn, letter, posted, again, now)
        if work is not None and again is not None:
            self._queue.enqueue(conn, mail_job(work, (again - now).total_seconds()))
        ends = "sent" if posted.trouble is None else "given up" if again is None else f"again at {again:%H:%M:%S}"
        log.info("mail %d try %d = %s", letter.id, made, ends)


def _octets(handle: int, piece: Piece) -> bytes:
    if isinstance(piece, Slice):
        return piece.turned(os.pread(handle, piece.octets, piece.offset))
    return piece
