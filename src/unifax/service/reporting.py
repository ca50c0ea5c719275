"""Transmission reports: what is known of a fax that has come to its end, as a page to be filed. Knows no HTTP.

It says what the signed receipts say, in words, with a small picture of the first page while that is kept.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo

from unifax.documents.pages import DamagedPages, read_page, thumbnail
from unifax.documents.report import Fact, Report, ReportPart
from unifax.model.accounts import Viewer
from unifax.model.content import Content
from unifax.model.errors import ContentForgotten, ContentLost, NoReceiptYet
from unifax.model.fax import PENDING, FaxView
from unifax.model.receipt import PageSaid, Proof, Receipt, RecipientSaid, pages_of, proof_of
from unifax.service.control import fax_of, position_of
from unifax.service.receipts import receipt_of
from unifax.store import receipts
from unifax.store.blobs import Blobs
from unifax.store.db import Connection, Database
from unifax.store.views import fax_views

SetReport = Callable[[Report, bytes], bytes]
"Makes a PDF of a report, and of a small PNG or nothing. Blocks. Raises Unavailable."

ROWS_AT_MOST = 1500
"Of the tables of pages together; with more, the pages are left out, and each recipient has a report of his own."
COLUMNS = ("Page", "Answer", "Confirmed", "Rate, bit/s", "Coding", "ECM", "Sent again")
_RESULTS = {Proof.SENT: "SENT", Proof.UNCERTAIN: "UNCERTAIN", Proof.NOT_SENT: "NOT SENT"}


class Reporting:
    """Makes transmission reports."""

    def __init__(
        self, db: Database, blobs: Blobs, set_report: SetReport, clock: Callable[[], datetime], zone: tzinfo
    ) -> None:
        """`zone` is what times are told in."""
        self._db = db
        self._blobs = blobs
        self._set_report = set_report
        self._clock = clock
        self._zone = zone

    async def report(
        self, viewer: Viewer, user_id: str, extension: str, fax_id: str, position: str | None = None
    ) -> bytes:
        """Return the report of a fax as a PDF; of one recipient alone, 1 being the first, when one is named.

        Raises NoReceiptYet before its end, NotFound, Unavailable, and as `fax_of` does.
        """
        fax, said = await self._db.aread(self._asked, viewer, user_id, extension, fax_id, position)
        return await asyncio.to_thread(self._made, fax, said)

    async def report_of(self, fax_id: int) -> tuple[FaxView, bytes] | None:
        """Return a fax and its report, for mail to those who are to have it; None before its end.

        Raises Unavailable.
        """
        found = await self._db.aread(self._known, fax_id)
        if found is None:
            return None
        return found[0], await asyncio.to_thread(self._made, *found)

    def _asked(
        self, conn: Connection, viewer: Viewer, user_id: str, extension: str, fax_id: str, position: str | None
    ) -> tuple[FaxView, Sequence[Receipt]]:
        fax = fax_of(conn, viewer, user_id, extension, fax_id)
        wanted = range(len(fax.deliveries)) if position is None else [position_of(fax, position)]
        if any(fax.deliveries[at].state in PENDING for at in wanted):
            raise NoReceiptYet("This fax has not come to its end.")
        return fax, self._said(conn, fax, wanted)

    def _known(self, conn: Connection, fax_id: int) -> tuple[FaxView, Sequence[Receipt]] | None:
        [fax] = fax_views(conn, [fax_id], in_full=True)
        if any(delivery.state in PENDING for delivery in fax.deliveries):
            return None
        return fax, self._said(conn, fax, range(len(fax.deliveries)))

    def _said(self, conn: Connection, fax: FaxView, positions: Sequence[int]) -> Sequence[Receipt]:
        files = receipts.known_files(conn, fax.id)
        now = self._clock()
        return [receipt_of(fax, at, receipts.confirmed_pages(conn, fax.id, at), files, now) for at in positions]

    def _made(self, fax: FaxView, said: Sequence[Receipt]) -> bytes:
        return self._set_report(report_in_words(fax, said, self._zone), self._picture(fax.document))

    def _picture(self, document: Content | None) -> bytes:
        """Return a small picture of the first page; nothing when there is none, or none any more."""
        if document is None:
            return b""
        try:
            with self._blobs.taken(document) as file:
                return thumbnail(read_page(file, 1))
        except (ContentForgotten, ContentLost, DamagedPages, IndexError, OSError):
            return b""


def report_in_words(fax: FaxView, said: Sequence[Receipt], zone: tzinfo) -> Report:
    """Return what the report of a fax says of some of its recipients."""

    def told(moment: datetime | None) -> str:
        return "" if moment is None else f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S %Z}"

    with_pages = sum(len(pages_of(each)) for each in said) <= ROWS_AT_MOST
    cover = f"{fax.paper.cover.subject}" if fax.paper.cover is not None else ""
    facts: list[Fact] = [
        ("From", fax.extension),
        ("Accepted", told(fax.accepted_at)),
        ("Pages", str(fax.pages or 0)),
        ("Files", ", ".join(fax.files)),
        ("Subject", cover),
        ("Document, SHA-256", "" if fax.document is None else _halved(fax.document.sha256)),
        ("Fax", f"{fax.id} ({fax.uid})"),
    ]
    parts = [_part(each, told, with_pages=with_pages) for each in said]
    foot = "Each recipient has a signed receipt, which can be checked without this service: docs/receipts.md."
    return Report("Transmission report", facts, parts, foot)


def _part(said: Receipt, told: Callable[[datetime | None], str], *, with_pages: bool) -> ReportPart:
    calls = said.calls
    last = calls[-1] if calls else None
    began, ended = (calls[0].started_at, calls[-1].ended_at) if calls else (None, None)
    stations = {call.far_station_id for call in calls if call.far_station_id}
    rate = "" if last is None or last.bits_per_second is None else f"{last.bits_per_second} bit/s"
    facts: list[Fact] = [
        ("First call", told(began)),
        ("End of last call", told(ended)),
        ("Calls", str(len(calls))),
        (
            "Duration of last call",
            "" if last is None or last.ended_at is None else _lasted(last.started_at, last.ended_at),
        ),
        ("Station", ", ".join(sorted(stations))),
        ("Rate", rate),
        ("Medium", "" if last is None or last.media is None else last.media.upper()),
        ("Pages confirmed", f"{said.recipient.pages_confirmed} of {said.fax.pages or 0}"),
        ("Receipt", _receipt_id(said.fax.uid, said.recipient)),
    ]
    pages = [_row(page, told) for page in pages_of(said)] if with_pages else []
    return ReportPart(said.recipient.number, _RESULTS[proof_of(said)], said.summary, facts, COLUMNS, pages)


def _halved(sha256: str) -> str:
    """Return a hash as two words, each of which has room in a line."""
    return f"{sha256[:32]} {sha256[32:]}"


def _receipt_id(uid: str, recipient: RecipientSaid) -> str:
    """Return by what a receipt is known: the fax, and which of its recipients."""
    return f"{uid}/{recipient.position}"


def _row(page: PageSaid, told: Callable[[datetime | None], str]) -> Sequence[str]:
    again = str(page.blocks_resent) if page.ecm else ("" if page.times_sent == 1 else f"{page.times_sent - 1} times")
    ecm = "yes" if page.ecm else "no"
    return (
        *(str(page.page), page.answer, told(page.confirmed_at), str(page.bits_per_second)),
        *(page.coding, ecm, again),
    )


def _lasted(began: datetime, ended: datetime) -> str:
    minutes, seconds = divmod(round((ended - began).total_seconds()), 60)
    return f"{minutes}:{seconds:02}"
