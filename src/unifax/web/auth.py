"""Who is asking: a token becomes a Viewer. Knows no passwords and no sessions."""

import re
from collections.abc import Callable
from datetime import datetime

from starlette.requests import HTTPConnection, Request

from unifax.model.accounts import Viewer
from unifax.model.errors import AccessDenied
from unifax.store import accounts
from unifax.store.db import Database

_TOKEN = re.compile(r"(?:bearer\s+)?([\x21-\x7e]{1,512})", re.IGNORECASE)


def token_of(request: HTTPConnection) -> str | None:
    """Return the access token of a request, or None when it shows none.

    `Authorization` with or without `Bearer` (both stand in the documents, the known clients send either), else the
    query's `accessRequestToken`, likewise.
    """
    shown = request.headers.get("authorization") or request.query_params.get("accessRequestToken") or ""
    found = _TOKEN.fullmatch(shown.strip())
    return found[1] if found else None


class Door:
    """Lets in those whose token we know."""

    def __init__(self, db: Database, clock: Callable[[], datetime]) -> None:
        self._db = db
        self._clock = clock

    async def viewer(self, request: Request) -> Viewer:
        """Return who is behind a request. Raises AccessDenied."""
        token = token_of(request)
        if token is None:
            raise AccessDenied("An access token is needed: send 'Authorization: Bearer <token>'.")
        viewer = await self._db.aread(accounts.viewer_of_token, token, self._clock())
        if viewer is None:
            raise AccessDenied("This access token is not known, or no longer valid.")
        return viewer
