"""The client for programs of asyncio: carries plans out with httpx. Decides nothing."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, aclosing
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


def _doing(
    plan: Callable[Concatenate[Api, P], Plan[T]],
) -> Callable[Concatenate["AsyncClient", P], Coroutine[object, object, T]]:
    """Make a method of a plan."""

    @wraps(plan)
    async def method(client: "AsyncClient", /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await client.do(plan(client.api, *args, **kwargs))

    return method


def _showing(
    plan: Callable[Concatenate[Api, P], Showing[T]],
) -> Callable[Concatenate["AsyncClient", P], AsyncIterator[T]]:
    """Make a method of a plan that shows one thing after the other."""

    @wraps(plan)
    def method(client: "AsyncClient", /, *args: P.args, **kwargs: P.kwargs) -> AsyncIterator[T]:
        return client.each(plan(client.api, *args, **kwargs))

    return method


class AsyncClient:
    """The faxes of one extension, through the API.

    `access` is a token, or an `App` that gets itself one. Every method raises ClientError: ApiError when the service
    says no, Unreachable when it does not answer within `patience_seconds` of asking again. Use it in an `async with`
    block.
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
        self._http = httpx.AsyncClient()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self._http.aclose()

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

    async def do(self, plan: Plan[T]) -> T:
        """Carry a plan out, and return what it returns."""
        async with _Hands(self._http, self._service) as hands:
            try:
                step = next(plan)
                while True:
                    step = go_on(plan, await hands.bring(step))
            except StopIteration as end:
                value: T = end.value
                return value

    async def each(self, showing: Showing[T]) -> AsyncIterator[T]:
        """Carry a plan out, and yield what it shows."""
        async with _Hands(self._http, self._service) as hands:
            try:
                step = next(showing)
                while True:
                    if isinstance(step, Seen):
                        yield step.value
                        step = next(showing)
                    else:
                        step = go_on(showing, await hands.bring(step))
            except StopIteration:
                return


class _Hands:
    """Does what the steps of one plan say."""

    def __init__(self, http: httpx.AsyncClient, service: httpx.URL) -> None:
        self._http = http
        self._service = service
        self._open = AsyncExitStack()
        self._heard: AsyncIterator[bytes] = _nothing()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self._open.aclose()

    async def bring(self, step: Step) -> Reply | Exception:
        """Take a step; return what it brings, or the ClientError or OSError that it ends in."""
        try:
            with reaching():
                return await self._bring(step)
        except (ClientError, OSError) as error:
            return error

    async def _bring(self, step: Step) -> Reply:
        match step:
            case Send(request):
                response = await self._http.send(built(self._service, request))
                return answer_of(response, response.content)
            case Save(request, file):
                return await self._save(request, file)
            case Listen(request):
                return await self._listen(request)
            case More():
                return await anext(self._heard, b"")
            case Pause(seconds):
                await asyncio.sleep(seconds)
                return None
            case _:
                assert_never(step)

    async def _save(self, request: Request, file: Path) -> Answer:
        response = await self._http.send(built(self._service, request), stream=True)
        async with aclosing(response):
            if response.status_code != httpx.codes.OK:
                return answer_of(response, await response.aread())
            with whole(file) as part:
                async for piece in response.aiter_bytes(PIECE_BYTES):
                    await asyncio.to_thread(part.write, piece)
            return answer_of(response)

    async def _listen(self, request: Request) -> Answer:
        await self._open.aclose()
        response = await self._http.send(built(self._service, request, QUIET), stream=True)
        self._open.push_async_callback(response.aclose)
        if response.status_code != httpx.codes.OK:
            return answer_of(response, await response.aread())
        self._heard = response.aiter_raw()
        return answer_of(response)


async def _nothing() -> AsyncIterator[bytes]:
    yield b""
