"""What a receipt is made of and no view shows. Must not know: who may see it, or what a receipt is."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from unifax.model.evidence import ConfirmedPage
from unifax.store.evidence import evidence_of
from unifax.store.schema import deliveries, fax_files


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file of a fax."""

    name: str
    sha256: str
    bytes: int


def known_files(conn: Connection, fax_id: int) -> Sequence[KnownFile]:
    """Return the files of a fax, in their order."""
    rows = conn.execute(select(fax_files).where(fax_files.c.fax_id == fax_id).order_by(fax_files.c.position))
    return [KnownFile(row.name, row.blob, row.bytes) for row in rows]


def confirmed_pages(conn: Connection, fax_id: int, position: int) -> Sequence[ConfirmedPage]:
    """Return the evidence of a recipient of a fax, 0 being the first, call by call."""
    wanted = select(deliveries.c.id).where(deliveries.c.fax_id == fax_id, deliveries.c.position == position)
    return evidence_of(conn, conn.execute(wanted).scalar_one())
