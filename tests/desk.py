"""A desk where the work of faxes is done by hand: one piece after the other, on a made-up clock.

The rows say what is open; the desk sees to it that each open delivery has live work in the real queue, and does that
work with the real `Preparer` and `Caller`. Only pages and telephone calls are short.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from tests.faxes import dense_page, text_page
from tests.papers import a_page, reports
from tests.world import NOW, World
from unifax.documents.order import Header
from unifax.documents.pages import Page, PageWriter
from unifax.model.call import CallOrder, CallReport, Media, Milestone, Progress, Record
from unifax.model.fax import OPEN, DeliveryState, FaxView
from unifax.model.outcome import Outcome
from unifax.model.paper import RASTERS, PageReport, PaperTerms, Resolution
from unifax.model.retry import RetryPolicy
from unifax.model.terms import AT_ONCE, Terms
from unifax.model.trace import UNTRACED, Traces
from unifax.model.trunk import TrunkTerms
from unifax.service import delivery
from unifax.service.delivery import Caller, Preparer
from unifax.store import executors, faxes
from unifax.store.faxes import NewFax, NewFile, NewRecipient
from unifax.store.open_work import OpenWork, open_work
from unifax.work.reconciler import job_id

FINE = RASTERS[Resolution.FINE]

PAGES = 3
EXECUTOR = "desk.1"
FAR_FUTURE = NOW + timedelta(days=100)

FarEnd = Callable[[CallOrder, Record], Awaitable[CallReport]]
"What happens in one call."


def ends(outcome: Outcome, pages: int = 0, media: Media | None = None) -> FarEnd:
    """A call that confirms some pages and then ends so; with a medium, its fax had begun."""

    async def far_end(order: CallOrder, record: Record) -> CallReport:
        for page in range(1, pages + 1):
            if order.first_page + page == order.pages:
                await record(Progress(Milestone.LAST_PAGE_OUT, page - 1))
            evidence = a_page(order.first_page + page - 1)
            await record(Progress(Milestone.PAGE_CONFIRMED, page, evidence=evidence))
        return CallReport(outcome, pages, media=media)

    return far_end


class Desk:
    """Sends faxes from Bob, and answers their calls by script: one entry per call, for each number."""

    def __init__(self, world: World, policy: RetryPolicy | None = None, traces: Traces = UNTRACED) -> None:
        self.world = world
        self.now = NOW
        self.far_ends: dict[str, list[FarEnd]] = {}
        self.orders: list[CallOrder] = []
        self.ended: list[int] = []
        "Deliveries whose calls were hung up because their sender cancelled them."
        self.rendering: Callable[[Sequence[tuple[Path, str]]], int] = lambda files: PAGES
        self.terms: dict[str, TrunkTerms] = {}
        "Of trunks, where they are not the usual ones."
        self.preparer = Preparer(world.db, world.queue, world.blobs, self._render, lambda: self.now, traces=traces)
        self.caller = Caller(
            world.db,
            world.queue,
            world.blobs,
            policy or RetryPolicy(calls=3),
            self.terms,
            lambda number: self.ways,
            self._dial,
            self.ended.append,
            lambda: self.now,
            lambda: 0.0,
            traces=traces,
        )
        self.ways: Sequence[str] = ("sandbox",)
        "Trunks that reach every number, in their order."
        self._runs = 0
        if not world.db.read(executors.is_known, EXECUTOR):
            world.db.write(executors.add_executor, EXECUTOR, "desk", NOW)

    def send(self, *numbers: str, terms: Terms = AT_ONCE) -> int:
        """Have a fax of one text file accepted."""
        staged = self.world.blobs.stage()
        staged.write_text("a letter")
        file = NewFile("letter.txt", "txt", self.world.blobs.keep(staged), 8, 1)
        bob = self.world.bob
        assert bob.extension is not None
        new = NewFax(
            self.world.new_uid(),
            bob.id,
            bob.extension.id,
            (file,),
            tuple(map(self._recipient, numbers)),
            self.now,
            terms,
        )
        return self.world.db.write(delivery.accept, self.world.queue, [new], self.now)[0]

    def view(self, fax_id: int) -> FaxView:
        found = self.world.db.read(faxes.fax_view, self.world.root.viewer, fax_id)
        assert found is not None
        return found

    def open(self) -> Sequence[OpenWork]:
        """Return what is open, having seen that each of it has live work."""
        rows = self._open(FAR_FUTURE)
        ids = {job_id(row) for row in rows}
        assert self.world.queue.live(ids) == ids
        return rows

    def _open(self, now: datetime) -> Sequence[OpenWork]:
        rows = [row for state in OPEN for row in self.world.db.read(open_work, state, None, 1000, now)]
        return sorted(rows, key=lambda row: row.delivery_id)

    def step(self) -> None:
        """Do the work of everything that is due now."""
        rows = self.open()
        for fax_id, work in {(row.fax_id, row.work) for row in rows if row.state is DeliveryState.PREPARING}:
            self.prepare(fax_id, work)
        for row in rows:
            if row.state is not DeliveryState.PREPARING and row in self._open(self.now):
                self.call(row)

    def finish(self, fax_id: int) -> FaxView:
        """Work on, through all pauses, until everything is decided."""
        for _ in range(100):
            if not self.open():
                return self.view(fax_id)
            self.step()
            waits = [one.next_call_at for one in self.view(fax_id).deliveries if one.next_call_at is not None]
            self.now = max(self.now, min(waits, default=self.now))
        raise AssertionError("this fax does not come to an end")

    def prepare(self, fax_id: int, work: int) -> None:
        self.world.run(self.preparer.prepare(self.new_run(), fax_id, work))

    def call(self, row: OpenWork, run: str | None = None) -> None:
        """Do the work of a delivery's call once more, as one process or another."""
        if row.trunk is None:
            self.world.run(self.preparer.hand_over(run or self.new_run(), row.delivery_id, row.work))
            return
        number = self._made(row) + (0 if row.state is DeliveryState.CALLING else 1)
        self.world.run(self.caller.call(run or self.new_run(), row.delivery_id, number, row.work))

    def new_run(self) -> str:
        self._runs += 1
        return f"{EXECUTOR}.{self._runs}"

    def _made(self, row: OpenWork) -> int:
        calls = self.world.column(f"SELECT calls FROM deliveries WHERE id = {row.delivery_id}")
        assert isinstance(calls[0], int)
        return calls[0]

    def _recipient(self, number: str) -> NewRecipient:
        own = {who.extension.number: who.extension.id for who in (self.world.beth, self.world.charlie) if who.extension}
        return NewRecipient(number, None if number in own else "sandbox", own.get(number))

    def _render(
        self, files: Sequence[tuple[Path, str]], out: Path, header: Header, paper: PaperTerms
    ) -> Sequence[PageReport]:
        pages = self.rendering(files)
        out.write_text(f"{header.text} {header.station_id} {header.sent_at} {pages}")
        return [each if files else replace(each, file=None) for each in reports(pages)]

    async def _dial(self, order: CallOrder, record: Record) -> CallReport:
        self.orders.append(order)
        return await self.far_ends[order.number].pop(0)(order, record)


def give_pages(world: World) -> None:
    """Make the document of every fax, sent and received, a real one, of two pages."""
    staged = world.blobs.stage()
    images = [text_page(1, 2287), dense_page(2, 1200)]
    with open(staged, "w+b") as file, PageWriter(file.fileno(), len(images)) as writer:
        for image in images:
            black = image.tobytes().translate(bytes(range(255, -1, -1)))
            writer.write(Page(image.width, image.height, FINE.x_dpi, FINE.y_dpi, black))
    document = world.blobs.keep(staged)
    told = f"document = '{document.sha256}', place = '{document.place}', pages = 2"
    world.execute(f"UPDATE faxes SET {told}")
    world.execute(f"UPDATE inbox SET {told}")


async def dies(order: CallOrder, record: Record) -> CallReport:
    """The process ends in the middle of the call."""
    raise asyncio.CancelledError
