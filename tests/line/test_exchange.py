"""Sockets and clock of a line: one call's error is its own, and nothing stays open."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.faxes import same_pages, text_fax
from tests.line.switchboard import LOOPBACK, far_end, forget, line, open_sockets, order
from tests.phones import sending
from unifax.line.call import CallEvent, Over
from unifax.line.exchange import Exchange
from unifax.line.plan import Plan
from unifax.line.trunk import Patience, Trunk, Trunks
from unifax.model.call import CallReport, Media
from unifax.model.errors import ProtocolError
from unifax.model.outcome import Outcome
from unifax.wire.datagram import Address
from unifax.wire.sip.agent import Invited


@pytest.fixture
def document(tmp_path: Path) -> Path:
    return text_fax(tmp_path / "sent.tif")


def test_a_listener_that_breaks_ends_its_call_and_no_other(document: Path, tmp_path: Path) -> None:
    async def go() -> None:
        over: asyncio.Future[CallReport] = asyncio.get_running_loop().create_future()

        def listen(event: CallEvent) -> None:
            if isinstance(event, Over):
                over.set_result(event.report)
            else:
                raise ArithmeticError("a bug of ours")

        async with (
            far_end(tmp_path / "broken.tif") as broken,
            far_end(tmp_path / "whole.tif") as whole,
            line({"far": whole.exchange.address}) as (exchange, trunks),
        ):
            good = asyncio.ensure_future(trunks.dial(order(document), forget))
            media = await exchange.open_media()
            exchange.place("7778888", broken.exchange.address, "210", Plan(sending(document)), media, listen)
            assert (await over).outcome is Outcome.LOST
            assert (await good).outcome is Outcome.SENT
        assert same_pages(document, whole.kept)

    asyncio.run(go())


def test_a_fax_arrives_over_ipv6(document: Path, tmp_path: Path) -> None:
    async def go() -> None:
        local = Address("::1", 0)
        async with far_end(tmp_path / "received.tif", at=local) as far, Exchange(local) as exchange:
            trunks = Trunks(exchange, {"far": Trunk([far.exchange.address], paced=False)}, Patience())
            report = await trunks.dial(order(document), forget)
            assert (report.outcome, report.media) == (Outcome.SENT, Media.T38)
            await far.over.wait()
        assert same_pages(document, far.kept)

    asyncio.run(go())


def breaks(_: Invited) -> None:
    raise ArithmeticError("a bug of ours")


@asynccontextmanager
async def exchange_that(invited: str) -> AsyncIterator[Exchange]:
    async with Exchange(LOOPBACK, invited=breaks if invited == "breaks" else None) as exchange:
        yield exchange


@pytest.mark.parametrize(("invited", "status"), [("takes no calls", 480), ("breaks", 500)])
def test_a_call_that_nobody_takes_is_refused(invited: str, status: int, document: Path) -> None:
    async def go() -> None:
        async with exchange_that(invited) as far, line({"far": far.address}) as (_, trunks):
            for _again in range(2):
                assert (await trunks.dial(order(document), forget)).sip_status == status

    asyncio.run(go())


def test_a_number_that_cannot_be_written_leaves_no_socket_open(document: Path) -> None:
    async def go() -> None:
        async with Exchange(LOOPBACK) as exchange:
            before = await open_sockets()
            media = await exchange.open_media()
            assert await open_sockets() == before + 1
            with pytest.raises(ProtocolError):
                exchange.place("a b", LOOPBACK, "210", Plan(sending(document)), media, lambda event: None)
            assert await open_sockets() == before

    asyncio.run(go())


def test_what_is_said_after_the_exchange_has_closed_changes_nothing(document: Path, tmp_path: Path) -> None:
    async def go() -> None:
        before = await open_sockets()
        async with far_end(tmp_path / "received.tif") as far:
            async with Exchange(LOOPBACK) as exchange:
                media = await exchange.open_media()
                call = exchange.place(
                    "7778888", far.exchange.address, "210", Plan(sending(document)), media, lambda event: None
                )
            exchange.hang_up(call)
        assert await open_sockets() == before

    asyncio.run(go())


def test_media_come_in_at_the_ports_that_are_meant_for_them_and_when_all_are_taken_no_call_begins() -> None:
    async def go() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
            taken.bind(("127.0.0.1", 0))
            first = taken.getsockname()[1]
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
                free.bind(("127.0.0.1", 0))
                second = free.getsockname()[1]
            ports = (
                range(first, second + 1, second - first) if first < second else range(first, second - 1, second - first)
            )
            async with Exchange(LOOPBACK, media_ports=ports) as exchange:
                assert (await exchange.open_media()).port == second
                with pytest.raises(OSError, match="in use"):
                    await exchange.open_media()

    asyncio.run(go())
