"""Lists of the Faxes service: faxes sent, their recipients and calls; faxes received, read or not. Decides nothing."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from unifax.model.accounts import Viewer
from unifax.model.audit import Action
from unifax.model.collection import Kind, Value, turn_to
from unifax.model.errors import NotFound, RequestInvalid
from unifax.model.fax import CallView, DeliveryView, FaxView
from unifax.model.inbox import InboxView
from unifax.service import reading
from unifax.service.control import fax_of
from unifax.service.office import Office
from unifax.store.views import RECEIVED, SENT
from unifax.web.auth import Door
from unifax.web.schemas import schema_of
from unifax.web.uapi.body import json_of
from unifax.web.uapi.collections import ENTRY, Asked, Collection, CollectionShape, answer
from unifax.web.uapi.errors import Json
from unifax.web.uapi.shape import Shape
from unifax.web.uapi.shapes import (
    CallShape,
    FaxShape,
    ReceivedShape,
    RecipientShape,
    call_shape,
    fax_shape,
    received_shape,
    recipient_shape,
)

MAX_BYTES = 1024
'Of `{"read": true}`.'

READ = ["GET", "HEAD"]
FAX = "/faxes/{user}/{extension}"
INBOX = "/inbox/{user}/{extension}"


RECIPIENT_FIELDS = {
    "number": Kind.TEXT,
    "state": Kind.TEXT,
    "reason": Kind.TEXT,
    "pagesConfirmed": Kind.NUMBER,
    "nextCallAt": Kind.MOMENT,
}
CALL_FIELDS = {
    "number": Kind.NUMBER,
    "outcome": Kind.TEXT,
    "pagesConfirmed": Kind.NUMBER,
    "startedAt": Kind.MOMENT,
    "endedAt": Kind.MOMENT,
}
"What recipients and calls can be filtered by."


class FaxEntry(FaxShape):
    model_config = ENTRY


class ReceivedEntry(ReceivedShape):
    model_config = ENTRY


class RecipientEntry(RecipientShape):
    model_config = ENTRY


class CallEntry(CallShape):
    model_config = ENTRY


class ReadMark(Shape):
    """What is asked of a received fax."""

    read: bool


def reading_routes(office: Office, door: Door, silence_seconds: float) -> APIRouter:
    """Return the routes that list, and that mark what came in as read."""
    router = APIRouter(prefix="/uapi", redirect_slashes=False)
    _add_sent(router, office, door)
    _add_received(router, office, door, silence_seconds)
    return router


def _add_sent(router: APIRouter, office: Office, door: Door) -> None:
    sent = Collection(FaxShape, {name: field.kind for name, field in SENT.fields.items()}, newest_first=True)
    recipients = Collection(RecipientShape, RECIPIENT_FIELDS)
    calls = Collection(CallShape, CALL_FIELDS)

    @router.api_route(FAX, methods=READ, response_model=CollectionShape[FaxEntry], summary="List faxes sent")
    async def list_sent(
        request: Request,
        viewer: Annotated[Viewer, Depends(door.viewer)],
        user: str,
        extension: str,
        asked: Annotated[Asked, Depends(sent.asked)],
    ) -> Response:
        """List the faxes of an extension, or of all extensions of a user and those below: `@self`. Newest first."""
        listing, faxes = await office.db.aread(reading.sent, viewer, user, extension, asked.window)
        return answer(request, asked, listing, [fax_shape(fax, in_full=False) for fax in faxes])

    async def fax(viewer: Annotated[Viewer, Depends(door.viewer)], user: str, extension: str, fax_id: str) -> FaxView:
        return await office.db.aread(fax_of, viewer, user, extension, fax_id)

    @router.api_route(
        FAX + "/{fax_id}/recipients",
        methods=READ,
        response_model=CollectionShape[RecipientEntry],
        summary="List the recipients of a fax",
        responses={404: {}},
    )
    async def list_recipients(
        request: Request, fax: Annotated[FaxView, Depends(fax)], asked: Annotated[Asked, Depends(recipients.asked)]
    ) -> Response:
        """List the recipients of a fax in their order, with their calls."""
        places = list(enumerate(fax.deliveries, 1))
        listing, page = turn_to(asked.window, places, lambda place: place[0], lambda p, name: _of_recipient(p[1], name))
        return answer(request, asked, listing, [recipient_shape(delivery) for _, delivery in page])

    @router.api_route(
        FAX + "/{fax_id}/recipients/{position}/calls",
        methods=READ,
        response_model=CollectionShape[CallEntry],
        summary="List the calls to a recipient",
        responses={404: {}},
    )
    async def list_calls(
        request: Request,
        fax: Annotated[FaxView, Depends(fax)],
        position: str,
        asked: Annotated[Asked, Depends(calls.asked)],
    ) -> Response:
        """List the calls made to a recipient, the first first. `position` is 1 for the first recipient."""
        if position not in map(str, range(1, len(fax.deliveries) + 1)):
            raise NotFound("This fax has no such recipient.")
        made = fax.deliveries[int(position) - 1].calls
        listing, page = turn_to(asked.window, made, lambda call: call.number, _of_call)
        return answer(request, asked, listing, [call_shape(call) for call in page])


def _add_received(router: APIRouter, office: Office, door: Door, silence_seconds: float) -> None:
    received = Collection(
        ReceivedShape, {name: field.kind for name, field in RECEIVED.fields.items()}, newest_first=True
    )

    @router.api_route(INBOX, methods=READ, response_model=CollectionShape[ReceivedEntry], summary="List faxes received")
    async def list_received(
        request: Request,
        viewer: Annotated[Viewer, Depends(door.viewer)],
        user: str,
        extension: str,
        asked: Annotated[Asked, Depends(received.asked)],
    ) -> Response:
        """List what an extension has received, or all extensions of a user and those below: `@self`. Newest first."""
        listing, faxes = await office.db.aread(reading.received, viewer, user, extension, asked.window)
        return answer(request, asked, listing, [received_shape(fax) for fax in faxes])

    @router.api_route(
        INBOX + "/{inbox_id}",
        methods=READ,
        response_model=ReceivedShape,
        response_model_exclude_none=True,
        summary="Show a fax received",
        responses={404: {}},
    )
    async def show_received(
        viewer: Annotated[Viewer, Depends(door.viewer)], user: str, extension: str, inbox_id: str
    ) -> Response:
        """Show one fax that an extension has received. To show it does not mark it as read."""
        return _shown(await office.db.aread(reading.received_one, viewer, user, extension, inbox_id))

    @router.api_route(
        INBOX + "/{inbox_id}",
        methods=["PATCH", "PUT"],
        response_model=ReceivedShape,
        response_model_exclude_none=True,
        summary="Mark a fax received as read, or not",
        responses={404: {}, 408: {}, 413: {}},
        openapi_extra={
            "requestBody": {"required": True, "content": {"application/json": {"schema": schema_of(ReadMark)}}}
        },
    )
    async def mark(
        request: Request, viewer: Annotated[Viewer, Depends(door.viewer)], user: str, extension: str, inbox_id: str
    ) -> Response:
        """Mark a received fax: `{"read": true}` or `{"read": false}`."""
        await office.db.aread(reading.received_one, viewer, user, extension, inbox_id)  # before the body is read
        is_read = (await json_of(request, MAX_BYTES, silence_seconds)).get("read")
        if not isinstance(is_read, bool):
            raise RequestInvalid("'read' must be true or false.")
        return _shown(
            await office.act(
                viewer,
                Action.MARKED,
                reading.mark,
                viewer,
                user,
                extension,
                inbox_id,
                is_read=is_read,
                now=office.clock(),
            )
        )


def _shown(fax: InboxView) -> Response:
    return Json(received_shape(fax).model_dump(mode="json", by_alias=True, exclude_none=True))


def _of_recipient(delivery: DeliveryView, field: str) -> Value | None:
    return {
        "number": delivery.recipient,
        "state": delivery.state.value,
        "reason": delivery.outcome and delivery.outcome.value,
        "pagesConfirmed": delivery.pages_confirmed,
        "nextCallAt": delivery.next_call_at,
    }[field]


def _of_call(call: CallView, field: str) -> Value | None:
    return {
        "number": call.number,
        "outcome": call.outcome and call.outcome.value,
        "pagesConfirmed": call.pages_confirmed,
        "startedAt": call.started_at,
        "endedAt": call.ended_at,
    }[field]
