"""What the routes of administration share: who may ask at all, ids in addresses, bodies declared, answers written."""

import re
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Path
from pydantic import BaseModel
from starlette.responses import Response

from unifax.model.accounts import Viewer
from unifax.model.errors import NotFound
from unifax.service.administration import administers
from unifax.store.db import Connection, Database
from unifax.web.auth import Door
from unifax.web.schemas import schema_of
from unifax.web.uapi.errors import Json

_ID = re.compile(r"[0-9]{1,18}", re.ASCII)

AccountId = Annotated[str, Path(description="The number of an account, or `@me`.")]
AppId = Annotated[str, Path(description="The number of an App.")]
Number = Annotated[str, Path(description="An extended extension number, `0003*210`.")]


def administrators(
    door: Door, db: Database, let_in: Callable[[Connection, Viewer], None] = administers
) -> Callable[[Viewer], Awaitable[Viewer]]:
    """Return the dependency that lets in those who may administer: it raises AccessDenied as `let_in` does."""

    async def administrator(viewer: Annotated[Viewer, Depends(door.viewer)]) -> Viewer:
        await db.aread(let_in, viewer)
        return viewer

    return administrator


def id_of(text: str, what: str) -> int:
    """Return an id of an address. Raises NotFound."""
    if not _ID.fullmatch(text):
        raise NotFound(f"There is no such {what}.")
    return int(text)


def account_id_of(text: str, viewer: Viewer) -> int:
    """Return the account that an address names. Raises NotFound."""
    return viewer.account_id if text == "@me" else id_of(text, "account")


def body(shape: type[BaseModel], *, required: bool = True) -> dict[str, object]:
    """Return what OpenAPI is told of a request's body, which is read by `shapes.asked_of`."""
    content = {"application/json": {"schema": schema_of(shape)}}
    return {"requestBody": {"required": required, "content": content}}


def refusals(*statuses: int) -> dict[int | str, dict[str, object]]:
    """Return what OpenAPI is told of the refusals that not every route has."""
    return {status: {} for status in statuses}


def written(shape: BaseModel, *, secret: bool = False) -> Response:
    """Return an answer; a secret one is kept by nobody on its way (RFC 6749 5.1)."""
    shown = shape.model_dump(mode="json", by_alias=True, exclude_none=True)
    return Json(shown, headers={"Cache-Control": "no-store"} if secret else None)
