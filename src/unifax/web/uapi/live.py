"""Live progress: what happens to faxes, as server-sent events (WHATWG HTML 9.2). Decides nothing.

Who reads slowly is waited for, and nothing is kept for him meanwhile: the events lie in the database.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Annotated, TypedDict

from fastapi import APIRouter, Depends, Header, Query
from pydantic import WithJsonSchema
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from unifax.model.accounts import Viewer
from unifax.model.errors import Refused, RequestInvalid, Unavailable
from unifax.model.event import Event, EventKind
from unifax.service import reading
from unifax.service.following import Following
from unifax.service.office import Office
from unifax.service.reading import News
from unifax.store.events import last_event
from unifax.web.auth import Door
from unifax.web.uapi.shape import xml_date_time

HEARTBEAT_SECONDS = 15.0
"So often a sign of life is sent, for those between us and the client; and we look whether he may still listen."
RETRY_MS = 2000
"After which a client that has lost the connection comes again."

_NUMBER = re.compile(r"[0-9]{1,15}", re.ASCII)
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}

EVENT_STREAM = "text/event-stream"


class _Answers(TypedDict):
    methods: list[str]
    response_class: type[Response]
    responses: dict[int | str, dict[str, object]]


_EVENT: dict[str, object] = {
    "type": "object",
    "required": ["id", "event", "data"],
    "properties": {
        "id": {"type": "string"},
        "event": {"type": "string", "enum": [each.value for each in EventKind]},
        "data": {"type": "string", "contentMediaType": "application/json"},
    },
}

_ANSWERS: _Answers = {
    "methods": ["GET", "HEAD"],
    "response_class": Response,
    "responses": {
        200: {
            "description": "What happens, as it happens: `id`, `event` and `data`, which is JSON.",
            "content": {EVENT_STREAM: {"schema": _EVENT}},
        },
        204: {"description": "It is over, and nothing more is going to happen. Do not come again."},
        404: {},
    },
}

Look = Callable[[int], Awaitable[News]]
"Returns what has happened after an event. Raises Refused when the viewer may no longer look."


class From:
    """Where a client wants to begin."""

    def __init__(
        self,
        since: Annotated[
            str | None,
            Query(alias="from", description="Tell what came after this event; 0 for all. Else new ones only."),
            WithJsonSchema({"type": "integer", "minimum": 0}),
        ] = None,
        last_event_id: Annotated[str | None, Header(include_in_schema=False)] = None,  # the browser's, not the App's
    ) -> None:
        """Read the request: a dependency of routes. Raises RequestInvalid."""
        said = last_event_id or since or None
        if said is not None and not _NUMBER.fullmatch(said):
            raise RequestInvalid("'from' and 'Last-Event-ID' must be the id of an event.")
        self.after_id = None if said is None else int(said)


def live_routes(office: Office, door: Door, heartbeat_seconds: float = HEARTBEAT_SECONDS) -> APIRouter:
    """Return the routes that tell what happens while it happens."""
    router = APIRouter(prefix="/uapi/faxes/{user}/{extension}", redirect_slashes=False)
    db, following = office.db, office.following

    async def answer(request: Request, begin: From, look: Look) -> Response:
        newest = await db.aread(last_event)
        after_id = newest if begin.after_id is None else min(begin.after_id, newest)
        news = await look(after_id)
        if news.is_last and not news.events:
            return Response(status_code=204)  # tells an EventSource not to come again (9.2.3)
        if following.is_full():
            raise Unavailable("too many follow what happens")
        if request.method == "HEAD":
            return Response(media_type=EVENT_STREAM, headers=_HEADERS)
        told = _told(following, look, after_id, news.extensions, heartbeat_seconds)
        return StreamingResponse(told, media_type=EVENT_STREAM, headers=_HEADERS)

    @router.api_route("/events", summary="Follow an extension", **_ANSWERS)
    async def follow(
        request: Request,
        viewer: Annotated[Viewer, Depends(door.viewer)],
        user: str,
        extension: str,
        begin: Annotated[From, Depends()],
    ) -> Response:
        """Tell what happens to the faxes of an extension, sent and received, until the client leaves.

        `@self` is all extensions of the user, and of those below. `Last-Event-ID` goes on where a connection was lost.
        """

        async def look(after_id: int) -> News:
            return await db.aread(reading.news, await door.known(request), user, extension, after_id)

        return await answer(request, begin, look)

    @router.api_route("/{fax_id}/events", summary="Follow a fax", **_ANSWERS)
    async def follow_fax(
        request: Request,
        viewer: Annotated[Viewer, Depends(door.viewer)],
        user: str,
        extension: str,
        fax_id: str,
        begin: Annotated[From, Depends()],
    ) -> Response:
        """Tell what happens to a fax until it has come to its end. There is nothing (204) to tell after that.

        `Last-Event-ID` goes on where a connection was lost.
        """

        async def look(after_id: int) -> News:
            return await db.aread(reading.news_of_fax, await door.known(request), user, extension, fax_id, after_id)

        return await answer(request, begin, look)

    return router


async def _told(
    following: Following, look: Look, after_id: int, extensions: Sequence[int] | None, heartbeat_seconds: float
) -> AsyncIterator[str]:
    """Yield what happens, and a sign of life when nothing does. Each look sees whether the viewer may still look."""
    yield f"retry: {RETRY_MS}\n\n"
    with following.follow(extensions) as follower:
        while True:
            follower.news.clear()
            try:
                news = await look(after_id)
            except (Refused, Unavailable):
                return  # the client comes again, and is told why not
            for event in news.events:
                after_id = event.id
                yield written(event)
            if len(news.events) == reading.AT_ONCE:
                continue
            if news.is_last or not following.is_running:
                return
            try:
                async with asyncio.timeout(heartbeat_seconds):
                    await follower.news.wait()
            except TimeoutError:
                yield ":\n\n"


def written(event: Event) -> str:
    """Return an event as it goes out (9.2.5): JSON in ASCII has no line breaks."""
    told = {
        "type": event.kind.value,
        "at": xml_date_time(event.at),
        "extension": event.extension,
        "fax": None if event.fax_id is None else str(event.fax_id),
        "received": None if event.inbox_id is None else str(event.inbox_id),
        **event.facts,
    }
    data = json.dumps({name: value for name, value in told.items() if value is not None}, separators=(",", ":"))
    return f"id: {event.id}\nevent: {event.kind.value}\ndata: {data}\n\n"
