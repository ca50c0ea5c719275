"""Extensions: seen and changed by those above them. Reads requests and writes answers; decides nothing."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from unifax.model.accounts import Viewer
from unifax.model.audit import Action
from unifax.service import administration
from unifax.service.administration import NewTerminal, TerminalChanges
from unifax.service.office import Office
from unifax.store import directory
from unifax.web.admin.asking import Number, administrators, body, refusals, written
from unifax.web.admin.shapes import (
    ExtensionChangesAsked,
    ExtensionShape,
    NewExtensionAsked,
    asked_of,
    extension_shape,
)
from unifax.web.auth import Door
from unifax.web.uapi.collections import Asked, Collection, CollectionShape, answer


def extension_routes(office: Office, door: Door, silence_seconds: float) -> APIRouter:
    """Return the routes under `/admin/extensions`."""
    db, act = office.db, office.act
    router = APIRouter(prefix="/admin/extensions", redirect_slashes=False, tags=["Accounts"])
    administrator = Depends(administrators(door, db))
    collection = Collection(ExtensionShape, directory.TERMINAL_FILTERS)

    @router.api_route("", methods=["GET", "HEAD"], response_model=CollectionShape[ExtensionShape])
    async def list_extensions(
        request: Request, viewer: Annotated[Viewer, administrator], asked: Annotated[Asked, Depends(collection.asked)]
    ) -> Response:
        """List the extensions of one's own account and of those below it."""
        listing, found = await db.aread(directory.terminal_page, viewer, asked.window)
        return answer(request, asked, listing, [extension_shape(each) for each in found])

    @router.post(
        "", response_model=ExtensionShape, openapi_extra=body(NewExtensionAsked), responses=refusals(404, 408, 409, 413)
    )
    async def add_extension(request: Request, viewer: Annotated[Viewer, administrator]) -> Response:
        """Make an extension of a user below."""
        asked = await asked_of(request, NewExtensionAsked, silence_seconds)
        new = NewTerminal(
            owner_id=int(asked.owner_id),
            number=asked.number,
            station_id=asked.station_id,
            header_text=asked.header_text,
            header_position=asked.header_position,
            header_line=asked.header_line,
            resolution=asked.resolution,
            fax_enabled=asked.fax_enabled,
            resume=asked.resume,
            max_calls=asked.max_calls,
            keep_days=asked.keep_days,
            telephone_numbers=asked.telephone_numbers,
            when_uncertain=asked.when_uncertain,
            mail_received=asked.mail_received,
            mail_reports=asked.mail_reports,
            mail_senders=asked.mail_senders,
            cover=asked.cover,
        )
        return written(
            extension_shape(await act(viewer, Action.EXTENSION_ADDED, administration.add_terminal, viewer, new))
        )

    @router.api_route("/{number}", methods=["GET", "HEAD"], response_model=ExtensionShape, responses=refusals(404))
    async def show_extension(viewer: Annotated[Viewer, administrator], number: Number) -> Response:
        """Show an extension."""
        return written(extension_shape(await db.aread(administration.terminal, viewer, number)))

    @router.patch(
        "/{number}",
        response_model=ExtensionShape,
        openapi_extra=body(ExtensionChangesAsked),
        responses=refusals(404, 408, 409, 413),
    )
    async def change_extension(request: Request, viewer: Annotated[Viewer, administrator], number: Number) -> Response:
        """Change how an extension presents itself, whether it may fax, and how it sends again and is called."""
        changes = changes_of(await asked_of(request, ExtensionChangesAsked, silence_seconds))
        return written(
            extension_shape(
                await act(viewer, Action.EXTENSION_CHANGED, administration.change_terminal, viewer, number, changes)
            )
        )

    @router.delete("/{number}", status_code=204, responses=refusals(404, 409))
    async def remove_extension(viewer: Annotated[Viewer, administrator], number: Number) -> Response:
        """Remove an extension that has never sent nor received."""
        await act(viewer, Action.EXTENSION_REMOVED, administration.remove_terminal, viewer, number)
        return Response(status_code=204)

    return router


def changes_of(asked: ExtensionChangesAsked) -> TerminalChanges:
    return asked.model_dump(exclude_unset=True)  # type: ignore[return-value]  # the shape has the fields of the type
