"""Files that are to come, each by itself: announced, come, run out. Must not know: how they come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Select, delete, exists, insert, select, update

from unifax.model.content import Content
from unifax.model.fax import DeliveryState
from unifax.model.outcome import Outcome
from unifax.store.faxes import NewFile, add_files
from unifax.store.paper import terms_of
from unifax.store.schema import deliveries, faxes, uploads


@dataclass(frozen=True, slots=True)
class Announced:
    """A file that its sender has announced."""

    name: str
    bytes: int
    sha256: str | None
    "Hex, if it was announced."


@dataclass(frozen=True, slots=True)
class Expected:
    """An announced file, and where it stands."""

    fax_id: int
    uid: str
    position: int
    file: Announced
    expires_at: datetime
    content: Content | None
    "What has come."
    is_open: bool
    "Its fax waits for files still."
    charset: str | None
    "Of its texts, if its sender named one."


def add_uploads(conn: Connection, fax_id: int, files: Sequence[Announced], expires_at: datetime) -> None:
    """Write down which files a fax waits for."""
    rows = [
        {
            "fax_id": fax_id,
            "position": position,
            "name": file.name,
            "bytes": file.bytes,
            "sha256": file.sha256,
            "expires_at": expires_at,
        }
        for position, file in enumerate(files)
    ]
    conn.execute(insert(uploads), rows)


def expected(conn: Connection, fax_id: int, position: int) -> Expected | None:
    """Return an announced file, or None."""
    row = conn.execute(
        select(uploads, faxes.c.uid, faxes.c.paper, exists(_uploading(fax_id)).label("is_open"))
        .join(faxes, faxes.c.id == uploads.c.fax_id)
        .where(uploads.c.fax_id == fax_id, uploads.c.position == position)
    ).one_or_none()
    if row is None:
        return None
    file = Announced(row.name, row.bytes, row.sha256)
    content = None if row.blob is None else Content(row.blob, row.place)
    charset = terms_of(row.paper).charset
    return Expected(fax_id, row.uid, position, file, row.expires_at, content, row.is_open, charset)


def set_come(conn: Connection, fax_id: int, position: int, kind: str, content: Content, pages: int) -> bool:
    """Write down that a file has come; False when its fax does not wait for it any more."""
    come = conn.execute(
        update(uploads)
        .where(uploads.c.fax_id == fax_id, uploads.c.position == position, uploads.c.blob.is_(None))
        .where(exists(_uploading(fax_id)))
        .values(kind=kind, blob=content.sha256, place=content.place, pages=pages)
    )
    return come.rowcount == 1


def pages_come(conn: Connection, fax_id: int) -> int:
    """Return how many pages the files of a fax that have come will make."""
    come = select(uploads.c.pages).where(uploads.c.fax_id == fax_id, uploads.c.blob.is_not(None))
    return sum(conn.execute(come).scalars())


def set_whole(conn: Connection, fax_id: int) -> bool:
    """When all files of a fax have come, make them its files: it is to be prepared then. Return whether it is so."""
    rows = conn.execute(select(uploads).where(uploads.c.fax_id == fax_id).order_by(uploads.c.position)).all()
    if any(row.blob is None for row in rows):
        return False
    files = [NewFile(row.name, row.kind, Content(row.blob, row.place), row.bytes, row.pages) for row in rows]
    add_files(conn, fax_id, files)
    conn.execute(
        update(deliveries)
        .where(deliveries.c.fax_id == fax_id, deliveries.c.state == DeliveryState.UPLOADING)
        .values(state=DeliveryState.PREPARING.value)
    )
    return True


def run_out(conn: Connection, now: datetime) -> Sequence[int]:
    """Return the faxes whose files have not all come in time."""
    late = (
        select(uploads.c.fax_id)
        .where(uploads.c.expires_at <= now, uploads.c.blob.is_(None))
        .where(exists(_uploading(uploads.c.fax_id)))
    )
    return conn.execute(late.distinct()).scalars().all()


def set_run_out(conn: Connection, fax_id: int) -> None:
    """Fail a fax whose files have not all come in time."""
    conn.execute(
        update(deliveries)
        .where(deliveries.c.fax_id == fax_id, deliveries.c.state == DeliveryState.UPLOADING)
        .values(state=DeliveryState.FAILED.value, outcome=Outcome.NOT_UPLOADED.value)
    )


def forget_uploads(conn: Connection, before: datetime) -> int:
    """Forget the files announced for a moment long past; return how many."""
    waits = exists(_uploading(uploads.c.fax_id))
    return conn.execute(delete(uploads).where(uploads.c.expires_at <= before, ~waits)).rowcount


def _uploading(fax_id: ColumnElement[int] | int) -> Select[tuple[int]]:
    """Return the deliveries of a fax that wait for its files."""
    return select(deliveries.c.id).where(deliveries.c.fax_id == fax_id, deliveries.c.state == DeliveryState.UPLOADING)
