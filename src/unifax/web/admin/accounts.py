"""Accounts: seen and changed by those above them. Reads requests and writes answers; decides nothing."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from unifax.model.accounts import AccountKind, Viewer
from unifax.model.audit import Action
from unifax.model.errors import AccessDenied
from unifax.model.naming import parse_password
from unifax.service import administration
from unifax.service.administration import AccountChanges, NewAccount
from unifax.service.office import Office
from unifax.store import directory
from unifax.web.admin.asking import AccountId, account_id_of, administrators, body, refusals, written
from unifax.web.admin.shapes import (
    AccountChangesAsked,
    AccountShape,
    NewAccountAsked,
    PasswordAsked,
    account_shape,
    asked_of,
)
from unifax.web.auth import Door
from unifax.web.uapi.collections import Asked, Collection, CollectionShape, answer


def account_routes(office: Office, door: Door, silence_seconds: float) -> APIRouter:
    """Return the routes under `/admin/accounts`."""
    db, act = office.db, office.act
    router = APIRouter(prefix="/admin/accounts", redirect_slashes=False, tags=["Accounts"])
    administrator = Depends(administrators(door, db))
    collection = Collection(AccountShape, directory.ACCOUNT_FILTERS)

    @router.api_route("", methods=["GET", "HEAD"], response_model=CollectionShape[AccountShape])
    async def list_accounts(
        request: Request, viewer: Annotated[Viewer, administrator], asked: Annotated[Asked, Depends(collection.asked)]
    ) -> Response:
        """List one's own account and those below it."""
        listing, found = await db.aread(directory.account_page, viewer, asked.window)
        return answer(request, asked, listing, [account_shape(each) for each in found])

    @router.post(
        "", response_model=AccountShape, openapi_extra=body(NewAccountAsked), responses=refusals(404, 408, 409, 413)
    )
    async def add_account(request: Request, viewer: Annotated[Viewer, administrator]) -> Response:
        """Make an organization below an administrator, or a user below an organization."""
        asked = await asked_of(request, NewAccountAsked, silence_seconds)
        new = NewAccount(
            kind=AccountKind(asked.kind),
            parent_id=None if asked.parent_id is None else int(asked.parent_id),
            name=asked.name,
            login=asked.login,
            region=asked.region,
            password=None if asked.password is None else await office.passwords.hashed(parse_password(asked.password)),
        )
        return written(
            account_shape(
                await act(viewer, Action.ACCOUNT_ADDED, administration.add_account, viewer, new, office.clock())
            )
        )

    @router.api_route("/{account}", methods=["GET", "HEAD"], response_model=AccountShape, responses=refusals(404))
    async def show_account(viewer: Annotated[Viewer, administrator], account: AccountId) -> Response:
        """Show an account."""
        return written(account_shape(await db.aread(administration.account, viewer, account_id_of(account, viewer))))

    @router.patch(
        "/{account}",
        response_model=AccountShape,
        openapi_extra=body(AccountChangesAsked),
        responses=refusals(404, 408, 409, 413),
    )
    async def change_account(
        request: Request, viewer: Annotated[Viewer, administrator], account: AccountId
    ) -> Response:
        """Change the name, login or region of an account below, or disable it and all below it."""
        account_id = account_id_of(account, viewer)
        changes: AccountChanges = changes_of(await asked_of(request, AccountChangesAsked, silence_seconds))
        return written(
            account_shape(
                await act(viewer, Action.ACCOUNT_CHANGED, administration.change_account, viewer, account_id, changes)
            )
        )

    @router.delete("/{account}", status_code=204, responses=refusals(404, 409))
    async def remove_account(viewer: Annotated[Viewer, administrator], account: AccountId) -> Response:
        """Remove an account that nothing hangs on but its Apps."""
        await act(viewer, Action.ACCOUNT_REMOVED, administration.remove_account, viewer, account_id_of(account, viewer))
        return Response(status_code=204)

    @router.put(
        "/{account}/password",
        status_code=204,
        openapi_extra=body(PasswordAsked),
        responses=refusals(404, 408, 409, 413),
    )
    async def set_password(request: Request, viewer: Annotated[Viewer, administrator], account: AccountId) -> Response:
        """Set the password of an account: one's own, or one below."""
        account_id = account_id_of(account, viewer)
        asked = await asked_of(request, PasswordAsked, silence_seconds)
        password = parse_password(asked.password)
        to_prove = await db.aread(administration.password_to_prove, viewer, account_id)
        if to_prove is not None and not await office.passwords.matches(to_prove, asked.current_password or ""):
            raise AccessDenied("'currentPassword' is not your password.")
        hashed = await office.passwords.hashed(password)
        await act(viewer, Action.PASSWORD_SET, administration.set_password, viewer, account_id, hashed)
        return Response(status_code=204)

    return router


def changes_of(asked: AccountChangesAsked) -> AccountChanges:
    return asked.model_dump(exclude_unset=True)  # type: ignore[return-value]  # the shape has the fields of the type
