"""What those who run the service ask it: is it up, can it work. Needs no token and tells nothing else."""

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.responses import Response

from unifax.service.readiness import Readiness
from unifax.web.uapi.errors import Json, error_response

AGAIN_SECONDS = 5


class Status(BaseModel):
    status: str


class Parts(Status):
    parts: dict[str, str]
    "Of each part `ok`."


def ops_routes(readiness: Readiness) -> APIRouter:
    """Return `/healthz` (the process answers) and `/readyz` (all that a fax needs is there)."""
    router = APIRouter(redirect_slashes=False)

    @router.api_route("/healthz", methods=["GET", "HEAD"], response_model=Status, summary="Is it up")
    async def healthy() -> Response:
        """Say that the process answers."""
        return Json({"status": "ok"})

    @router.api_route("/readyz", methods=["GET", "HEAD"], response_model=Parts, summary="Can it work")
    async def ready() -> Response:
        """Say whether all is there that a fax needs: database, disk, converter, and the processes that work."""
        troubles = await readiness.troubles()
        if missing := {name: trouble for name, trouble in troubles.items() if trouble is not None}:
            told = "; ".join(f"{name}: {trouble}" for name, trouble in missing.items())
            return error_response(503, "service_unavailable", told, {"Retry-After": str(AGAIN_SECONDS)})
        return Json({"status": "ready", "parts": dict.fromkeys(troubles, "ok")})

    return router
