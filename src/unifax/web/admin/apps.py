"""Apps: made, changed and ended by those whose they are and those above. Reads requests; decides nothing.

A secret and a token are in one answer only, which nobody may keep on its way.
"""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from unifax.model.accounts import App, Viewer
from unifax.model.audit import Action
from unifax.service import programs
from unifax.service.office import Office
from unifax.service.programs import AppChanges, NewApp, new_key, new_secret
from unifax.store import apps
from unifax.web.admin.asking import AppId, administrators, body, id_of, refusals, written
from unifax.web.admin.shapes import (
    AppChangesAsked,
    AppShape,
    NewAppAsked,
    NewTokenAsked,
    SecretShape,
    TokenShape,
    app_shape,
    asked_of,
)
from unifax.web.auth import Door
from unifax.web.uapi.collections import Asked, Collection, CollectionShape, answer


def app_routes(office: Office, door: Door, silence_seconds: float) -> APIRouter:
    """Return the routes under `/admin/apps`."""
    db, act = office.db, office.act
    router = APIRouter(prefix="/admin/apps", redirect_slashes=False, tags=["Accounts"])
    administrator = Depends(administrators(door, db))
    collection = Collection(AppShape, apps.APP_FILTERS)

    @router.api_route("", methods=["GET", "HEAD"], response_model=CollectionShape[AppShape])
    async def list_apps(
        request: Request, viewer: Annotated[Viewer, administrator], asked: Annotated[Asked, Depends(collection.asked)]
    ) -> Response:
        """List the Apps of one's own account and of those below it."""
        listing, found = await db.aread(apps.app_page, viewer, asked.window)
        return answer(request, asked, listing, [app_shape(each) for each in found])

    @router.post(
        "", response_model=SecretShape, openapi_extra=body(NewAppAsked), responses=refusals(404, 408, 409, 413)
    )
    async def add_app(request: Request, viewer: Annotated[Viewer, administrator]) -> Response:
        """Make an App; its secret is shown this once."""
        asked = await asked_of(request, NewAppAsked, silence_seconds)
        account_id = viewer.account_id if asked.account_id is None else int(asked.account_id)
        new = NewApp(account_id, asked.name, asked.trusted, asked.redirect_uris)
        secret = new_secret()
        return _told(await act(viewer, Action.APP_ADDED, programs.add_app, viewer, new, new_key(), secret), secret)

    @router.api_route("/{app}", methods=["GET", "HEAD"], response_model=AppShape, responses=refusals(404))
    async def show_app(viewer: Annotated[Viewer, administrator], app: AppId) -> Response:
        """Show an App."""
        return written(app_shape(await db.aread(programs.app, viewer, id_of(app, "App"))))

    @router.patch(
        "/{app}", response_model=AppShape, openapi_extra=body(AppChangesAsked), responses=refusals(404, 408, 409, 413)
    )
    async def change_app(request: Request, viewer: Annotated[Viewer, administrator], app: AppId) -> Response:
        """Change an App, or disable it."""
        app_id = id_of(app, "App")
        changes = changes_of(await asked_of(request, AppChangesAsked, silence_seconds))
        return written(app_shape(await act(viewer, Action.APP_CHANGED, programs.change_app, viewer, app_id, changes)))

    @router.delete("/{app}", status_code=204, responses=refusals(404, 409))
    async def remove_app(viewer: Annotated[Viewer, administrator], app: AppId) -> Response:
        """Remove an App; its tokens end with it."""
        await act(viewer, Action.APP_REMOVED, programs.remove_app, viewer, id_of(app, "App"))
        return Response(status_code=204)

    @router.post("/{app}/secret", response_model=SecretShape, responses=refusals(404))
    async def renew_secret(viewer: Annotated[Viewer, administrator], app: AppId) -> Response:
        """Give an App another secret, shown this once; all its tokens end."""
        secret = new_secret()
        return _told(
            await act(viewer, Action.APP_SECRET_RENEWED, programs.renew_secret, viewer, id_of(app, "App"), secret),
            secret,
        )

    @router.post(
        "/{app}/tokens",
        response_model=TokenShape,
        openapi_extra=body(NewTokenAsked, required=False),
        responses=refusals(404, 408, 409, 413),
    )
    async def issue_token(request: Request, viewer: Annotated[Viewer, administrator], app: AppId) -> Response:
        """Give a trusted App a token of its account, shown this once."""
        app_id = id_of(app, "App")
        seconds = (await asked_of(request, NewTokenAsked, silence_seconds)).expires_in
        token, life = new_secret(), timedelta(seconds=seconds)
        await act(viewer, Action.TOKEN_ISSUED, programs.issue_token, viewer, app_id, token, office.clock(), life)
        return written(TokenShape(access_token=token, expires_in=seconds), secret=True)

    return router


def changes_of(asked: AppChangesAsked) -> AppChanges:
    return asked.model_dump(exclude_unset=True)  # type: ignore[return-value]  # the shape has the fields of the type


def _told(app: App, secret: str) -> Response:
    return written(SecretShape(**app_shape(app).model_dump(), secret=secret), secret=True)
