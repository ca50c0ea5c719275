"""One fax that was sent: how each recipient stands and why, its pages, what can be done. Decides nothing."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from unifax.model.accounts import Viewer
from unifax.model.audit import Action
from unifax.model.fax import PENDING, DeliveryState, FaxView
from unifax.service import auditing, contacts, control, reading, retention
from unifax.store.events import last_event
from unifax.web.center import plain
from unifax.web.center.frame import Center, Visitor
from unifax.web.pages import sent_on

FAX = "/faxes/{fax_id}"
READ = ["GET", "HEAD"]
AT_ONCE = 20
"Recipients of a fax on one page of ours, each with what can be done about it."
PAGES_AT_ONCE = 50
AGAIN = frozenset({DeliveryState.FAILED, DeliveryState.CANCELLED})


def routes(center: Center) -> APIRouter:
    """Return the routes of one fax."""
    router = center.router()
    _add_pages(center, router)
    _add_deeds(center, router)
    return router


def _add_pages(center: Center, router: APIRouter) -> None:
    db = center.office.db

    async def shown(request: Request, visitor: Visitor, fax_id: str, template: str) -> Response:
        since = await db.aread(last_event)  # before the fax is read, so that nothing falls between
        fax = await db.aread(reading.sent_one, visitor.viewer, fax_id)
        begin = _begin(request, len(fax.deliveries))
        numbers = {each.recipient for each in fax.deliveries[begin : begin + AT_ONCE]}
        names = await db.aread(contacts.names, visitor.viewer, numbers)
        return center.page(request, visitor, template, **_values(fax), names=names, since=since, begin=begin)

    @router.api_route(FAX, methods=READ)
    async def fax(request: Request, visitor: Annotated[Visitor, Depends(center.visitor)], fax_id: str) -> Response:
        return await shown(request, visitor, fax_id, "fax.html")

    @router.api_route(FAX + "/recipients", methods=READ)
    async def now(request: Request, visitor: Annotated[Visitor, Depends(center.visitor)], fax_id: str) -> Response:
        """Show the part of the page that changes while a fax is on its way."""
        return await shown(request, visitor, fax_id, "fax-recipients.html")

    @router.api_route(FAX + "/pages", methods=READ)
    async def pages(request: Request, visitor: Annotated[Visitor, Depends(center.visitor)], fax_id: str) -> Response:
        """Show the pages, small: they are there some time after the fax was accepted."""
        fax = await db.aread(reading.sent_one, visitor.viewer, fax_id)
        return center.page(request, visitor, "fax-pages.html", **_values(fax))

    @router.api_route(FAX + "/recipients/{position}", methods=READ)
    async def recipient(
        request: Request, visitor: Annotated[Visitor, Depends(center.visitor)], fax_id: str, position: str
    ) -> Response:
        """Show all that is known of one recipient: calls, and the proof of each page."""
        fax, at, proofs = await db.aread(reading.confirmed_pages, visitor.viewer, fax_id, position)
        names = await db.aread(contacts.names, visitor.viewer, [fax.deliveries[at].recipient])
        more = {"delivery": fax.deliveries[at], "position": at + 1, "proofs": proofs, "names": names}
        return center.page(request, visitor, "recipient.html", **_values(fax), **more)


def _add_deeds(center: Center, router: APIRouter) -> None:
    office = center.office

    @router.post(FAX + "/cancel")
    async def cancel(request: Request, visitor: Annotated[Visitor, Depends(center.visitor)], fax_id: str) -> Response:
        await center.form(request, visitor)
        viewer, where = await _address(center, visitor, fax_id)
        await office.act(viewer, Action.FAX_CANCELLED, control.cancel, office.queue, office.clock(), viewer, *where)
        return sent_on(f"/faxes/{fax_id}")

    @router.post(FAX + "/resend")
    async def resend(request: Request, visitor: Annotated[Visitor, Depends(center.visitor)], fax_id: str) -> Response:
        """Send it again to one recipient, or to all who do not have it."""
        named = (await center.form(request, visitor)).all("recipient")
        viewer, where = await _address(center, visitor, fax_id)
        asked: dict[str, object] = {"recipients": named} if named else {}
        again = (office.queue, office.sending.recipients, office.clock(), viewer, *where, asked)
        await office.act(viewer, Action.FAX_SENT_AGAIN, control.resend, *again)
        return sent_on(f"/faxes/{fax_id}")

    @router.post(FAX + "/recipients/{position}/decision")
    async def decide(
        request: Request, visitor: Annotated[Visitor, Depends(center.visitor)], fax_id: str, position: str
    ) -> Response:
        """Say what has become of a recipient who is uncertain."""
        asked = {"decision": (await center.form(request, visitor)).one("decision")}
        viewer, where = await _address(center, visitor, fax_id)
        said = (office.queue, office.clock(), viewer, *where, position, asked)
        await office.act(viewer, Action.FAX_DECIDED, control.decide, *said)
        return sent_on(f"/faxes/{fax_id}")

    @router.post(FAX + "/hold")
    async def hold(request: Request, visitor: Annotated[Visitor, Depends(center.visitor)], fax_id: str) -> Response:
        """Have its content kept whatever the rules say, or no longer so."""
        is_held = (await center.form(request, visitor)).one("hold") == "yes"
        viewer, where = await _address(center, visitor, fax_id)
        action, since = (Action.CONTENT_HELD, office.clock()) if is_held else (Action.CONTENT_LET_GO, None)
        done = auditing.deed(viewer, office.clock(), action, f"fax {fax_id}")
        user, extension, _ = where
        await office.db.awrite(
            auditing.noting_at, done, extension, retention.hold_sent, viewer, user, extension, fax_id, since
        )
        return sent_on(f"/faxes/{fax_id}")


async def _address(center: Center, visitor: Visitor, fax_id: str) -> tuple[Viewer, tuple[str, str, str]]:
    """Return the parts of the address under which the services know a fax. Raises NotFound."""
    fax = await center.office.db.aread(reading.sent_one, visitor.viewer, fax_id)
    return visitor.viewer, ("@owner", fax.extension, fax_id)


def _values(fax: FaxView) -> dict[str, object]:
    """Return what the templates of a fax are given."""
    states = {delivery.state for delivery in fax.deliveries}
    return {
        "fax": fax,
        "plain": plain,
        "documents": f"/uapi/faxes/@owner/{fax.extension}/{fax.id}",
        "is_pending": bool(states & PENDING),
        "can_be_sent_again": bool(states & AGAIN) and fax.forgotten_at is None,
        "again": AGAIN,
        "at_once": AT_ONCE,
        "pages_at_once": PAGES_AT_ONCE,
    }


def _begin(request: Request, count: int) -> int:
    """Return the place of the first recipient to be shown."""
    asked = request.query_params.get("from", "")
    begin = int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= 6 else 0
    return begin if begin < count else 0
