"""Errors, one tree, split by whose fault it is. A failed call is not here: it is an `Outcome`.

UnifaxError
├── Refused            the caller asked for something we will not do: a 4xx with a stable code
│   ├── RecipientsInvalid   400 fx_recipients_invalid
│   ├── FileInvalid         400 fx_file_invalid
│   ├── TooManyFiles        400 fx_max_files_reached
│   ├── NothingToSend       204, no body
│   ├── UserInvalid         400 user_invalid
│   ├── ExtensionInvalid    400 extension_invalid
│   ├── AccessDenied        401 access_denied
│   ├── RequestInvalid      400 request_invalid
│   ├── CountInvalid        400 count_invalid
│   ├── StartIndexInvalid   400 startindex_invalid
│   ├── FilterByInvalid     400 filterby_invalid
│   ├── FilterOpInvalid     400 filterop_invalid
│   ├── FilterValueInvalid  400 filtervalue_invalid
│   ├── FieldsInvalid       400 fields_invalid
│   ├── SortOrderInvalid    400 sortorder_invalid
│   ├── NotFound            404 not_found
│   ├── NoPagesYet          409 document_not_ready
│   ├── TooLate             409 too_late
│   ├── Conflict            409 conflict
│   ├── InFlight            409 request_in_flight
│   ├── UploadExpired       410 fx_upload_expired
│   ├── ContentForgotten    410 content_forgotten
│   ├── UploadInvalid       400 fx_upload_invalid
│   ├── KeyReused           422 idempotency_key_reused
│   ├── TooMany             429 too_many_requests
│   ├── TooSlow             408 request_timeout
│   └── TooLarge            413 request_too_large
├── Unavailable        we cannot do it now: 503 service_unavailable, with Retry-After
│   └── ContentLost         a file of ours is not there, or is not what it was
├── Misconfigured      the operator's settings make no sense: the program does not start
└── ProtocolError      the far side sent bytes that mean nothing
"""

from typing import ClassVar


class UnifaxError(Exception):
    """Everything Unifax raises on purpose."""


class Refused(UnifaxError):
    """The request cannot be carried out as asked. `str()` is a sentence for the person who asked."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "request_invalid"


class RecipientsInvalid(Refused):
    code = "fx_recipients_invalid"


class FileInvalid(Refused):
    """One file cannot be faxed."""

    code = "fx_file_invalid"

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(name, reason)
        self.name = name
        "The file's name as the caller gave it, without directories."
        self.reason = reason
        "Why, in words an office worker understands: 'is password-protected'."

    def __str__(self) -> str:
        return f"The file '{self.name}' {self.reason}."


class TooManyFiles(Refused):
    code = "fx_max_files_reached"


class NothingToSend(Refused):
    status = 204
    code = "nothing_to_send"


class UserInvalid(Refused):
    code = "user_invalid"


class ExtensionInvalid(Refused):
    code = "extension_invalid"


class AccessDenied(Refused):
    status = 401
    code = "access_denied"


class RequestInvalid(Refused):
    pass


class CountInvalid(Refused):
    code = "count_invalid"


class StartIndexInvalid(Refused):
    code = "startindex_invalid"


class FilterByInvalid(Refused):
    code = "filterby_invalid"


class FilterOpInvalid(Refused):
    code = "filterop_invalid"


class FilterValueInvalid(Refused):
    code = "filtervalue_invalid"


class FieldsInvalid(Refused):
    code = "fields_invalid"


class SortOrderInvalid(Refused):
    code = "sortorder_invalid"


class NotFound(Refused):
    status = 404
    code = "not_found"


class NoPagesYet(Refused):
    """The pages of a fax are still being made."""

    status = 409
    code = "document_not_ready"


class NoReceiptYet(Refused):
    """The delivery has not come to its end."""

    status = 409
    code = "receipt_not_ready"


class TooLate(Refused):
    """What was asked for cannot be done any more: it is out, or over."""

    status = 409
    code = "too_late"


class Conflict(Refused):
    """What is to be made is there already, or in use."""

    status = 409
    code = "conflict"


class InFlight(Refused):
    """The first request with this Idempotency-Key is still being answered."""

    status = 409
    code = "request_in_flight"


class UploadExpired(Refused):
    """The address of an upload is no longer good."""

    status = 410
    code = "fx_upload_expired"


class ContentForgotten(Refused):
    """The content of a fax was deleted; its record is still there."""

    status = 410
    code = "content_forgotten"


class UploadInvalid(Refused):
    """What came is not what was announced: its size, or its hash."""

    code = "fx_upload_invalid"


class KeyReused(Refused):
    """An Idempotency-Key was shown before, with another request."""

    status = 422
    code = "idempotency_key_reused"


class TooMany(Refused):
    """More requests than this App or account may make. `retry_after_seconds` says when to ask again."""

    status = 429
    code = "too_many_requests"

    def __init__(self, message: str, retry_after_seconds: int) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class TooSlow(Refused):
    """The body stopped coming."""

    status = 408
    code = "request_timeout"


class TooLarge(Refused):
    status = 413
    code = "request_too_large"


class Unavailable(UnifaxError):
    """We cannot do this now, and nothing was begun. `retry_after_seconds` says when to ask again."""

    def __init__(self, reason: str, retry_after_seconds: int = 30) -> None:
        super().__init__(reason)
        self.retry_after_seconds = retry_after_seconds


class ContentLost(Unavailable):
    """A file that we keep is not there, or is not what it was. It may be brought back from a backup."""


class Misconfigured(UnifaxError):
    """A setting is unknown, missing or impossible; names the setting."""


class Forged(UnifaxError):
    """A signature is not good, or a chain is broken; says where."""


class ProtocolError(UnifaxError):
    """Bytes from the far side that its protocol does not allow."""
