"""Hooks of an extension, in the style of VoipNow's Call Events (phoneCallEvents): `faxEvents`. Decides nothing."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from unifax.model.accounts import Viewer
from unifax.model.collection import Kind, Value, turn_to
from unifax.model.errors import NotFound, RequestInvalid
from unifax.model.hook import Hook, HookType
from unifax.service.hooks import Again, Place, Wish
from unifax.service.office import Office
from unifax.store.notices import NOTICE_FILTERS
from unifax.web.auth import Door
from unifax.web.schemas import schema_of
from unifax.web.uapi.body import json_of
from unifax.web.uapi.collections import Asked, Collection, CollectionShape, answer
from unifax.web.uapi.errors import Json
from unifax.web.uapi.hook_shapes import (
    HookChange,
    HookNew,
    HookOfType,
    HookShape,
    HookWithSecret,
    NoticeShape,
    ReplayAsked,
    ReplayShape,
    hook_shape,
    notice_shape,
)
from unifax.web.uapi.shape import Shape, parse_date_time

MAX_BODY_BYTES = 64 * 1024

READ = ["GET", "HEAD"]
NOT_THERE: dict[int | str, dict[str, object]] = {404: {}}

_NUMBER = re.compile(r"[0-9]{1,15}", re.ASCII)

M = TypeVar("M", bound=BaseModel)

User = Annotated[str, Path(description="`@me`, `@viewer`, `@owner`, or the number of a user.")]
Extension = Annotated[str, Path(description="`0003*210`, or `210`; not `@self`.")]
Type = Annotated[str, Path(alias="type", description="0 fax-out, 1 recipient, 2 fax-in.")]
HookId = Annotated[str, Path(alias="id", description="The id of a hook.")]


NOTICES = Collection(NoticeShape, NOTICE_FILTERS, newest_first=True)
HOOKS = Collection(HookShape, {"type": Kind.NUMBER, "status": Kind.NUMBER, "method": Kind.NUMBER, "url": Kind.TEXT})


def hook_routes(office: Office, door: Door, silence_seconds: float) -> APIRouter:
    """Return the routes under `/uapi/extensions/{user}/{extension}/faxEvents`."""
    hooks = office.hooks
    router = APIRouter(prefix="/uapi/extensions/{user}/{extension}/faxEvents", redirect_slashes=False)

    def extension(viewer: Annotated[Viewer, Depends(door.viewer)], user: User, extension: Extension) -> Place:
        return Place(viewer, user, extension)

    def typed(viewer: Annotated[Viewer, Depends(door.viewer)], user: User, extension: Extension, kind: Type) -> Place:
        return Place(viewer, user, extension, _type(kind))

    At = Annotated[Place, Depends(extension)]
    AtType = Annotated[Place, Depends(typed)]

    @router.api_route(
        "",
        methods=READ,
        response_model=CollectionShape[HookShape],
        summary="The hooks of an extension",
    )
    async def every(request: Request, place: At, asked: Annotated[Asked, Depends(HOOKS.asked)]) -> Response:
        return _page(request, asked, await hooks.all(place))

    @router.api_route(
        "/{type}",
        methods=READ,
        response_model=CollectionShape[HookShape],
        summary="The hooks of one type",
        responses=NOT_THERE,
    )
    async def every_of_type(request: Request, place: AtType, asked: Annotated[Asked, Depends(HOOKS.asked)]) -> Response:
        return _page(request, asked, await hooks.all(place))

    @router.post(
        "", response_model=HookWithSecret, summary="Add a hook", openapi_extra=_takes(HookNew), responses={409: {}}
    )
    async def create(request: Request, place: At) -> Response:
        """Add a hook. Its secret is shown in this answer only."""
        await hooks.admit(place)
        asked = _read(HookNew, await json_of(request, MAX_BODY_BYTES, silence_seconds))
        return _with_secret(await hooks.create(place, asked.type, _wish(asked)))

    @router.post(
        "/{type}",
        response_model=HookWithSecret,
        summary="Add a hook",
        openapi_extra=_takes(HookOfType),
        responses=NOT_THERE | {409: {}},
    )
    async def create_of_type(request: Request, place: AtType) -> Response:
        """Add a hook of the type that stands in the address. Its secret is shown in this answer only."""
        await hooks.admit(place)
        asked = _read(HookOfType, await json_of(request, MAX_BODY_BYTES, silence_seconds))
        return _with_secret(await hooks.create(place, _type_of(place, asked), _wish(asked)))

    @router.api_route(
        "/{type}/{id}",
        methods=READ,
        response_model=HookShape,
        summary="One hook",
        responses=NOT_THERE,
    )
    async def show(place: AtType, hook_id: HookId) -> Response:
        return _written(hook_shape(await hooks.one(place, _id(hook_id))))

    @router.put(
        "/{type}/{id}",
        response_model=HookShape,
        summary="Change a hook",
        openapi_extra=_takes(HookChange, required=False),
        responses=NOT_THERE,
    )
    async def change(request: Request, place: AtType, hook_id: HookId) -> Response:
        """Change a hook: what is not said stays as it is. Its type cannot be changed."""
        await hooks.one(place, _id(hook_id))
        asked = _read(HookChange, await json_of(request, MAX_BODY_BYTES, silence_seconds))
        _type_of(place, asked)
        return _written(hook_shape(await hooks.change(place, _id(hook_id), _wish(asked))))

    @router.delete(
        "/{type}/{id}",
        response_model=HookShape,
        summary="Remove a hook",
        responses=NOT_THERE,
    )
    async def remove(place: AtType, hook_id: HookId) -> Response:
        """Remove a hook, with all it was still to be told. Answers with the hook as it was."""
        return _written(hook_shape(await hooks.remove(place, _id(hook_id))))

    @router.post(
        "/{type}/{id}/secret",
        response_model=HookWithSecret,
        summary="Make a new secret",
        responses=NOT_THERE,
    )
    async def rotate(place: AtType, hook_id: HookId) -> Response:
        """Make a new secret, which is shown in this answer only. For a day the old one signs as well."""
        return _with_secret(await hooks.rotate(place, _id(hook_id)))

    @router.post(
        "/{type}/{id}/replay",
        response_model=ReplayShape,
        summary="Tell again",
        openapi_extra=_takes(ReplayAsked),
        responses=NOT_THERE | {409: {}},
    )
    async def replay(request: Request, place: AtType, hook_id: HookId) -> Response:
        """Tell a hook again of events of its type, the oldest first, up to 1,000 of them."""
        await hooks.one(place, _id(hook_id))
        asked = _read(ReplayAsked, await json_of(request, MAX_BODY_BYTES, silence_seconds))
        told = await hooks.replay(place, _id(hook_id), _again(asked))
        last_event = None if told.last_event is None else str(told.last_event)
        return _written(ReplayShape(notices=told.notices, last_event=last_event))

    @router.api_route(
        "/{type}/{id}/notices",
        methods=READ,
        response_model=CollectionShape[NoticeShape],
        summary="What a hook was told",
        responses=NOT_THERE,
    )
    async def told(
        request: Request, place: AtType, hook_id: HookId, asked: Annotated[Asked, Depends(NOTICES.asked)]
    ) -> Response:
        """List what a hook was told and is to be told, the newest first, and how the last try of each ended."""
        listing, page = await hooks.notices(place, _id(hook_id), asked.window)
        return answer(request, asked, listing, [notice_shape(each) for each in page])

    def _with_secret(hook: Hook) -> Response:
        return _written(HookWithSecret(**hook_shape(hook).model_dump(), secret=hooks.keys.secret(hook)))

    return router


def _page(request: Request, asked: Asked, found: Sequence[Hook]) -> Response:
    listing, page = turn_to(asked.window, found, lambda hook: hook.id, _value)
    return answer(request, asked, listing, [hook_shape(hook) for hook in page])


def _value(hook: Hook, field: str) -> Value | None:
    values: Mapping[str, Value] = {"type": hook.type, "status": hook.status, "method": hook.method}
    return hook.url.text if field == "url" else values[field]


def _written(shape: Shape) -> Response:
    return Json(shape.model_dump(mode="json", by_alias=True, exclude_none=True))


def _takes(shape: type[BaseModel], *, required: bool = True) -> dict[str, object]:
    """Return what OpenAPI is told of a body that we read ourselves."""
    content = {"application/json": {"schema": schema_of(shape)}}
    return {"requestBody": {"required": required, "content": content}}


def _read(shape: type[M], body: Mapping[str, object]) -> M:
    try:
        return shape.model_validate(body)
    except ValidationError as error:
        first = error.errors()[0]
        raise RequestInvalid(f"'{'.'.join(map(str, first['loc']))}' cannot be that: {first['msg']}.") from error


def _type(text: str) -> HookType:
    if text not in {str(kind.value) for kind in HookType}:
        raise NotFound("The type of a hook is 0 fax-out, 1 recipient, or 2 fax-in.")
    return HookType(int(text))


def _id(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise NotFound("This extension has no such hook.")
    return int(text)


def _type_of(place: Place, asked: HookChange) -> HookType:
    """Return the type in the address. Raises RequestInvalid when the body names another."""
    if place.type is None or asked.type not in (None, place.type):
        raise RequestInvalid("'type' is not the one in the address, and cannot be changed.")
    return place.type


def _wish(asked: HookChange) -> Wish:
    return Wish(asked.url, asked.method, asked.status, asked.note)


def _again(asked: ReplayAsked) -> Again:
    given = asked.model_dump(exclude_none=True)
    match given:
        case {"since": text} if len(given) == 1 and (since := parse_date_time(text)) is not None:
            return Again(since=since)
        case {"after": text} if len(given) == 1 and _NUMBER.fullmatch(text):
            return Again(after=int(text))
        case {"event": text} if len(given) == 1 and _NUMBER.fullmatch(text):
            return Again(event=int(text))
        case _:
            raise RequestInvalid(
                "Say what to tell again: 'since' a moment (2015-01-23T04:56:22Z), 'after' an event, or one 'event'."
            )
