"""Contents deleted, held back from deletion, and the receipts. Reads requests and writes answers; decides nothing."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from starlette.responses import Response

from unifax.model.accounts import Viewer
from unifax.model.audit import Action, Deed
from unifax.service import auditing, retention
from unifax.service.office import Office
from unifax.store.db import Connection
from unifax.store.forgetting import Deletion
from unifax.web.auth import Door
from unifax.web.uapi.errors import Json
from unifax.web.uapi.shape import Moment, Shape


class DeletedShape(Shape):
    """One content that was deleted."""

    of: Literal["document", "file"]
    sha256: str


class DeletionShape(Shape):
    """The receipt."""

    at: Moment
    why: str
    "kept_long_enough, or asked."
    account_id: str | None
    "Who asked for it."
    contents: list[DeletedShape]


Forget = Callable[[Connection, Viewer, str, str, str, datetime], Sequence[str]]
Hold = Callable[[Connection, Viewer, str, str, str, datetime | None], None]
Receipt = Callable[[Connection, Viewer, str, str, str], Deletion]


def keeping_routes(office: Office, door: Door) -> APIRouter:
    """Return the routes that say what is kept."""
    router = APIRouter(prefix="/uapi", redirect_slashes=False)
    sent = (retention.forget_sent, retention.hold_sent, retention.receipt_sent)
    received = (retention.forget_received, retention.hold_received, retention.receipt_received)
    _add(router, office, door, "/faxes/{user}/{extension}/{which}", "a fax", *sent)
    _add(router, office, door, "/inbox/{user}/{extension}/{which}", "a fax received", *received)
    return router


def _add(
    router: APIRouter, office: Office, door: Door, of: str, what: str, forget: Forget, hold: Hold, receipt: Receipt
) -> None:
    kind = "fax" if forget is retention.forget_sent else "received"

    def deed(viewer: Viewer, action: Action, which: str) -> Deed:
        return auditing.deed(viewer, office.clock(), action, f"{kind} {which}")

    @router.delete(
        f"{of}/content", status_code=204, summary=f"Delete the content of {what}", responses={404: {}, 409: {}}
    )
    async def delete(
        viewer: Annotated[Viewer, Depends(door.viewer)], user: str, extension: str, which: str
    ) -> Response:
        """Delete the files and pages; the record stays. What is deleted once stays so."""
        done, now = deed(viewer, Action.CONTENT_DELETED, which), office.clock()
        names = await office.db.awrite(auditing.noting_at, done, extension, forget, viewer, user, extension, which, now)
        await office.retention.remove(names)
        return Response(status_code=204)

    @router.api_route(
        f"{of}/deletion",
        methods=["GET", "HEAD"],
        response_model=DeletionShape,
        summary=f"Show what was deleted of {what}",
        responses={404: {}},
    )
    async def show(viewer: Annotated[Viewer, Depends(door.viewer)], user: str, extension: str, which: str) -> Response:
        """Show the receipt: when the content was deleted, why, and its hashes."""
        deletion = await office.db.aread(receipt, viewer, user, extension, which)
        shape = DeletionShape(
            at=deletion.at,
            why=deletion.why,
            account_id=None if deletion.account_id is None else str(deletion.account_id),
            contents=[DeletedShape.model_validate(each) for each in deletion.contents],
        )
        return Json(shape.model_dump(mode="json", by_alias=True, exclude_none=True))

    @router.put(f"{of}/hold", status_code=204, summary=f"Hold {what}", responses={404: {}})
    async def keep(viewer: Annotated[Viewer, Depends(door.viewer)], user: str, extension: str, which: str) -> Response:
        """Have the content kept whatever the rules say. An organization or an administrator does so."""
        done, now = deed(viewer, Action.CONTENT_HELD, which), office.clock()
        await office.db.awrite(auditing.noting_at, done, extension, hold, viewer, user, extension, which, now)
        return Response(status_code=204)

    @router.delete(f"{of}/hold", status_code=204, summary=f"Let go of {what}", responses={404: {}})
    async def let_go(
        viewer: Annotated[Viewer, Depends(door.viewer)], user: str, extension: str, which: str
    ) -> Response:
        """Have the rules hold for it again."""
        done = deed(viewer, Action.CONTENT_LET_GO, which)
        await office.db.awrite(auditing.noting_at, done, extension, hold, viewer, user, extension, which, None)
        return Response(status_code=204)
