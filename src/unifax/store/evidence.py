"""What is known of pages that were confirmed: written down with each, and never changed. Must not know: receipts."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, select

from unifax.model.evidence import ConfirmedPage, PageEvidence
from unifax.store.db import insert_or_update
from unifax.store.schema import page_evidence


def add_evidence(
    conn: Connection, delivery_id: int, call_number: int, evidence: PageEvidence, confirmed_at: datetime
) -> None:
    """Write down the evidence of a page that was confirmed in a call; what was written first stays."""
    values = asdict(evidence) | {"ecm": int(evidence.ecm), "confirmed_at": confirmed_at}
    new = insert_or_update(conn, page_evidence).values(delivery_id=delivery_id, call_number=call_number, **values)
    conn.execute(new.on_conflict_do_nothing())


def evidence_of(conn: Connection, delivery_id: int) -> Sequence[ConfirmedPage]:
    """Return the pages of a delivery that were confirmed, call by call."""
    wanted = select(page_evidence).where(page_evidence.c.delivery_id == delivery_id)
    rows = conn.execute(wanted.order_by(page_evidence.c.call_number, page_evidence.c.page))
    return [
        ConfirmedPage(
            row.call_number,
            row.confirmed_at,
            PageEvidence(
                page=row.page,
                answer=row.answer,
                coding=row.coding,
                ecm=bool(row.ecm),
                bits=row.bits,
                sha256=row.sha256,
                bits_per_second=row.bits_per_second,
                columns=row.columns,
                rows=row.rows,
                rows_per_metre=row.rows_per_metre,
                row_bits=row.row_bits,
                times_sent=row.times_sent,
                repeat_requests=row.repeat_requests,
                blocks_resent=row.blocks_resent,
            ),
        )
        for row in rows
    ]
