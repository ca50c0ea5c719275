"""What a call to the API is made of: requests, answers, and the steps between them. Knows no socket and no clock.

A call is a `Plan`: a generator that yields steps, is sent what they bring, and returns what was asked for. The two
shells, `Client` and `AsyncClient`, carry plans out; everything else is written once.
"""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import ValidationError

from unifax.client.errors import ApiError, Misunderstood, Unreachable
from unifax.client.shapes import OAuthRefusal, Refusal, Shape

T = TypeVar("T")
S = TypeVar("S", bound=Shape)
Y = TypeVar("Y")

FIRST_PAUSE_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of the service."""

    method: str
    target: str
    "A path of the service, or a whole address."
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Sequence[bytes | Path] = ()
    "In order; what stands in a file is read as it is sent."
    repeatable: bool = False
    "Whether it does no harm to ask again when no answer came."


@dataclass(frozen=True, slots=True)
class Answer:
    """What the service said."""

    status: int
    headers: Mapping[str, str]
    "By lower-case name."
    body: bytes


@dataclass(frozen=True, slots=True)
class Send:
    """Send a request, and bring its whole Answer."""

    request: Request


@dataclass(frozen=True, slots=True)
class Save:
    """Send a request, and write the body of a 200 to a file, which is there only when it is whole.

    Brings the Answer, without that body.
    """

    request: Request
    file: Path


@dataclass(frozen=True, slots=True)
class Listen:
    """Send a request, and bring the head of its Answer; the body stays open for `More`, until the next `Listen`."""

    request: Request


@dataclass(frozen=True, slots=True)
class More:
    """Bring the next bytes of what was listened to; none when it is over."""


@dataclass(frozen=True, slots=True)
class Pause:
    seconds: float


Step = Send | Save | Listen | More | Pause
"Every step but a pause raises Unreachable where the plan stands when there is no answer."
Reply = Answer | bytes | None
Plan = Generator[Step, Reply, T]


@dataclass(frozen=True, slots=True)
class Seen(Generic[T]):
    """Something that a plan shows on its way."""

    value: T


Showing = Generator[Step | Seen[T], Reply, None]
"A plan that shows one thing after the other."


def go_on(plan: Generator[Y, Reply, object], brought: Reply | Exception) -> Y:
    """Give a plan what its step has brought, or what went wrong with it; return its next step. Raises StopIteration."""
    return plan.throw(brought) if isinstance(brought, Exception) else plan.send(brought)


def pause(seconds: float) -> Plan[None]:
    yield Pause(seconds)


def answered(step: Send | Save | Listen) -> Plan[Answer]:
    """Take a step that has an answer."""
    reply = yield step
    assert isinstance(reply, Answer)
    return reply


def more() -> Plan[bytes]:
    reply = yield More()
    assert isinstance(reply, bytes)
    return reply


def patiently(step: Send | Save | Listen, patience_seconds: float) -> Plan[Answer]:
    """Take a step again while it makes sense, with growing pauses that are not longer than the patience in all.

    Return an answer below 300. Raises ApiError, Unreachable or Misunderstood.
    """
    waited = 0.0
    for repeated in count():
        try:
            answer = yield from answered(step)
            if answer.status < 300:
                return answer
            error: ApiError | Unreachable = refusal(answer)
        except Unreachable as unreachable:
            error = unreachable
        if not error.retriable or not step.request.repeatable:
            raise error
        wait = FIRST_PAUSE_SECONDS * 2 ** min(repeated, 6)
        if isinstance(error, ApiError) and error.retry_after_seconds is not None:
            wait = max(wait, error.retry_after_seconds)
        waited += wait
        if waited > patience_seconds:
            raise error
        yield from pause(wait)
    raise AssertionError


def read(shape: type[S], answer: Answer) -> S:
    """Read an answer as a shape. Raises Misunderstood."""
    try:
        return shape.model_validate_json(answer.body)
    except ValidationError as error:
        raise Misunderstood(f"HTTP {answer.status}, and an answer that is not understood") from error


def refusal(answer: Answer) -> ApiError:
    """Return what an answer of 300 and above says went wrong. Raises Misunderstood when it has no word of ours."""
    after = answer.headers.get("retry-after", "")
    more_told = (answer.headers.get("x-request-id"), int(after) if after.isdecimal() else None)
    try:
        error = Refusal.model_validate_json(answer.body).error
        return ApiError(answer.status, error.code, error.message, *more_told)
    except ValidationError:
        pass
    try:
        flat = OAuthRefusal.model_validate_json(answer.body)
        return ApiError(answer.status, flat.error, flat.error_description or "the App was refused", *more_told)
    except ValidationError as error:
        if answer.status in (502, 503, 504):  # a gateway before the service, in words of its own
            return ApiError(answer.status, "gateway", f"HTTP {answer.status} from a gateway", *more_told)
        raise Misunderstood(f"HTTP {answer.status}, and an answer that is not understood") from error
