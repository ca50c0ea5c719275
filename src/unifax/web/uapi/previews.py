"""The answer to a dry run, which is written as it is sent, one page after the other. Decides nothing."""

import asyncio
from base64 import b64encode
from collections.abc import Iterator, Mapping

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from unifax.documents.pages import Page, coded_octets, png, read_pages
from unifax.model.errors import RequestInvalid
from unifax.model.line_time import BITS_PER_SECOND, CALL_SECONDS, PAGE_SECONDS, call_seconds
from unifax.model.paper import Coding, PageReport
from unifax.service.previewing import Preview, Previewing
from unifax.web.uapi.paper_shapes import PageShape, page_shape
from unifax.web.uapi.shape import Shape

READ_SECONDS = 60.0
"How long a client may take to read a page."


class LineShape(Shape):
    """What the seconds of a dry run are reckoned by."""

    bits_per_second: int = BITS_PER_SECOND
    call_seconds: float = CALL_SECONDS
    "What a call takes beside its pages."
    page_seconds: float = PAGE_SECONDS
    "What a page takes beyond its bits."


class PreviewPageShape(PageShape):
    """A page as it would be sent."""

    width: int
    "Pixels of a row."
    rows: int
    bits: dict[Coding, int]
    "What goes over the line, by coding, without fill."
    png: str = Field(json_schema_extra={"contentEncoding": "base64", "contentMediaType": "image/png"})
    "The very pixels, one bit each, in base64."


class PreviewShape(Shape):
    """A fax as it would be sent."""

    recipients: list[str]
    "In the form in which they would be called."
    call_seconds: float
    "What a call to each of them would take, when all goes well."
    line: LineShape
    pages: list[PreviewPageShape]


def is_dry_run(request: Request) -> bool:
    """Tell whether a request only wants to see what would be sent.

    Raises RequestInvalid for anything that is not said exactly: nobody shall send a fax by a slip of the pen.
    """
    asked = [(name, value) for name, value in request.query_params.multi_items() if name.lower() == "dryrun"]
    if asked not in ([], [("dryRun", "true")], [("dryRun", "false")]):
        raise RequestInvalid("'dryRun' must be true or false.")
    return asked == [("dryRun", "true")]


class PreviewResponse(Response):
    """A preview on its way; it is forgotten when it is out."""

    def __init__(
        self,
        request: Request,
        preview: Preview,
        previewing: Previewing,
        pieces: Iterator[bytes],
        media_type: str,
        headers: Mapping[str, str],
    ) -> None:
        """`pieces` are what is said of it; to make one blocks."""
        self.status_code = 200
        self.background = None
        self.media_type = media_type
        self.init_headers(headers)
        self._request = request
        self._preview = preview
        self._pieces = pieces
        self._previewing = previewing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            while piece := await asyncio.to_thread(next, self._pieces, b""):
                async with asyncio.timeout(READ_SECONDS):
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
                if await self._request.is_disconnected():
                    return
            await send({"type": "http.response.body", "body": b""})
        finally:
            self._previewing.forget(self._preview)


def told(preview: Preview) -> Iterator[bytes]:
    """Yield the JSON of a preview, a page at a time. Blocks. Raises DamagedPages, OSError."""
    head = PreviewShape(
        recipients=[each.number for each in preview.recipients],
        call_seconds=round(call_seconds(preview.pages), 1),
        line=LineShape(),
        pages=[],
    )
    opening = head.model_dump_json(by_alias=True)
    yield opening.removesuffix("]}").encode()
    for report, page in zip(preview.pages, read_pages(preview.document), strict=True):
        separator = ",\n" if report.number > 1 else "\n"
        yield f"{separator}{_page(report, page, preview).model_dump_json(by_alias=True, exclude_none=True)}".encode()
    yield b"]}"


def _page(report: PageReport, page: Page, preview: Preview) -> PreviewPageShape:
    said = page_shape(report, preview.files)
    return PreviewPageShape(
        **said.model_dump(),
        width=page.width,
        rows=page.rows,
        bits={coding: (report.octets.get(coding) or coded_octets(page, coding)) * 8 for coding in Coding},
        png=b64encode(png(page)).decode(),
    )
