"""The words of OAuth 2.0 (RFC 6749): what may go wrong, and what an App gets."""

from dataclasses import dataclass
from enum import StrEnum


class Trouble(StrEnum):
    """Error codes of RFC 6749 4.1.2.1 and 5.2."""

    INVALID_REQUEST = "invalid_request"
    INVALID_CLIENT = "invalid_client"
    INVALID_GRANT = "invalid_grant"
    UNAUTHORIZED_CLIENT = "unauthorized_client"
    UNSUPPORTED_GRANT_TYPE = "unsupported_grant_type"
    UNSUPPORTED_RESPONSE_TYPE = "unsupported_response_type"
    ACCESS_DENIED = "access_denied"
    TEMPORARILY_UNAVAILABLE = "temporarily_unavailable"


@dataclass(frozen=True, slots=True)
class Denied:
    """An App does not get what it asked for. It is a value: what led to it may have to be written down."""

    trouble: Trouble
    description: str
    'A sentence for its maker, in the characters RFC 6749 5.2 allows: ASCII without `"` and `\\`.'


@dataclass(frozen=True, slots=True)
class Granted:
    """What an App gets (RFC 6749 5.1)."""

    access_token: str
    expires_in: int
    "Seconds."
    refresh_token: str | None
