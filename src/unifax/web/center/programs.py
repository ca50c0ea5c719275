"""Apps: made, switched off and on, given another secret, ended, by those whose they are. Decides nothing."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from unifax.model.audit import Action
from unifax.model.collection import Anchor, Window
from unifax.service import programs
from unifax.service.programs import NewApp, new_key, new_secret
from unifax.store.apps import app_page
from unifax.store.searching import LAST_ID
from unifax.web.center.contacts import number_of
from unifax.web.center.frame import Center, Visitor
from unifax.web.pages import sent_on

APPS = "/apps"
SHOWN = 50
READ = ["GET", "HEAD"]


def routes(center: Center) -> APIRouter:
    """Return the routes of Apps."""
    office, router = center.office, center.router()

    @router.api_route(APPS, methods=READ)
    async def apps(request: Request, visitor: Annotated[Visitor, Depends(center.visitor)]) -> Response:
        before = request.query_params.get("before", "")
        anchor = Anchor(number_of(before) if before else LAST_ID, total=0, backwards=False)
        listing, found = await office.db.aread(app_page, visitor.viewer, Window(SHOWN, 0, anchor, descending=True))
        older = listing.ids[-1] if listing.has_next else None
        return center.page(request, visitor, "apps.html", apps=found, mine=visitor.viewer.account_id, older=older)

    @router.post(APPS)
    async def add(request: Request, visitor: Annotated[Visitor, Depends(center.visitor)]) -> Response:
        """Make an App, and show its secret, this once."""
        form = await center.form(request, visitor)
        addresses = form.one("addresses").split()
        new = NewApp(visitor.viewer.account_id, form.one("name"), form.one("trusted") == "yes", addresses)
        secret = new_secret()
        who = (visitor.viewer, new, new_key(), secret)
        app = await office.act(visitor.viewer, Action.APP_ADDED, programs.add_app, *who)
        return center.page(request, visitor, "app-secret.html", app=app, secret=secret)

    @router.post(APPS + "/{app}/secret")
    async def renew(request: Request, visitor: Annotated[Visitor, Depends(center.visitor)], app: str) -> Response:
        """Give an App another secret, and show that, this once."""
        await center.form(request, visitor)
        secret = new_secret()
        who = (visitor.viewer, number_of(app), secret)
        renewed = await office.act(visitor.viewer, Action.APP_SECRET_RENEWED, programs.renew_secret, *who)
        return center.page(request, visitor, "app-secret.html", app=renewed, secret=secret)

    @router.post(APPS + "/{app}/enabled")
    async def enable(request: Request, visitor: Annotated[Visitor, Depends(center.visitor)], app: str) -> Response:
        is_enabled = (await center.form(request, visitor)).one("enabled") == "yes"
        who = (visitor.viewer, number_of(app), programs.AppChanges(enabled=is_enabled))
        await office.act(visitor.viewer, Action.APP_CHANGED, programs.change_app, *who)
        return sent_on(APPS)

    @router.post(APPS + "/{app}/remove")
    async def remove(request: Request, visitor: Annotated[Visitor, Depends(center.visitor)], app: str) -> Response:
        await center.form(request, visitor)
        who = (visitor.viewer, number_of(app))
        await office.act(visitor.viewer, Action.APP_REMOVED, programs.remove_app, *who)
        return sent_on(APPS)

    return router
