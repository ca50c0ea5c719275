"""What those who run the service ask it: is it up, can it work, how do things stand. It tells of nobody's faxes."""

import hmac

from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from unifax.model.errors import AccessDenied, Unavailable
from unifax.model.reach import ip_address_of
from unifax.service.office import Office
from unifax.store import tallies
from unifax.web.auth import token_of
from unifax.web.metrics import Watch
from unifax.web.uapi.errors import Json, error_response

AGAIN_SECONDS = 5


class Status(BaseModel):
    status: str


class Parts(Status):
    parts: dict[str, str]
    "Of each part `ok`."


def ops_routes(office: Office, watch: Watch) -> APIRouter:
    """Return `/healthz` (the process answers), `/readyz` (all that a fax needs is there) and `/metrics`."""
    router = APIRouter(redirect_slashes=False)
    readiness = office.sending.readiness

    @router.api_route("/healthz", methods=["GET", "HEAD"], response_model=Status, summary="Is it up")
    async def healthy() -> Response:
        """Say that the process answers."""
        return Json({"status": "ok"})

    @router.api_route("/readyz", methods=["GET", "HEAD"], response_model=Parts, summary="Can it work")
    async def ready() -> Response:
        """Say whether all is there that a fax needs: database, files, keys, disk, converter, and processes at work."""
        troubles = await readiness.troubles()
        if missing := {name: trouble for name, trouble in troubles.items() if trouble is not None}:
            told = "; ".join(f"{name}: {trouble}" for name, trouble in missing.items())
            return error_response(503, "service_unavailable", told, {"Retry-After": str(AGAIN_SECONDS)})
        return Json({"status": "ready", "parts": dict.fromkeys(troubles, "ok")})

    @router.api_route(
        "/metrics",
        methods=["GET", "HEAD"],
        response_class=PlainTextResponse,
        summary="What Prometheus reads",
        responses={401: {}},
    )
    async def metrics(request: Request) -> Response:
        """Tell how things stand, in the text format of Prometheus."""
        _let_in(request, office)
        troubles = await readiness.troubles()
        try:
            standing = await office.db.aread(tallies.standing, office.clock())
        except Unavailable:
            standing = None  # what this process knows itself is told all the same
        return PlainTextResponse(watch.shown(standing, office.channels, troubles), media_type=CONTENT_TYPE_PLAIN_0_0_4)

    return router


def _let_in(request: Request, office: Office) -> None:
    """Raise AccessDenied unless the token of the settings is shown; if there is none, unless this machine asks.

    Behind a proxy everybody seems to be this machine: then there must be one.
    """
    shown, wanted = token_of(request) or "", office.metrics_token
    if wanted and hmac.compare_digest(shown.encode(), wanted.encode()):
        return
    if not wanted and not office.public_url and _is_here(request):
        return
    raise AccessDenied("The token of 'ops.metrics_token' is needed.")


def _is_here(request: Request) -> bool:
    address = ip_address_of(request.client.host) if request.client else None
    forwarded = any(name in request.headers for name in ("forwarded", "x-forwarded-for", "via"))
    return address is not None and address.is_loopback and not forwarded
