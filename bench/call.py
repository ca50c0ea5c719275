"""How long one call takes, from INVITE to BYE, and where its time goes."""

import asyncio
import tempfile
from pathlib import Path

from bench.table import show
from bench.telephony import MachineProcess, dense_page, order, trunks
from unifax.documents.pages import same_pages
from unifax.model.call import Milestone, Progress


def run(as_json: bool) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        document = dense_page(folder / "page.tif")
        image = document.stat().st_size * 8 / 14_400
        with MachineProcess(folder) as machine:
            rows = [
                asyncio.run(_one(machine, document, folder, paced=False, called="7778888")) | {"bits/14400 s": image},
                asyncio.run(_one(machine, document, folder, paced=True, called="7778813")) | {"bits/14400 s": image},
            ]
    show("One page, one call on loopback (seconds)", rows, as_json)


async def _one(
    machine: MachineProcess, document: Path, folder: Path, *, paced: bool, called: str
) -> dict[str, str | int | float]:
    loop = asyncio.get_running_loop()
    began = loop.time()
    at: dict[Milestone, float] = {}

    async def note(progress: Progress) -> None:
        at[progress.milestone] = loop.time() - began

    async with trunks(machine.address, paced=paced) as line:
        report = await line.dial(order(1, document, called), note)
    took = loop.time() - began
    received = folder / called / f"{report.sip_call_id}.tif"
    return {
        "sent": "paced, as to a carrier" if paced else "unpaced, own to own",
        "outcome": report.outcome,
        "page": "exact" if same_pages(document, received) is None else "differs",
        "T.38 agreed": at[Milestone.T38_AGREED],
        "page out": at[Milestone.LAST_PAGE_OUT],
        "confirmed": at[Milestone.PAGE_CONFIRMED],
        "call": took,
    }
