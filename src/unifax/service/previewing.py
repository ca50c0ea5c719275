"""The dry run: a fax is checked and its pages are made, and then nothing is sent and nothing is kept. Knows no HTTP."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, tzinfo
from pathlib import Path

from unifax.model.accounts import Viewer
from unifax.model.errors import Unavailable
from unifax.model.paper import PageReport
from unifax.service.delivery import Render, header_of
from unifax.service.sending import Sending, Upload
from unifax.store.faxes import NewRecipient

RETRY_AFTER_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much of us dry runs may take."""

    at_once: int = 2
    "Rendered at the same time: half of what a converter opens. Faxes to be sent are looked into beside them."
    patience_seconds: float = 10.0
    "How long one waits for its turn."
    open_at_once: int = 32
    "Those that wait, are made, or are being read: each may have a file on our disk."


@dataclass(frozen=True, slots=True)
class Preview:
    """A fax as it would be sent."""

    recipients: Sequence[NewRecipient]
    files: Sequence[str]
    "As their owner calls them."
    pages: Sequence[PageReport]
    document: Path
    "The fax TIFF, on our disk until `Previewing.forget`; a process that is killed leaves it to the next start."


class Previewing:
    """Makes the pages of faxes that are not sent."""

    def __init__(self, sending: Sending, render: Render, zone: tzinfo = UTC, bounds: Bounds | None = None) -> None:
        """`zone` is what the header line tells the time in."""
        self._sending = sending
        self._render = render
        self._zone = zone
        self._bounds = bounds or Bounds()
        self._turns = asyncio.Semaphore(self._bounds.at_once)
        self._open = 0

    async def preview(
        self, viewer: Viewer, user_id: str, extension: str, asked: Mapping[str, object], uploads: list[Upload]
    ) -> Preview:
        """Check a fax as `Sending.accept` does, and make its pages. It may name no recipients.

        The uploads stay the caller's to remove, and the preview is the caller's to `forget`.

        Raises as `Sending.accept`; Unavailable when too many others are at it.
        """
        fax, sender = await self._sending.drafted(viewer, user_id, extension, asked, to_nobody=True)
        await self._sending.looks(uploads, fax.paper)
        numbers = [recipient.number for recipient in fax.recipients]
        header = header_of(sender, fax.accepted_at, fax.terms.send_after, numbers, self._zone)
        files = [(upload.path, upload.name) for upload in uploads]
        if self._open >= self._bounds.open_at_once:
            raise Unavailable("too many dry runs are open", RETRY_AFTER_SECONDS)
        self._open += 1
        staged = self._sending.blobs.stage()
        try:
            async with self._turn():
                pages = await asyncio.to_thread(self._render, files, staged, header, fax.paper)
        except BaseException:
            self._forget(staged)
            raise
        return Preview(fax.recipients, [upload.name for upload in uploads], pages, staged)

    def forget(self, preview: Preview) -> None:
        """Remove what is left of a preview. To be called once for each."""
        self._forget(preview.document)

    def _forget(self, staged: Path) -> None:
        self._open -= 1
        self._sending.blobs.discard(staged)

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        try:
            await asyncio.wait_for(self._turns.acquire(), self._bounds.patience_seconds)
        except TimeoutError:
            raise Unavailable("too many dry runs wait for their turn", RETRY_AFTER_SECONDS) from None
        try:
            yield
        finally:
            self._turns.release()
