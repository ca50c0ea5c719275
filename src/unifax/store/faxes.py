"""Faxes and their recipients: accepted, prepared, seen. Must not know: how calls are made, or what the queue is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, insert, select, update

from unifax.model.accounts import Extension, Viewer
from unifax.model.content import Content
from unifax.model.fax import DeliveryState, FaxState, FaxView, fax_state
from unifax.model.keeping import AS_OTHERS, Keeping
from unifax.model.outcome import Outcome
from unifax.model.paper import AS_IT_COMES, PageReport, PaperTerms
from unifax.model.terms import AT_ONCE, Priority, Terms
from unifax.store import paper
from unifax.store.accounts import header_style, visible
from unifax.store.calls import CallNext
from unifax.store.schema import accounts, deliveries, extensions, fax_files, faxes, inbox
from unifax.store.turns import organizations
from unifax.store.views import fax_views

FIRST_WORK = 1
"Serial of the first piece of work of a fax or a delivery."

_ADD_FAXES = insert(faxes).returning(faxes.c.id, faxes.c.uid)
_ADD_FILES, _ADD_DELIVERIES = insert(fax_files), insert(deliveries)
"Made once: that takes longer than writing a row."


@dataclass(frozen=True, slots=True)
class NewFile:
    """One file of a fax, kept already."""

    name: str
    "As the caller gave it, without directories."
    kind: str
    content: Content
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
    terms: Terms = AT_ONCE
    paper: PaperTerms = AS_IT_COMES
    keeping: Keeping = AS_OTHERS
    trace: str | None = None
    "W3C traceparent of what it is accepted in."
    reply_to: str = ""
    "The mail address of who sent it by mail, and is told how it ends."
    forwards: int | None = None
    "The received fax whose pages these are."
    awaits_files: bool = False
    "They are to be uploaded, one by one."


@dataclass(frozen=True, slots=True)
class Unprepared:
    """A fax whose pages are to be made."""

    fax_id: int
    sender: Extension
    accepted_at: datetime
    send_after: datetime | None
    files: tuple[NewFile, ...]
    recipients: tuple[str, ...]
    "The numbers of all whom it is addressed to, whatever became of them."
    paper: PaperTerms
    trace: str | None = None


def add_fax(conn: Connection, new: NewFax) -> int:
    """Write down one fax, as `add_faxes` does, and return its id."""
    return add_faxes(conn, [new])[0]


def add_faxes(conn: Connection, new: Sequence[NewFax]) -> Sequence[int]:
    """Write down faxes with their files and deliveries, all still to be prepared, and return their ids."""
    states = [DeliveryState.UPLOADING if each.awaits_files else DeliveryState.PREPARING for each in new]
    rows = [
        {
            "uid": each.uid,
            "account_id": each.account_id,
            "extension_id": each.extension_id,
            "accepted_at": each.accepted_at,
            "work": FIRST_WORK,
            "state": fax_state([state]).value,
            "priority": each.terms.priority.value,
            "send_after": each.terms.send_after,
            "give_up_at": each.terms.give_up_at,
            "paper": paper.kept(each.paper),
            "label": each.keeping.label,
            "keep_days": each.keeping.days,
            "trace": each.trace,
            "reply_to": each.reply_to,
            "forwards": each.forwards,
        }
        for each, state in zip(new, states, strict=True)
    ]
    shares = organizations(conn, [each.account_id for each in new])
    by_uid = {row.uid: row.id for row in conn.execute(_ADD_FAXES, rows)}
    ids: list[int] = [by_uid[each.uid] for each in new]
    _add_files(conn, [(fax_id, each.files) for fax_id, each in zip(ids, new, strict=True)])
    conn.execute(
        _ADD_DELIVERIES,
        [
            {
                "fax_id": fax_id,
                "position": position,
                "number": recipient.number,
                "trunk": recipient.trunk,
                "extension_id": recipient.extension_id,
                "state": state.value,
                "calls": 0,
                "work": FIRST_WORK,
                "pages_confirmed": 0,
                "calls_before": 0,
                "organization_id": shares[each.account_id],
            }
            for fax_id, each, state in zip(ids, new, states, strict=True)
            for position, recipient in enumerate(each.recipients)
        ],
    )
    return ids


def add_files(conn: Connection, fax_id: int, files: Sequence[NewFile]) -> None:
    """Write down the files of a fax, in their order."""
    _add_files(conn, [(fax_id, files)])


def _add_files(conn: Connection, of_faxes: Sequence[tuple[int, Sequence[NewFile]]]) -> None:
    rows = [
        {
            "fax_id": fax_id,
            "position": position,
            "name": file.name,
            "kind": file.kind,
            "blob": file.content.sha256,
            "place": file.content.place,
            "bytes": file.bytes,
            "pages": file.pages,
        }
        for fax_id, files in of_faxes
        for position, file in enumerate(files)
    ]
    if rows:
        conn.execute(_ADD_FILES, rows)


def unprepared(conn: Connection, fax_id: int, work: int) -> Unprepared | None:
    """Return what is needed to make a fax's pages, or None when that is done, or newer work has it."""
    row = (
        conn.execute(
            select(faxes.c.accepted_at, faxes.c.send_after, faxes.c.paper, faxes.c.trace, extensions)
            .join(extensions, extensions.c.id == faxes.c.extension_id)
            .where(faxes.c.id == fax_id, faxes.c.work == work)
        )
        .mappings()
        .one_or_none()
    )
    if row is None:
        return None
    addressed = conn.execute(
        select(deliveries.c.number, deliveries.c.state)
        .where(deliveries.c.fax_id == fax_id)
        .order_by(deliveries.c.position)
    ).all()
    if not any(each.state == DeliveryState.PREPARING for each in addressed):
        return None
    recipients = tuple(each.number for each in addressed)
    sender = Extension(
        id=row["id"],
        owner_id=row["owner_id"],
        number=row["number"],
        station_id=row["station_id"],
        header_text=row["header_text"],
        header=header_style(row),
        fax_enabled=bool(row["fax_enabled"]),
    )
    asked = paper.terms_of(row["paper"])
    return Unprepared(
        fax_id, sender, row["accepted_at"], row["send_after"], _files(conn, fax_id), recipients, asked, row["trace"]
    )


def set_prepared(
    conn: Connection, fax_id: int, work: int, document: Content, pages: Sequence[PageReport], now: datetime
) -> Sequence[CallNext] | None:
    """Write down the pages of a fax, and what became of them.

    Return who is to be called, or None when this was not ours to do any more.

    Extensions of our own have it in their inbox with this very transaction, unless it is to be sent later: no call is
    made (DESIGN decision 13).
    """
    fax = conn.execute(
        update(faxes)
        .where(faxes.c.id == fax_id, faxes.c.work == work, faxes.c.document.is_(None))
        .values(document=document.sha256, place=document.place, pages=len(pages))
        .returning(faxes.c.send_after, faxes.c.priority)
    ).one_or_none()
    if fax is None:
        return None
    paper.keep_reports(conn, fax_id, pages)
    preparing = (deliveries.c.fax_id == fax_id, deliveries.c.state == DeliveryState.PREPARING)
    due_at = max(now, fax.send_after or now)
    if due_at == now:
        _hand_over(conn, fax_id, *preparing, now=now)
    waiting = conn.execute(
        update(deliveries)
        .where(*preparing)
        .values(state=DeliveryState.WAITING.value, next_call_at=due_at)
        .returning(deliveries.c.id, deliveries.c.calls, deliveries.c.work, deliveries.c.trunk)
    )
    return [
        CallNext(fax_id, row.id, row.calls + 1, row.work, row.trunk, Priority(fax.priority))
        for row in sorted(waiting.all())
    ]


def hand_over(conn: Connection, delivery_id: int, work: int, now: datetime) -> int | None:
    """Give a fax to the extension of our own that it waits for; return the fax, or None when this work is stale."""
    fax_id = conn.execute(
        select(deliveries.c.fax_id).where(deliveries.c.id == delivery_id, deliveries.c.work == work)
    ).scalar_one_or_none()
    if fax_id is not None:
        its_turn = (deliveries.c.id == delivery_id, deliveries.c.state == DeliveryState.WAITING)
        _hand_over(conn, fax_id, *its_turn, now=now)
    return fax_id


def _hand_over(conn: Connection, fax_id: int, *which: ColumnElement[bool], now: datetime) -> None:
    """Put a fax into the inboxes of those of its recipients that are extensions of our own."""
    fax = conn.execute(
        select(faxes.c.document, faxes.c.place, faxes.c.pages, extensions.c.number)
        .join(extensions, extensions.c.id == faxes.c.extension_id)
        .where(faxes.c.id == fax_id)
    ).one()
    received = conn.execute(
        update(deliveries)
        .where(*which, deliveries.c.extension_id.is_not(None))
        .values(
            state=DeliveryState.SENT.value, outcome=Outcome.SENT.value, pages_confirmed=fax.pages, next_call_at=None
        )
        .returning(deliveries.c.extension_id)
    ).scalars()
    for extension_id in received.all():
        conn.execute(
            insert(inbox).values(
                extension_id=extension_id,
                fax_id=fax_id,
                sender=fax.number,
                document=fax.document,
                place=fax.place,
                pages=fax.pages,
                complete=1,
                bad_rows=0,
                received_at=now,
                told=0,
            )
        )


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
    """Return a fax as an App sees it, or None when no extension in the viewer's tree has sent it."""
    theirs = conn.execute(
        select(faxes.c.id)
        .join(extensions, extensions.c.id == faxes.c.extension_id)
        .join(accounts, accounts.c.id == extensions.c.owner_id)
        .where(faxes.c.id == fax_id, visible(viewer))
    )
    return fax_views(conn, [fax_id], in_full=True)[0] if theirs.first() is not None else None


def state_of(conn: Connection, fax_id: int) -> FaxState:
    """Return where a fax as a whole stands."""
    return FaxState(conn.execute(select(faxes.c.state).where(faxes.c.id == fax_id)).scalar_one())


def has_content(conn: Connection, fax_id: int) -> bool:
    """Whether a fax has files or pages: one that was never uploaded whole has neither, one of a cover page no files."""
    made = conn.execute(select(faxes.c.document).where(faxes.c.id == fax_id)).scalar_one()
    return made is not None or bool(_files(conn, fax_id))


def _files(conn: Connection, fax_id: int) -> tuple[NewFile, ...]:
    rows = conn.execute(select(fax_files).where(fax_files.c.fax_id == fax_id).order_by(fax_files.c.position))
    return tuple(NewFile(row.name, row.kind, Content(row.blob, row.place), row.bytes, row.pages) for row in rows)
