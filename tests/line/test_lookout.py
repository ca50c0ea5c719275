"""Watching and registering over real sockets, against a registrar on loopback."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

from tests.faxes import text_fax
from tests.line.switchboard import LOOPBACK, forget, order
from unifax.line.exchange import Exchange
from unifax.line.health import Servers
from unifax.line.lookout import Lookout
from unifax.line.names import Answer, Names, Srv, Target
from unifax.line.trunk import Patience, Trunk, Trunks
from unifax.model.outcome import Outcome
from unifax.wire.datagram import Address
from unifax.wire.sip.agent import Health
from unifax.wire.sip.digest import Challenge, Credentials
from unifax.wire.sip.message import Request, Response, parse

HOST = ["127.0.0.1"]
CREDENTIALS = Credentials("210", "secret")
CHALLENGE = Challenge("WWW-Authenticate", "carrier", "nonce", qop=True)


class Registrar:
    """A server that wants a password for REGISTER, and answers OPTIONS."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self.bindings: list[str] = []
        "Expires of each REGISTER that was granted."
        self.asked = 0

    def answer(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            self.asked += 1
            return request.response(200, tag="far")
        given = request.headers.get("Authorization") or ""
        cnonce, count = (given.partition(f"{name}=")[2].partition(",")[0].strip('"') for name in ("cnonce", "nc"))
        if given != CHALLENGE.answer(CREDENTIALS, request.method, request.uri, cnonce, int(count or "0", 16)):
            wanted = ("WWW-Authenticate", 'Digest realm="carrier", nonce="nonce", qop="auth"')
            return request.response(401, wanted, tag="far")
        expires = request.headers.get("Expires") or ""
        self.bindings.append(expires)
        return request.response(200, ("Expires", "2" if expires != "0" else "0"), tag="far")


@contextlib.asynccontextmanager
async def registrar() -> AsyncIterator[Registrar]:
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as at:
        at.bind(("127.0.0.1", 0))
        at.setblocking(False)
        far = Registrar(Address(*at.getsockname()))

        async def serve() -> None:
            while True:
                data, source = await loop.sock_recvfrom(at, 65_535)
                request = parse(data)
                assert isinstance(request, Request)
                await loop.sock_sendto(at, bytes(far.answer(request)), source)

        serving = asyncio.ensure_future(serve())
        yield far
        serving.cancel()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while True:
            if true():
                return
            await asyncio.sleep(0.01)


def test_we_are_registered_again_in_time_and_gone_in_the_end() -> None:
    async def go() -> None:
        async with registrar() as far, Exchange(LOOPBACK) as exchange:
            trunk = Trunk([far.address], credentials=CREDENTIALS, user="210", registers=True)
            trunks = Trunks(exchange, {"far": trunk}, Patience())
            lookout = Lookout(exchange, trunks.by_name, trunks.servers, trunks.names, registers=True)
            await lookout.look()
            await lookout.look()
            await until(lambda: far.bindings == ["3600", "3600"])
            await lookout.leave()
            assert far.bindings == ["3600", "3600", "0"]
            assert far.asked == 0, "it is not to be watched"

    asyncio.run(go())


def test_who_registers_nowhere_leaves_at_once() -> None:
    async def go() -> None:
        async with Exchange(LOOPBACK) as exchange:
            trunks = Trunks(exchange, {"far": Trunk([LOOPBACK])}, Patience())
            lookout = Lookout(exchange, trunks.by_name, trunks.servers, trunks.names, registers=True)
            await lookout.look()
            async with asyncio.timeout(1):
                await lookout.leave()

    asyncio.run(go())


def test_a_server_that_is_watched_and_down_gets_no_calls(tmp_path: Path) -> None:
    async def go() -> None:
        async with registrar() as far, Exchange(LOOPBACK) as exchange:
            trunks = Trunks(exchange, {"far": Trunk([far.address], keep_alive_seconds=60)}, Patience())
            await Lookout(exchange, trunks.by_name, trunks.servers, trunks.names, watches=True).look()
            await until(lambda: far.address in trunks.servers.health)
            assert trunks.servers.health[far.address].is_up
            assert far.asked == 1
            trunks.servers.heard(far.address, Health(False, 0.0, 408))
            before = exchange.now()
            report = await trunks.dial(order(text_fax(tmp_path / "sent.tif")), forget)
            assert (report.outcome, exchange.now() - before < 5) == (Outcome.UNREACHABLE, True)
            assert not exchange.station.calls

    asyncio.run(go())


def test_a_server_that_its_name_no_longer_leads_to_is_left_alone() -> None:
    async def go() -> None:
        async with registrar() as old, registrar() as new, Exchange(LOOPBACK) as exchange:
            leads_to = [old.address]

            async def ask(name: str, kind: str) -> Answer:
                services = [Srv(1, 1, each.port, "host") for each in leads_to]
                return Answer(services if kind == "SRV" else HOST if services else [], 0)

            names = Names(ask, lambda: clock[0], lambda: 0.0, ipv6=False)
            clock = [0.0]
            trunk = Trunk([Target("carrier.example")], credentials=CREDENTIALS, user="210", registers=True)
            trunk = replace(trunk, keep_alive_seconds=60)
            told: list[tuple[str, list[str]]] = []
            lookout = Lookout(
                exchange,
                {"far": trunk},
                servers := Servers(),
                names,
                watches=True,
                registers=True,
                found=lambda name, hosts: told.append((name, list(hosts))),
            )
            await lookout.look()
            assert told == [("far", ["127.0.0.1"])]
            await until(lambda: old.asked == 1 and len(servers.health) == 1 and bool(old.bindings))
            leads_to[:] = [new.address]
            clock[0] = 100.0
            await lookout.look()
            await until(lambda: new.asked == 1 and len(servers.health) == 1)
            await until(lambda: bool(new.bindings))
            assert old.asked == 1
            leads_to.clear()
            clock[0] = 200.0
            await lookout.look()
            assert servers.health == {}
            await lookout.leave()
            assert new.bindings[-1] == "0"

    asyncio.run(go())
