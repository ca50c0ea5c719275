"""What those who run the service ask it: is it up, can it work. Needs no token and tells nothing else."""

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.responses import Response

from unifax.store.accounts import account_exists
from unifax.store.db import Database
from unifax.web.uapi.errors import Json


class Status(BaseModel):
    status: str


def ops_routes(db: Database) -> APIRouter:
    """Return `/healthz` (the process answers) and `/readyz` (the database does too)."""
    router = APIRouter(redirect_slashes=False)

    @router.api_route("/healthz", methods=["GET", "HEAD"], response_model=Status, summary="Is it up")
    async def healthy() -> Response:
        """Say that the process answers."""
        return Json({"status": "ok"})

    @router.api_route("/readyz", methods=["GET", "HEAD"], response_model=Status, summary="Can it work")
    async def ready() -> Response:
        """Say that the database answers, too."""
        await db.aread(account_exists, 0)  # any read will do; it raises Unavailable, and that is a 503
        return Json({"status": "ready"})

    return router
