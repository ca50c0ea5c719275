"""Calls from outside, to the running service: one Unifax faxes to another; and what a crash of the receiver leaves."""

import asyncio
import re
from pathlib import Path

from tests.e2e.running import Running, ended, running, unifax, until
from tests.faxes import dense_page, same_pages, write_fax
from tests.kept import kept
from tests.line.switchboard import line, order
from unifax.client import Received
from unifax.model.call import Milestone, Progress
from unifax.model.fax import FaxState
from unifax.model.outcome import Outcome
from unifax.wire.datagram import Address

RECEIVER = {
    "UNIFAX_LINE__LISTEN": "127.0.0.1:0",
    "UNIFAX_TRUNKS__PEER__SERVER": "127.0.0.1:9",
    "UNIFAX_TRUNKS__PEER__KEEP_ALIVE_SECONDS": "0",
    "UNIFAX_TRUNKS__PEER__PACED": "no",
}


def incoming_port(service: Running) -> int:
    """Return the port at which a service answers calls; it changes when the process is started again on port 0."""
    log = service.data.parent / "service.log"
    found: list[str] = []

    def told() -> bool:
        found[:] = re.findall(r"calls are answered at 127\.0\.0\.1:(\d+)", log.read_text())
        return bool(found)

    until(told, 30, "calls are answered")
    return int(found[-1])


def inbox(service: Running) -> list[Received]:
    with service.client() as client:
        return list(client.inbox())


def test_one_unifax_faxes_to_another(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "here").mkdir()
    document = write_fax(tmp_path / "two.tif", [dense_page(1, rows=500), dense_page(2, rows=500)])
    with running(tmp_path / "there" / "data", RECEIVER) as there:
        operator = {"UNIFAX_URL": there.url, "UNIFAX_DATA": str(there.data)}
        change = ("account", "extension", "change", "0003*210", "--telephone", "+1 555 0210")
        changed = unifax(*change, environment=operator)
        assert changed.returncode == 0, changed.stderr
        sender = {
            "UNIFAX_TRUNKS__PEER__SERVER": f"127.0.0.1:{incoming_port(there)}",
            "UNIFAX_TRUNKS__PEER__PACED": "no",
        }
        with running(tmp_path / "here" / "data", sender) as here, here.client() as client:
            fax = ended(client, client.send([document], ["15550210"]).id, 60)
            assert (fax.state, fax.recipients[0].pages_confirmed) == (FaxState.SENT, 2), fax
            assert fax.document is not None
            sent = kept(here.data, fax.document)
            until(lambda: bool(inbox(there)), 20, "the fax is in the inbox")
            (received,) = inbox(there)
            assert (received.complete, received.pages, received.called) == (True, 2, "15550210")
            assert (received.sender, received.far_station_id) == ("0003*210", "0003*210")
            assert same_pages(sent, kept(there.data, received.document))
        assert list((there.data / "incoming").iterdir()) == []


def test_a_receiver_killed_in_the_middle_of_a_fax_keeps_the_pages_it_has_confirmed(tmp_path: Path) -> None:
    document = write_fax(tmp_path / "three.tif", [dense_page(number, rows=800) for number in range(3)])

    async def fax_to(service: Running) -> tuple[Outcome, int]:
        async def record(progress: Progress) -> None:
            if progress.milestone is Milestone.PAGE_CONFIRMED:
                (victim,) = service.processes("receive")
                victim.kill()
                raise ArithmeticError("its far side has lost its power")

        async with line({"us": Address("127.0.0.1", incoming_port(service))}) as (_, trunks):
            try:
                report = await trunks.dial(order(document, "0003*210", trunk="us"), record)
            except ArithmeticError:
                return Outcome.LOST, 1
            return report.outcome, report.pages_confirmed

    with running(tmp_path / "data", RECEIVER) as service:
        assert asyncio.run(fax_to(service)) == (Outcome.LOST, 1)
        until(lambda: bool(inbox(service)), 30, "the pages are kept")
        (received,) = inbox(service)
        assert (received.complete, received.called) == (False, "0003*210")
        assert received.pages in {1, 2}, "the next page may have been in the file, too"
        until(lambda: len(service.processes("receive")) == 1, 30, "calls are answered again")
