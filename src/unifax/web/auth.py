"""Who is asking, and how often: a token, or the cookie of somebody who has signed in, becomes a Viewer.

Knows no passwords.
"""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from ipaddress import IPv6Address, ip_address
from math import ceil

from starlette.requests import HTTPConnection, Request

from unifax.model.accounts import Viewer
from unifax.model.errors import AccessDenied
from unifax.model.rate import WINDOW, Standing
from unifax.service.rates import Rates, check
from unifax.store import tokens
from unifax.store.db import Database
from unifax.store.sessions import person_of_session
from unifax.web.browser import PROOF_HEADER, SAFE, is_proven, secret_of

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
    """Lets in those whose token or session we know, as often as they may come: before their body is read."""

    def __init__(self, db: Database, clock: Callable[[], datetime], rates: Rates) -> None:
        self._db = db
        self._clock = clock
        self._rates = rates

    async def viewer(self, request: Request) -> Viewer:
        """Return who is behind a request. Raises AccessDenied and TooMany."""
        try:
            viewer = await self.known(request)
        except AccessDenied:
            # Only those without a valid token pay: who shares an address with one that guesses is not locked out.
            tell(request, self._rates.stranger(address_of(request)))
            raise
        tell(request, self._rates.request(viewer))
        return viewer

    async def sender(self, request: Request) -> Viewer:
        """Return who is behind a request that sends a fax: of those, fewer are allowed. Raises as `viewer`."""
        viewer = await self.viewer(request)
        tell(request, self._rates.fax(viewer))
        return viewer

    async def known(self, request: Request) -> Viewer:
        """Return who is behind a request that may have been counted before. Raises AccessDenied."""
        token = token_of(request)
        if token is None:
            return await self._signed_in(request)
        viewer = await self._db.aread(tokens.viewer_of_token, token, self._clock())
        if viewer is None:
            raise AccessDenied("This access token is not known, or no longer valid.")
        return viewer

    async def _signed_in(self, request: Request) -> Viewer:
        """Return who has signed in with this browser. What changes anything must come from a page of ours."""
        secret = secret_of(request)
        person = None if secret is None else await self._db.aread(person_of_session, secret, self._clock())
        if secret is None or person is None:
            raise AccessDenied("An access token is needed: send 'Authorization: Bearer <token>'.")
        if request.method not in SAFE and not is_proven(request, secret, request.headers.get(PROOF_HEADER, "")):
            raise AccessDenied(f"With a cookie, '{PROOF_HEADER}' is needed too, and a page of this service that asks.")
        return person.viewer


def address_of(request: Request) -> str:
    """Return where a request comes from. Who has one IPv6 address has all of its /64 (RFC 6177)."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return str(int(address) >> 64) if isinstance(address, IPv6Address) else host


def tell(request: Request, standings: Sequence[Standing]) -> None:
    """See that the answer tells the rates, whatever it is (draft-ietf-httpapi-ratelimit-headers-10). Raises TooMany."""
    fields = request.scope["state"].setdefault("rate_fields", ([], []))
    for standing in standings:
        name, wait = f'"{standing.rate.name}"', ceil(standing.wait.total_seconds())
        fields[0].append(f"{name};q={standing.rate.quota};w={WINDOW.seconds}")
        fields[1].append(f"{name};r={standing.remaining};t={wait}")
    check(standings)
