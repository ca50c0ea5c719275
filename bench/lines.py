"""How many calls at once one line process carries page-exact, over T.38 and in audio: raised until it breaks.

What is counted is the CPU of both processes, whole, from the first INVITE to the end of the last call: their Python,
the thread of media, and what the kernel does for them. Over loopback that is on the account of who sends, for a
datagram goes all the way to the other socket within sendto(). An end is half of a call. The caller's end is as in the
service but for the database: it signals, sends, and writes the transcript; the machine's end writes none. Not
counted: to start a process, to make the page, and to compare what arrived.
"""

import asyncio
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import uvloop

from bench.table import show
from bench.telephony import MachineProcess, dense_page, forget, order, own_cpu_seconds, trunks
from unifax.documents.pages import same_pages
from unifax.model.call import T38Use
from unifax.model.outcome import Outcome

LEVELS = {T38Use.ONLY: (100, 200, 400, 800, 1200, 1600, 2000, 2400), T38Use.OFF: (50, 100, 200, 300, 400, 600, 800)}
NAMES = {T38Use.ONLY: "T.38", T38Use.OFF: "G.711"}
CALLS_PER_SECOND = 40
ENOUGH = 0.99
"Below this share of exact pages a level counts as broken, and no higher one is tried."


def run(as_json: bool, levels: Mapping[T38Use, Sequence[int]] = LEVELS) -> None:
    for use, calls in levels.items():
        _run(as_json, use, calls)


def _run(as_json: bool, use: T38Use, levels: Sequence[int]) -> None:
    rows: list[dict[str, str | int | float]] = []
    for calls in levels:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            document = dense_page(folder / "page.tif")
            with MachineProcess(folder / "received") as machine:
                rows.append(uvloop.run(_level(machine, document, folder / "received", calls, use)))
        if int(rows[-1]["page exact"]) < ENOUGH * calls:
            break
    show(
        f"Real-time {NAMES[use]} calls at once: one line process sends, one machine process receives,"
        f" {CALLS_PER_SECOND} calls begin each second, one dense page each",
        rows,
        as_json,
    )


async def _level(
    machine: MachineProcess, document: Path, received: Path, calls: int, use: T38Use
) -> dict[str, str | int | float]:
    loop = asyncio.get_running_loop()
    began, used, machine_used = loop.time(), own_cpu_seconds(), machine.cpu_seconds()
    talked = 0.0
    up = most = 0
    arrived: list[Path] = []
    async with trunks(machine.address, paced=True, t38=use) as line:

        async def one(number: int) -> None:
            nonlocal talked, up, most
            await asyncio.sleep(number / CALLS_PER_SECOND)
            up += 1
            most = max(most, up)
            start = loop.time()
            report = await line.dial(order(number, document), forget)
            talked += loop.time() - start
            up -= 1
            if report.outcome is Outcome.SENT:
                arrived.append(received / "7778888" / f"{report.sip_call_id}.tif")

        await asyncio.gather(*(one(number) for number in range(calls)))
    sender, receiver = own_cpu_seconds() - used, machine.cpu_seconds() - machine_used
    lasted = loop.time() - began
    return {
        "calls": calls,
        "at once": most,
        "sent": len(arrived),
        "page exact": sum(same_pages(document, file) is None for file in arrived),
        "mean call s": talked / calls,
        "sender CPU s per call-minute": sender / talked * 60,
        "receiver CPU s per call-minute": receiver / talked * 60,
        "ends per core": round(2 * talked / (sender + receiver)),
        "sender core": f"{sender / lasted:.0%}",
    }
