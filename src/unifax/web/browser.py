"""A person's browser: its cookie, and the proof that a request was made by one of our own pages. Knows no routes.

A browser has one secret. It has signed in when the secret is that of a session; signing in gives it another, so that
a secret somebody else has slipped in is worth nothing afterwards (session fixation).
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from unifax.service.granting import new_secret
from unifax.store.db import Database
from unifax.store.sessions import Person, person_of_session

PROOF_HEADER = "X-CSRF-Token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

_SECRET = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Visit:
    """A browser, and who sits in front of it."""

    secret: str
    is_new: bool
    "It has no cookie of ours yet."
    person: Person | None

    @property
    def proof(self) -> str:
        return proof_of(self.secret)


def secret_of(request: Request) -> str | None:
    """Return the secret that a browser shows."""
    shown = request.cookies.get(_cookie(request), "")
    return shown if _SECRET.fullmatch(shown) else None


def secret_or_new(request: Request) -> tuple[str, bool]:
    """Return the secret of a browser, or one to give it, and whether it is new."""
    shown = secret_of(request)
    return (new_secret(), True) if shown is None else (shown, False)


async def visit_of(request: Request, db: Database, now: datetime) -> Visit:
    """Return the browser, and who sits in front of it."""
    secret, is_new = secret_or_new(request)
    return Visit(secret, is_new, await db.aread(person_of_session, secret, now))


def proof_of(secret: str) -> str:
    """Return what our pages know of a secret, and no other site's: it goes with each form, or as `X-CSRF-Token`."""
    return hashlib.sha256(f"form {secret}".encode()).hexdigest()


def is_proven(request: Request, secret: str, shown: str) -> bool:
    """Whether a page of ours made this request: it knows the proof, and the browser does not say otherwise."""
    return hmac.compare_digest(proof_of(secret).encode(), shown.encode(errors="replace")) and is_from_here(request)


def remember(request: Request, response: Response, secret: str) -> None:
    """Give the browser its secret, until it is closed: no script reads it, and no other site's request carries it."""
    response.set_cookie(_cookie(request), secret, path="/", secure=_is_secure(request), httponly=True, samesite="lax")


def is_from_here(request: Request) -> bool:
    """Whether the browser, when it tells, tells that a page of ours is asking (Fetch metadata; RFC 6454 7)."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None and site != "same-origin":
        return False
    return origin is None or urlsplit(origin).netloc.lower() == request.url.netloc.lower()


def _is_secure(request: Request) -> bool:
    return request.url.scheme == "https"


def _cookie(request: Request) -> str:
    """Return the cookie's name. With `__Host-` no other host can set it (RFC 6265bis 4.1.3.2), but it needs https."""
    return "__Host-unifax" if _is_secure(request) else "unifax"
