"""The body of a request as it comes: within a size, not too slowly; and JSON that is an object. Knows no route."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping

from starlette.requests import Request

from unifax.model.errors import RequestInvalid, TooLarge, TooSlow

SLOWEST_BYTES_A_SECOND = 1000
"A body may come as slowly as a fax, and no slower, however often it shows a sign of life."


async def body_of(request: Request, limit_bytes: int, silence_seconds: float) -> AsyncIterator[bytes]:
    """Yield the body in pieces.

    Raises TooLarge at once by its Content-Length, else while it comes; TooSlow when nothing comes for
    `silence_seconds`, or all of it too slowly; ClientDisconnect when the client leaves.
    """
    too_large = TooLarge(f"The request is larger than {limit_bytes} bytes.")
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit_bytes:
        raise too_large
    came, body, loop = 0, aiter(request.stream()), asyncio.get_running_loop()
    latest = loop.time() + silence_seconds
    while True:
        try:
            async with asyncio.timeout_at(min(latest + came / SLOWEST_BYTES_A_SECOND, loop.time() + silence_seconds)):
                data = await anext(body, None)
        except TimeoutError as error:
            raise TooSlow("The body came too slowly, or stopped coming.") from error
        if data is None:
            return
        came += len(data)
        if came > limit_bytes:
            raise too_large
        yield data


def is_json(request: Request) -> bool:
    """Whether the body says that it is JSON (RFC 8259 11, RFC 6839 3.1)."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))


async def json_of(request: Request, limit_bytes: int, silence_seconds: float) -> Mapping[str, object]:
    """Return a body that is a JSON object; of no body at all, an empty one. Raises RequestInvalid, and as `body_of`."""
    body = b"".join([data async for data in body_of(request, limit_bytes, silence_seconds)])
    return json_object(body, "The body") if body.strip() else {}


def json_object(data: bytes, what: str) -> Mapping[str, object]:
    """Return a JSON object. Raises RequestInvalid, which calls it `what`."""
    try:
        # Word processors and web pages turn the spaces of the documented example into non-breaking ones.
        read: object = json.loads(data.decode("utf-8-sig").replace("\N{NO-BREAK SPACE}", " "))
    except (ValueError, RecursionError) as error:
        raise RequestInvalid(f"{what} is not valid JSON.") from error
    if not isinstance(read, dict):
        raise RequestInvalid(f"{what} must be a JSON object.")
    return read
