"""Whose number is ringing, and keeping what comes: page by page, then as a fax in the inbox. Must not know: SIP, T.30.

A call has a row from before it is answered until what it has brought is kept, and a file named after the row. So
whenever this process ends, the next one finds both, and keeps the pages that had come.
"""

import asyncio
import logging
import os
import shutil
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from unifax.documents.pages import DamagedPages
from unifax.documents.strips import read_strips
from unifax.model.content import Content
from unifax.model.errors import Unavailable, UnifaxError
from unifax.model.incoming import IncomingCall, PageIn, Reception, Recorded, Turned
from unifax.model.numbers import shorten
from unifax.model.outcome import Outcome
from unifax.model.transcript import packed
from unifax.service.telling import tell_received
from unifax.store import receptions
from unifax.store.blobs import Blobs
from unifax.store.call_records import keep_inbox_record
from unifax.store.db import Connection, Database
from unifax.store.hashing import flush
from unifax.store.missed_calls import add_missed, keep_missed_record
from unifax.store.trunks import is_free
from unifax.work.queue import Queue

log = logging.getLogger(__name__)

WRITE_AGAIN_SECONDS = 1.0

KeepRecord = Callable[[Connection, bytes, bytes, datetime], None]
"Keeps the transcript and the packets of a call."


class PageMissing(UnifaxError):
    """A page that is to be confirmed is not in its file, or its call was settled by another process."""


class Receiving:
    """Takes in the faxes of calls. One process of a data folder at a time."""

    def __init__(
        self,
        db: Database,
        queue: Queue,
        blobs: Blobs,
        folder: Path,
        channels: Mapping[str, int],
        clock: Callable[[], datetime],
        host: str,
    ) -> None:
        """`folder` is where faxes lie while they come in to this host, `channels` are those of the trunks.

        Raises OSError when there can be no folder.
        """
        self._db = db
        self._queue = queue
        self._blobs = blobs
        self._folder = folder
        self._channels = channels
        self._clock = clock
        self._host = host
        folder.mkdir(parents=True, exist_ok=True)

    async def admit(self, call: IncomingCall) -> Reception | Turned:
        """Say whose call it is (`model.incoming.Admit`). Raises Unavailable."""
        admitted = await self._db.awrite(self._admit, call)
        log.info(
            "call %s to %s = %s",
            call.sip_call_id,
            shorten(call.called),
            admitted if isinstance(admitted, Turned) else f"reception {admitted.id}",
        )
        return admitted

    async def keep_page(self, reception: Reception, page: PageIn) -> None:
        """See that a page is on disk, and counted (`model.incoming.KeepPage`).

        Raises PageMissing, DamagedPages, Unavailable, OSError.
        """
        await asyncio.to_thread(_flush_pages, reception.file, page.pages)
        if not await self._db.awrite(receptions.add_page, reception.id, page):
            raise PageMissing(f"reception {reception.id} was settled before")

    async def settle(self, reception: Reception, recorded: Recorded) -> None:
        """Keep what a call has brought (`model.incoming.Settle`). Doing it again changes nothing."""
        keep = await self._settle(reception.id, recorded.outcome)
        if keep is not None and recorded.transcript:
            await self._keep_record(keep, recorded)

    async def keep_what_was_left(self) -> None:
        """Keep what came in calls that a crash has ended. To be done once, before the first call is answered.

        Calls to other hosts are theirs: they may be up, and their files are not here.
        """
        for reception_id, host in (await self._db.aread(receptions.all_up)).items():
            if host not in (None, self._host) and not self._file(reception_id).exists():
                continue
            log.warning("reception %d was cut off by our own end", reception_id)
            await self._settle(reception_id, Outcome.LOST)
        for file in self._folder.glob("*.tif"):
            file.unlink()  # settled, and not yet removed

    def _admit(self, conn: Connection, call: IncomingCall) -> Reception | Turned:
        admitted = self._reception_of(conn, call)
        if isinstance(admitted, Turned):
            now = self._clock()
            add_missed(conn, call, admitted.name.lower(), now, now)
        return admitted

    def _reception_of(self, conn: Connection, call: IncomingCall) -> Reception | Turned:
        extension = receptions.extension_called(conn, call.called)
        if extension is None:
            return Turned.NO_SUCH_NUMBER
        if not extension.fax_enabled:
            return Turned.NO_FAX
        if not is_free(conn, call.trunk, self._channels.get(call.trunk)):
            return Turned.FULL
        reception_id = receptions.begin(conn, extension.id, call, self._clock(), self._host)
        if reception_id is None:
            return Turned.BUSY
        return Reception(reception_id, self._file(reception_id), extension.station_id)

    async def _settle(self, reception_id: int, outcome: Outcome | None) -> KeepRecord | None:
        """Keep what came, and return what keeps the record of the call, if that is new."""
        file = self._file(reception_id)
        while True:
            try:
                document, pages = await asyncio.to_thread(self._keep, file)
                keep = await self._db.awrite(self._into_the_inbox, reception_id, document, pages, outcome)
                break
            except (Unavailable, OSError) as error:
                log.warning("reception %d: %s", reception_id, error)
                await asyncio.sleep(WRITE_AGAIN_SECONDS)
        file.unlink(missing_ok=True)
        return keep

    async def _keep_record(self, keep: KeepRecord, recorded: Recorded) -> None:
        """Keep what was recorded. It is not worth a second try, and no fax fails of it."""
        try:
            blob = await asyncio.to_thread(packed, recorded.transcript)
            await self._db.awrite(keep, blob, recorded.packets, self._clock())
        except Exception:
            log.exception("no transcript of a call from outside")

    def _keep(self, file: Path) -> tuple[Content | None, int]:
        """Keep a copy of the file, if it has a page; return it and its pages. Raises Unavailable, OSError."""
        try:
            pages = len(read_strips(file))
        except FileNotFoundError:
            pages = 0
        except DamagedPages as error:
            aside = file.with_suffix(".damaged")
            log.error("%s: %s; it is now %s", file.name, error, aside.name)
            file.replace(aside)
            pages = 0
        if pages == 0:
            return None, 0
        staged = self._blobs.stage()
        try:
            shutil.copyfile(file, staged)
            return self._blobs.keep(staged), pages
        finally:
            self._blobs.discard(staged)

    def _into_the_inbox(
        self, conn: Connection, reception_id: int, document: Content | None, pages: int, outcome: Outcome | None
    ) -> KeepRecord | None:
        now = self._clock()
        if document is None:
            return self._missed(conn, reception_id, outcome or Outcome.PROTOCOL, now)
        inbox_id = receptions.settle(conn, reception_id, document, pages, now)
        if inbox_id is not None:
            tell_received(conn, self._queue, inbox_id, now)
            log.info("reception %d = fax %d in the inbox, %d pages", reception_id, inbox_id, pages)
        return None if inbox_id is None else _keeps(keep_inbox_record, inbox_id)

    def _missed(self, conn: Connection, reception_id: int, outcome: Outcome, now: datetime) -> KeepRecord | None:
        known = receptions.call_of(conn, reception_id)
        if known is None:
            return None
        call, begun_at = known
        receptions.forget(conn, reception_id)
        log.info("reception %d = over, without a page: %s", reception_id, outcome)
        return _keeps(keep_missed_record, add_missed(conn, call, outcome.value, begun_at, now))

    def _file(self, reception_id: int) -> Path:
        return self._folder / f"{reception_id}.tif"


def _keeps(keep: Callable[[Connection, int, bytes, bytes, datetime], None], row_id: int) -> KeepRecord:
    """Return what keeps the record of one call."""
    return lambda conn, blob, packets, now: keep(conn, row_id, blob, packets, now)


def _flush_pages(file: Path, pages: int) -> None:
    """See that a file with so many pages would survive a power cut. Raises PageMissing, DamagedPages, OSError."""
    handle = os.open(file, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    if pages == 1:
        flush(file.parent)
    if len(read_strips(file)) < pages:
        raise PageMissing(f"page {pages} is not in {file.name}")
