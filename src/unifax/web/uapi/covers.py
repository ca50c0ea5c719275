"""The templates of cover pages that there are. Reads requests and writes answers."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from unifax.model.accounts import Viewer
from unifax.model.cover import LANGUAGES
from unifax.service.office import Office
from unifax.web.auth import Door
from unifax.web.uapi.errors import Json
from unifax.web.uapi.shape import Shape


class CoversShape(Shape):
    """What `cover` of a request may name."""

    templates: list[str]
    "The first is ours, the others are the operator's."
    languages: list[str]
    "ISO 639-1."


def cover_routes(office: Office, door: Door) -> APIRouter:
    """Return the route that lists templates of cover pages."""
    router = APIRouter(prefix="/uapi/covers", redirect_slashes=False)

    @router.api_route("", methods=["GET", "HEAD"], response_model=CoversShape)
    async def list_covers(_: Annotated[Viewer, Depends(door.viewer)]) -> Response:
        """List the templates of cover pages, and the languages of their titles."""
        shape = CoversShape(templates=list(office.sending.covers), languages=list(LANGUAGES))
        return Json(shape.model_dump(mode="json", by_alias=True))

    return router
