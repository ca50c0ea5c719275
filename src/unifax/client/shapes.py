"""What the API shows, as frozen values. Fields that a later version adds are passed over. Knows no HTTP."""

from collections.abc import Mapping
from datetime import datetime
from typing import Generic, Literal, TypeVar

from pydantic import Base64Bytes, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from unifax.model.fax import PENDING, DeliveryState, FaxState
from unifax.model.outcome import Outcome

T = TypeVar("T")


class Shape(BaseModel):
    """An object of the API: camelCase, nulls left out. A number is taken where an id is a string."""

    model_config = ConfigDict(
        frozen=True, alias_generator=to_camel, populate_by_name=True, coerce_numbers_to_str=True, extra="ignore"
    )


class Reason(Shape):
    """How the last call of a recipient ended."""

    code: Outcome
    text: str
    fault: str | None = None


class Manner(Shape):
    """How a call was to send its fax."""

    t38: bool
    ecm: bool
    modem: str


class Call(Shape):
    """One call of a recipient."""

    number: int
    manner: Manner | None = None
    started_at: datetime | None = None
    ringing_at: datetime | None = None
    answered_at: datetime | None = None
    t38_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: Outcome | None = None
    pages_confirmed: int = 0
    sip_status: int | None = None
    t30_code: int | None = None
    media: str | None = None
    far_station_id: str | None = None
    bits_per_second: int | None = None
    call_id: str | None = None


class Entry(Shape):
    """One thing that happened in a call."""

    at: float
    "Seconds since the call was begun."
    layer: str
    "call, sip, t30 or media."
    way: str | None = None
    "in, out, or None for what nobody sent."
    text: str
    counts: dict[str, int] | None = None


class Advice(Shape):
    """Why a call failed, most likely, and what would help."""

    cause: str
    remedy: str


class Transcript(Shape):
    """What happened in a call."""

    call: Call
    advice: Advice | None = None
    entries: list[Entry]


class ReceivedTranscript(Shape):
    """What happened in a call that has brought a fax."""

    entries: list[Entry]


class Recipient(Shape):
    """One recipient of a fax."""

    number: str
    state: DeliveryState
    pages_confirmed: int = 0
    reason: Reason | None = None
    next_call_at: datetime | None = None
    cancelling: bool = False
    decision: str | None = None
    "Of an uncertain one: `wanted` while somebody is to say what became of it, then what was said."
    decided_at: datetime | None = None
    calls: tuple[Call, ...] = ()

    @property
    def is_open(self) -> bool:
        return self.state in PENDING


class File(Shape):
    """One file of a fax, for display."""

    name: str


class Warned(Shape):
    """What a sender may want to know of a page."""

    code: str
    text: str


class FaxPage(Shape):
    """What became of a page."""

    page: int
    "1 is the first."
    file: str | None = None
    "None for a cover page."
    resolution: str
    treatment: str
    seconds: float
    "What its bits take on the line at 14,400 bit/s."
    warnings: tuple[Warned, ...] = ()


class PreviewPage(FaxPage):
    """A page as it would be sent."""

    width: int
    rows: int
    bits: Mapping[str, int]
    "What goes over the line: MH, MR, MMR."
    png: Base64Bytes = Field(repr=False, exclude=True)
    "The very pixels."


class Covers(Shape):
    """What a cover page may be made from."""

    templates: tuple[str, ...]
    languages: tuple[str, ...]
    "Of the titles: en, de."


class Preview(Shape):
    """A fax as it would be sent."""

    recipients: tuple[str, ...] = ()
    call_seconds: float
    "What a call would take, when all goes well."
    pages: tuple[PreviewPage, ...]


class Fax(Shape):
    """A fax as the service shows it."""

    id: str
    uid: str
    state: FaxState
    extension: str | None = None
    accepted_at: datetime | None = None
    priority: str | None = None
    send_after: datetime | None = None
    give_up_at: datetime | None = None
    pages: int | None = None
    files: tuple[File, ...] = ()
    document: str | None = None
    "SHA-256 of the fax TIFF, hex."
    recipients: tuple[Recipient, ...]
    paper: Mapping[str, object] | None = None
    "What was asked of its pages, if anything."
    page_reports: tuple[FaxPage, ...] = ()
    label: str | None = None
    keep_days: int | None = None
    held_at: datetime | None = None
    content_deleted_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return any(recipient.is_open for recipient in self.recipients)


class Accepted(Shape):
    """The answer to a POST: the promise."""

    id: str
    uid: str


class UploadPlace(Shape):
    """Where one file of a fax is to be put (v5)."""

    redirect_uri: str = Field(repr=False)
    "Whoever has it needs no token."
    redirect_headers: Mapping[str, str | int] = Field(default_factory=dict)


class Announced(Accepted):
    """The answer to a POST that announces files."""

    files: tuple[UploadPlace, ...]


class Received(Shape):
    """A fax that came in."""

    id: str
    extension: str
    "Who received it."
    sender: str
    received_at: datetime
    read: bool
    read_at: datetime | None = None
    pages: int
    document: str
    "SHA-256 of the fax TIFF, hex."
    complete: bool = True
    "False when the call was cut off before its last page."
    called: str | None = None
    "The number that was dialled."
    far_station_id: str | None = None
    bits_per_second: int | None = None
    bad_rows: int | None = None
    call_id: str | None = None
    held_at: datetime | None = None
    content_deleted_at: datetime | None = None


class Paging(Shape):
    next: str | None = None
    prev: str | None = None


class Page(Shape, Generic[T]):
    """A page of a collection."""

    entry: tuple[T, ...]
    start_index: int = 0
    total_results: int
    items_per_page: int = 0
    paging: Paging = Field(default_factory=Paging)


class Refusal(Shape):
    """An error as the UnifiedAPI writes it."""

    class Error(Shape):
        code: str
        message: str

    error: Error


class OAuthRefusal(Shape):
    """An error of /oauth (RFC 6749 5.2)."""

    error: str
    error_description: str | None = Field(default=None, alias="error_description")


class AccessToken(Shape):
    """What /oauth/token.php grants (RFC 6749 5.1)."""

    access_token: str = Field(alias="access_token")
    expires_in: float = Field(default=3600, alias="expires_in")
    token_type: Literal["Bearer"] = Field(default="Bearer", alias="token_type")
