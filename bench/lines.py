"""How many T.38 calls at once one line process carries page-exact: raised until it breaks."""

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path

import uvloop

from bench.table import show
from bench.telephony import MachineProcess, dense_page, forget, order, own_cpu_seconds, trunks
from unifax.documents.pages import same_pages
from unifax.model.outcome import Outcome

LEVELS = (100, 200, 400, 800, 1200, 1600, 2000, 2400)
CALLS_PER_SECOND = 40
ENOUGH = 0.99
"Below this share of exact pages a level counts as broken, and no higher one is tried."


def run(as_json: bool, levels: Sequence[int] = LEVELS) -> None:
    rows: list[dict[str, str | int | float]] = []
    for calls in levels:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            document = dense_page(folder / "page.tif")
            with MachineProcess(folder / "received") as machine:
                rows.append(uvloop.run(_level(machine, document, folder / "received", calls)))
        if int(rows[-1]["page exact"]) < ENOUGH * calls:
            break
    show(
        f"Real-time T.38 calls at once: one line process sends, one machine process receives, {CALLS_PER_SECOND} calls"
        " begin each second, one dense page each",
        rows,
        as_json,
    )


async def _level(machine: MachineProcess, document: Path, received: Path, calls: int) -> dict[str, str | int | float]:
    loop = asyncio.get_running_loop()
    began, used, machine_used = loop.time(), own_cpu_seconds(), machine.cpu_seconds()
    talked = 0.0
    up = most = sent = 0
    async with trunks(machine.address, paced=True) as line:

        async def one(number: int) -> bool:
            nonlocal talked, up, most, sent
            await asyncio.sleep(number / CALLS_PER_SECOND)
            up += 1
            most = max(most, up)
            start = loop.time()
            report = await line.dial(order(number, document), forget)
            talked += loop.time() - start
            up -= 1
            sent += report.outcome is Outcome.SENT
            file = received / "7778888" / f"{report.sip_call_id}.tif"
            return report.outcome is Outcome.SENT and await asyncio.to_thread(same_pages, document, file) is None

        exact = sum(await asyncio.gather(*(one(number) for number in range(calls))))
    sender, receiver = own_cpu_seconds() - used, machine.cpu_seconds() - machine_used
    return {
        "calls": calls,
        "at once": most,
        "sent": sent,
        "page exact": exact,
        "mean call s": talked / calls,
        "sender CPU s per call-minute": sender / talked * 60,
        "receiver CPU s per call-minute": receiver / talked * 60,
        "sender core": f"{sender / (loop.time() - began):.0%}",
    }
