"""The client for programs that wait: carries plans out with httpx, one after the other. Decides nothing."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from functools import wraps
from pathlib import Path
from types import TracebackType
from typing import Concatenate, ParamSpec, Self, TypeVar, assert_never
from uuid import uuid4

import httpx

from unifax.client import calling, incoming, outbox, watching
from unifax.client.api import PATIENCE_SECONDS, Api, App
from unifax.client.errors import ClientError
from unifax.client.steps import (
    Answer,
    Listen,
    More,
    Pause,
    Plan,
    Reply,
    Request,
    Save,
    Seen,
    Send,
    Showing,
    Step,
    go_on,
)
from unifax.client.transport import PIECE_BYTES, QUIET, answer_of, built, reaching, service_at, whole

P = ParamSpec("P")
T = TypeVar("T")


def _doing(plan: Callable[Concatenate[Api, P], Plan[T]]) -> Callable[Concatenate["Client", P], T]:
    """Make a method of a plan."""

    @wraps(plan)
    def method(client: "Client", /, *args: P.args, **kwargs: P.kwargs) -> T:
        return client.do(plan(client.api, *args, **kwargs))

    return method


def _showing(plan: Callable[Concatenate[Api, P], Showing[T]]) -> Callable[Concatenate["Client", P], Iterator[T]]:
    """Make a method of a plan that shows one thing after the other."""

    @wraps(plan)
    def method(client: "Client", /, *args: P.args, **kwargs: P.kwargs) -> Iterator[T]:
        return client.each(plan(client.api, *args, **kwargs))

    return method


class Client:
    """The faxes of one extension, through the API.

    `access` is a token, or an `App` that gets itself one. Every method raises ClientError: ApiError when the service
    says no, Unreachable when it does not answer within `patience_seconds` of asking again. Use it in a `with` block.
    """

    def __init__(
        self,
        url: str,
        access: str | App,
        extension: str,
        *,
        user: str = "@me",
        patience_seconds: float = PATIENCE_SECONDS,
        clock: Callable[[], float] = time.perf_counter,
        new_key: Callable[[], str] = lambda: uuid4().hex,
    ) -> None:
        self.api = Api(access, extension, user, patience_seconds, clock, new_key)
        self._service = service_at(url)
        self._http = httpx.Client()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._http.close()

    send = _doing(outbox.send)
    send_uploads = _doing(outbox.send_uploads)
    send_bytes = _doing(outbox.send_bytes)
    preview = _doing(outbox.preview)
    covers = _doing(outbox.covers)
    fax = _doing(outbox.fax)
    faxes = _showing(outbox.faxes)
    recipients = _showing(outbox.recipients)
    calls = _showing(outbox.calls)
    transcript = _doing(outbox.transcript)
    ladder = _doing(outbox.ladder)
    packets = _doing(outbox.packets)
    document = _doing(outbox.document)
    report = _doing(outbox.report)
    page = _doing(outbox.page)
    cancel = _doing(outbox.cancel)
    resend = _doing(outbox.resend)
    decide = _doing(outbox.decide)
    receipt = _doing(outbox.receipt)
    receipt_keys = _doing(outbox.receipt_keys)
    watch = _showing(watching.watch)
    inbox = _showing(incoming.inbox)
    arrivals = _showing(watching.arrivals)
    received = _doing(incoming.received)
    received_document = _doing(incoming.received_document)
    received_page = _doing(incoming.received_page)
    received_transcript = _doing(incoming.received_transcript)
    received_ladder = _doing(incoming.received_ladder)
    received_packets = _doing(incoming.received_packets)
    mark_read = _doing(incoming.mark_read)
    hooks = _showing(calling.hooks)
    hook = _doing(calling.hook)
    add_hook = _doing(calling.add_hook)
    change_hook = _doing(calling.change_hook)
    remove_hook = _doing(calling.remove_hook)
    renew_hook_secret = _doing(calling.renew_hook_secret)
    replay_hook = _doing(calling.replay_hook)

    def do(self, plan: Plan[T]) -> T:
        """Carry a plan out, and return what it returns."""
        with _Hands(self._http, self._service) as hands:
            try:
                step = next(plan)
                while True:
                    step = go_on(plan, hands.bring(step))
            except StopIteration as end:
                value: T = end.value
                return value

    def each(self, showing: Showing[T]) -> Iterator[T]:
        """Carry a plan out, and yield what it shows."""
        with _Hands(self._http, self._service) as hands:
            try:
                step = next(showing)
                while True:
                    if isinstance(step, Seen):
                        yield step.value
                        step = next(showing)
                    else:
                        step = go_on(showing, hands.bring(step))
            except StopIteration:
                return


class _Hands:
    """Does what the steps of one plan say."""

    def __init__(self, http: httpx.Client, service: httpx.URL) -> None:
        self._http = http
        self._service = service
        self._open = ExitStack()
        self._heard: Iterator[bytes] = iter(())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._open.close()

    def bring(self, step: Step) -> Reply | Exception:
        """Take a step; return what it brings, or the ClientError or OSError that it ends in."""
        try:
            with reaching():
                return self._bring(step)
        except (ClientError, OSError) as error:
            return error

    def _bring(self, step: Step) -> Reply:
        match step:
            case Send(request):
                response = self._http.send(built(self._service, request))
                return answer_of(response, response.content)
            case Save(request, file):
                return self._save(request, file)
            case Listen(request):
                return self._listen(request)
            case More():
                return next(self._heard, b"")
            case Pause(seconds):
                time.sleep(seconds)
                return None
            case _:
                assert_never(step)

    def _save(self, request: Request, file: Path) -> Answer:
        response = self._http.send(built(self._service, request), stream=True)
        with closing(response):
            if response.status_code != httpx.codes.OK:
                return answer_of(response, response.read())
            with whole(file) as part:
                for piece in response.iter_bytes(PIECE_BYTES):
                    part.write(piece)
            return answer_of(response)

    def _listen(self, request: Request) -> Answer:
        self._open.close()
        response = self._http.send(built(self._service, request, QUIET), stream=True)
        self._open.callback(response.close)
        if response.status_code != httpx.codes.OK:
            return answer_of(response, response.read())
        self._heard = response.iter_raw()
        return answer_of(response)
