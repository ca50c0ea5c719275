"""The documents of faxes sent and received: TIFF as it is kept, PDF and PNG made of it. Decides nothing.

The TIFFs are our own work, so they are read here, off the loop and only so many at once.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, TypedDict

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from unifax.documents.fax_pdf import Slice, fax_pdf
from unifax.documents.pages import Page, png, read_page, thumbnail
from unifax.model.accounts import Viewer
from unifax.model.audit import Action
from unifax.model.content import Content
from unifax.model.errors import NoPagesYet, NotFound
from unifax.model.fax import PENDING, FaxView
from unifax.model.inbox import InboxView
from unifax.service import reading
from unifax.service.control import fax_of
from unifax.service.office import Office
from unifax.web.auth import Door
from unifax.web.paper import Paper, Taken, hand_out

AT_ONCE = 2
"Pages drawn at the same time: some 2 MB each."

PNG_EDITION, PDF_EDITION, THUMBNAIL_EDITION = 1, 1, 1
"To be raised when what we make of the same TIFF is no longer the same."


@dataclass(frozen=True, slots=True)
class Kept:
    """A fax whose pages are made, as it is kept."""

    taken: Taken
    document: str
    "SHA-256, hex."
    pages: int
    name: str
    note: Callable[[str], Awaitable[None]]
    "Writes down that somebody has it now, in this form."


def document_routes(office: Office, door: Door) -> APIRouter:
    """Return the routes of documents."""
    router = APIRouter(prefix="/uapi", redirect_slashes=False)

    def kept(viewer: Viewer, fax: FaxView | InboxView, document: Content, pages: int, name: str) -> Kept:
        async def note(form: str) -> None:
            await office.note(viewer, Action.CONTENT_READ, fax, {"form": form})

        return Kept(lambda: office.blobs.at_hand(document), document.sha256, pages, name, note)

    async def sent(viewer: Annotated[Viewer, Depends(door.viewer)], user: str, extension: str, fax_id: str) -> Kept:
        fax = await office.db.aread(fax_of, viewer, user, extension, fax_id)
        if fax.document is None or fax.pages is None:
            if any(delivery.state in PENDING for delivery in fax.deliveries):
                raise NoPagesYet("The pages of this fax are still being made.")
            raise NotFound("No pages were made of this fax.")
        return kept(viewer, fax, fax.document, fax.pages, f"fax-{fax.id}")

    async def received(
        viewer: Annotated[Viewer, Depends(door.viewer)], user: str, extension: str, inbox_id: str
    ) -> Kept:
        fax = await office.db.aread(reading.received_one, viewer, user, extension, inbox_id)
        return kept(viewer, fax, fax.document, fax.pages, f"received-{fax.id}")

    drawing = asyncio.Semaphore(AT_ONCE)
    _add(router, "/faxes/{user}/{extension}/{fax_id}", sent, drawing, "a fax as it is sent")
    _add(router, "/inbox/{user}/{extension}/{inbox_id}", received, drawing, "a fax received")
    return router


def _add(
    router: APIRouter, of: str, kept: Callable[..., Awaitable[Kept]], drawing: asyncio.Semaphore, what: str
) -> None:
    @router.api_route(f"{of}/document.tif", summary=f"The TIFF of {what}", **_answers("image/tiff"))
    async def tiff(request: Request, fax: Annotated[Kept, Depends(kept)]) -> Response:
        """Hand out the fax TIFF, as it is kept (TIFF class F, RFC 2306)."""
        async with fax.taken() as (file,):
            size = (await asyncio.to_thread(file.stat)).st_size
        await fax.note("tiff")
        whole = Slice(0, size, is_reversed=False)
        return hand_out(request, Paper(fax.taken, [whole], fax.document, "image/tiff", f"{fax.name}.tif"))

    @router.api_route(f"{of}/document.pdf", summary=f"The PDF of {what}", **_answers("application/pdf"))
    async def pdf(request: Request, fax: Annotated[Kept, Depends(kept)]) -> Response:
        """Hand out a PDF of the very pages."""
        async with fax.taken() as (file,):
            pieces = await asyncio.to_thread(fax_pdf, file)
        await fax.note("pdf")
        tag = f"{fax.document}-pdf{PDF_EDITION}"
        return hand_out(request, Paper(fax.taken, pieces, tag, "application/pdf", f"{fax.name}.pdf"))

    @router.api_route(f"{of}/pages/{{page}}.png", summary=f"A page of {what}", **_answers("image/png"))
    async def picture(request: Request, fax: Annotated[Kept, Depends(kept)], page: str) -> Response:
        """Hand out one page as a picture, 1 for the first."""
        return await drawn(request, fax, page, png, f"png{PNG_EDITION}")

    @router.api_route(f"{of}/thumbnails/{{page}}.png", summary=f"A small page of {what}", **_answers("image/png"))
    async def small(request: Request, fax: Annotated[Kept, Depends(kept)], page: str) -> Response:
        """Hand out one page as a small picture in grey, 1 for the first: at most 200 pixels wide."""
        return await drawn(request, fax, page, thumbnail, f"thumbnail{THUMBNAIL_EDITION}")

    async def drawn(request: Request, fax: Kept, page: str, draw: Callable[[Page], bytes], edition: str) -> Response:
        if page not in map(str, range(1, fax.pages + 1)):
            raise NotFound("This fax has no such page.")
        async with drawing, fax.taken() as (file,):
            picture = await asyncio.to_thread(lambda: draw(read_page(file, int(page))))
        await fax.note(f"page {page}")
        tag = f"{fax.document}-{page}-{edition}"
        return hand_out(request, Paper(fax.taken, [picture], tag, "image/png", f"{fax.name}-{page}.png"))


class _Answers(TypedDict):
    methods: list[str]
    response_class: type[Response]
    responses: dict[int | str, dict[str, object]]


def _answers(media_type: str) -> _Answers:
    """Return what the description of a route says of its answers."""
    content: dict[str, object] = {"content": {media_type: {"schema": {"type": "string", "format": "binary"}}}}
    return {
        "methods": ["GET", "HEAD"],
        "response_class": Response,
        "responses": {
            200: {"description": "The document.", **content},
            206: {"description": "The part that `Range` asked for.", **content},
            304: {"description": "The document that `If-None-Match` names has not changed."},
            404: {},
            409: {},
            416: {},
        },
    }
