"""One call of a trunk, from the order to the report, over real sockets."""

import asyncio
import gzip
import resource
import socket
from pathlib import Path
from typing import cast

import pytest

from tests.captures import read_pcap
from tests.faxes import same_pages, text_fax
from tests.line.switchboard import LOOPBACK, far_end, forget, line, open_sockets, order
from unifax.line.exchange import Exchange
from unifax.line.trunk import Patience, Records, Trunk, Trunks
from unifax.model.call import Media, Milestone, Progress
from unifax.model.manner import ABLE, BEST, Manner, Modem
from unifax.model.outcome import Outcome
from unifax.wire import t30
from unifax.wire.datagram import Address
from unifax.wire.sip.agent import Invited
from unifax.wire.sip.digest import Challenge, Credentials
from unifax.wire.sip.message import Request, parse


@pytest.fixture
def document(tmp_path: Path) -> Path:
    return text_fax(tmp_path / "sent.tif")


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "received.tif"


def test_a_fax_arrives_and_its_story_is_recorded(document: Path, kept: Path) -> None:
    async def go() -> None:
        told: list[Progress] = []

        async def record(progress: Progress) -> None:
            told.append(progress)

        async with far_end(kept) as far, line({"far": far.exchange.address}) as (exchange, trunks):
            before = await open_sockets()
            report = await trunks.dial(order(document), record)
            await far.over.wait()
            assert (report.outcome, report.pages_confirmed, report.far_station_id) == (Outcome.SENT, 1, "+49 7778888")
            assert [progress.milestone for progress in told] == list(Milestone)
            assert {progress.sip_call_id for progress in told} == {report.sip_call_id}
            assert not exchange.station.calls
            assert not far.exchange.station.calls
            assert await open_sockets() == before
        assert same_pages(document, kept)

    asyncio.run(go())


def test_a_trunk_that_is_not_configured_is_no_route(document: Path) -> None:
    async def go() -> None:
        async with line({}) as (_, trunks):
            assert (await trunks.dial(order(document), forget)).outcome is Outcome.NO_ROUTE

    asyncio.run(go())


def test_where_a_server_has_no_room_the_next_one_of_the_trunk_is_tried_and_remembered(
    document: Path, kept: Path
) -> None:
    async def go() -> None:
        refused: list[Invited] = []

        async with far_end(kept) as far, Exchange(LOOPBACK, invited=refused.append) as full:

            async def refuse() -> None:
                while True:
                    while refused:
                        full.refuse(refused.pop(), 503)
                        tried.append(full.address)
                    await asyncio.sleep(0.01)

            tried: list[Address] = []
            told: list[list[str]] = []
            async with Exchange(LOOPBACK) as exchange, asyncio.TaskGroup() as tasks:
                refusing = tasks.create_task(refuse())
                both = Trunk([full.address, far.exchange.address], paced=False)
                trunks = Trunks(exchange, {"far": both}, Patience())
                for _ in range(2):
                    report = await trunks.dial(order(document), forget)
                    await far.over.wait()
                    far.over.clear()
                    assert report.outcome is Outcome.SENT
                    told.append([entry.text.split("\n")[0] for entry in report.transcript])
                assert len(tried) == 1, "the second call goes to the other server first"
                assert [lines.count("now dialling") for lines in told] == [2, 1]
                assert "503 Service Unavailable" in told[0]
                alone = Trunks(exchange, {"far": Trunk([full.address])}, Patience())
                assert (await alone.dial(order(document), forget)).outcome is Outcome.CONGESTION
                refusing.cancel()

    asyncio.run(go())


def test_a_server_that_says_nothing_is_not_waited_for_while_there_is_another(document: Path, kept: Path) -> None:
    async def go() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
            silent.bind(("127.0.0.1", 0))
            async with far_end(kept) as far, Exchange(LOOPBACK) as exchange:
                servers = [Address(*silent.getsockname()), far.exchange.address]
                trunk = Trunk(servers, paced=False, server_patience_seconds=0.2)
                trunks = Trunks(exchange, {"far": trunk}, Patience())
                report = await trunks.dial(order(document), forget)
                assert report.outcome is Outcome.SENT
                assert [entry.text for entry in report.transcript].count("now dialling") == 2
                assert trunks.servers.to_try(servers, exchange.now()) == servers[::-1]

    asyncio.run(go())


@pytest.mark.parametrize(("records", "has"), [(Records.NOTHING, 0), (Records.EVENTS, 1), (Records.PACKETS, 2)])
def test_a_call_is_recorded_as_far_as_is_wanted(records: Records, has: int, document: Path, kept: Path) -> None:
    async def go() -> None:
        async with far_end(kept) as far, Exchange(LOOPBACK) as exchange:
            trunk = Trunk([far.exchange.address], paced=False)
            report = await Trunks(exchange, {"far": trunk}, Patience(), records=records).dial(order(document), forget)
        assert bool(report.transcript) + bool(report.packets) == has
        if report.transcript:
            assert report.transcript[-1].at < 60
            assert any(entry.text.startswith("result: sent") for entry in report.transcript)
        if report.packets:
            captured = read_pcap(gzip.decompress(report.packets))
            ports = {port for each in captured for port in (each.source.port, each.destination.port)}
            assert {exchange.address.port, far.exchange.address.port} < ports

    asyncio.run(go())


def test_a_redirection_is_followed_to_the_trunks_own_servers_and_nowhere_else(document: Path) -> None:
    async def go() -> None:
        loop = asyncio.get_running_loop()

        class Redirecting(asyncio.DatagramProtocol):
            """Sends every call to the other server."""

            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                self.transport = cast(asyncio.DatagramTransport, transport)

            def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
                request = parse(data)
                if isinstance(request, Request) and request.method == "INVITE":
                    contact = ("Contact", f"<sip:7778888@{other.address}>")
                    self.transport.sendto(bytes(request.response(302, contact, tag="r")), addr)

        def busy(invited: Invited) -> None:
            other.refuse(invited, 486)

        async with Exchange(Address("127.0.0.2", 0), invited=busy) as other, Exchange(LOOPBACK) as exchange:
            transport, _ = await loop.create_datagram_endpoint(Redirecting, local_addr=LOOPBACK[:2])
            first = Address(*transport.get_extra_info("sockname")[:2])
            for servers, outcome in (([first, other.address], Outcome.BUSY), ([first], Outcome.REFUSED)):
                trunks = Trunks(exchange, {"far": Trunk(servers)}, Patience())
                assert (await trunks.dial(order(document), forget)).outcome is outcome
            transport.close()

    asyncio.run(go())


def test_a_number_is_dialled_as_the_trunk_wants_it(document: Path) -> None:
    async def go() -> None:
        called: list[str] = []

        def refuse(invited: Invited) -> None:
            called.append(invited.called)
            far.refuse(invited, 486)

        async with Exchange(LOOPBACK, invited=refuse) as far, Exchange(LOOPBACK) as exchange:
            trunks = Trunks(exchange, {"far": Trunk([far.address], rewrite={r"^0": "+49"})}, Patience())
            assert (await trunks.dial(order(document, "0401234"), forget)).outcome is Outcome.BUSY
            assert called == ["+49401234"]
            broken = Trunks(exchange, {"far": Trunk([far.address], rewrite={"^": "no number "})}, Patience())
            assert (await broken.dial(order(document), forget)).outcome is Outcome.NO_ROUTE

    asyncio.run(go())


@pytest.mark.parametrize(
    ("manner", "bits_per_second", "ecm"),
    [
        (BEST, 14_400, True),
        (Manner(modem=Modem.V29), 9600, True),
        (Manner(ecm=False, modem=Modem.V27TER), 4800, False),
    ],
)
def test_a_call_sends_in_the_manner_of_its_order(
    manner: Manner, bits_per_second: int, ecm: bool, document: Path, kept: Path
) -> None:
    async def go() -> None:
        async with far_end(kept) as far, line({"far": far.exchange.address}) as (_, trunks):
            report = await trunks.dial(order(document, manner=manner), forget)
            await far.over.wait()
            assert (report.outcome, report.media) == (Outcome.SENT, Media.T38)
            assert report.far_ability == ABLE
            [agreed] = [event for event in far.events if isinstance(event, t30.Negotiated)]
            assert (agreed.bits_per_second, agreed.ecm) == (bits_per_second, ecm)

    asyncio.run(go())


@pytest.mark.parametrize("at", list(Milestone))
def test_a_record_that_fails_hangs_up_and_what_it_should_hold_never_leaves(
    at: Milestone, document: Path, kept: Path
) -> None:
    async def go() -> None:
        async def record(progress: Progress) -> None:
            if progress.milestone is at:
                raise ArithmeticError("the disk is full")

        async with far_end(kept) as far, line({"far": far.exchange.address}) as (_, trunks):
            with pytest.raises(ArithmeticError):
                await trunks.dial(order(document), record)
            if at is not Milestone.RINGING:
                await far.over.wait()
            asked_about_the_last_page = {"EOP", "PPS-EOP"} & set(far.frames)
            assert bool(asked_about_the_last_page) == (at is Milestone.PAGE_CONFIRMED)

    asyncio.run(go())


def test_nothing_of_the_end_leaves_while_it_is_being_recorded(document: Path, kept: Path) -> None:
    async def go() -> None:
        heard_meanwhile: list[str] = []

        async with far_end(kept) as far, line({"far": far.exchange.address}) as (_, trunks):

            async def record(progress: Progress) -> None:
                if progress.milestone is Milestone.LAST_PAGE_OUT:
                    await asyncio.sleep(0.3)  # a slow disk; the whole call takes no longer
                    heard_meanwhile.extend(far.frames)

            report = await trunks.dial(order(document), record)
            assert report.outcome is Outcome.SENT
            assert "DCS" in heard_meanwhile
            assert not {"EOP", "PPS-EOP"} & set(heard_meanwhile)
            assert "PPS-EOP" in far.frames

    asyncio.run(go())


@pytest.mark.parametrize("at", [Milestone.ANSWERED, Milestone.T38_AGREED, Milestone.LAST_PAGE_OUT])
def test_a_dial_that_is_cancelled_says_bye(at: Milestone, document: Path, kept: Path) -> None:
    async def go() -> None:
        there = asyncio.Event()

        async def record(progress: Progress) -> None:
            if progress.milestone is at:
                there.set()
                await asyncio.Event().wait()

        async with far_end(kept) as far, line({"far": far.exchange.address}) as (_, trunks):
            async with asyncio.TaskGroup() as tasks:
                dialling = tasks.create_task(trunks.dial(order(document), record))
                await there.wait()
                dialling.cancel()
            await far.over.wait()
            assert not {"EOP", "PPS-EOP"} & set(far.frames)

    asyncio.run(go())


def test_a_dial_that_is_cancelled_while_it_rings_says_cancel(document: Path) -> None:
    async def go() -> None:
        loop = asyncio.get_running_loop()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
            server.bind(("127.0.0.1", 0))
            server.setblocking(False)
            rang = asyncio.Event()

            async def record(_: Progress) -> None:
                rang.set()

            async with line({"far": Address(*server.getsockname())}) as (_, trunks), asyncio.TaskGroup() as tasks:
                dialling = tasks.create_task(trunks.dial(order(document), record))
                invite, source = await loop.sock_recvfrom(server, 65_535)
                request = parse(invite)
                assert isinstance(request, Request)
                await loop.sock_sendto(server, bytes(request.response(180, tag="far")), source)
                await rang.wait()
                dialling.cancel()
                said, _ = await loop.sock_recvfrom(server, 65_535)
                assert said.startswith(b"CANCEL")

    asyncio.run(go())


@pytest.mark.parametrize(("password", "outcome"), [("right", Outcome.BUSY), ("wrong", Outcome.NOT_AUTHORIZED)])
def test_a_server_that_wants_a_password_gets_it(password: str, outcome: Outcome, document: Path) -> None:
    challenge = Challenge("Proxy-Authenticate", "carrier", "nonce", qop=True)
    user = Credentials("210", "right")

    async def serve(server: socket.socket) -> None:
        """Be busy to who knows the password."""
        loop = asyncio.get_running_loop()
        while True:
            data, source = await loop.sock_recvfrom(server, 65_535)
            request = parse(data)
            if not isinstance(request, Request) or request.method == "ACK":
                continue
            given = request.headers.get("Proxy-Authorization") or ""
            cnonce = given.partition('cnonce="')[2].partition('"')[0]
            proven = given == challenge.answer(user, request.method, request.uri, cnonce, 1)
            wanted = ("Proxy-Authenticate", 'Digest realm="carrier", nonce="nonce", qop="auth"')
            answer = request.response(486, tag="far") if proven else request.response(407, wanted, tag="far")
            await loop.sock_sendto(server, bytes(answer), source)

    async def go() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
            server.bind(("127.0.0.1", 0))
            server.setblocking(False)
            async with Exchange(LOOPBACK) as exchange:
                trunk = Trunk([Address(*server.getsockname())], credentials=Credentials("210", password))
                serving = asyncio.ensure_future(serve(server))
                report = await Trunks(exchange, {"far": trunk}, Patience()).dial(order(document), forget)
                serving.cancel()
            assert report.outcome is outcome

    asyncio.run(go())


def test_a_process_that_ends_hangs_up_its_calls_and_each_is_reported_lost(document: Path, kept: Path) -> None:
    async def go() -> None:
        async with far_end(kept, rings_only=True) as far, line({"far": far.exchange.address}) as (exchange, trunks):
            async with asyncio.TaskGroup() as tasks:
                dialling = [tasks.create_task(trunks.dial(order(document), forget)) for _ in range(2)]
                await far.ringing.wait()
                trunks.hang_up()
            assert [call.result().outcome for call in dialling] == [Outcome.LOST, Outcome.LOST]
            assert not exchange.station.calls

    asyncio.run(go())


def test_a_number_that_only_rings_is_given_up(document: Path, kept: Path) -> None:
    async def go() -> None:
        patience = Patience(ring_seconds=0.2)
        async with (
            far_end(kept, rings_only=True) as far,
            line({"far": far.exchange.address}, patience) as (_, trunks),
        ):
            assert (await trunks.dial(order(document), forget)).outcome is Outcome.NO_ANSWER

    asyncio.run(go())


def test_several_calls_at_once_do_not_meet(document: Path, tmp_path: Path) -> None:
    async def go() -> None:
        async with (
            far_end(tmp_path / "a.tif") as a,
            far_end(tmp_path / "b.tif") as b,
            line({"a": a.exchange.address, "b": b.exchange.address}) as (exchange, trunks),
        ):
            before = await open_sockets()
            reports = await asyncio.gather(
                trunks.dial(order(document, trunk="a"), forget), trunks.dial(order(document, trunk="b"), forget)
            )
            await asyncio.gather(a.over.wait(), b.over.wait())
            assert [report.outcome for report in reports] == [Outcome.SENT, Outcome.SENT]
            assert not exchange.station.calls
            assert await open_sockets() == before
        assert same_pages(document, a.kept)
        assert same_pages(document, b.kept)

    asyncio.run(go())


def test_without_a_socket_for_its_media_a_call_is_congestion(document: Path) -> None:
    async def go() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
            silent.bind(("127.0.0.1", 0))
            async with line({"far": Address(*silent.getsockname())}) as (_, trunks):
                limit = resource.getrlimit(resource.RLIMIT_NOFILE)
                resource.setrlimit(resource.RLIMIT_NOFILE, (3, limit[1]))
                try:
                    report = await trunks.dial(order(document), forget)
                finally:
                    resource.setrlimit(resource.RLIMIT_NOFILE, limit)
                assert report.outcome is Outcome.CONGESTION

    asyncio.run(go())
