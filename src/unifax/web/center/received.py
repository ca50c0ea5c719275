"""The faxes received: a list, each of them with its pages, and what is done with one. Decides nothing."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from unifax.model.audit import Action
from unifax.model.errors import RecipientsInvalid
from unifax.model.inbox import InboxView
from unifax.service import auditing, contacts, forwarding, mailing, reading, retention, searching
from unifax.service.searching import Asked
from unifax.service.sending import sender
from unifax.store.db import Connection
from unifax.store.events import last_event
from unifax.store.views import forwarded_as
from unifax.web.center.contacts import number_of
from unifax.web.center.frame import Center, Visitor, is_htmx
from unifax.web.center.send_form import recipients_of
from unifax.web.pages import sent_on

RECEIVED = "/received"
READ = ["GET", "HEAD"]
AT_ONCE = 50
"Pages of a fax on one page of ours."


def routes(center: Center) -> APIRouter:
    """Return the routes of faxes received."""
    router = center.router()
    _add_pages(center, router)
    _add_marks(center, router)
    _add_forwarding(center, router)
    return router


def _add_pages(center: Center, router: APIRouter) -> None:
    office, db = center.office, center.office.db

    @router.api_route(RECEIVED, methods=READ)
    async def received(request: Request, visitor: Annotated[Visitor, Depends(center.visitor)]) -> Response:
        since = await db.aread(last_event)  # before the list is read, so that nothing falls between
        before = request.query_params.get("before", "")
        only = request.query_params.get("show") == "unread"
        asked = Asked(unread=only, before=number_of(before) if before else None)
        found = await searching.search_received(db, office.sending.recipients, visitor.viewer, asked)
        unread = await db.aread(searching.unread, visitor.viewer)
        values = {"found": found, "names": found.names, "unread": unread, "only_unread": only, "since": since}
        return center.page(request, visitor, "received.html", **values)

    @router.api_route(RECEIVED + "/{inbox_id}", methods=READ)
    async def one(request: Request, visitor: Annotated[Visitor, Depends(center.visitor)], inbox_id: str) -> Response:
        def look(conn: Connection) -> dict[str, object]:
            fax = reading.received_of(conn, visitor.viewer, number_of(inbox_id))
            newer, older = reading.beside(conn, visitor.viewer, fax.id)
            return {
                "fax": fax,
                "names": contacts.names(conn, visitor.viewer, {fax.sender}),
                "forwards": forwarded_as(conn, fax.id),
                "newer": newer,
                "older": older,
            }

        values = await db.aread(look)
        is_large = request.query_params.get("zoom") == "in"
        return center.page(request, visitor, "received-one.html", **values, is_large=is_large, at_once=AT_ONCE)


def _add_marks(center: Center, router: APIRouter) -> None:
    office = center.office

    @router.post(RECEIVED + "/{inbox_id}/read")
    async def mark(request: Request, visitor: Annotated[Visitor, Depends(center.visitor)], inbox_id: str) -> Response:
        """Mark it as read, or as not read; to htmx, which does so when it shows the fax, that is all."""
        is_read = (await center.form(request, visitor)).one("read") != "no"
        fax = await _fax(center, visitor, inbox_id)
        where = (visitor.viewer, "@owner", fax.extension, inbox_id)
        if is_read != (fax.read_at is not None):
            await office.act(visitor.viewer, Action.MARKED, reading.mark, *where, is_read=is_read, now=office.clock())
        if is_htmx(request):
            return Response(status_code=204)
        return sent_on(f"{RECEIVED}/{inbox_id}" if is_read else RECEIVED)

    @router.post(RECEIVED + "/{inbox_id}/turn")
    async def turn(request: Request, visitor: Annotated[Visitor, Depends(center.visitor)], inbox_id: str) -> Response:
        degrees = -90 if (await center.form(request, visitor)).one("way") == "left" else 90
        fax = await _fax(center, visitor, inbox_id)
        where = (visitor.viewer, "@owner", fax.extension, inbox_id)
        await office.act(visitor.viewer, Action.TURNED, reading.turn, *where, degrees=degrees)
        return sent_on(f"{RECEIVED}/{inbox_id}")

    @router.post(RECEIVED + "/{inbox_id}/delete")
    async def delete(request: Request, visitor: Annotated[Visitor, Depends(center.visitor)], inbox_id: str) -> Response:
        """Delete what it holds; that it came stays known."""
        await center.form(request, visitor)
        fax = await _fax(center, visitor, inbox_id)
        viewer, now, extension = visitor.viewer, office.clock(), fax.extension
        done = auditing.deed(viewer, now, Action.CONTENT_DELETED, f"received {fax.id}")
        forget = retention.forget_received
        names = await office.db.awrite(
            auditing.noting_at, done, extension, forget, viewer, "@owner", extension, inbox_id, now
        )
        await office.retention.remove(names)
        return sent_on(f"{RECEIVED}/{inbox_id}")


def _add_forwarding(center: Center, router: APIRouter) -> None:
    office = center.office

    @router.post(RECEIVED + "/{inbox_id}/forward")
    async def forward(
        request: Request, visitor: Annotated[Visitor, Depends(center.visitor)], inbox_id: str
    ) -> Response:
        """Send it on to numbers, as a fax of its own."""
        numbers = recipients_of(await center.form(request, visitor))
        if not numbers:
            raise RecipientsInvalid("Say to which number it is to go.")
        fax = await _fax(center, visitor, inbox_id)
        asked = {"recipients": numbers}
        made = await forwarding.forward(office, visitor.viewer, "@owner", fax.extension, inbox_id, asked)
        return sent_on(f"/faxes/{made.id}")

    @router.post(RECEIVED + "/{inbox_id}/mail")
    async def mail(request: Request, visitor: Annotated[Visitor, Depends(center.visitor)], inbox_id: str) -> Response:
        """Send it on to mail addresses."""
        form = await center.form(request, visitor)
        addresses = [each for each in form.one("address").replace(";", ",").replace(",", " ").split() if each]
        note, viewer, now = form.one("note"), visitor.viewer, office.clock()

        def write(conn: Connection) -> InboxView:
            fax = reading.received_of(conn, viewer, number_of(inbox_id))
            extension = sender(conn, viewer, "@owner", fax.extension).extension
            return mailing.forward(conn, office.queue, extension, fax, addresses, note, now)

        await office.act(viewer, Action.FORWARDED, write)
        return sent_on(f"{RECEIVED}/{inbox_id}")


async def _fax(center: Center, visitor: Visitor, inbox_id: str) -> InboxView:
    return await center.office.db.aread(reading.received_of, visitor.viewer, number_of(inbox_id))
