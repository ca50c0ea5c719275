"""What OpenAPI is told of bodies that are read by hand: as they come, in pieces, with more tolerance than is described.

Knows no request: the reading is in body.py, multipart.py and the services.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from unifax.model.cover import PLAIN
from unifax.model.keeping import LONGEST_DAYS
from unifax.model.paper import Treatment
from unifax.web.schemas import schema_of
from unifax.web.uapi.shape import Shape


class TermsAsked(Shape):
    """When a fax is to be sent, and how urgently."""

    priority: Literal["urgent", "normal", "low"] | None = "normal"
    "Of all that is due, the more urgent is sent first."
    send_after: datetime | None = None
    "No call begins before. With a zone."
    give_up_at: datetime | None = None
    "No call begins then or later: in the future, and after `sendAfter`. With a zone."


class PageAsked(Shape):
    """How one page is to be treated."""

    treatment: Treatment


class CoverAsked(Shape):
    """A page before the first. An empty text is left out of it."""

    template: str | None = PLAIN
    language: Literal["en", "de", "es", "fr", "he", "ar"] | None = "en"
    "Of its titles."
    to: str | None = None
    "Who is to read the fax."
    company: str | None = None
    sender: str | None = Field(default=None, alias="from")
    "Who writes; when not said, as in the header line."
    subject: str | None = None
    message: str | None = None
    urgent: bool | None = False
    confidential: bool | None = False


class PaperAsked(Shape):
    """How the pages of a fax are to be made."""

    resolution: Literal["auto", "standard", "fine", "superfine", "300", "400"] | None = "auto"
    "`auto` is fine, and finer where small text would be lost."
    treatment: Treatment | None = Treatment.AUTO
    "How grey becomes black and white: `text` makes no dots, `photo` makes dots of all that is grey."
    pages: dict[str, PageAsked] | None = Field(default=None, examples=[{"3": {"treatment": "photo"}}])
    "Single pages of the files, by their number; a cover page is not counted."
    charset: str | None = Field(default=None, examples=["windows-1255"])
    "Of text files; when not said, it is found out."
    cover: CoverAsked | None = None


class KeepingAsked(Shape):
    """How long the content of a fax is kept."""

    label: str | None = Field(default=None, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$", examples=["invoices"])
    "What sort of fax it is. The installation may have a rule for it."
    keep_days: int | None = Field(default=None, ge=1, le=LONGEST_DAYS)
    "Its content is deleted so many days after it was accepted, whatever other rules there are."


class FaxAsked(TermsAsked, PaperAsked, KeepingAsked):
    """The part `request`: who is to get the fax, when, how its pages are made, and how long they are kept."""

    recipients: list[str] = Field(min_length=1, examples=[["7778888", "0003*211"]])
    "Telephone numbers, or extension numbers of this installation. As many as `fax.max_recipients` allows."


class FileAsked(Shape):
    """A file that will be uploaded."""

    name: str = Field(min_length=1, examples=["letter.pdf"])
    "For display."
    size: int = Field(ge=1, examples=[52481])
    "In bytes, exactly."
    type: str = Field(min_length=1, examples=["application/pdf"])
    "As `Content-Type` has it. What the file is, is told by its content."


class AnnouncedAsked(FaxAsked):
    """A fax whose files are uploaded afterwards (v5)."""

    files: list[FileAsked] = Field(min_length=1)
    "In their order. As many as `fax.max_files` allows."


class ResendAsked(TermsAsked):
    """Who is to get the fax again, and when: without a body, all that failed or were cancelled."""

    recipients: list[str] | None = Field(default=None, examples=[["7778888"]])
    "Only these, of the fax's own."
    uncertain: bool | None = False
    "Those as well that may have it already."


class DecisionAsked(Shape):
    """What has become of an uncertain recipient."""

    decision: Literal["arrived", "not_arrived"]


class Sent(Shape):
    """A fax that was accepted, and all it needs is on disk (v3.0)."""

    id: str = Field(examples=["1"])
    "A number in a string."
    uid: str = Field(pattern="^[0-9a-f]{32}$", examples=["5d8e2193e92f2d5e31cff1017724cfe9"])


IDEMPOTENCY_KEY: Mapping[str, object] = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "A string of one's own that makes it safe to send the request again: for 24 hours the same request "
    "with the same key has the same answer, and makes nothing twice.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[A-Za-z0-9_.-]+$"},
    "example": "8e03978e-40d5-43dd-bc93-6894a57f9324",
}
DRY_RUN: Mapping[str, object] = {
    "name": "dryRun",
    "in": "query",
    "description": "`true`: nothing is sent or kept; the answer shows each page as it would be sent.",
    "schema": {"type": "string", "enum": ["true", "false"]},
}
REPLAYED: Mapping[str, object] = {
    "Idempotency-Replayed": {
        "description": "This is the answer that the first request with this `Idempotency-Key` had.",
        "schema": {"type": "string", "const": "true"},
    }
}
MADE: Mapping[int | str, dict[str, object]] = {
    200: {"headers": REPLAYED},
    **{status: {} for status in (408, 409, 413, 422)},
}
"The answers of what takes an `Idempotency-Key`."


def json_body(shape: type[BaseModel], *, required: bool = True) -> dict[str, object]:
    """Return what `openapi_extra` of a route is, whose body is a JSON object."""
    return {"requestBody": {"required": required, "content": _json(shape)}}


def announcement() -> dict[str, object]:
    """Return what `openapi_extra` of a route is that takes a fax whose files come afterwards."""
    return {**json_body(AnnouncedAsked), "parameters": [IDEMPOTENCY_KEY]}


def fax_body() -> dict[str, object]:
    """Return what `openapi_extra` of the route is that takes a fax with its files, or announces them."""
    form = {
        "type": "object",
        "required": ["request"],
        "properties": {
            "files": {
                "type": "array",
                "description": "One part for each file: pdf, jpg, png, tif, txt. Without any, nothing is sent (204). "
                "Parts of any other name that have a `filename` are files, too.",
                "items": {"type": "string", "contentMediaType": "application/octet-stream"},
            },
            "request": schema_of(FaxAsked),
        },
    }
    encoding = {"request": {"contentType": "application/json"}, "files": {"contentType": "application/octet-stream"}}
    content = {"multipart/form-data": {"schema": form, "encoding": encoding}, **_json(AnnouncedAsked)}
    return {"requestBody": {"required": True, "content": content}, "parameters": [IDEMPOTENCY_KEY, DRY_RUN]}


def file_body() -> dict[str, object]:
    """Return what `openapi_extra` of the route is that takes the raw bytes of a file."""
    digest = {
        "name": "Content-Digest",
        "in": "header",
        "description": "`sha-256=:…:` (RFC 9530): what came is held against it.",
        "schema": {"type": "string", "pattern": "^sha-256=:[A-Za-z0-9+/]{43}=:$"},
    }
    content = {
        "application/octet-stream": {"schema": {"type": "string", "contentMediaType": "application/octet-stream"}}
    }
    return {"requestBody": {"required": True, "content": content}, "parameters": [digest]}


def _json(shape: type[BaseModel]) -> dict[str, object]:
    return {"application/json": {"schema": schema_of(shape)}}
