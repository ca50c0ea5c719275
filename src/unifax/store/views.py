"""Faxes sent and received, as they are shown: what they can be filtered by, and a page of them at a time.

Must not know: who may see them. Whatever the number of faxes, a page takes as many statements as one fax.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, RowMapping, Table, case, select, update

from unifax.model.collection import Kind
from unifax.model.content import Content
from unifax.model.evidence import Decision
from unifax.model.fax import CallView, DeliveryState, DeliveryView, FaxView, fax_state
from unifax.model.inbox import InboxView
from unifax.model.keeping import Keeping
from unifax.model.outcome import Outcome
from unifax.model.paper import PageReport
from unifax.model.terms import Priority, Terms
from unifax.store import paper
from unifax.store.collections import Field, Scopes, Source
from unifax.store.manners import manner_of, media_of
from unifax.store.schema import calls, deliveries, events, extensions, fax_files, faxes, inbox, uploads

SENT = Source(
    faxes.c.id,
    faxes.c.extension_id,
    {
        "id": Field(Kind.NUMBER, faxes.c.id),
        "uid": Field(Kind.TEXT, faxes.c.uid),
        "extension": Field(Kind.TEXT, extensions.c.number, (extensions.c.id, faxes.c.extension_id), is_indexed=True),
        "state": Field(Kind.TEXT, faxes.c.state),
        "acceptedAt": Field(Kind.MOMENT, faxes.c.accepted_at),
        "sendAfter": Field(Kind.MOMENT, faxes.c.send_after),
        "pages": Field(Kind.NUMBER, faxes.c.pages),
        "document": Field(Kind.TEXT, faxes.c.document),
        "files": Field(Kind.TEXT, fax_files.c.name, (fax_files.c.fax_id, faxes.c.id)),
        "recipients": Field(Kind.TEXT, deliveries.c.number, (deliveries.c.fax_id, faxes.c.id), is_indexed=True),
        "label": Field(Kind.TEXT, faxes.c.label),
        "reason": Field(Kind.TEXT, deliveries.c.outcome, (deliveries.c.fax_id, faxes.c.id)),
        "decision": Field(Kind.TEXT, deliveries.c.decision, (deliveries.c.fax_id, faxes.c.id)),
    },
)
"Faxes sent. `recipients`, `reason`, `decision` and `files` hold when they hold for one of them."

RECEIVED = Source(
    inbox.c.id,
    inbox.c.extension_id,
    {
        "id": Field(Kind.NUMBER, inbox.c.id),
        "extension": Field(Kind.TEXT, extensions.c.number, (extensions.c.id, inbox.c.extension_id), is_indexed=True),
        "sender": Field(Kind.TEXT, inbox.c.sender),
        "receivedAt": Field(Kind.MOMENT, inbox.c.received_at),
        "readAt": Field(Kind.MOMENT, inbox.c.read_at),
        "read": Field(Kind.FLAG, case((inbox.c.read_at.is_not(None), 1), else_=0)),
        "pages": Field(Kind.NUMBER, inbox.c.pages),
        "complete": Field(Kind.FLAG, inbox.c.complete),
        "called": Field(Kind.TEXT, inbox.c.called),
        "farStationId": Field(Kind.TEXT, inbox.c.far_station_id),
        "document": Field(Kind.TEXT, inbox.c.document),
    },
)
"Faxes received."

HAPPENED = Source(events.c.id, events.c.extension_id, {})
"What has happened."


def happened_to(fax_id: int) -> Scopes:
    """Return where to look for what has happened to one fax."""
    return [events.c.fax_id == fax_id]


def fax_views(conn: Connection, ids: Sequence[int], *, in_full: bool) -> list[FaxView]:
    """Return faxes in the order of their ids as given; not in full: as if there were no calls and no page reports."""
    rows = conn.execute(
        select(faxes, extensions.c.number)
        .join(extensions, extensions.c.id == faxes.c.extension_id)
        .where(faxes.c.id.in_(ids))
    ).mappings()
    found = {row["id"]: row for row in rows}
    files = _names(conn, ids, uploads) | _names(conn, ids, fax_files)  # what has come, else what was announced
    made = _calls(conn, ids) if in_full else {}
    reports = paper.reports_of(conn, ids) if in_full else {}
    recipients: dict[int, list[DeliveryView]] = {fax_id: [] for fax_id in found}
    for row in conn.execute(
        select(deliveries).where(deliveries.c.fax_id.in_(ids)).order_by(deliveries.c.position)
    ).mappings():
        recipients[row["fax_id"]].append(_delivery_view(row, made.get(row["id"], ())))
    return [
        _fax_view(found[fax_id], files.get(fax_id, ()), recipients[fax_id], reports.get(fax_id, ()))
        for fax_id in ids
        if fax_id in found
    ]


def inbox_views(conn: Connection, ids: Sequence[int]) -> list[InboxView]:
    """Return received faxes in the order of their ids as given."""
    rows = conn.execute(
        select(inbox, extensions.c.number)
        .join(extensions, extensions.c.id == inbox.c.extension_id)
        .where(inbox.c.id.in_(ids))
    )
    found = {row["id"]: _inbox_view(row) for row in rows.mappings()}
    return [found[inbox_id] for inbox_id in ids if inbox_id in found]


def _inbox_view(row: RowMapping) -> InboxView:
    return InboxView(
        id=row["id"],
        extension=row["number"],
        sender=row["sender"],
        received_at=row["received_at"],
        read_at=row["read_at"],
        pages=row["pages"],
        document=Content(row["document"], row["place"]),
        complete=bool(row["complete"]),
        called=row["called"],
        far_station_id=row["far_station_id"],
        bits_per_second=row["bits_per_second"],
        bad_rows=row["bad_rows"],
        sip_call_id=row["sip_call_id"],
        held_at=row["held_at"],
        forgotten_at=row["forgotten_at"],
        turned=row["turned"],
    )


def forwarded_as(conn: Connection, inbox_id: int) -> Sequence[int]:
    """Return the faxes that a received one was forwarded as, the newest first."""
    forwards = select(faxes.c.id).where(faxes.c.forwards == inbox_id).order_by(faxes.c.id.desc())
    return conn.execute(forwards).scalars().all()


def set_turned(conn: Connection, inbox_id: int, degrees: int) -> None:
    """Have a received fax shown turned from now on."""
    conn.execute(update(inbox).where(inbox.c.id == inbox_id).values(turned=degrees))


def mark_read(conn: Connection, inbox_id: int, read_at: datetime | None) -> None:
    """Write down when a received fax was read, or that it was not. What was read before stays read when it was."""
    changed = update(inbox).where(inbox.c.id == inbox_id)
    if read_at is not None:
        changed = changed.where(inbox.c.read_at.is_(None))
    conn.execute(changed.values(read_at=read_at))


def _names(conn: Connection, fax_ids: Sequence[int], of: Table) -> dict[int, list[str]]:
    names: dict[int, list[str]] = {}
    rows = conn.execute(select(of.c.fax_id, of.c.name).where(of.c.fax_id.in_(fax_ids)).order_by(of.c.position))
    for row in rows:
        names.setdefault(row.fax_id, []).append(row.name)
    return names


def _calls(conn: Connection, fax_ids: Sequence[int]) -> Mapping[int, Sequence[CallView]]:
    made: dict[int, list[CallView]] = {}
    for row in conn.execute(
        select(calls)
        .join(deliveries, deliveries.c.id == calls.c.delivery_id)
        .where(deliveries.c.fax_id.in_(fax_ids))
        .order_by(calls.c.delivery_id, calls.c.number)
    ).mappings():
        made.setdefault(row["delivery_id"], []).append(_call_view(row))
    return made


def _fax_view(
    row: RowMapping, files: Sequence[str], recipients: Sequence[DeliveryView], reports: Sequence[PageReport]
) -> FaxView:
    return FaxView(
        id=row["id"],
        uid=row["uid"],
        extension=row["number"],
        state=fax_state(delivery.state for delivery in recipients),
        accepted_at=row["accepted_at"],
        terms=Terms(Priority(row["priority"]), row["send_after"], row["give_up_at"]),
        pages=row["pages"],
        files=tuple(files),
        document=None if row["document"] is None else Content(row["document"], row["place"]),
        deliveries=tuple(recipients),
        paper=paper.terms_of(row["paper"]),
        page_reports=tuple(reports),
        keeping=Keeping(row["label"], row["keep_days"]),
        held_at=row["held_at"],
        forgotten_at=row["forgotten_at"],
    )


def _delivery_view(row: RowMapping, made: Sequence[CallView]) -> DeliveryView:
    return DeliveryView(
        recipient=row["number"],
        state=DeliveryState(row["state"]),
        pages_confirmed=row["pages_confirmed"],
        outcome=None if row["outcome"] is None else Outcome(row["outcome"]),
        next_call_at=row["next_call_at"],
        cancelling=row["cancel_at"] is not None,
        calls=tuple(made),
        decision=None if row["decision"] is None else Decision(row["decision"]),
        decided_at=row["decided_at"],
    )


def _call_view(row: RowMapping) -> CallView:
    return CallView(
        number=row["number"],
        manner=manner_of(row),
        started_at=row["started_at"],
        ringing_at=row["ringing_at"],
        answered_at=row["answered_at"],
        t38_at=row["t38_at"],
        ended_at=row["ended_at"],
        outcome=None if row["outcome"] is None else Outcome(row["outcome"]),
        pages_confirmed=row["pages_confirmed"],
        sip_status=row["sip_status"],
        t30_code=row["t30_code"],
        media=media_of(row),
        far_station_id=row["far_station_id"],
        bits_per_second=row["bits_per_second"],
        sip_call_id=row["sip_call_id"],
    )
