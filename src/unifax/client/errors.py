"""What can go wrong between an App and the service. Knows no HTTP library.

ClientError
├── ApiError       the service said no: a status, a stable code, its sentence, the request's id
├── Unreachable    there was no answer: whether the service did what was asked is not known
└── Misunderstood  there was an answer, but not of this service, or of another version of it
"""

from unifax.model.errors import UnifaxError

AGAIN = frozenset({429, 502, 503, 504})
"Statuses after which the same request may succeed later."
IN_FLIGHT = "request_in_flight"


class ClientError(UnifaxError):
    """Everything the client raises on purpose. `str()` is a sentence for a person."""

    retriable: bool = False
    "Whether the same request may succeed later."


class ApiError(ClientError):
    """The service said no."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        request_id: str | None = None,
        retry_after_seconds: int | None = None,
    ) -> None:
        super().__init__(status, code, message)
        self.status = status
        self.code = code
        "Stable; the table in docs/api.md."
        self.message = message
        self.request_id = request_id
        "Under which the service's log tells more."
        self.retry_after_seconds = retry_after_seconds
        self.retriable = status in AGAIN or code == IN_FLIGHT

    def __str__(self) -> str:
        return f"{self.message} ({self.code})"


class Unreachable(ClientError):
    """There was no answer: the service may be starting again."""

    retriable = True


class Misunderstood(ClientError):
    """An answer that is not understood: what is at this address may be something else."""
