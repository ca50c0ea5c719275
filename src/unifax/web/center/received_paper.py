"""The pages of a received fax for eyes: the right way up, each pixel as wide as it is high. Decides nothing."""

import asyncio
from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from unifax.documents.fax_pdf import fax_pdf
from unifax.documents.pages import Page, png, read_page, thumbnail
from unifax.documents.shown import shown
from unifax.model.audit import Action
from unifax.model.errors import NotFound
from unifax.model.inbox import InboxView
from unifax.service import reading
from unifax.web.center.contacts import number_of
from unifax.web.center.frame import Center, Visitor
from unifax.web.paper import Paper, Taken, hand_out

FAX = "/received/{inbox_id}"
READ = ["GET", "HEAD"]
DRAWN_AT_ONCE = 2
EDITION = 1
"To be raised when what we make of the same TIFF is no longer the same."


def routes(center: Center) -> APIRouter:
    """Return the routes of what a received fax looks like."""
    office, router = center.office, center.router()
    drawing = asyncio.Semaphore(DRAWN_AT_ONCE)

    async def fax_of(visitor: Visitor, inbox_id: str) -> InboxView:
        return await office.db.aread(reading.received_of, visitor.viewer, number_of(inbox_id))

    def taken(fax: InboxView) -> Taken:
        return lambda: office.blobs.at_hand(fax.document)

    async def note(visitor: Visitor, fax: InboxView, form: str) -> None:
        await office.note(visitor.viewer, Action.CONTENT_READ, fax, {"form": form})

    async def drawn(
        request: Request, visitor: Visitor, inbox_id: str, page: str, draw: Callable[[Page], bytes], what: str
    ) -> Response:
        fax = await fax_of(visitor, inbox_id)
        if page not in map(str, range(1, fax.pages + 1)):
            raise NotFound("This fax has no such page.")
        async with drawing, office.blobs.at_hand(fax.document) as (file,):
            picture = await asyncio.to_thread(lambda: draw(shown(read_page(file, int(page)), fax.turned)))
        await note(visitor, fax, f"page {page}")
        tag = f"{fax.document.sha256}-{page}-{what}{EDITION}-{fax.turned}"
        return hand_out(request, Paper(taken(fax), [picture], tag, "image/png", f"received-{fax.id}-{page}.png"))

    @router.api_route(FAX + "/fax.pdf", methods=READ)
    async def pdf(request: Request, visitor: Annotated[Visitor, Depends(center.visitor)], inbox_id: str) -> Response:
        """Hand out a PDF of the pages, turned as they are shown."""
        fax = await fax_of(visitor, inbox_id)
        async with office.blobs.at_hand(fax.document) as (file,):
            pieces = await asyncio.to_thread(fax_pdf, file, fax.turned)
        await note(visitor, fax, "pdf")
        tag = f"{fax.document.sha256}-pdf{EDITION}-{fax.turned}"
        return hand_out(request, Paper(taken(fax), pieces, tag, "application/pdf", f"received-{fax.id}.pdf"))

    @router.api_route(FAX + "/pages/{page}.png", methods=READ)
    async def picture(
        request: Request, visitor: Annotated[Visitor, Depends(center.visitor)], inbox_id: str, page: str
    ) -> Response:
        return await drawn(request, visitor, inbox_id, page, png, "page")

    @router.api_route(FAX + "/thumbnails/{page}.png", methods=READ)
    async def small(
        request: Request, visitor: Annotated[Visitor, Depends(center.visitor)], inbox_id: str, page: str
    ) -> Response:
        return await drawn(request, visitor, inbox_id, page, thumbnail, "thumbnail")

    return router
