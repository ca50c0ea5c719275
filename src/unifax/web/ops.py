"""What those who run the service ask it: is it up, can it work. Needs no token and tells nothing else."""

from fastapi import APIRouter
from starlette.responses import Response

from unifax.store.accounts import account_exists
from unifax.store.db import Database
from unifax.web.uapi.errors import Json


def ops_routes(db: Database) -> APIRouter:
    """Return `/healthz` (the process answers) and `/readyz` (the database does too)."""
    router = APIRouter(redirect_slashes=False)

    @router.api_route("/healthz", methods=["GET", "HEAD"])
    async def healthy() -> Response:
        return Json({"status": "ok"})

    @router.api_route("/readyz", methods=["GET", "HEAD"])
    async def ready() -> Response:
        await db.aread(account_exists, 0)  # any read will do; it raises Unavailable, and that is a 503
        return Json({"status": "ready"})

    return router
