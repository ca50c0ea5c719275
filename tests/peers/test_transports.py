"""Calls to sipp over every transport."""

import asyncio
from pathlib import Path

import pytest

from tests.faxes import text_fax
from tests.line.certificates import Authority
from tests.line.switchboard import LOOPBACK, forget, order
from tests.peers.sipp import answering
from tests.peers.terminator import terminator
from unifax.line.exchange import Exchange
from unifax.line.trunk import Patience, Trunk, Trunks
from unifax.model.outcome import Outcome
from unifax.wire.datagram import Address, Transport

NAME = "sip.carrier.example"


async def call(document: Path, server: Address, ca_file: Path | None = None) -> Outcome:
    ca_files = {} if ca_file is None else {server.name: ca_file}
    async with Exchange(LOOPBACK, tcp=True, ca_files=ca_files) as exchange:
        trunks = Trunks(exchange, {"far": Trunk([server])}, Patience())
        return (await trunks.dial(order(document), forget)).outcome


@pytest.mark.parametrize("transport", [Transport.UDP, Transport.TCP])
def test_a_busy_number(transport: Transport, tmp_path: Path) -> None:
    async def go() -> None:
        async with answering("busy", tmp_path, transport=transport) as at:
            assert await call(text_fax(tmp_path / "sent.tif"), at) is Outcome.BUSY

    asyncio.run(go())


def test_a_busy_number_over_tls(tmp_path: Path) -> None:
    authority = Authority(tmp_path)

    async def go() -> None:
        async with (
            answering("busy", tmp_path, transport=Transport.TCP) as behind,
            terminator(authority.certify(NAME), behind, NAME) as at,
        ):
            assert await call(text_fax(tmp_path / "sent.tif"), at, authority.file) is Outcome.BUSY

    asyncio.run(go())
