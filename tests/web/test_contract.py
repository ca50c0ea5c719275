"""The site answers as its OpenAPI document says, whatever is asked: schemathesis tries every route, over HTTP."""

import asyncio
import sys
from pathlib import Path

import pytest

from tests.web.loopback import serving
from tests.web.uapi.bodies import files, to
from tests.world import World

RULES = Path(__file__).parent / "contract"


@pytest.mark.timeout(300)
@pytest.mark.parametrize("rules", ["anything", "within"])
def test_every_route_answers_as_it_is_described(world: World, rules: str) -> None:
    world.ask("POST", "/uapi/faxes/@me/0003*210", world.bob, data=to("7778888"), files=files(b"a letter"))
    world.ask("POST", "/uapi/extensions/@me/0003*210/faxEvents/0", world.bob, json={"url": "https://bob.example/"})

    async def trying() -> tuple[int | None, str]:
        async with serving(world.site()) as port:
            process = await asyncio.create_subprocess_exec(
                Path(sys.executable).with_name("schemathesis"),
                f"--config-file={RULES / rules}.toml",
                "run",
                f"http://127.0.0.1:{port}/openapi.json",
                f"--header=Authorization: Bearer {world.bob.token}",
                cwd=world.folder,  # where it leaves its notes
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
            )
            told, _ = await process.communicate()
            return process.returncode, told.decode()

    status, told = world.run(trying())
    assert "Tested:" in told
    assert status == 0, told
