"""The faxes sent, as a list that goes on by itself. Reads requests and shows pages; decides nothing."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from unifax.model.fax import FaxView
from unifax.service import contacts, reading
from unifax.store.events import last_event
from unifax.web.center import plain
from unifax.web.center.frame import Center, Visitor
from unifax.web.center.turning import turned, window_of
from unifax.web.pages import HOME, sent_on

SENT = "/sent"
READ = ["GET", "HEAD"]
RECIPIENTS_SHOWN = 3
"Of a fax, in the list."
FILES_SHOWN = 3


def routes(center: Center) -> APIRouter:
    """Return the routes of the list of faxes sent."""
    db, router = center.office.db, center.router()

    @router.api_route(HOME, methods=READ)
    async def home(visitor: Annotated[Visitor, Depends(center.visitor)]) -> Response:
        return sent_on(SENT)

    @router.api_route(SENT, methods=READ)
    async def sent(request: Request, visitor: Annotated[Visitor, Depends(center.visitor)]) -> Response:
        since = await db.aread(last_event)  # before the list is read, so that nothing falls between
        listing, faxes = await db.aread(reading.sent, visitor.viewer, "@me", reading.ALL, window_of(request))
        names = await db.aread(contacts.names, visitor.viewer, _numbers(faxes))
        values = {"faxes": faxes, "names": names, "since": since, "total": listing.total, **turned(request, listing)}
        return center.page(request, visitor, "sent.html", **values, **WORDS)

    @router.api_route(SENT + "/{fax_id}", methods=READ)
    async def row(request: Request, visitor: Annotated[Visitor, Depends(center.visitor)], fax_id: str) -> Response:
        """Show one line of the list, as it is now."""
        fax = await db.aread(reading.sent_one, visitor.viewer, fax_id)
        names = await db.aread(contacts.names, visitor.viewer, _numbers([fax]))
        return center.page(request, visitor, "sent-row.html", fax=fax, names=names, **WORDS)

    return router


WORDS: dict[str, object] = {"plain": plain, "recipients_shown": RECIPIENTS_SHOWN, "files_shown": FILES_SHOWN}


def _numbers(faxes: Sequence[FaxView]) -> set[str]:
    """Return the numbers of recipients that the list shows."""
    return {each.recipient for fax in faxes for each in fax.deliveries[:RECIPIENTS_SHOWN]}
