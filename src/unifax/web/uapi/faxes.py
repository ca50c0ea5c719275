"""The UnifiedAPI's Faxes service: send a fax, see a fax. Reads requests and writes answers; decides nothing."""

import logging
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from unifax.model.accounts import Viewer
from unifax.model.errors import ExtensionInvalid
from unifax.service.control import fax_of
from unifax.service.office import Office
from unifax.web.auth import Door
from unifax.web.uapi.asked import Sent, multipart_body
from unifax.web.uapi.errors import Json
from unifax.web.uapi.multipart import reading
from unifax.web.uapi.shapes import FaxShape, fax_shape

log = logging.getLogger("unifax.web")


def fax_routes(office: Office, door: Door, silence_seconds: float) -> APIRouter:
    """Return the routes under `/uapi/faxes`."""
    sending, db = office.sending, office.db
    router = APIRouter(prefix="/uapi", redirect_slashes=False)

    @router.post(
        "/faxes/{user}/{extension}",
        response_model=Sent,
        summary="Send a fax",
        openapi_extra=multipart_body(),
        responses={204: {"description": "There was no file, so nothing is sent."}, 408: {}, 413: {}},
    )
    async def send(
        request: Request, viewer: Annotated[Viewer, Depends(door.sender)], user: str, extension: str
    ) -> Response:
        """Send a fax ("Create Faxes", v3.0): multipart/form-data with file parts and the part `request`."""
        await sending.admit(viewer, user, extension)
        blobs = sending.blobs
        async with reading(request, sending.limits.bytes, silence_seconds, blobs.stage, blobs.discard) as form:
            accepted = await sending.accept(viewer, user, extension, form.asked(), form.uploads)
            log.info("%s accepted fax %d of %d files", request.state.request_id, accepted.id, len(form.uploads))
        return Json({"id": str(accepted.id), "uid": accepted.uid})

    @router.post("/faxes", include_in_schema=False)
    @router.post("/faxes/{user}", include_in_schema=False)
    async def send_from_nowhere(viewer: Annotated[Viewer, Depends(door.viewer)]) -> Response:
        """Say what is missing: the vendor's own client comes here when its user is empty."""
        raise ExtensionInvalid("The address must name a user and an extension: /uapi/faxes/@me/0003*210.")

    @router.api_route(
        "/faxes/{user}/{extension}/{fax_id}",
        methods=["GET", "HEAD"],
        response_model=FaxShape,
        summary="See a fax",
        responses={404: {}},
    )
    async def show(viewer: Annotated[Viewer, Depends(door.viewer)], user: str, extension: str, fax_id: str) -> Response:
        """Show one fax: its recipients, their calls and how they ended."""
        fax = await db.aread(fax_of, viewer, user, extension, fax_id)
        return Json(fax_shape(fax).model_dump(mode="json", by_alias=True, exclude_none=True))

    return router
