"""A fax as JSON. Knows no queries."""

from collections.abc import Sequence
from typing import Literal

from unifax.model.evidence import Decision
from unifax.model.fax import CallView, DeliveryView, FaxView
from unifax.model.inbox import InboxView
from unifax.model.manner import Manner, Modem
from unifax.model.outcome import MEANING, Outcome
from unifax.service.sending import Accepted
from unifax.service.uploading import Target
from unifax.web.uapi.paper_shapes import PageShape, PaperShape, page_shape, paper_shape
from unifax.web.uapi.shape import Moment, Shape


class Reason(Shape):
    """Why a recipient stands where it does: how its last call ended."""

    code: str
    "Stable; see model/outcome.py."
    text: str
    fault: str
    "nobody, caller, ours, carrier or callee."


class MannerShape(Shape):
    """How a call was to send its fax."""

    t38: bool
    "Where the far side has it; false: G.711 only."
    ecm: bool
    "Error correction, where the far machine has it."
    modem: Modem
    "The fastest."


class CallShape(Shape):
    number: int
    manner: MannerShape
    started_at: Moment
    ringing_at: Moment | None
    answered_at: Moment | None
    t38_at: Moment | None
    ended_at: Moment | None
    outcome: str | None
    "The code of a reason; missing while the call is up."
    pages_confirmed: int
    sip_status: int | None
    t30_code: int | None
    media: str | None
    "How the fax went: `t38` or `g711`; missing while the call is up, and when no fax began."
    far_station_id: str | None
    bits_per_second: int | None
    call_id: str | None
    "The SIP Call-ID, by which the carrier knows this call."


class RecipientShape(Shape):
    number: str
    state: str
    pages_confirmed: int
    reason: Reason | None
    next_call_at: Moment | None
    cancelling: Literal[True] | None
    "Its sender has cancelled it; the call that is up is being ended."
    decision: Decision | None
    "Of an uncertain one: `wanted` while somebody is to say what became of it, then what was said."
    decided_at: Moment | None
    calls: list[CallShape] | None
    "Not in lists."


class FileShape(Shape):
    name: str


class FaxShape(Shape):
    id: str
    "A string, as in v3.0."
    uid: str
    extension: str
    state: str
    "VoipNow's words: Pre-Approved, Scheduled For Sending, Sent …"
    accepted_at: Moment
    priority: str
    "urgent, normal or low."
    send_after: Moment | None
    give_up_at: Moment | None
    pages: int | None
    files: list[FileShape]
    document: str | None
    "SHA-256 of the fax TIFF, hex."
    label: str | None
    "What sort of fax it is, if its sender said so."
    keep_days: int | None
    "How long its content is kept, if its sender said so."
    held_at: Moment | None
    "Since when its content is held back from deletion."
    content_deleted_at: Moment | None
    recipients: list[RecipientShape]
    paper: PaperShape | None
    "How its pages were to be made, if its sender said anything about it."
    page_reports: list[PageShape] | None
    "What became of its pages. Not in lists."


class ReceivedShape(Shape):
    """A fax that came in."""

    id: str
    extension: str
    "Who received it."
    sender: str
    received_at: Moment
    read: bool
    read_at: Moment | None
    pages: int
    document: str
    "SHA-256 of the fax TIFF, hex."
    complete: bool
    "false when the call was cut off before its last page: these are the pages that came."
    called: str | None
    "The number that was dialled; missing when it came from an extension of ours, without a call. So are those below."
    far_station_id: str | None
    "What the sending machine calls itself."
    bits_per_second: int | None
    bad_rows: int | None
    "Rows of the pages that came damaged and were repaired."
    call_id: str | None
    "The SIP Call-ID, by which the carrier knows the call."
    held_at: Moment | None
    "Since when its content is held back from deletion."
    content_deleted_at: Moment | None


class TargetShape(Shape):
    """One file of a fax that is to be uploaded: its raw bytes by PUT to `redirectUri`, with `redirectHeaders`."""

    name: str
    size: int
    type: str
    upload_identifier: str
    redirect: Literal[True] = True
    redirect_uri: str
    redirect_headers: dict[str, str | int]


class AnnouncedShape(Shape):
    """A fax that waits for its files (v5)."""

    id: int
    "A number, as in v5."
    uid: str
    files: list[TargetShape]


class ProgressShape(Shape):
    """What an upload has come to."""

    id: int
    uid: str
    upload_identifier: str
    state: str
    "Of the fax: Uploading while other files are to come."


def announced_shape(accepted: Accepted, targets: Sequence[Target], origin: str) -> AnnouncedShape:
    """Return what the sender of a v5 fax needs. `origin` is how he reaches us: `https://fax.example`."""
    return AnnouncedShape(
        id=accepted.id,
        uid=accepted.uid,
        files=[
            TargetShape(
                name=target.file.name,
                size=target.file.bytes,
                type=target.type,
                upload_identifier=target.identifier,
                redirect_uri=f"{origin}/uploads/{target.address}",
                redirect_headers={"Content-Type": target.type, "x-unifax-upload": 1},
            )
            for target in targets
        ],
    )


def fax_shape(fax: FaxView, *, in_full: bool = True) -> FaxShape:
    """Return what an App may see of a fax."""
    return FaxShape(
        id=str(fax.id),
        uid=fax.uid,
        extension=fax.extension,
        state=fax.state,
        accepted_at=fax.accepted_at,
        priority=fax.terms.priority.name.lower(),
        send_after=fax.terms.send_after,
        give_up_at=fax.terms.give_up_at,
        pages=fax.pages,
        files=[FileShape(name=name) for name in fax.files],
        document=None if fax.document is None else fax.document.sha256,
        label=fax.keeping.label,
        keep_days=fax.keeping.days or None,
        held_at=fax.held_at,
        content_deleted_at=fax.forgotten_at,
        recipients=[recipient_shape(delivery, with_calls=in_full) for delivery in fax.deliveries],
        paper=paper_shape(fax.paper),
        page_reports=[page_shape(page, fax.files) for page in fax.page_reports] if fax.page_reports else None,
    )


def received_shape(fax: InboxView) -> ReceivedShape:
    """Return what an App may see of a fax that came in."""
    return ReceivedShape(
        id=str(fax.id),
        extension=fax.extension,
        sender=fax.sender,
        received_at=fax.received_at,
        read=fax.read_at is not None,
        read_at=fax.read_at,
        pages=fax.pages,
        document=fax.document.sha256,
        complete=fax.complete,
        called=fax.called,
        far_station_id=fax.far_station_id,
        bits_per_second=fax.bits_per_second,
        bad_rows=None if fax.called is None else fax.bad_rows,
        call_id=fax.sip_call_id,
        held_at=fax.held_at,
        content_deleted_at=fax.forgotten_at,
    )


def recipient_shape(delivery: DeliveryView, *, with_calls: bool = True) -> RecipientShape:
    """Return what an App may see of one recipient."""
    return RecipientShape(
        number=delivery.recipient,
        state=delivery.state,
        pages_confirmed=delivery.pages_confirmed,
        reason=_reason(delivery.outcome),
        next_call_at=delivery.next_call_at,
        cancelling=True if delivery.cancelling else None,
        decision=delivery.decision,
        decided_at=delivery.decided_at,
        calls=[call_shape(call) for call in delivery.calls] if with_calls else None,
    )


def call_shape(call: CallView) -> CallShape:
    """Return what an App may see of one call."""
    return CallShape(
        number=call.number,
        manner=manner_shape(call.manner),
        started_at=call.started_at,
        ringing_at=call.ringing_at,
        answered_at=call.answered_at,
        t38_at=call.t38_at,
        ended_at=call.ended_at,
        outcome=call.outcome,
        pages_confirmed=call.pages_confirmed,
        sip_status=call.sip_status,
        t30_code=call.t30_code,
        media=call.media,
        far_station_id=call.far_station_id,
        bits_per_second=call.bits_per_second,
        call_id=call.sip_call_id,
    )


def manner_shape(manner: Manner) -> MannerShape:
    return MannerShape(t38=manner.t38, ecm=manner.ecm, modem=manner.modem)


def _reason(outcome: Outcome | None) -> Reason | None:
    if outcome is None:
        return None
    meaning = MEANING[outcome]
    return Reason(code=outcome, text=meaning.text, fault=meaning.fault)
