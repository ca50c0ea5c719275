"""What a receipt says of one recipient of a fax, and what that proves. Knows no key and no database."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from unifax.model.evidence import Decision
from unifax.model.fax import DeliveryState
from unifax.model.outcome import MEANING, Outcome


class Said(BaseModel):
    """A part of a receipt, as JSON: camelCase, what has no value is left out. What is not known here is refused."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True, extra="forbid")


class PageSaid(Said):
    """A page that was confirmed; see `model.evidence.PageEvidence`."""

    page: int
    "1 is the first of the document."
    confirmed_at: datetime
    answer: str
    coding: str
    ecm: bool
    bits: int
    sha256: str
    bits_per_second: int
    columns: int
    rows: int
    rows_per_metre: int
    row_bits: int
    times_sent: int
    repeat_requests: int
    blocks_resent: int


class CallSaid(Said):
    """A call to the recipient."""

    number: int
    started_at: datetime
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: Outcome | None = None
    pages_confirmed: int
    media: str | None = None
    sip_status: int | None = None
    t30_code: int | None = None
    far_station_id: str | None = None
    bits_per_second: int | None = None
    call_id: str | None = None
    "SIP's, by which the carrier knows the call."
    pages: tuple[PageSaid, ...] = ()


class FileSaid(Said):
    """A file that the sender gave."""

    name: str
    sha256: str
    bytes: int


class FaxSaid(Said):
    """The fax."""

    id: str
    uid: str
    extension: str
    accepted_at: datetime
    pages: int | None = None
    document: str | None = None
    "SHA-256 of the fax TIFF, hex."
    files: tuple[FileSaid, ...] = ()


class RecipientSaid(Said):
    """The recipient."""

    position: int
    "1 is the first."
    number: str
    state: DeliveryState
    reason: Outcome | None = None
    pages_confirmed: int
    decision: Decision | None = None
    decided_at: datetime | None = None


class Receipt(Said):
    """What is signed."""

    version: Literal[1] = 1
    iat: int
    "When it was signed: seconds since 1970, as in RFC 7519."
    fax: FaxSaid
    recipient: RecipientSaid
    calls: tuple[CallSaid, ...] = ()
    summary: str = ""
    "The same in words, for people; `summary_of` makes it of the rest."


class Proof(StrEnum):
    """What a receipt proves, if its signature is good."""

    SENT = "sent"
    UNCERTAIN = "uncertain"
    NOT_SENT = "not_sent"


def proof_of(receipt: Receipt) -> Proof:
    """Return what a receipt proves."""
    match receipt.recipient.state:
        case DeliveryState.SENT:
            return Proof.SENT
        case DeliveryState.UNCERTAIN:
            return Proof.UNCERTAIN
        case _:
            return Proof.NOT_SENT


def pages_of(receipt: Receipt) -> Sequence[PageSaid]:
    """Return the pages that there is evidence of, each once, in their order: of several calls, that of the last."""
    return [page for _, page in sorted({page.page: page for call in receipt.calls for page in call.pages}.items())]


def flaws_of(receipt: Receipt) -> Sequence[str]:
    """Return where a receipt contradicts itself: no service of ours writes such a one."""
    fax, recipient = receipt.fax, receipt.recipient
    flaws = []
    if proof_of(receipt) is Proof.SENT and recipient.pages_confirmed != fax.pages:
        flaws.append(f"it says sent, with {recipient.pages_confirmed} of {fax.pages or 0} pages confirmed")
    if strange := [page.page for page in pages_of(receipt) if not 1 <= page.page <= (fax.pages or 0)]:
        flaws.append(f"the fax has no page {strange[0]}")
    for call in receipt.calls:
        if len(call.pages) > call.pages_confirmed:
            flaws.append(f"call {call.number} has evidence of more pages than it confirmed")
    return flaws


def summary_of(receipt: Receipt) -> str:
    """Say in words what a receipt proves, and what it does not."""
    fax, recipient = receipt.fax, receipt.recipient
    what = f"Fax {fax.id} of {fax.extension} to {recipient.number}"
    count = f"{recipient.pages_confirmed} of {fax.pages or 0} pages"
    reason = "" if recipient.reason is None else f" ({MEANING[recipient.reason].text})"
    match proof_of(receipt):
        case Proof.SENT if not receipt.calls:
            sentences = [f"{what}: handed over to the inbox of an extension of this service, whole; no call was made."]
        case Proof.SENT:
            sentences = [f"{what}: sent. The machine that answered confirmed {count}."]
        case Proof.UNCERTAIN:
            sentences = [
                f"{what}: uncertain. {count} were confirmed; the last page left and its confirmation is not known.",
                "It is not proved that the whole fax arrived, nor that it did not.",
            ]
        case _:
            sentences = [f"{what}: {recipient.state}{reason}. {count} were confirmed; it was not delivered whole."]
    known = {page.page for page in pages_of(receipt)}
    missing = [page for page in range(1, recipient.pages_confirmed + 1) if page not in known]
    if missing and receipt.calls:
        numbers = ", ".join(map(str, missing))
        sentences.append(f"Of page {numbers} there is no more evidence than that it was confirmed.")
    return " ".join([*sentences, *_heard(receipt), *_decided(recipient)])


def _heard(receipt: Receipt) -> Sequence[str]:
    names = {call.far_station_id for call in receipt.calls if call.pages_confirmed and call.far_station_id}
    return [f"It called itself {', '.join(repr(name) for name in sorted(names))}, which nobody has checked."][
        : len(names)
    ]


def _decided(recipient: RecipientSaid) -> Sequence[str]:
    match recipient.decision:
        case Decision.ARRIVED:
            return ["Its sender was told from elsewhere that it arrived; that is his word."]
        case Decision.NOT_ARRIVED:
            return ["Its sender was told from elsewhere that it did not arrive; that is his word."]
        case _:
            return []
