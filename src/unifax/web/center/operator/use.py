"""What organizations may have called in a day, and what they have. Decides nothing."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from unifax.service.limits import DAY
from unifax.store import operations
from unifax.web.center.frame import Center, Visitor
from unifax.web.center.operator.door import READ, USE, operators, page

SHOWN = 100
"Organizations: those that have used most."


def routes(center: Center) -> APIRouter:
    """Return the route of limits and use."""
    router = center.router()
    operator = Depends(operators(center))
    office = center.office

    @router.api_route(USE, methods=READ)
    async def use(request: Request, visitor: Annotated[Visitor, operator]) -> Response:
        """Show what was used in the 24 hours before now, beside what may be."""
        used = await office.db.aread(operations.use_since, office.clock() - DAY)
        return page(
            center,
            request,
            visitor,
            USE,
            "use.html",
            limits=office.sending.limits,
            used=used[:SHOWN],
            more=max(0, len(used) - SHOWN),
        )

    return router
