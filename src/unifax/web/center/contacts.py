"""The address book: looked through as one types, changed, brought in from files and handed out. Decides nothing."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from unifax.model.audit import Action
from unifax.model.errors import NotFound, NothingToSend, RequestInvalid
from unifax.service import contacts
from unifax.service.contact_files import read_file, written_file
from unifax.service.contacts import Written
from unifax.store.contacts import Place
from unifax.store.searching import LAST_ID
from unifax.web.center.frame import Center, Fields, Visitor, is_htmx
from unifax.web.pages import sent_on

CONTACTS = "/contacts"
READ = ["GET", "HEAD"]


def routes(center: Center) -> APIRouter:
    """Return the routes of the address book."""
    router = center.router()
    _add_lists(center, router)
    _add_files(center, router)
    _add_one(center, router)
    return router


def _add_lists(center: Center, router: APIRouter) -> None:
    office, db = center.office, center.office.db
    recipients = office.sending.recipients

    @router.api_route(CONTACTS, methods=READ)
    async def book(request: Request, visitor: Annotated[Visitor, Depends(center.visitor)]) -> Response:
        """Show contacts by name; to htmx, the list alone."""
        text, after = request.query_params.get("q", "")[:200], request.query_params.get("after", "")
        place = None
        if after:
            last = await db.aread(contacts.one, visitor.viewer, number_of(after))
            place = Place(last.sorted_as, last.id)
        found = await db.aread(contacts.page, visitor.viewer, recipients, text, place)
        template = "contacts-list.html" if is_htmx(request) else "contacts.html"
        return center.page(request, visitor, template, found=found, q=text, mine=visitor.viewer.account_id)

    @router.post(CONTACTS)
    async def add(request: Request, visitor: Annotated[Visitor, Depends(center.visitor)]) -> Response:
        written = _written(await center.form(request, visitor))
        who = (visitor.viewer, recipients, written, office.clock())
        await office.act(visitor.viewer, Action.CONTACT_ADDED, contacts.add, *who)
        return sent_on(CONTACTS)


def _add_files(center: Center, router: APIRouter) -> None:
    office, db = center.office, center.office.db

    @router.api_route(CONTACTS + "/export", methods=READ)
    async def export(visitor: Annotated[Visitor, Depends(center.visitor)]) -> Response:
        """Hand out one's own book as CSV."""
        own = await db.aread(contacts.own, visitor.viewer)
        headers = {
            "Content-Disposition": 'attachment; filename="contacts.csv"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        }
        data = await asyncio.to_thread(written_file, own)
        return Response(data, media_type="text/csv; charset=utf-8", headers=headers)

    @router.post(CONTACTS + "/import")
    async def bring_in(request: Request, visitor: Annotated[Visitor, Depends(center.visitor)]) -> Response:
        """Take in a file, and say what became of it."""
        plan = await db.aread(office.sending.recipients.plan_of, visitor.viewer.account_id)
        async with center.files(request, visitor) as form:
            if not form.uploads:
                raise NothingToSend("There is no file.")
            read = await asyncio.to_thread(lambda: read_file(form.uploads[0].path.read_bytes(), plan))
        subject = f"address book of account {visitor.viewer.account_id}"
        who = (visitor.viewer, read.contacts, office.clock())
        done = await office.act_on(visitor.viewer, Action.CONTACTS_IMPORTED, subject, contacts.take_in, *who)
        same = len(read.contacts) - sum(done)
        return center.page(
            request, visitor, "contacts-imported.html", read=read, added=done[0], changed=done[1], same=same
        )


def _add_one(center: Center, router: APIRouter) -> None:
    office, db = center.office, center.office.db

    @router.api_route(CONTACTS + "/{contact}", methods=READ)
    async def one(request: Request, visitor: Annotated[Visitor, Depends(center.visitor)], contact: str) -> Response:
        found = await db.aread(contacts.one, visitor.viewer, number_of(contact))
        may_change = contacts.may_change(visitor.viewer, found)
        return center.page(request, visitor, "contact.html", contact=found, may_change=may_change)

    @router.post(CONTACTS + "/{contact}")
    async def change(request: Request, visitor: Annotated[Visitor, Depends(center.visitor)], contact: str) -> Response:
        written = _written(await center.form(request, visitor))
        who = (visitor.viewer, office.sending.recipients, number_of(contact), written, office.clock())
        await office.act(visitor.viewer, Action.CONTACT_CHANGED, contacts.change, *who)
        return sent_on(CONTACTS)

    @router.post(CONTACTS + "/{contact}/remove")
    async def remove(request: Request, visitor: Annotated[Visitor, Depends(center.visitor)], contact: str) -> Response:
        await center.form(request, visitor)
        who = (visitor.viewer, number_of(contact))
        await office.act(visitor.viewer, Action.CONTACT_REMOVED, contacts.remove, *who)
        return sent_on(CONTACTS)


def number_of(text: str) -> int:
    """Return the number of an address. Raises NotFound for what is none."""
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= LAST_ID):
        raise NotFound("There is nothing of this number.")
    return int(text)


def _written(form: Fields) -> Written:
    if not form.one("number"):
        raise RequestInvalid("A contact needs a number.")
    named = ("name", "number", "company", "mail", "note", "tags")
    return Written(**{name: form.one(name)[:2000] for name in named})
