"""The sandbox machine: every number does what the documentation says, and no caller can break it for others."""

import asyncio
import re
from pathlib import Path

import pytest

from tests.faxes import same_pages, text_fax
from tests.line.switchboard import forget, line, order, sandbox
from unifax.documents.coarser import coarsen
from unifax.line.machine import SCRIPTS, file_name
from unifax.line.trunk import Patience
from unifax.model.call import CallReport, Media
from unifax.model.manner import BEST, Ability, Manner, Modem
from unifax.model.outcome import Outcome
from unifax.model.paper import Resolution
from unifax.service.fitting import Fitting
from unifax.store.blobs import Blobs
from unifax.wire import sdp
from unifax.wire.datagram import Address
from unifax.wire.sip.agent import Agent

DOCUMENTATION = Path(__file__).parents[2] / "docs" / "sandbox.md"
QUICK: dict[str, Outcome] = {
    "88": Outcome.SENT,
    "01": Outcome.BUSY,
    "02": Outcome.NO_ANSWER,
    "03": Outcome.REFUSED,
    "04": Outcome.NO_SUCH_NUMBER,
    "05": Outcome.UNAVAILABLE,
    "06": Outcome.NOT_A_FAX,
    "08": Outcome.PAGE_REFUSED,
    "10": Outcome.SENT,
    "13": Outcome.SENT,
}
"How one call to a number ends, for those that take no more than some seconds."


def number(script: str) -> str:
    return f"77788{script}"


async def call(folder: Path, document: Path, called: str, manner: Manner = BEST) -> CallReport:
    async with (
        sandbox(folder) as machine,
        line({"far": machine.exchange.address}, Patience(ring_seconds=0.5, negotiation_seconds=6.0)) as (_, trunks),
    ):
        return await trunks.dial(order(document, called, manner=manner), forget)


@pytest.mark.parametrize(("script", "outcome"), QUICK.items())
def test_a_number_does_what_its_script_says(script: str, outcome: Outcome, tmp_path: Path) -> None:
    document = text_fax(tmp_path / "sent.tif")
    report = asyncio.run(call(tmp_path, document, number(script)))
    assert report.outcome is outcome
    if outcome is Outcome.SENT:
        assert same_pages(document, tmp_path / number(script) / f"{report.sip_call_id}.tif")


def test_those_that_take_real_time_receive_or_leave_it_uncertain(tmp_path: Path) -> None:
    document = text_fax(tmp_path / "sent.tif", rows=60)

    async def go() -> None:
        slow, lost, audio, wished = await asyncio.gather(
            *(call(tmp_path, document, number(each)) for each in ("12", "09", "11")),
            call(tmp_path, document, number("88"), Manner(t38=False)),
        )
        assert (slow.outcome, slow.bits_per_second) == (Outcome.SENT, 4800)
        assert slow.far_ability == Ability(ecm=True, modem=Modem.V27TER)
        assert (lost.outcome, lost.pages_confirmed) == (Outcome.UNCERTAIN, 0)
        assert (audio.outcome, audio.media, audio.bits_per_second) == (Outcome.SENT, Media.G711, 14_400)
        assert same_pages(document, tmp_path / number("11") / f"{audio.sip_call_id}.tif")
        assert (wished.outcome, wished.media) == (Outcome.SENT, Media.G711), "no T.38, although it is offered"

    asyncio.run(go())
    assert {*QUICK, "07", "09", "11", "12", "14", "15"} == set(SCRIPTS)


@pytest.mark.parametrize(("manner", "outcome"), [(BEST, Outcome.DROPPED), (Manner(modem=Modem.V29), Outcome.SENT)])
def test_a_machine_that_cannot_take_v17_takes_v29(manner: Manner, outcome: Outcome, tmp_path: Path) -> None:
    report = asyncio.run(call(tmp_path, text_fax(tmp_path / "sent.tif"), number("14"), manner))
    assert (report.outcome, report.media, report.pages_confirmed) == (outcome, Media.T38, outcome is Outcome.SENT)


def test_a_machine_that_hangs_up_in_the_second_page_has_confirmed_the_first(tmp_path: Path) -> None:
    report = asyncio.run(call(tmp_path, text_fax(tmp_path / "sent.tif", pages=3), number("07")))
    assert (report.outcome, report.pages_confirmed) == (Outcome.DROPPED, 1)


def test_a_machine_that_takes_no_fine_pages_gets_coarser_ones(tmp_path: Path) -> None:
    document, blobs = text_fax(tmp_path / "sent.tif", pages=2), Blobs(tmp_path / "blobs")

    async def go() -> tuple[CallReport, CallReport]:
        async with (
            sandbox(tmp_path) as machine,
            line({"far": machine.exchange.address}, Patience(ring_seconds=5.0, negotiation_seconds=6.0)) as (_, trunks),
        ):
            asked = order(document, number("15"))
            return await trunks.dial(asked, forget), await Fitting(trunks.dial, coarsen, blobs).dial(asked, forget)

    alone, fitted = asyncio.run(go())
    assert (alone.outcome, alone.pages_confirmed) == (Outcome.INCOMPATIBLE, 0)
    assert alone.far_ability == Ability(ecm=True, modem=Modem.V17, resolutions=frozenset({Resolution.STANDARD}))
    assert (fitted.outcome, fitted.pages_confirmed) == (Outcome.SENT, 2)
    assert coarsen(document, {Resolution.STANDARD}, tmp_path / "coarse.tif")
    assert same_pages(tmp_path / "coarse.tif", tmp_path / number("15") / f"{fitted.sip_call_id}.tif")


@pytest.mark.parametrize("called", ["7778899", "123", ""])
def test_a_number_that_it_does_not_have_does_not_exist(called: str, tmp_path: Path) -> None:
    report = asyncio.run(call(tmp_path, text_fax(tmp_path / "sent.tif"), called))
    assert (report.outcome, report.sip_status) == (Outcome.NO_SUCH_NUMBER, 404)


def test_every_script_is_documented_word_for_word() -> None:
    rows = re.findall(r"^\| `77788(\d\d)` \| (.*?) \|", DOCUMENTATION.read_text(), re.MULTILINE)
    assert dict(rows) == {script: SCRIPTS[script].does for script in SCRIPTS}


@pytest.mark.parametrize(
    ("call_id", "body", "status"),
    [
        ("x" * 5000, sdp.t38_offer(Address("127.0.0.1", 9)), "200"),
        ("image to nowhere", sdp.t38_offer(Address("fax.example.com", 9)), "488"),
        ("no offer", b"", "200"),
        ("rubbish", b"rubbish", "488"),
        ("../" * 100, sdp.audio_offer(Address("127.0.0.1", 9)), "200"),
    ],
    ids=["long", "image", "none", "rubbish", "path"],
)
def test_an_odd_invite_is_answered_and_the_next_fax_arrives(
    call_id: str, body: bytes, status: str, tmp_path: Path
) -> None:
    document = text_fax(tmp_path / "sent.tif")

    async def go() -> None:
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[bytes] = loop.create_future()

        class Caller(asyncio.DatagramProtocol):
            def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
                if not data.startswith(b"SIP/2.0 1") and not answered.done():
                    answered.set_result(data)

        async with sandbox(tmp_path) as machine:
            transport, _ = await loop.create_datagram_endpoint(Caller, local_addr=("127.0.0.1", 0))
            here = Address(*transport.get_extra_info("sockname"))
            agent = Agent(address=here, user_agent="odd", token=lambda: "odd")
            agent.invite(
                to=f"sip:7778888@{machine.exchange.address}",
                from_="sip:odd@127.0.0.1",
                sdp=body,
                destination=machine.exchange.address,
                now=0.0,
                call_id=call_id,
            )
            for datagram in agent.datagrams_to_send():
                transport.sendto(datagram.data, datagram.destination[:2])
            assert (await answered).startswith(b"SIP/2.0 " + status.encode())
            transport.close()
            async with line({"far": machine.exchange.address}) as (_, trunks):
                assert (await trunks.dial(order(document), forget)).outcome is Outcome.SENT

    asyncio.run(go())
    outside = {path.name for path in tmp_path.parent.iterdir()} - {tmp_path.name}
    assert not any(name.endswith(".tif") for name in outside)


def test_file_names_are_plain_and_short() -> None:
    assert file_name("a84b4c76e66710@pc33.example") == "a84b4c76e66710_pc33.example"
    assert file_name("../../etc") == ".._.._etc"
    assert file_name("x" * 100) == "x" * 64
