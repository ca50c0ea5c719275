"""The header Idempotency-Key: read, and the answer that says that it was given before. Knows no route."""

import re

from starlette.requests import Request
from starlette.responses import Response

from unifax.model.accounts import Viewer
from unifax.model.errors import RequestInvalid
from unifax.service.idempotency import Key
from unifax.web.uapi.errors import Json

REPLAYED = {"Idempotency-Replayed": "true"}
_QUOTED = re.compile(r'"((?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"')
_BARE = re.compile(r"[\x21\x23-\x7e]+")


def key_of(request: Request, viewer: Viewer) -> Key | None:
    """Return the Idempotency-Key of a request, if it shows one.

    A string as the draft has it (RFC 9651 3.3.3, in quotes), or bare, as most clients write it. Raises RequestInvalid.
    """
    shown = request.headers.getlist("idempotency-key")
    if not shown:
        return None
    text = shown[0].strip()
    quoted = _QUOTED.fullmatch(text)
    key = re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else text if _BARE.fullmatch(text) else ""
    if len(shown) > 1 or not 0 < len(key) <= 255:
        raise RequestInvalid("'Idempotency-Key' must be one string of 1 to 255 printable ASCII characters.")
    return Key.of(viewer, key)


def made(answer: object, replayed: bool) -> Response:
    """Return the answer to a request that makes something, or that did when it came first."""
    return Json(answer, headers=REPLAYED if replayed else None)
