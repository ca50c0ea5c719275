"""The faxes sent: a list, and each of them. Reads requests and shows pages; decides nothing."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from unifax.web.center.frame import Center, Visitor
from unifax.web.pages import HOME, sent_on

SENT = "/sent"
READ = ["GET", "HEAD"]


def routes(center: Center) -> APIRouter:
    """Return the routes of faxes sent."""
    router = center.router()

    @router.api_route(HOME, methods=READ)
    async def home(visitor: Annotated[Visitor, Depends(center.visitor)]) -> Response:
        return sent_on(SENT)

    @router.api_route(SENT, methods=READ)
    async def sent(request: Request, visitor: Annotated[Visitor, Depends(center.visitor)]) -> Response:
        return center.page(request, visitor, "sent.html")

    return router
