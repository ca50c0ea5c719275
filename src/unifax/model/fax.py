"""A fax, its deliveries and their calls: states, the moves between them, and what others may see of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from unifax.model.call import Media
from unifax.model.content import Content
from unifax.model.evidence import Decision
from unifax.model.keeping import AS_OTHERS, Keeping
from unifax.model.manner import Manner
from unifax.model.outcome import Outcome
from unifax.model.paper import AS_IT_COMES, PageReport, PaperTerms
from unifax.model.terms import Terms


class FaxState(StrEnum):
    """VoipNow's words for a fax, with three of ours: Uploading, Cancelled and Uncertain."""

    UPLOADING = "Uploading"
    PRE_APPROVED = "Pre-Approved"
    SCHEDULED = "Scheduled For Sending"
    SENT = "Sent"
    PARTIALLY_SENT = "Partially Sent"
    SEND_FAILED = "Send Failed"
    CANCELLED = "Cancelled"
    UNCERTAIN = "Uncertain"


class DeliveryState(StrEnum):
    """Where one recipient of a fax stands."""

    UPLOADING = "uploading"
    PREPARING = "preparing"
    WAITING = "waiting"
    CALLING = "calling"
    SENT = "sent"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNCERTAIN = "uncertain"


OPEN = frozenset({DeliveryState.PREPARING, DeliveryState.WAITING, DeliveryState.CALLING})
"States that have a next step of ours, and so must have live work in the queue."

PENDING = OPEN | {DeliveryState.UPLOADING}
"States that are not the end of it: we, or the sender who is still to upload files, have something to do."

MOVES: Mapping[DeliveryState, frozenset[DeliveryState]] = {
    DeliveryState.UPLOADING: frozenset({DeliveryState.PREPARING, DeliveryState.FAILED, DeliveryState.CANCELLED}),
    DeliveryState.PREPARING: frozenset(
        {DeliveryState.WAITING, DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.CANCELLED}
    ),
    DeliveryState.WAITING: frozenset(
        {
            DeliveryState.CALLING,
            DeliveryState.SENT,
            DeliveryState.FAILED,
            DeliveryState.CANCELLED,
            DeliveryState.UNCERTAIN,
        }
    ),
    DeliveryState.CALLING: frozenset(
        {
            DeliveryState.WAITING,
            DeliveryState.SENT,
            DeliveryState.FAILED,
            DeliveryState.CANCELLED,
            DeliveryState.UNCERTAIN,
        }
    ),
    DeliveryState.SENT: frozenset(),
    DeliveryState.FAILED: frozenset({DeliveryState.PREPARING, DeliveryState.WAITING}),
    DeliveryState.CANCELLED: frozenset({DeliveryState.PREPARING, DeliveryState.WAITING}),
    DeliveryState.UNCERTAIN: frozenset({DeliveryState.WAITING}),
}
"""What is not here does not happen. To an extension of our own no call is made: it goes from preparing or waiting
straight to sent. What was not sent may be sent again when its sender asks for it; what was sent never is. What waits
because it was uncertain is never less than that again, unless it is sent."""


def fax_state(deliveries: Iterable[DeliveryState]) -> FaxState:
    """Return the state of a fax as a whole, from the states of its recipients (at least one).

    Uploading while files are to come, Pre-Approved while its pages are being made, Scheduled while anything is still
    open; then the truth:
    Uncertain stands above Partially Sent, because somebody has to look.
    """
    states = set(deliveries)
    if DeliveryState.UPLOADING in states:
        return FaxState.UPLOADING
    if states == {DeliveryState.PREPARING}:
        return FaxState.PRE_APPROVED
    if states & OPEN:
        return FaxState.SCHEDULED
    if DeliveryState.UNCERTAIN in states:
        return FaxState.UNCERTAIN
    if states == {DeliveryState.SENT}:
        return FaxState.SENT
    if DeliveryState.SENT in states:
        return FaxState.PARTIALLY_SENT
    return FaxState.CANCELLED if states == {DeliveryState.CANCELLED} else FaxState.SEND_FAILED


@dataclass(frozen=True, slots=True)
class CallView:
    """One call as an App sees it."""

    number: int
    "1 for the first call of a delivery."
    manner: Manner
    "How it was to send."
    started_at: datetime
    ringing_at: datetime | None
    answered_at: datetime | None
    t38_at: datetime | None
    ended_at: datetime | None
    outcome: Outcome | None
    "None while the call is up."
    pages_confirmed: int
    "Pages confirmed in this call."
    sip_status: int | None
    t30_code: int | None
    media: Media | None
    "How the fax went; None while the call is up, and when none began."
    far_station_id: str | None
    bits_per_second: int | None
    sip_call_id: str | None


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """One recipient as an App sees it."""

    recipient: str
    state: DeliveryState
    pages_confirmed: int
    outcome: Outcome | None
    "Of the last call; None before the first has ended."
    next_call_at: datetime | None
    "When we call (again), while waiting."
    cancelling: bool
    "Its sender wants the call that is up to end."
    calls: tuple[CallView, ...]
    decision: Decision | None = None
    "Of an uncertain one: whether somebody is to say, or has said, what became of it."
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FaxView:
    """A fax as an App sees it."""

    id: int
    uid: str
    extension: str
    state: FaxState
    accepted_at: datetime
    terms: Terms
    pages: int | None
    "None until the pages are made."
    files: tuple[str, ...]
    document: Content | None
    "The fax TIFF; None until the pages are made."
    deliveries: tuple[DeliveryView, ...]
    paper: PaperTerms = AS_IT_COMES
    page_reports: tuple[PageReport, ...] = ()
    "What became of its pages, once they are made."
    keeping: Keeping = AS_OTHERS
    held_at: datetime | None = None
    "Since when its content is held back from deletion."
    forgotten_at: datetime | None = None
    "When its content was deleted."
