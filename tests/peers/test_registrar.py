"""Our registration against sipp."""

import asyncio
from pathlib import Path

import pytest

from tests.line.switchboard import LOOPBACK
from tests.peers.sipp import answering
from unifax.line.exchange import Exchange
from unifax.line.lookout import Lookout
from unifax.line.trunk import Patience, Trunk, Trunks
from unifax.wire.datagram import Transport
from unifax.wire.sip.digest import Credentials


@pytest.mark.parametrize("transport", [Transport.UDP, Transport.TCP])
def test_a_registration_is_refreshed_before_it_expires_and_removed(transport: Transport, tmp_path: Path) -> None:
    async def go() -> None:
        async with (
            answering("registrar", tmp_path, transport=transport) as at,
            Exchange(LOOPBACK, tcp=True) as exchange,
        ):
            trunk = Trunk([at], user="210", credentials=Credentials("210", "secret"), registers=True)
            trunks = Trunks(exchange, {"far": trunk}, Patience())
            lookout = Lookout(exchange, trunks.by_name, trunks.servers, trunks.names, registers=True)
            await lookout.look()
            await asyncio.sleep(1.5)  # it grants two seconds
            await lookout.leave()

    asyncio.run(go())
