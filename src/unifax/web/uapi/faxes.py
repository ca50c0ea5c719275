"""The UnifiedAPI's Faxes service: send a fax, see a fax. Reads requests and writes answers; decides nothing."""

import asyncio
import logging
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from unifax.model.accounts import Viewer
from unifax.model.errors import ExtensionInvalid, RequestInvalid
from unifax.service.control import fax_of
from unifax.service.idempotency import Key, Once, meaning
from unifax.service.office import Office
from unifax.store.hashing import sha256_of
from unifax.web.auth import Door
from unifax.web.edge import origin_of
from unifax.web.uapi.asked import MADE, Sent, announcement, fax_body
from unifax.web.uapi.body import is_json, json_of
from unifax.web.uapi.errors import Json
from unifax.web.uapi.multipart import MAX_REQUEST_BYTES, reading
from unifax.web.uapi.previews import PreviewResponse, PreviewShape, is_dry_run, told
from unifax.web.uapi.replay import key_of, made
from unifax.web.uapi.shapes import AnnouncedShape, FaxShape, announced_shape, fax_shape

log = logging.getLogger("unifax.web")

NOWHERE = "The address must name a user and an extension: /uapi/faxes/@me/0003*210."


def fax_routes(office: Office, door: Door, silence_seconds: float) -> APIRouter:
    """Return the routes under `/uapi/faxes`."""
    sending, db = office.sending, office.db
    router = APIRouter(prefix="/uapi", redirect_slashes=False)

    @router.post(
        "/faxes/{user}/{extension}",
        response_model=Sent | AnnouncedShape | PreviewShape,
        summary="Send a fax, or see what it would be like",
        openapi_extra=fax_body(),
        responses={**MADE, 204: {"description": "There was no file and no cover page, so nothing is sent."}},
    )
    async def send(
        request: Request, viewer: Annotated[Viewer, Depends(door.sender)], user: str, extension: str
    ) -> Response:
        """Send a fax: multipart/form-data with its files ("Create Faxes", v3.0), or JSON that announces them (v5).

        With `dryRun=true` a fax with its files is checked and its pages are made and shown; nothing is sent or kept.
        """
        if is_dry_run(request):
            return await preview(request, viewer, user, extension)
        key = key_of(request, viewer)
        await sending.admit(viewer, user, extension)
        with sending.keys.held(key):
            if is_json(request):
                return await announce(request, viewer, user, extension, key)
            return await accept(request, viewer, user, extension, key)

    async def accept(request: Request, viewer: Viewer, user: str, extension: str, key: Key | None) -> Response:
        blobs = sending.blobs
        async with reading(request, sending.limits.bytes, silence_seconds, blobs.stage, blobs.discard) as form:
            asked, once, known = form.asked(), None, None
            if key is not None:
                hashes = await asyncio.to_thread(lambda: [sha256_of(upload.path) for upload in form.uploads])
                files = [(upload.name, sha256) for upload, sha256 in zip(form.uploads, hashes, strict=True)]
                once = Once(key, meaning("v3", user, extension, asked, files))
                known = await sending.again(once)
            accepted = known or await sending.accept(viewer, user, extension, asked, form.uploads, once)
            log.info("%s accepted fax %d of %d files", request.state.request_id, accepted.id, len(form.uploads))
        return made({"id": str(accepted.id), "uid": accepted.uid}, known is not None)

    async def preview(request: Request, viewer: Viewer, user: str, extension: str) -> Response:
        await sending.admit(viewer, user, extension)
        if is_json(request):
            raise RequestInvalid("A dry run needs the files: send multipart/form-data.")
        blobs = sending.blobs
        async with reading(request, sending.limits.bytes, silence_seconds, blobs.stage, blobs.discard) as form:
            made_up = await office.previewing.preview(viewer, user, extension, form.asked(), form.uploads)
        said = {"Cache-Control": "no-store"}
        return PreviewResponse(request, made_up, office.previewing, told(made_up), "application/json", said)

    async def announce(request: Request, viewer: Viewer, user: str, extension: str, key: Key | None) -> Response:
        asked = await json_of(request, MAX_REQUEST_BYTES, silence_seconds)
        once = None if key is None else Once(key, meaning("v5", user, extension, asked))
        known = None if once is None else await sending.again(once)
        if known is None:
            accepted, targets = await office.uploading.announce(viewer, user, extension, asked, once)
            log.info(
                "%s accepted fax %d, whose %d files are to come", request.state.request_id, accepted.id, len(targets)
            )
        else:
            accepted, targets = known, office.uploading.targets(known, asked)
        shape = announced_shape(accepted, targets, origin_of(request))
        return made(shape.model_dump(mode="json", by_alias=True), known is not None)

    @router.post("/faxes//{extension}", include_in_schema=False)
    @router.post(
        "/faxes/{extension}",
        response_model=AnnouncedShape,
        summary="Announce a fax as oneself",
        openapi_extra=announcement(),
        responses={**MADE},
    )
    async def send_as_oneself(
        request: Request, viewer: Annotated[Viewer, Depends(door.sender)], extension: str
    ) -> Response:
        """Send a fax announced by JSON (v5), whose address may leave the user out: it is the token's."""
        if not is_json(request) or extension.startswith("@"):
            raise ExtensionInvalid(NOWHERE)
        return await send(request, viewer, "@me", extension)

    @router.post("/faxes", include_in_schema=False)
    async def send_from_nowhere(viewer: Annotated[Viewer, Depends(door.viewer)]) -> Response:
        """Say what is missing: the vendor's own client comes here when its user is empty."""
        raise ExtensionInvalid(NOWHERE)

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
