"""Searching faxes, received and sent: what is typed, and what else must hold. Decides nothing."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from unifax.model.errors import RequestInvalid
from unifax.model.fax import FaxState
from unifax.service import searching
from unifax.service.searching import Asked
from unifax.web.center import plain
from unifax.web.center.contacts import number_of
from unifax.web.center.frame import Center, Visitor, is_htmx
from unifax.web.center.sent import FILES_SHOWN, RECIPIENTS_SHOWN

SEARCH = "/search"
READ = ["GET", "HEAD"]
BOXES = ("received", "sent")


def routes(center: Center) -> APIRouter:
    """Return the route of the search."""
    office, router = center.office, center.router()

    @router.api_route(SEARCH, methods=READ)
    async def search(request: Request, visitor: Annotated[Visitor, Depends(center.visitor)]) -> Response:
        """Show what was found in one box; to htmx, that alone."""
        query = {name: request.query_params.get(name, "").strip()[:200] for name in _FIELDS}
        box = query["box"] if query["box"] in BOXES else "received"
        asked = _asked(query, is_sent=box == "sent")
        recipients, values = office.sending.recipients, dict[str, object]()
        if box == "sent":
            sent = await searching.search_sent(office.db, recipients, visitor.viewer, asked)
            values |= {"found": sent, "names": sent.names, "next": sent.next}
        else:
            received = await searching.search_received(office.db, recipients, visitor.viewer, asked)
            values |= {"found": received, "names": received.names, "next": received.next}
        values |= {"q": query | {"box": box}, "plain": plain, "states": list(FaxState)}
        values |= {"recipients_shown": RECIPIENTS_SHOWN, "files_shown": FILES_SHOWN}
        return center.page(request, visitor, "found.html" if is_htmx(request) else "search.html", **values)

    return router


_FIELDS = ("q", "box", "state", "label", "since", "until", "unread", "before")


def _asked(query: dict[str, str], *, is_sent: bool) -> Asked:
    """Return what is looked for. Raises RequestInvalid, NotFound."""
    states = {state.value: state for state in FaxState}
    until = _day(query["until"])
    return Asked(
        text=query["q"],
        state=states.get(query["state"]) if is_sent else None,
        label=query["label"] if is_sent else "",
        unread=bool(query["unread"]) and not is_sent,
        since=_day(query["since"]),
        until=None if until is None else until + timedelta(days=1),
        before=number_of(query["before"]) if query["before"] else None,
    )


def _day(text: str) -> datetime | None:
    """Return when a day begins, UTC. Raises RequestInvalid."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise RequestInvalid("A day is written as in 2026-01-31.") from error
    return datetime.combine(day, time(), UTC)
