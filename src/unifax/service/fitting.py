"""Calls whose pages are no finer than the machine that is called takes. Knows no pages and no line.

What it takes is known from earlier calls, or from one that finds out. libspandsp cannot be given another document then:
that call ends, and the next is made at once. To the fax both are one: no pause, and no try is lost.
"""

import asyncio
import logging
from collections.abc import Callable, Collection
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from unifax.model.call import CallOrder, CallReport, Dial, Progress, Record
from unifax.model.manner import pages_for
from unifax.model.paper import Resolution
from unifax.model.transcript import Entry, Layer
from unifax.store.blobs import Blobs

log = logging.getLogger(__name__)

TOO_FINE = frozenset({11, 12})
"libspandsp's codes for a resolution, and for a width, that the far machine has not (t30.h)."

Coarsen = Callable[[Path, Collection[Resolution], Path], bool]
"""Writes a fax TIFF whose pages are at no other resolutions than these, unless all of them are so already: False then.
Blocks. Raises DamagedPages, OSError."""


class Fitting:
    """Makes calls, with coarser pages where they are needed."""

    def __init__(self, dial: Dial, coarsen: Coarsen, blobs: Blobs) -> None:
        self._dial = dial
        self._coarsen = coarsen
        self._blobs = blobs

    async def dial(self, order: CallOrder, record: Record) -> CallReport:
        """Make one call to its end, or two (`model.call.Dial`)."""
        with ExitStack() as stack:
            able = pages_for(order.far_ability, order.finest)
            if able is not None:
                order = await self._fitted(order, able, stack) or order
            report = await self._dial(order, record)
            able = pages_for(report.far_ability, order.finest)
            if report.t30_code not in TOO_FINE or report.far_ability is None or able is None:
                return report
            coarser = await self._fitted(order, able, stack)
            if coarser is None:
                return report
            log.info("fax %d call %d.%d: coarser pages", order.fax_id, order.delivery_id, order.call_number)
            return await self._again(coarser, record, report)

    async def _fitted(self, order: CallOrder, able: Collection[Resolution], stack: ExitStack) -> CallOrder | None:
        """Return an order with coarser pages, which are there as long as the stack is; None when none are needed."""
        staged = self._blobs.stage()
        stack.callback(self._blobs.discard, staged)
        needed = await asyncio.to_thread(self._coarsen, order.document, able, staged)
        return replace(order, document=staged) if needed else None

    async def _again(self, order: CallOrder, record: Record, first: CallReport) -> CallReport:
        """Go on from the first page that the first call has not brought through."""
        before = first.pages_confirmed

        async def record_both(progress: Progress) -> None:
            await record(replace(progress, pages_confirmed=before + progress.pages_confirmed))

        report = await self._dial(replace(order, first_page=order.first_page + before), record_both)
        why = Entry(0.0, Layer.CALL, None, "called again, with coarser pages: it takes none as fine as those")
        transcript = (*first.transcript, why, *report.transcript) if first.transcript else report.transcript
        return replace(report, pages_confirmed=before + report.pages_confirmed, transcript=transcript)
