"""Calls over TCP and TLS, on loopback: whole faxes, servers that are not who they should be, connections that break."""

import asyncio
import contextlib
import socket
from pathlib import Path

import pytest

from tests.faxes import same_pages, text_fax
from tests.line.certificates import Authority
from tests.line.switchboard import LOOPBACK, far_end, forget, open_sockets, order
from unifax.line.connections import BOUNDS, Bounds, Connections
from unifax.line.exchange import Exchange
from unifax.line.trunk import Patience, Trunk, Trunks
from unifax.model.call import CallReport
from unifax.model.outcome import Outcome
from unifax.wire.datagram import Address, Transport
from unifax.wire.sip.message import Headers, Request

NAME = "sip.carrier.example"


@pytest.fixture
def document(tmp_path: Path) -> Path:
    return text_fax(tmp_path / "sent.tif")


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def over(address: Address, transport: Transport, name: str = "") -> Address:
    return Address(address.host, address.port, transport, name)


async def call(document: Path, *servers: Address, ca_file: Path | None = None, bounds: Bounds = BOUNDS) -> CallReport:
    """Make one call by a line that has nothing open afterwards."""
    ca_files = {server.name: ca_file for server in servers if ca_file is not None}
    async with Exchange(LOOPBACK, tcp=True, ca_files=ca_files, bounds=bounds) as exchange:
        trunks = Trunks(exchange, {"far": Trunk(servers, paced=False)}, Patience())
        return await trunks.dial(order(document), forget)


def test_a_fax_arrives_over_tcp(document: Path, tmp_path: Path) -> None:
    async def go() -> None:
        before = await open_sockets()
        async with far_end(tmp_path / "received.tif", tcp=True) as far:
            report = await call(document, over(far.exchange.address, Transport.TCP))
            assert report.outcome is Outcome.SENT
            await far.over.wait()
        assert await open_sockets() == before
        assert same_pages(document, far.kept)

    asyncio.run(go())


@pytest.mark.parametrize("name", [NAME, "127.0.0.1"])
def test_a_fax_arrives_over_tls(name: str, document: Path, tmp_path: Path, authority: Authority) -> None:
    async def go() -> None:
        async with far_end(tmp_path / "received.tif", tcp=True, certificate=authority.certify(name)) as far:
            report = await call(document, over(far.exchange.address, Transport.TLS, name), ca_file=authority.file)
            assert report.outcome is Outcome.SENT
            await far.over.wait()
        assert same_pages(document, far.kept)

    asyncio.run(go())


@pytest.mark.parametrize("fault", ["another name", "nobody we trust", "no such CA file"])
def test_a_server_that_cannot_prove_its_name_is_not_called(
    fault: str, document: Path, tmp_path: Path, authority: Authority
) -> None:
    async def go() -> None:
        certificate = authority.certify("imposter.example")
        async with far_end(tmp_path / "received.tif", tcp=True, certificate=certificate) as far:
            ca_files = {"another name": authority.file, "no such CA file": tmp_path / "none.pem"}
            name = NAME if fault == "another name" else "imposter.example"
            report = await call(document, over(far.exchange.address, Transport.TLS, name), ca_file=ca_files.get(fault))
            assert (report.outcome, report.sip_status) == (Outcome.CONGESTION, 503)
            assert not far.ringing.is_set()

    asyncio.run(go())


def test_a_server_that_takes_no_connection_is_passed_over_at_once(document: Path, tmp_path: Path) -> None:
    async def go() -> None:
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))  # and does not listen
            nobody = over(Address(*closed.getsockname()), Transport.TCP)
            async with far_end(tmp_path / "received.tif", tcp=True) as far:
                report = await call(document, nobody, over(far.exchange.address, Transport.TCP))
                assert report.outcome is Outcome.SENT

    asyncio.run(go())


def test_a_server_that_never_finishes_the_handshake_is_passed_over(document: Path) -> None:
    async def go() -> None:
        with socket.socket() as mute:
            mute.bind(("127.0.0.1", 0))
            mute.listen()
            silent = over(Address(*mute.getsockname()), Transport.TLS, NAME)
            report = await call(document, silent, bounds=Bounds(connect_seconds=0.1))
            assert report.sip_status == 503

    asyncio.run(go())


class Peer:
    """Somebody who connects to an exchange, and says what no agent would."""

    def __init__(self, at: Address) -> None:
        self._at = at

    async def __aenter__(self) -> "Peer":
        self.reader, self.writer = await asyncio.open_connection(*self._at[:2])
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.close()
        with contextlib.suppress(OSError):
            await self.writer.wait_closed()

    async def say(self, data: bytes, answer: bytes) -> None:
        """Send something; what comes back has to begin with the answer, or be the end if that is empty."""
        self.writer.write(data)
        async with asyncio.timeout(5):
            assert (await self.reader.read(65_536))[: len(answer) or None] == answer


def options(branch: int) -> bytes:
    headers = Headers.of(
        ("Via", f"SIP/2.0/TCP 192.0.2.1;branch=z9hG4bK{branch}"),
        ("From", "<sip:a@h>;tag=a"),
        ("To", "<sip:b@h>"),
        ("Call-ID", "call"),
        ("CSeq", f"{branch} OPTIONS"),
    )
    return bytes(Request("OPTIONS", "sip:b@127.0.0.1", headers=headers))


def test_who_connects_is_answered_where_he_asked() -> None:
    async def go() -> None:
        async with (
            Exchange(LOOPBACK, tcp=True) as exchange,
            Peer(exchange.address) as peer,
            Peer(exchange.address) as b,
        ):
            await peer.say(options(1), b"SIP/2.0 200 OK")
            await b.say(options(2), b"SIP/2.0 200 OK")
            await peer.say(b"\r\n\r\n", b"\r\n")
            peer.writer.write(options(3)[:40])
            await peer.say(options(3)[40:], b"SIP/2.0 200 OK")

    asyncio.run(go())


def test_who_speaks_no_sip_is_hung_up_on_and_others_stay() -> None:
    async def go() -> None:
        async with Exchange(LOOPBACK, tcp=True) as exchange, Peer(exchange.address) as other:
            async with Peer(exchange.address) as peer:
                with contextlib.suppress(ConnectionResetError):
                    await peer.say(b"GET / HTTP/1.1\r\n\r\n", b"")
            await other.say(options(1), b"SIP/2.0 200 OK")

    asyncio.run(go())


@pytest.mark.parametrize("idle_seconds", [60.0, 0.0])
def test_too_many_connections_are_refused_unless_one_is_idle(idle_seconds: float) -> None:
    bounds = Bounds(connections=2, idle_seconds=idle_seconds)

    async def refused(address: Address) -> bool:
        async with Peer(address) as peer:
            try:
                await peer.say(options(1), b"SIP/2.0 200 OK")
            except (AssertionError, ConnectionResetError):
                return True
            return False

    async def go() -> None:
        async with (
            Exchange(LOOPBACK, tcp=True, bounds=bounds) as exchange,
            Peer(exchange.address) as a,
            Peer(exchange.address) as b,
        ):
            await a.say(options(2), b"SIP/2.0 200 OK")
            await b.say(options(3), b"SIP/2.0 200 OK")
            assert await refused(exchange.address) == bool(idle_seconds)

    asyncio.run(go())


@pytest.mark.parametrize("connected", [False, True])
def test_who_does_not_read_is_hung_up_on(connected: bool) -> None:
    async def go() -> None:
        loop = asyncio.get_running_loop()
        broken: asyncio.Future[Address] = loop.create_future()
        with socket.socket() as deaf, contextlib.ExitStack() as accepted:
            deaf.setblocking(False)
            deaf.bind(("127.0.0.1", 0))
            deaf.listen()
            peer = over(Address(*deaf.getsockname()), Transport.TCP)
            bounds = Bounds(unsent_octets=100_000)
            to = Connections(lambda data, source: None, broken.set_result, lambda host: True, {}, bounds)
            await to.open(LOOPBACK, listen=False)
            if connected:
                to.send(b"hello", peer)
                theirs = accepted.enter_context((await loop.sock_accept(deaf))[0])
                assert await loop.sock_recv(theirs, 5) == b"hello"
            to.send(b"x" * 20_000_000, peer)
            async with asyncio.timeout(5):
                assert await broken == peer
            await to.close()
            to.send(b"too late", peer)

    asyncio.run(go())
