"""Both clients, behind one face, so that each test is written once."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from inspect import isasyncgen, iscoroutine
from typing import Protocol, cast

import pytest

from unifax.client import App, AsyncClient, Client


class Awaited:
    """An AsyncClient that is waited for: its methods behave as those of Client."""

    def __init__(self, client: AsyncClient, loop: asyncio.Runner) -> None:
        self.api = client.api
        self._client = client
        self._loop = loop

    def __getattr__(self, name: str) -> Callable[..., object]:
        def called(*given: object, **named: object) -> object:
            result = getattr(self._client, name)(*given, **named)
            if isasyncgen(result):
                return self._each(result.__anext__)
            return self._loop.run(result) if iscoroutine(result) else result

        return called

    def _each(self, following: Callable[[], object]) -> Iterator[object]:
        async def one() -> object:
            return await following()  # type: ignore[misc]  # of an async generator

        while True:
            try:
                yield self._loop.run(one())
            except StopAsyncIteration:
                return


class Makes(Protocol):
    """Makes a client, which is closed when the test is over. By default it does not ask again."""

    def __call__(
        self, url: str, access: str | App = "t0ken", extension: str = "0003*210", patience_seconds: float = 0.0
    ) -> Client: ...


@pytest.fixture(params=["waits", "awaits"])
def client_at(request: pytest.FixtureRequest) -> Iterator[Makes]:
    with ExitStack() as stack:
        loop = stack.enter_context(asyncio.Runner())

        def make(
            url: str, access: str | App = "t0ken", extension: str = "0003*210", patience_seconds: float = 0.0
        ) -> Client:
            if request.param == "waits":
                return stack.enter_context(Client(url, access, extension, patience_seconds=patience_seconds))
            client = AsyncClient(url, access, extension, patience_seconds=patience_seconds)
            loop.run(client.__aenter__())
            stack.callback(lambda: loop.run(client.__aexit__(None, None, None)))
            return cast(Client, Awaited(client, loop))  # it has the same methods, which is the point

        yield make
