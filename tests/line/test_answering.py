"""Calls from outside, answered over real sockets: what is kept before it is confirmed, and what is refused."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from tests.carrier import AUDIO, T38
from tests.faxes import same_pages, text_fax
from tests.line.switchboard import LOOPBACK, forget, line, open_sockets, order
from tests.wire.sip.far_side import FarSide
from unifax.documents.strips import read_strips
from unifax.line.answering import Answering
from unifax.line.exchange import Exchange
from unifax.line.gate import Gate
from unifax.line.trunk import Trunk
from unifax.model.call import Milestone, Progress
from unifax.model.errors import Unavailable
from unifax.model.incoming import IncomingCall, PageIn, Reception, Recorded, Turned
from unifax.model.outcome import Outcome
from unifax.model.reach import parse_network
from unifax.model.transcript import Way
from unifax.wire.datagram import Address
from unifax.wire.sip.digest import Credentials
from unifax.wire.sip.message import Response, parse
from unifax.wire.sip.proof import Doorkeeper

OPTIONS = bytes(FarSide().request("OPTIONS", ("Via", "SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bKx")))


class Desk:
    """Says whose calls they are, and keeps what comes: in lists."""

    def __init__(self, folder: Path, at_once: int = 10) -> None:
        self.rings: list[IncomingCall] = []
        self.pages: list[tuple[int, PageIn]] = []
        self.settled: list[int] = []
        self.turned: Turned | Exception | None = None
        "What calls get instead of an answer."
        self.recorded = Recorded()
        self.breaks = False
        "Nothing can be settled."
        self.full_after: int | None = None
        "So many pages fit on the disk."
        self.answers = asyncio.Event()
        "Set: calls are admitted at once."
        self.answers.set()
        self.slow = asyncio.Event()
        "Set: pages are kept at once."
        self.slow.set()
        self.rung = asyncio.Event()
        self.page_came = asyncio.Event()
        self.answering: Answering
        self.address: Address
        self._folder = folder
        self._at_once = at_once

    def file(self, reception_id: int) -> Path:
        return self._folder / f"{reception_id}.tif"

    async def admit(self, call: IncomingCall) -> Reception | Turned:
        self.rings.append(call)
        self.rung.set()
        await self.answers.wait()
        if isinstance(self.turned, Exception):
            raise self.turned
        number = len(self.rings)
        return self.turned or Reception(number, self.file(number), "+49 7778888")

    async def keep_page(self, reception: Reception, page: PageIn) -> None:
        assert len(read_strips(reception.file)) == page.pages
        self.page_came.set()
        await self.slow.wait()
        if self.full_after is not None and page.pages > self.full_after:
            raise OSError("no space left on device")
        self.pages.append((reception.id, page))

    async def settle(self, reception: Reception, recorded: Recorded) -> None:
        self.recorded = recorded
        if self.breaks:
            raise ArithmeticError("a bug of ours")
        self.settled.append(reception.id)

    @contextlib.asynccontextmanager
    async def at_work(self, networks: Sequence[str] = ("127.0.0.0/8",), password: str = "") -> AsyncIterator["Desk"]:
        doorkeeper = Doorkeeper("unifax", {"them": password}, b"a secret") if password else None
        gate = Gate({"carrier": [parse_network(network) for network in networks]}, doorkeeper, {"them": "carrier"})
        trunks = {"carrier": Trunk([LOOPBACK], paced=False)}
        async with asyncio.TaskGroup() as tasks:
            self.answering = Answering(trunks, gate, self._at_once, self.admit, self.keep_page, self.settle, tasks)
            async with Exchange(LOOPBACK, invited=self.answering.invited, gate=gate) as exchange:
                self.answering.exchange, self.address = exchange, exchange.address
                yield self
                self.answering.hang_up()
                await self.answering.ended()


@pytest.fixture
def document(tmp_path: Path) -> Path:
    return text_fax(tmp_path / "sent.tif", 3)


def test_a_fax_comes_in_page_by_page(document: Path, tmp_path: Path) -> None:
    async def go() -> None:
        before = await open_sockets()
        async with Desk(tmp_path).at_work() as desk, line({"us": desk.address}) as (_, trunks):
            report = await trunks.dial(order(document, "5550100", trunk="us"), forget)
            await desk.answering.ended()
            assert (report.outcome, report.pages_confirmed) == (Outcome.SENT, 3)
            assert report.far_station_id == "+49 7778888"
            (ring,) = desk.rings
            assert (ring.trunk, ring.called, ring.caller) == ("carrier", "5550100", "0003*210")
            assert ring.sip_call_id == report.sip_call_id
            assert desk.pages == [(1, PageIn(pages, pages == 3, 0, "0003*210", 14400)) for pages in (1, 2, 3)]
            assert desk.settled == [1]
            told = [(entry.way, entry.text.split()[0]) for entry in desk.recorded.transcript if entry.way is not None]
            assert told[0] == (Way.IN, "INVITE")
            assert {(Way.OUT, "SIP/2.0"), (Way.IN, "ACK"), (Way.IN, "BYE")} & {*told}
        assert same_pages(document, desk.file(1))
        assert await open_sockets() == before

    asyncio.run(go())


def test_a_fax_that_cannot_be_settled_troubles_no_other(document: Path, tmp_path: Path) -> None:
    async def go() -> None:
        async with Desk(tmp_path).at_work() as desk, line({"us": desk.address}) as (_, trunks):
            for settled in ([], [2]):
                desk.breaks = not settled
                assert (await trunks.dial(order(document, trunk="us"), forget)).outcome is Outcome.SENT
                await desk.answering.ended()
                assert desk.settled == settled

    asyncio.run(go())


def test_two_come_in_at_once(document: Path, tmp_path: Path) -> None:
    async def go() -> None:
        async with Desk(tmp_path).at_work() as desk, line({"us": desk.address}) as (_, trunks):
            orders = [order(document, number, trunk="us") for number in ("5550100", "5550101")]
            reports = await asyncio.gather(*(trunks.dial(each, forget) for each in orders))
            await desk.answering.ended()
            assert [report.outcome for report in reports] == [Outcome.SENT] * 2
            assert sorted(desk.settled) == [1, 2]
        assert all(same_pages(document, desk.file(reception)) for reception in (1, 2))

    asyncio.run(go())


@pytest.mark.parametrize(
    ("turned", "status"),
    [
        (Turned.NO_SUCH_NUMBER, 404),
        (Turned.NO_FAX, 480),
        (Turned.BUSY, 486),
        (Turned.FULL, 503),
        (Unavailable("the database is locked"), 503),
        (ArithmeticError("a bug of ours"), 500),
    ],
)
def test_a_call_that_may_not_come_in_is_told_why(turned: Turned | Exception, status: int, tmp_path: Path) -> None:
    async def go() -> None:
        async with Desk(tmp_path).at_work() as desk, line({"us": desk.address}) as (_, trunks):
            desk.turned = turned
            report = await trunks.dial(order(tmp_path / "none.tif", trunk="us"), forget)
            assert (report.sip_status, desk.answering.refused, desk.settled) == (status, 1, [])

    asyncio.run(go())


def test_what_does_not_fit_is_sent_elsewhere(document: Path, tmp_path: Path) -> None:
    async def go() -> None:
        async with Desk(tmp_path, at_once=1).at_work() as desk, line({"us": desk.address}) as (_, trunks):
            desk.slow.clear()
            first = asyncio.ensure_future(trunks.dial(order(document, trunk="us"), forget))
            await desk.rung.wait()
            second = await trunks.dial(order(document, trunk="us"), forget)
            assert (second.sip_status, len(desk.rings)) == (503, 1)
            desk.slow.set()
            assert (await first).outcome is Outcome.SENT

    asyncio.run(go())


def test_before_our_end_no_more_calls_are_taken_and_those_that_are_up_go_on(document: Path, tmp_path: Path) -> None:
    async def go() -> None:
        async with Desk(tmp_path).at_work() as desk, line({"us": desk.address}) as (_, trunks):
            desk.slow.clear()
            first = asyncio.ensure_future(trunks.dial(order(document, trunk="us"), forget))
            await desk.rung.wait()
            desk.answering.close()
            assert (await trunks.dial(order(document, trunk="us"), forget)).sip_status == 503
            desk.slow.set()
            assert (await first).outcome is Outcome.SENT

    asyncio.run(go())


def test_a_page_that_cannot_be_kept_is_not_confirmed_and_those_before_it_stay(document: Path, tmp_path: Path) -> None:
    async def go() -> None:
        async with Desk(tmp_path).at_work() as desk, line({"us": desk.address}) as (_, trunks):
            desk.full_after = 1
            report = await trunks.dial(order(document, trunk="us"), forget)
            await desk.answering.ended()
            assert (report.outcome, report.pages_confirmed) == (Outcome.DROPPED, 1)
            assert ([page.pages for _, page in desk.pages], desk.settled) == ([1], [1])

    asyncio.run(go())


def test_nothing_is_confirmed_while_a_page_is_being_kept(document: Path, tmp_path: Path) -> None:
    async def go() -> None:
        confirmed: list[int] = []

        async def record(progress: Progress) -> None:
            if progress.milestone is Milestone.PAGE_CONFIRMED:
                confirmed.append(len(desk.pages))

        async with Desk(tmp_path).at_work() as desk, line({"us": desk.address}) as (_, trunks):
            report = await trunks.dial(order(document, trunk="us"), record)
            assert report.outcome is Outcome.SENT
        assert confirmed == [1, 2, 3]

    asyncio.run(go())


def test_at_our_end_calls_are_hung_up_and_what_came_is_settled(document: Path, tmp_path: Path) -> None:
    async def go() -> None:
        async with line({}) as (_, trunks):
            async with Desk(tmp_path).at_work() as desk:
                desk.slow.clear()
                trunks.by_name = {"us": Trunk([desk.address], paced=False)}
                dialled = asyncio.ensure_future(trunks.dial(order(document, trunk="us"), forget))
                await desk.page_came.wait()
                desk.full_after = 0
                desk.slow.set()
            assert desk.settled == [1]
            assert (await dialled).outcome is Outcome.DROPPED

    asyncio.run(go())


def test_a_caller_who_hangs_up_in_the_middle_leaves_the_pages_that_came(document: Path, tmp_path: Path) -> None:
    async def go() -> None:
        async def record(progress: Progress) -> None:
            if progress.milestone is Milestone.PAGE_CONFIRMED:
                raise ArithmeticError("the caller has had enough")

        async with Desk(tmp_path).at_work() as desk, line({"us": desk.address}) as (_, trunks):
            with pytest.raises(ArithmeticError):
                await trunks.dial(order(document, trunk="us"), record)
            await desk.answering.ended()
            assert (desk.pages[0][1].last, desk.settled, desk.answering.refused) == (False, [1], 0)
            assert not desk.answering.exchange.station.calls

    asyncio.run(go())


def test_a_call_withdrawn_while_it_is_asked_about_leaves_nothing(tmp_path: Path) -> None:
    async def go() -> None:
        async with Desk(tmp_path).at_work() as desk, line({"us": desk.address}) as (_, trunks):
            desk.answers.clear()
            dialled = asyncio.ensure_future(trunks.dial(order(tmp_path / "none.tif", trunk="us"), forget))
            await desk.rung.wait()
            trunks.hang_up()
            assert (await dialled).outcome is Outcome.LOST
            desk.answers.set()
            await desk.answering.ended()
            assert (desk.pages, desk.settled) == ([], [1])
            assert not desk.answering.exchange.station.calls

    asyncio.run(go())


VIDEO = b"v=0\r\nc=IN IP4 10.0.0.9\r\nm=video 6000 RTP/AVP 31\r\n"


@pytest.mark.parametrize(
    ("body", "status"), [(b"rubbish", 488), (VIDEO, 488), (b"\xff" * 800, 488), (T38, 200), (AUDIO, 200), (b"", 200)]
)
def test_audio_and_t38_are_taken_and_nothing_else(body: bytes, status: int, tmp_path: Path) -> None:
    async def go() -> None:
        async with Desk(tmp_path).at_work() as desk:
            heard: asyncio.Queue[bytes] = asyncio.Queue()

            class Ear(asyncio.DatagramProtocol):
                def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
                    heard.put_nowait(data)

            ear, _ = await asyncio.get_running_loop().create_datagram_endpoint(Ear, local_addr=LOOPBACK[:2])
            far = FarSide()
            via = ("Via", "SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bKx")
            ear.sendto(bytes(far.request("INVITE", via, body=body)), desk.address[:2])
            answer = await _final(heard)
            assert (answer.status, desk.answering.refused) == (status, int(status == 488))
            assert (b"m=image" in answer.body) == (body == T38)
            if status == 200:
                ear.sendto(bytes(far.request("ACK", via, to_tag=answer.to.tag)), desk.address[:2])
                via = ("Via", "SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bKy")
                ear.sendto(bytes(far.request("BYE", via, to_tag=answer.to.tag, cseq=2)), desk.address[:2])
            await desk.answering.ended()
            assert desk.settled == [1]
            ear.close()

    asyncio.run(go())


async def _final(heard: asyncio.Queue[bytes]) -> Response:
    while True:
        answer = parse(await heard.get())
        if isinstance(answer, Response) and answer.status >= 200:
            return answer


@pytest.mark.parametrize(("password", "outcome"), [("correct horse", Outcome.SENT), ("guess", Outcome.NOT_AUTHORIZED)])
def test_a_trunk_that_calls_from_elsewhere_proves_itself(
    password: str, outcome: Outcome, document: Path, tmp_path: Path
) -> None:
    async def go() -> None:
        elsewhere = Desk(tmp_path).at_work(networks=["192.0.2.0/28"], password="correct horse")
        async with elsewhere as desk, line({}) as (_, trunks):
            trunks.by_name = {"us": Trunk([desk.address], paced=False, credentials=Credentials("them", password))}
            report = await trunks.dial(order(document, trunk="us"), forget)
            await desk.answering.ended()
            assert report.outcome is outcome
            assert [ring.trunk for ring in desk.rings] == (["carrier"] if outcome is Outcome.SENT else [])

    asyncio.run(go())


def test_a_stranger_gets_no_answer_at_all(tmp_path: Path) -> None:
    async def go() -> None:
        async with Desk(tmp_path).at_work(networks=["192.0.2.0/28"]) as desk, Exchange(LOOPBACK) as open_to_all:
            heard: list[Address] = []
            answered = asyncio.Event()
            loop = asyncio.get_running_loop()

            class Ear(asyncio.DatagramProtocol):
                def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
                    heard.append(Address(*addr))
                    answered.set()

            ear, _ = await loop.create_datagram_endpoint(Ear, local_addr=LOOPBACK[:2])
            for number in (b"1", b"2"):
                ear.sendto(OPTIONS.replace(b"branch=z9hG4bKx", b"branch=z9hG4bK" + number), desk.address[:2])
                ear.sendto(OPTIONS.replace(b"branch=z9hG4bKx", b"branch=z9hG4bK" + number), open_to_all.address[:2])
                await answered.wait()  # by the other: time has passed
                answered.clear()
            assert (desk.answering.exchange.station.strangers, heard) == (2, [open_to_all.address] * 2)
            ear.close()

    asyncio.run(go())
