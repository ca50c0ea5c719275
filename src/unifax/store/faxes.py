"""Faxes and their recipients: accepted, prepared, seen. Must not know: how calls are made, or what the queue is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, insert, select, update

from unifax.model.accounts import Extension, Viewer
from unifax.model.fax import CallView, DeliveryState, DeliveryView, FaxView, fax_state
from unifax.model.outcome import Outcome
from unifax.store.accounts import visible
from unifax.store.calls import CallNext
from unifax.store.schema import accounts, calls, deliveries, extensions, fax_files, faxes, inbox

FIRST_WORK = 1
"Serial of the first piece of work of a fax or a delivery."


@dataclass(frozen=True, slots=True)
class NewFile:
    """One file of a fax, kept already."""

    name: str
    "As the caller gave it, without directories."
    kind: str
    blob: str
    "SHA-256, hex."
    bytes: int
    pages: int


@dataclass(frozen=True, slots=True)
class NewRecipient:
    """Where one delivery goes: by a trunk, or straight to an extension of our own. Exactly one of the two."""

    number: str
    trunk: str | None
    extension_id: int | None


@dataclass(frozen=True, slots=True)
class NewFax:
    """A fax about to be accepted."""

    uid: str
    account_id: int
    "The user it is sent for."
    extension_id: int
    files: tuple[NewFile, ...]
    recipients: tuple[NewRecipient, ...]
    accepted_at: datetime
    priority: int = 10
    "1 is most urgent."
    send_after: datetime | None = None
    give_up_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Unprepared:
    """A fax whose pages are to be made."""

    fax_id: int
    sender: Extension
    accepted_at: datetime
    files: tuple[NewFile, ...]
    recipients: tuple[str, ...]


def add_fax(conn: Connection, new: NewFax) -> int:
    """Write down a fax with its files and deliveries, all still to be prepared, and return its id."""
    fax_id: int = conn.execute(
        insert(faxes)
        .values(
            uid=new.uid,
            account_id=new.account_id,
            extension_id=new.extension_id,
            accepted_at=new.accepted_at,
            work=FIRST_WORK,
            state=fax_state([DeliveryState.PREPARING]).value,
            priority=new.priority,
            send_after=new.send_after,
            give_up_at=new.give_up_at,
        )
        .returning(faxes.c.id)
    ).scalar_one()
    conn.execute(
        insert(fax_files),
        [
            {
                "fax_id": fax_id,
                "position": position,
                "name": file.name,
                "kind": file.kind,
                "blob": file.blob,
                "bytes": file.bytes,
                "pages": file.pages,
            }
            for position, file in enumerate(new.files)
        ],
    )
    conn.execute(
        insert(deliveries),
        [
            {
                "fax_id": fax_id,
                "position": position,
                "number": recipient.number,
                "trunk": recipient.trunk,
                "extension_id": recipient.extension_id,
                "state": DeliveryState.PREPARING.value,
                "calls": 0,
                "work": FIRST_WORK,
                "pages_confirmed": 0,
                "calls_before": 0,
            }
            for position, recipient in enumerate(new.recipients)
        ],
    )
    return fax_id


def unprepared(conn: Connection, fax_id: int, work: int) -> Unprepared | None:
    """Return what is needed to make a fax's pages, or None when that is done, or newer work has it."""
    row = (
        conn.execute(
            select(faxes.c.accepted_at, extensions)
            .join(extensions, extensions.c.id == faxes.c.extension_id)
            .where(faxes.c.id == fax_id, faxes.c.work == work)
        )
        .mappings()
        .one_or_none()
    )
    if row is None:
        return None
    numbers = conn.execute(
        select(deliveries.c.number)
        .where(deliveries.c.fax_id == fax_id, deliveries.c.state == DeliveryState.PREPARING)
        .order_by(deliveries.c.position)
    ).scalars()
    recipients = tuple(numbers)
    if not recipients:
        return None
    sender = Extension(
        id=row["id"],
        owner_id=row["owner_id"],
        number=row["number"],
        station_id=row["station_id"],
        header_text=row["header_text"],
        fax_enabled=bool(row["fax_enabled"]),
    )
    return Unprepared(fax_id, sender, row["accepted_at"], _files(conn, fax_id), recipients)


def set_prepared(
    conn: Connection, fax_id: int, work: int, document: str, pages: int, now: datetime
) -> Sequence[CallNext] | None:
    """Write down the pages of a fax; return who is to be called, or None when this was not ours to do any more.

    Extensions of our own have it in their inbox with this very transaction: no call is made (DESIGN decision 13).
    """
    sender = conn.execute(
        select(extensions.c.number)
        .join(faxes, faxes.c.extension_id == extensions.c.id)
        .where(faxes.c.id == fax_id, faxes.c.work == work, faxes.c.document.is_(None))
    ).scalar_one_or_none()
    if sender is None:
        return None
    conn.execute(update(faxes).where(faxes.c.id == fax_id).values(document=document, pages=pages))
    preparing = (deliveries.c.fax_id == fax_id, deliveries.c.state == DeliveryState.PREPARING)
    received = conn.execute(
        update(deliveries)
        .where(*preparing, deliveries.c.extension_id.is_not(None))
        .values(state=DeliveryState.SENT.value, outcome=Outcome.SENT.value, pages_confirmed=pages)
        .returning(deliveries.c.extension_id)
    ).scalars()
    for extension_id in received.all():
        conn.execute(
            insert(inbox).values(
                extension_id=extension_id,
                fax_id=fax_id,
                sender=sender,
                document=document,
                pages=pages,
                received_at=now,
                told=0,
            )
        )
    waiting = conn.execute(
        update(deliveries)
        .where(*preparing, deliveries.c.trunk.is_not(None))
        .values(state=DeliveryState.WAITING.value, next_call_at=now)
        .returning(deliveries.c.id, deliveries.c.calls, deliveries.c.work, deliveries.c.trunk)
    )
    return [CallNext(fax_id, row.id, row.calls + 1, row.work, row.trunk) for row in sorted(waiting.all())]


def set_unpreparable(conn: Connection, fax_id: int, work: int) -> bool:
    """Write down that a fax's files cannot be made into pages; whether that was ours to say."""
    if conn.execute(select(faxes.c.id).where(faxes.c.id == fax_id, faxes.c.work == work)).first() is None:
        return False
    failed = conn.execute(
        update(deliveries)
        .where(deliveries.c.fax_id == fax_id, deliveries.c.state == DeliveryState.PREPARING)
        .values(state=DeliveryState.FAILED.value, outcome=Outcome.DOCUMENT.value)
    )
    return failed.rowcount > 0


def renew_preparing(conn: Connection, fax_id: int, work: int) -> int | None:
    """Take preparing a fax from one piece of work; return the next serial, or None when it is stale."""
    open_still = select(deliveries.c.id).where(
        deliveries.c.fax_id == faxes.c.id, deliveries.c.state == DeliveryState.PREPARING
    )
    renewed: int | None = conn.execute(
        update(faxes)
        .where(faxes.c.id == fax_id, faxes.c.work == work, open_still.exists())
        .values(work=work + 1)
        .returning(faxes.c.work)
    ).scalar_one_or_none()
    return renewed


def fax_view(conn: Connection, viewer: Viewer, fax_id: int) -> FaxView | None:
    """Return a fax as an App sees it, or None when it is not in the viewer's tree."""
    fax = (
        conn.execute(
            select(faxes, extensions.c.number)
            .join(extensions, extensions.c.id == faxes.c.extension_id)
            .join(accounts, accounts.c.id == faxes.c.account_id)
            .where(faxes.c.id == fax_id, visible(viewer))
        )
        .mappings()
        .one_or_none()
    )
    if fax is None:
        return None
    rows = (
        conn.execute(select(deliveries).where(deliveries.c.fax_id == fax_id).order_by(deliveries.c.position))
        .mappings()
        .all()
    )
    made: dict[int, list[CallView]] = {row["id"]: [] for row in rows}
    for call in conn.execute(
        select(calls)
        .join(deliveries, deliveries.c.id == calls.c.delivery_id)
        .where(deliveries.c.fax_id == fax_id)
        .order_by(calls.c.delivery_id, calls.c.number)
    ).mappings():
        made[call["delivery_id"]].append(_call_view(call))
    return FaxView(
        id=fax["id"],
        uid=fax["uid"],
        extension=fax["number"],
        state=fax_state(DeliveryState(row["state"]) for row in rows),
        accepted_at=fax["accepted_at"],
        pages=fax["pages"],
        files=tuple(file.name for file in _files(conn, fax_id)),
        document=fax["document"],
        deliveries=tuple(_delivery_view(row, made[row["id"]]) for row in rows),
    )


def _files(conn: Connection, fax_id: int) -> tuple[NewFile, ...]:
    rows = conn.execute(select(fax_files).where(fax_files.c.fax_id == fax_id).order_by(fax_files.c.position))
    return tuple(NewFile(row.name, row.kind, row.blob, row.bytes, row.pages) for row in rows)


def _delivery_view(row: RowMapping, made: list[CallView]) -> DeliveryView:
    return DeliveryView(
        recipient=row["number"],
        state=DeliveryState(row["state"]),
        pages_confirmed=row["pages_confirmed"],
        outcome=None if row["outcome"] is None else Outcome(row["outcome"]),
        next_call_at=row["next_call_at"],
        calls=tuple(made),
    )


def _call_view(row: RowMapping) -> CallView:
    return CallView(
        number=row["number"],
        started_at=row["started_at"],
        ringing_at=row["ringing_at"],
        answered_at=row["answered_at"],
        t38_at=row["t38_at"],
        ended_at=row["ended_at"],
        outcome=None if row["outcome"] is None else Outcome(row["outcome"]),
        pages_confirmed=row["pages_confirmed"],
        sip_status=row["sip_status"],
        t30_code=row["t30_code"],
        far_station_id=row["far_station_id"],
        bits_per_second=row["bits_per_second"],
        sip_call_id=row["sip_call_id"],
    )
