"""Cancelling a fax, and sending it again. Reads requests and writes answers; decides nothing."""

import json
from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from unifax.model.accounts import Viewer
from unifax.model.audit import Action
from unifax.service import auditing, control
from unifax.service.idempotency import Once, meaning
from unifax.service.office import Office
from unifax.store.db import Connection
from unifax.web.auth import Door
from unifax.web.uapi.asked import DecisionAsked, ResendAsked, json_body
from unifax.web.uapi.body import json_of
from unifax.web.uapi.errors import Json
from unifax.web.uapi.replay import key_of, made
from unifax.web.uapi.shapes import FaxShape, fax_shape

MAX_BYTES = 64 * 1024


def control_routes(office: Office, door: Door, silence_seconds: float) -> APIRouter:
    """Return the routes that change what becomes of a fax."""
    keys = office.sending.keys
    router = APIRouter(prefix="/uapi/faxes/{user}/{extension}/{fax_id}", redirect_slashes=False)

    @router.post(
        "/cancel",
        response_model=FaxShape,
        response_model_exclude_none=True,
        summary="Cancel a fax",
        responses={404: {}, 409: {}},
    )
    async def cancel(
        viewer: Annotated[Viewer, Depends(door.viewer)], user: str, extension: str, fax_id: str
    ) -> Response:
        """Cancel what has not come to its end. A call that is up is `cancelling` until its line has hung up."""
        fax = await office.act(
            viewer, Action.FAX_CANCELLED, control.cancel, office.queue, office.clock(), viewer, user, extension, fax_id
        )
        return Json(fax_shape(fax).model_dump(mode="json", by_alias=True, exclude_none=True))

    @router.post(
        "/resend",
        response_model=FaxShape,
        response_model_exclude_none=True,
        summary="Send a fax again",
        responses={404: {}, 408: {}, 409: {}, 413: {}},
        openapi_extra=json_body(ResendAsked, required=False),
    )
    async def resend(
        request: Request, viewer: Annotated[Viewer, Depends(door.viewer)], user: str, extension: str, fax_id: str
    ) -> Response:
        """Send a fax again to those who do not have it: all that failed or were cancelled, or those that are named."""
        key = key_of(request, viewer)
        await office.db.aread(control.fax_of, viewer, user, extension, fax_id)  # before any of the body is read
        with keys.held(key):
            asked = await json_of(request, MAX_BYTES, silence_seconds)
            once = None if key is None else Once(key, meaning("resend", user, extension, fax_id, asked))
            known = None if once is None else await keys.answer(once)
            if known is not None:
                return made(json.loads(known), replayed=True)
            answer = await office.db.awrite(again, viewer, user, extension, fax_id, asked, once)
            return made(json.loads(answer), replayed=False)

    @router.put(
        "/recipients/{position}/decision",
        response_model=FaxShape,
        response_model_exclude_none=True,
        summary="Say what has become of an uncertain recipient",
        responses={404: {}, 408: {}, 409: {}, 413: {}},
        openapi_extra=json_body(DecisionAsked),
    )
    async def decide(
        request: Request,
        viewer: Annotated[Viewer, Depends(door.viewer)],
        user: str,
        extension: str,
        fax_id: str,
        position: str,
    ) -> Response:
        """Say what is known from elsewhere. The recipient stays uncertain, because nothing has proved it to us."""
        await office.db.aread(control.fax_of, viewer, user, extension, fax_id)  # before any of the body is read
        asked = await json_of(request, MAX_BYTES, silence_seconds)
        who = (viewer, user, extension, fax_id, position)
        fax = await office.act(viewer, Action.FAX_DECIDED, control.decide, office.queue, office.clock(), *who, asked)
        return Json(fax_shape(fax).model_dump(mode="json", by_alias=True, exclude_none=True))

    def again(
        conn: Connection,
        viewer: Viewer,
        user: str,
        extension: str,
        fax_id: str,
        asked: Mapping[str, object],
        once: Once | None,
    ) -> str:
        recipients, now = office.sending.recipients, office.clock()
        done = auditing.deed(viewer, now, Action.FAX_SENT_AGAIN)
        who = (viewer, user, extension, fax_id)
        fax = auditing.noting(conn, done, control.resend, office.queue, recipients, now, *who, asked)
        answer = fax_shape(fax).model_dump_json(by_alias=True, exclude_none=True)
        if once is not None:
            keys.keep(conn, once, answer)
        return answer

    return router
