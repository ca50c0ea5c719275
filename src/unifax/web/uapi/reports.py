"""Transmission reports, as PDF. Decides nothing."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from unifax.model.accounts import Viewer
from unifax.service.office import Office
from unifax.web.auth import Door


def report_routes(office: Office, door: Door) -> APIRouter:
    """Return the route of transmission reports."""
    router = APIRouter(redirect_slashes=False)
    pdf = {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}

    @router.api_route(
        "/uapi/faxes/{user}/{extension}/{fax_id}/report",
        methods=["GET", "HEAD"],
        response_class=Response,
        summary="The transmission report of a fax",
        responses={200: {"description": "The report.", "content": pdf}, 404: {}, 409: {}},
    )
    async def show_report(
        viewer: Annotated[Viewer, Depends(door.viewer)],
        user: str,
        extension: str,
        fax_id: str,
        recipient: Annotated[str | None, Query(description="Of this recipient alone; 1 is the first.")] = None,
    ) -> Response:
        """Make a page to be filed of a fax that has come to its end: results, times, each page, its first page small.

        It says what the signed receipts say, and is not signed itself.
        """
        made = await office.reporting.report(viewer, user, extension, fax_id, recipient)
        headers = {
            "Cache-Control": "private, no-store",
            "Content-Disposition": f'inline; filename="report-{int(fax_id)}.pdf"',
            "X-Content-Type-Options": "nosniff",
        }
        return Response(made, media_type="application/pdf", headers=headers)

    return router
