"""Sending a fax with a form, and seeing it before: its very pages, and how long they take. Decides nothing."""

import asyncio
from base64 import b64encode
from collections.abc import Iterator, Mapping
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from unifax.documents.pages import png, read_pages
from unifax.model.cover import LANGUAGES
from unifax.model.line_time import PAGE_SECONDS, bits_seconds, call_seconds
from unifax.service import contacts, reading
from unifax.service.granting import new_secret
from unifax.service.idempotency import Key, Once, meaning
from unifax.service.previewing import Preview
from unifax.store.hashing import sha256_of
from unifax.web.auth import tell
from unifax.web.center import plain
from unifax.web.center.frame import Center, Filled, Visitor, is_htmx
from unifax.web.center.send_form import asked_of, key_of, treatments_of
from unifax.web.pages import LIVE, headers, sent_on
from unifax.web.uapi.previews import PreviewResponse

SEND = "/send"
READ = ["GET", "HEAD"]
RECIPIENTS = 3
"Fields for recipients, before more are asked for."
LONGEST = 120
"Characters that are looked for in an address book."
PAGES_HERE = "<!-- pages -->"
"Where the template of a preview wants its pages."


def routes(center: Center) -> APIRouter:
    """Return the routes of sending."""
    office, router = center.office, center.router()
    sending = office.sending

    @router.api_route(SEND, methods=READ)
    async def show(request: Request, visitor: Annotated[Visitor, Depends(center.visitor)]) -> Response:
        extensions = await office.db.aread(reading.extensions, visitor.viewer)
        return center.page(
            request,
            visitor,
            "send.html",
            extensions=extensions,
            recipients=RECIPIENTS,
            to=request.query_params.get("to", "")[:LONGEST],
            key=new_secret(),
            covers=sending.covers,
            cover_languages=LANGUAGES,
            zone=str(office.zone),
            plain=plain,
        )

    @router.post(SEND)
    async def send(request: Request, visitor: Annotated[Visitor, Depends(center.visitor)]) -> Response:
        """Send what was filled in: the same form, sent twice, sends one fax."""
        tell(request, office.rates.fax(visitor.viewer))
        async with center.files(request, visitor) as filled:
            extension, asked = filled.fields.one("from"), asked_of(filled.fields, office.zone)
            key = Key.of(visitor.viewer, key_of(filled.fields.one("key")))
            with sending.keys.held(key):
                await sending.admit(visitor.viewer, "@owner", extension)
                once = Once(key, meaning("page", extension, asked, await _files(filled)))
                accepted = await sending.again(once) or await sending.accept(
                    visitor.viewer, "@owner", extension, asked, filled.uploads, once
                )
        address = f"/faxes/{accepted.id}"
        return Response(status_code=204, headers={"HX-Redirect": address}) if is_htmx(request) else sent_on(address)

    @router.api_route(SEND + "/known", methods=READ)
    async def known(request: Request, visitor: Annotated[Visitor, Depends(center.visitor)], to: str = "") -> Response:
        """Offer contacts for what is being written."""
        found = await office.db.aread(contacts.suggested, visitor.viewer, sending.recipients, to[:LONGEST])
        return center.page(request, visitor, "known.html", found=found)

    @router.post(SEND + "/preview")
    async def preview(request: Request, visitor: Annotated[Visitor, Depends(center.visitor)]) -> Response:
        """Show the pages that would be sent; nothing is sent, and nothing is kept."""
        tell(request, office.rates.fax(visitor.viewer))
        async with center.files(request, visitor) as filled:
            extension, asked = filled.fields.one("from"), asked_of(filled.fields, office.zone)
            if not asked["recipients"]:
                del asked["recipients"]
            await sending.admit(visitor.viewer, "@owner", extension)
            made = await office.previewing.preview(visitor.viewer, "@owner", extension, asked, filled.uploads)
        pieces = _told(center, request, visitor, made, treatments_of(filled.fields))
        said = {**headers(LIVE), "Cache-Control": "no-store"}
        return PreviewResponse(request, made, office.previewing, pieces, "text/html; charset=utf-8", said)

    return router


async def _files(filled: Filled) -> list[tuple[str, str]]:
    hashes = await asyncio.to_thread(lambda: [sha256_of(upload.path) for upload in filled.uploads])
    return [(upload.name, sha256) for upload, sha256 in zip(filled.uploads, hashes, strict=True)]


def _told(
    center: Center, request: Request, visitor: Visitor, preview: Preview, chosen: Mapping[int, str]
) -> Iterator[bytes]:
    """Yield the HTML of a preview, a page at a time; `chosen` is how single pages are to be treated.

    Blocks. Raises DamagedPages, OSError.
    """
    values = {
        "is_whole": not is_htmx(request),
        "pages_here": PAGES_HERE,
        "count": len(preview.pages),
        "seconds": round(call_seconds(preview.pages)),
        "recipients": len(preview.recipients),
    }
    before, _, after = center.rendered(request, visitor, "preview.html", **values).partition(PAGES_HERE)
    yield before.encode()
    covers = sum(report.file is None for report in preview.pages)
    for report, page in zip(preview.pages, read_pages(preview.document), strict=True):
        piece = {
            "is_whole": values["is_whole"],
            "report": report,
            "number": report.number - covers,
            "file": None if report.file is None else preview.files[report.file],
            "seconds": round(PAGE_SECONDS + bits_seconds(report)),
            "png": b64encode(png(page)).decode(),
            "chosen": chosen,
            "plain": plain,
        }
        yield center.rendered(request, visitor, "preview-page.html", **piece).encode()
    yield after.encode()
