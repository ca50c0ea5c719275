"""The site on loopback, asked from a thread: by the command, or by a client that waits."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from typer.testing import CliRunner

from tests.web.loopback import serving
from tests.world import Person, World
from unifax.cli import app
from unifax.model.errors import UnifaxError

T = TypeVar("T")


def with_the_site(world: World, ask: Callable[[str], T]) -> T:
    """Serve the site, and return what `ask`, which is given its address, returns."""

    async def asking() -> T:
        async with serving(world.site()) as port:
            return await asyncio.to_thread(ask, f"http://127.0.0.1:{port}")

    return world.run(asking())


def command(world: World, who: Person, *arguments: str, **environment: str) -> tuple[int, str]:
    """Run the command as somebody, against the site; return its exit status and what it said. Raises what it raises."""
    extension = "@self" if who.extension is None else who.extension.number

    def run(url: str) -> tuple[int, str]:
        env = {"UNIFAX_URL": url, "UNIFAX_TOKEN": who.token, "UNIFAX_FROM": extension, "COLUMNS": "200", **environment}
        result = CliRunner().invoke(app, arguments, env=env)
        if isinstance(result.exception, UnifaxError):
            raise result.exception
        return result.exit_code, result.output

    return with_the_site(world, run)
