"""The client for programs of asyncio: carries plans out with httpx. Decides nothing."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, aclosing
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar, assert_never
from uuid import uuid4

import httpx

from unifax.client.api import PATIENCE_SECONDS, WHENEVER, Api, App, Terms
from unifax.client.errors import ClientError
from unifax.client.shapes import Accepted, Fax
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
from unifax.client.watching import watch

T = TypeVar("T")


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

    async def send(
        self, files: Sequence[Path], recipients: Sequence[str], terms: Terms = WHENEVER, key: str | None = None
    ) -> Accepted:
        """Send a fax; when this returns, it is safe with the service. Raises OSError for a file of ours.

        `key` (Idempotency-Key) makes a send that is repeated by the caller, even from another process, one fax.
        """
        return await self.do(self.api.send(files, recipients, terms, key))

    async def send_bytes(self, body: bytes, content_type: str) -> Accepted:
        """Send a body exactly as given."""
        return await self.do(self.api.send_bytes(body, content_type))

    async def fax(self, fax_id: str) -> Fax:
        return await self.do(self.api.fax(fax_id))

    async def cancel(self, fax_id: str) -> Fax:
        """Cancel what has not come to its end; return the fax as it is then."""
        return await self.do(self.api.cancel(fax_id))

    async def resend(
        self, fax_id: str, recipients: Sequence[str] = (), *, uncertain: bool = False, terms: Terms = WHENEVER
    ) -> Fax:
        """Send a fax again to those who do not have it: all of them, or those that are named."""
        return await self.do(self.api.resend(fax_id, recipients, uncertain, terms))

    def watch(self, fax_id: str) -> AsyncIterator[Fax]:
        """Yield a fax as it stands, each time that it has changed, until it has come to its end."""
        return self.each(watch(self.api, fax_id))

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
