"""What a process tells of the servers it watches, and when."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.line.switchboard import LOOPBACK
from tests.line.test_lookout import registrar, until
from tests.world import NOW, World, a_world
from unifax.line.exchange import Exchange
from unifax.line.lookout import Lookout
from unifax.line.trunk import Patience, Trunk, Trunks
from unifax.roles.sighting import COUNT_AGAIN, Counts, Sightings
from unifax.store.trunks import counted, sightings


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as world:
        yield world


def test_what_changes_is_told_and_again_every_minute_and_gone_in_the_end(world: World) -> None:
    async def go() -> None:
        async with registrar() as far, Exchange(LOOPBACK) as exchange:
            trunks = Trunks(exchange, {"carrier": Trunk([far.address], keep_alive_seconds=60)}, Patience())
            lookout = Lookout(exchange, trunks.by_name, trunks.servers, trunks.names, watches=True)
            telling = Sightings(world.db, exchange, lookout, "line", lambda: world.now)
            await telling.tell()
            await telling.end()
            assert await world.db.aread(sightings, NOW) == []
            await lookout.look()
            await until(lambda: bool(trunks.servers.health))
            await telling.tell()
            (seen,) = await world.db.aread(sightings, NOW)
            assert (seen.trunk, seen.server, seen.is_up, seen.status) == ("carrier", f"{far.address} udp", True, 200)
            later = NOW + timedelta(minutes=4)
            world.now = NOW + timedelta(minutes=2)
            await telling.tell()
            assert len(await world.db.aread(sightings, later)) == 1
            await telling.end()
            assert await world.db.aread(sightings, NOW) == []

    asyncio.run(go())


def test_what_is_turned_away_is_told_now_and_then(world: World) -> None:
    async def go() -> None:
        count = [0, 0, 0, 0, 0]
        telling = Counts(
            world.db, "receive", lambda: (count[0], count[1], count[2], count[3], count[4]), lambda: world.now
        )

        async def told() -> list[int]:
            await telling.tell()
            return [each.strangers for each in await world.db.aread(counted, world.now)]

        assert await told() == [0]
        count[0] = 7
        assert await told() == [0], "a flood costs one write in ten seconds"
        world.now = NOW + COUNT_AGAIN
        assert await told() == [7]
        world.now = NOW + timedelta(minutes=4)
        assert await told() == [7], "it is said again, or nobody would believe it"
        await telling.end()
        assert await world.db.aread(counted, world.now) == []

    asyncio.run(go())
