"""Calls that we have made, and what was recorded of each. Decides nothing."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from unifax.model.accounts import Viewer
from unifax.model.advice import Advice, Symptoms, advice, media_of
from unifax.model.audit import Action
from unifax.model.errors import NotFound
from unifax.model.fax import CallView, FaxView
from unifax.model.outcome import MEANING, Outcome
from unifax.model.transcript import Entry, Way
from unifax.service.recording import transcript
from unifax.store import faxes, operations
from unifax.store.db import Connection
from unifax.store.operations import CallEnded, Place
from unifax.web.center.frame import Center, Visitor
from unifax.web.center.operator.causes import CAUSES
from unifax.web.center.operator.door import CALLS, READ, id_of, operators, page
from unifax.web.languages import N_

COUNT = 50
ENTRIES = 250
"Of a transcript, on a page."
ARROWS = {Way.OUT: N_("from us"), Way.IN: N_("to us")}

_PLACE = re.compile(r"([0-9]{1,18})\.([0-9]{1,9})\.(.{20,40})", re.ASCII)


def routes(center: Center) -> APIRouter:
    """Return the routes of calls and their transcripts."""
    router = center.router()
    operator = Depends(operators(center))
    db = center.office.db

    @router.api_route(CALLS, methods=READ)
    async def calls(
        request: Request,
        visitor: Annotated[Visitor, operator],
        outcome: str = "",
        number: str = "",
        after: str = "",
    ) -> Response:
        """List the calls that have ended: all, or those that ended in one way, or those to one number."""
        wanted = [each for each in Outcome if outcome in ("", each.value)] or list(Outcome)
        number = number.strip()[:40]
        found = await db.aread(operations.calls_ended, _place(after), COUNT, wanted, number)
        asked = {name: value for name, value in (("outcome", outcome), ("number", number)) if value}
        return page(
            center,
            request,
            visitor,
            CALLS,
            "calls.html",
            calls=found,
            causes=[(each, visitor.say(CAUSES[each])) for each in Outcome],
            outcome=outcome,
            number=number,
            older=f"{CALLS}?{urlencode(asked | {'after': _written(found)})}" if len(found) == COUNT else "",
            newest=f"{CALLS}?{urlencode(asked)}" if after else "",
            said=CAUSES,
        )

    @router.api_route(CALLS + "/{fax_id}/{position}/{number}", methods=READ)
    async def call(
        request: Request,
        visitor: Annotated[Visitor, operator],
        fax_id: str,
        position: str,
        number: str,
        start: str = "",
    ) -> Response:
        """Show what happened in a call."""
        fax, made, entries = await db.aread(_recorded, visitor.viewer, fax_id, position, number)
        facts = {"recipient": int(position), "call": made.number}
        await center.office.note(visitor.viewer, Action.TRANSCRIPT_READ, fax, facts)
        first = id_of(start) or 0
        more = first + ENTRIES if len(entries) > first + ENTRIES else None
        return page(
            center,
            request,
            visitor,
            CALLS,
            "call.html",
            fax=fax,
            recipient=fax.deliveries[int(position) - 1].recipient,
            call=made,
            cause="" if made.outcome is None else CAUSES[made.outcome],
            meaning="" if made.outcome is None else MEANING[made.outcome].text,
            advice=_advice(made, entries),
            entries=entries[first : first + ENTRIES],
            arrows=ARROWS,
            here=request.url.path,
            start=first,
            more=more,
        )

    return router


def _recorded(
    conn: Connection, viewer: Viewer, fax_id: str, position: str, number: str
) -> tuple[FaxView, CallView, Sequence[Entry]]:
    """Return a call and what was recorded of it. Raises NotFound."""
    known = id_of(fax_id)
    fax = None if known is None else faxes.fax_view(conn, viewer, known)
    if fax is None:
        raise NotFound("There is no such fax.")
    return transcript(conn, viewer, "@owner", fax.extension, fax_id, position, number)


def _advice(call: CallView, entries: Sequence[Entry]) -> Advice | None:
    if call.outcome is None:
        return None
    came, share_lost = media_of(entries)
    return advice(Symptoms(call.outcome, call.sip_status, call.media, call.answered_at is not None, came, share_lost))


def _written(found: Sequence[CallEnded]) -> str:
    """Return the place of the last call of a page, for an address."""
    last = found[-1]
    return f"{last.delivery_id}.{last.call_number}.{last.ended_at.isoformat()}"


def _place(text: str) -> Place | None:
    """Return what `_written` has written; None for anything else."""
    parts = _PLACE.fullmatch(text)
    if parts is None:
        return None
    try:
        ended_at = datetime.fromisoformat(parts[3])
    except ValueError:
        return None
    return Place(ended_at, int(parts[1]), int(parts[2])) if ended_at.tzinfo else None
