"""A small client of the HTTP API, for the command line and the demo. It knows nothing of the service's inside."""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self, TypedDict, TypeVar, Unpack
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from unifax.model.errors import UnifaxError
from unifax.model.fax import OPEN, DeliveryState, FaxState
from unifax.model.outcome import Outcome

POLL_SECONDS = 0.1
PATIENCE_SECONDS = 30.0


class ApiError(UnifaxError):
    """The service said no, or did not answer. `str()` is its sentence."""


class Unreachable(ApiError):
    """There was no answer: the service may be starting again."""


class _Shape(BaseModel):
    """What the API shows: camelCase, nulls left out, and more in later versions."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel)


class Reason(_Shape):
    code: Outcome
    text: str


class Call(_Shape):
    """One call of a recipient."""

    number: int
    ringing_at: datetime | None = None
    answered_at: datetime | None = None
    t38_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: Outcome | None = None
    pages_confirmed: int = 0
    call_id: str | None = None


class Recipient(_Shape):
    """One recipient of a fax."""

    number: str
    state: DeliveryState
    pages_confirmed: int = 0
    reason: Reason | None = None
    next_call_at: datetime | None = None
    calls: tuple[Call, ...] = ()

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


class Fax(_Shape):
    """A fax as the service shows it."""

    id: str
    uid: str
    state: FaxState
    pages: int | None = None
    document: str | None = None
    "SHA-256 of the fax TIFF, hex."
    recipients: tuple[Recipient, ...]

    @property
    def is_open(self) -> bool:
        return any(recipient.is_open for recipient in self.recipients)


class Accepted(_Shape):
    """The answer to a POST."""

    id: str
    uid: str


class _Error(_Shape):
    code: str
    message: str


class _Refusal(_Shape):
    error: _Error


class _Body(TypedDict, total=False):
    """How httpx is given a body."""

    content: bytes
    data: Mapping[str, str]
    files: Sequence[tuple[str, tuple[str, BinaryIO]]]
    headers: Mapping[str, str]


S = TypeVar("S", bound=_Shape)


class Client:
    """The faxes of one extension, through the API. Every method raises ApiError."""

    def __init__(self, url: str, token: str, extension: str) -> None:
        self._faxes = f"/uapi/faxes/@me/{quote(extension, safe='*')}"
        try:
            self._http = httpx.Client(base_url=url, headers={b"Authorization": f"Bearer {token}".encode()}, timeout=60)
        except httpx.InvalidURL as error:
            raise ApiError(f"'{url}' is not the address of a service: {error}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._http.close()

    def send(self, files: Sequence[Path], recipients: Sequence[str]) -> Accepted:
        """POST a fax; when this returns, the fax is safe with the service. Raises OSError for a file of ours."""
        with ExitStack() as stack:
            parts = [("files", (file.name, stack.enter_context(file.open("rb")))) for file in files]
            return self._accepted(files=parts, data={"request": json.dumps({"recipients": list(recipients)})})

    def send_bytes(self, body: bytes, content_type: str) -> Accepted:
        """POST a body exactly as given."""
        return self._accepted(content=body, headers={"Content-Type": content_type})

    def fax(self, fax_id: str) -> Fax:
        return _read(Fax, lambda: self._http.get(f"{self._faxes}/{quote(fax_id, safe='')}"))

    def watch(self, fax_id: str) -> Iterator[Fax]:
        """Yield a fax as it stands, again and again, until it has come to its end.

        A service that does not answer is asked again for PATIENCE_SECONDS: the fax is safe with it, so we may wait.
        """
        missed = 0
        while True:
            try:
                fax = self.fax(fax_id)
            except Unreachable:
                missed += 1
                if missed * POLL_SECONDS > PATIENCE_SECONDS:
                    raise
            else:
                missed = 0
                yield fax
                if not fax.is_open:
                    return
            time.sleep(POLL_SECONDS)

    def _accepted(self, **body: Unpack[_Body]) -> Accepted:
        return _read(Accepted, lambda: self._http.post(self._faxes, **body))


def _read(shape: type[S], ask: Callable[[], httpx.Response]) -> S:
    """Ask, and read the answer as `shape`."""
    try:
        response = ask()
    except httpx.HTTPError as error:
        raise Unreachable(f"the service cannot be reached: {error or type(error).__name__}") from error
    if response.status_code == httpx.codes.NO_CONTENT:
        raise ApiError("there is nothing to send")
    try:
        if response.status_code == httpx.codes.OK:
            return shape.model_validate_json(response.content)
        refusal = _Refusal.model_validate_json(response.content).error
    except ValidationError as error:
        raise ApiError(f"HTTP {response.status_code}, and an answer that is not understood") from error
    raise ApiError(f"{refusal.message} ({refusal.code})")
