"""Files of a fax that come by themselves (v5): PUT to an address of ours. Who has the address needs no token."""

import base64
import hashlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from unifax.model.errors import RequestInvalid, TooLarge, Unavailable, UploadInvalid
from unifax.service.office import Office
from unifax.service.sending import Upload
from unifax.store.uploads import Expected
from unifax.web.uapi.asked import file_body
from unifax.web.uapi.body import body_of
from unifax.web.uapi.errors import Json
from unifax.web.uapi.shapes import ProgressShape

log = logging.getLogger("unifax.web")


def upload_routes(office: Office, silence_seconds: float) -> APIRouter:
    """Return the route under `/uploads`."""
    router = APIRouter(redirect_slashes=False)

    @router.put(
        "/uploads/{address}",
        response_model=ProgressShape,
        summary="Upload one file of a fax",
        openapi_extra=file_body(),
        responses={404: {}, 408: {}, 409: {}, 410: {}, 413: {}},
    )
    async def upload(request: Request, address: str) -> Response:
        """Upload the raw bytes of one file that a fax announced as JSON waits for. The last one starts the fax."""
        known = await office.uploading.expected(address)
        _check_length(request, known)
        async with _staged(request, known, office, silence_seconds) as (file, sha256):
            _check_digest(request, sha256)
            come = await office.uploading.take(known, file, sha256)
        log.info("%s fax %d, %s has come: %s", request.state.request_id, come.id, come.identifier, come.state)
        shape = ProgressShape(id=come.id, uid=come.uid, upload_identifier=come.identifier, state=come.state)
        return Json(shape.model_dump(mode="json", by_alias=True))

    return router


@asynccontextmanager
async def _staged(
    request: Request, known: Expected, office: Office, silence_seconds: float
) -> AsyncIterator[tuple[Upload, str]]:
    """Write the body to a staged file, and give it with its SHA-256, hex. What was not kept is forgotten."""
    path, sha256 = office.blobs.stage(), hashlib.sha256()

    def write(data: bytes) -> None:
        sha256.update(data)
        try:
            with path.open("ab") as file:
                file.write(data)
        except OSError as error:
            raise Unavailable("There is no room for the file now.") from error

    try:
        async for data in body_of(request, known.file.bytes, silence_seconds):
            await run_in_threadpool(write, data)
        yield Upload(known.file.name, path, _size(path)), sha256.hexdigest()
    except TooLarge as error:
        raise UploadInvalid(f"'{known.file.name}' was announced with {known.file.bytes} bytes; more came.") from error
    finally:
        office.blobs.discard(path)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _check_length(request: Request, known: Expected) -> None:
    """Refuse a body of the wrong length before it comes."""
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) != known.file.bytes:
        raise UploadInvalid(f"'{known.file.name}' was announced with {known.file.bytes} bytes, not {int(length)}.")


def _check_digest(request: Request, sha256: str) -> None:
    """Hold the body against its Content-Digest, if there is one with SHA-256 (RFC 9530 2)."""
    for member in request.headers.get("content-digest", "").split(","):
        name, _, value = member.strip().partition("=")
        if name.lower() != "sha-256":
            continue
        try:
            digest = base64.b64decode(value.strip().removeprefix(":").removesuffix(":"), validate=True)
        except ValueError as error:
            raise RequestInvalid("'Content-Digest' cannot be read.") from error
        if digest.hex() != sha256:
            raise UploadInvalid("The file has another SHA-256 than its Content-Digest says.")
