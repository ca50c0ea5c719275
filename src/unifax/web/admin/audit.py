"""The audit log, read by those whom it concerns and those above them. Decides nothing."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from unifax.model.accounts import Viewer
from unifax.model.audit import Action, Entry
from unifax.service.office import Office
from unifax.store.audit import ENTRY_FILTERS, entry_page
from unifax.web.admin.asking import administrators
from unifax.web.auth import Door
from unifax.web.uapi.collections import ENTRY, Asked, Collection, CollectionShape, answer
from unifax.web.uapi.shape import Moment, Shape


class EntryShape(Shape):
    """Something that was done."""

    model_config = ENTRY

    id: str
    at: Moment
    account_id: str | None
    "Whose it is that it was done to; missing: the installation's."
    actor_id: str | None
    "The account that did it; missing: the service itself, or a stranger."
    app_id: str | None
    "By which App; missing for a person."
    action: Action
    subject: str
    "What it was done to: `fax 7`."
    facts: dict[str, str | int | bool | None]
    sha256: str
    "Of this entry and the one before it: docs/audit.md."


def audit_routes(office: Office, door: Door) -> APIRouter:
    """Return the routes of the audit log."""
    router = APIRouter(prefix="/admin/audit", redirect_slashes=False, tags=["Accounts"])
    administrator = Depends(administrators(door, office.db))
    collection = Collection(EntryShape, ENTRY_FILTERS)

    @router.api_route("", methods=["GET", "HEAD"], response_model=CollectionShape[EntryShape])
    async def list_entries(
        request: Request, viewer: Annotated[Viewer, administrator], asked: Annotated[Asked, Depends(collection.asked)]
    ) -> Response:
        """List what was done by and to one's own account and those below it; an administrator sees all."""
        listing, found = await office.db.aread(entry_page, viewer, asked.window)
        return answer(request, asked, listing, [_shape(each) for each in found])

    return router


def _shape(entry: Entry) -> EntryShape:
    done = entry.deed
    return EntryShape(
        id=str(entry.id),
        at=done.at,
        account_id=_text(done.account_id),
        actor_id=_text(done.actor_id),
        app_id=_text(done.app_id),
        action=done.action,
        subject=done.subject,
        facts=dict(done.facts),
        sha256=entry.sha256,
    )


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)
