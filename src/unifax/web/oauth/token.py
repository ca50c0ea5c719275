"""`/oauth/token.php`, `/oauth/revoke.php` and what describes them. Reads requests and writes answers; decides nothing.

Errors are flat here, as RFC 6749 5.2 has them and the known clients look for them.
"""

import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from unifax.model.audit import Action, Facts
from unifax.model.errors import Refused, TooMany, Unavailable
from unifax.model.oauth import Denied, Granted, Trouble
from unifax.service import auditing, granting
from unifax.service.office import Office
from unifax.store import audit
from unifax.store.db import Connection
from unifax.store.tokens import Client
from unifax.web.auth import address_of, tell
from unifax.web.edge import origin_of
from unifax.web.oauth.parameters import asked_in, credentials, once
from unifax.web.oauth.shapes import (
    METADATA,
    REVOKE,
    TOKEN,
    FormShape,
    MetadataShape,
    RevokeShape,
    TokenShape,
    TroubleShape,
    body_of_shape,
    metadata_of,
)
from unifax.web.uapi.errors import Json

log = logging.getLogger("unifax.web")

_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
_NOBODY = Denied(Trouble.INVALID_CLIENT, "There is no App with this client_id and client_secret, or it is disabled.")
_NOT_NOW = Denied(Trouble.TEMPORARILY_UNAVAILABLE, "Not now. Ask again later.")
_TROUBLES: Mapping[int | str, dict[str, object]] = {
    status: {"model": TroubleShape} for status in (400, 401, 408, 413, 429, 503)
}

Asked = Mapping[str, str]
Deed = Callable[[Connection, Client, Asked], Response]


def token_routes(office: Office, silence_seconds: float) -> APIRouter:
    """Return the routes that Apps use."""
    router = APIRouter(redirect_slashes=False, tags=["OAuth 2.0"])

    def grant(conn: Connection, client: Client, asked: Asked) -> Response:
        got = granting.grant(conn, client, asked, office.clock())
        if isinstance(got, Denied):
            return _flat(got)
        note(conn, client, Action.TOKEN_GRANTED, {"grant": asked.get("grant_type")})
        return _granted(got)

    def end(conn: Connection, client: Client, asked: Asked) -> Response:
        denied = granting.revoke(conn, client, asked, office.clock())
        if denied is not None:
            return _flat(denied)
        note(conn, client, Action.TOKEN_REVOKED, auditing.NOTHING)
        return Response(headers=_NO_STORE)

    def note(conn: Connection, client: Client, action: Action, facts: Facts) -> None:
        subject = f"app {client.id}"
        audit.note(conn, [auditing.deed(client.account, office.clock(), action, subject, facts)])

    @router.post(
        TOKEN,
        summary="Get an access token",
        response_model=TokenShape,
        responses=dict(_TROUBLES),
        openapi_extra=body_of_shape(FormShape),
    )
    async def token(request: Request) -> Response:
        """By trust (`client_credentials`), by a person's consent (`authorization_code`), or again (`refresh_token`)."""
        return await _answer(request, office, silence_seconds, grant)

    @router.post(
        REVOKE,
        summary="Revoke a token",
        response_class=Response,
        responses=dict(_TROUBLES),
        openapi_extra=body_of_shape(RevokeShape),
    )
    async def revoke(request: Request) -> Response:
        """End a token of the App: a refresh token with all that was made of its consent (RFC 7009)."""
        return await _answer(request, office, silence_seconds, end)

    @router.api_route(
        METADATA, methods=["GET", "HEAD"], summary="What this authorization server can do", response_model=MetadataShape
    )
    async def metadata(request: Request) -> Response:
        """Where its endpoints are, and what they take (RFC 8414)."""
        return Json(metadata_of(origin_of(request)).model_dump())

    return router


async def _answer(request: Request, office: Office, silence_seconds: float, do: Deed) -> Response:
    """Read a request, see which App it comes from, and do what it asks; whatever goes wrong is told flat."""
    try:
        asked = once(await asked_in(request, silence_seconds))
        shown = credentials(request.headers.get("authorization", ""), asked)
        client = None if shown is None else await office.db.aread(granting.client_of, *shown)
        if shown is None or client is None:
            tell(request, office.rates.stranger(address_of(request)))
            return _flat(_NOBODY)
        tell(request, office.rates.request(client.account))
        log.info("%s asked by app %d", request.state.request_id, client.id)
        return await office.db.awrite(_as_app, shown, asked, do)
    except TooMany as error:
        after = {"Retry-After": str(error.retry_after_seconds)}
        return _flat(Denied(Trouble.TEMPORARILY_UNAVAILABLE, str(error)), error.status, after)
    except Refused as error:
        return _flat(Denied(Trouble.INVALID_REQUEST, _allowed(str(error))), error.status)
    except Unavailable as error:
        log.error("%s unavailable: %s", request.state.request_id, error, exc_info=error.__cause__)
        return _flat(_NOT_NOW, 503, {"Retry-After": str(error.retry_after_seconds)})


def _as_app(conn: Connection, shown: tuple[str, str], asked: Asked, do: Deed) -> Response:
    """Ask who it is once more, in the transaction that writes: the secret may have been changed since."""
    client = granting.client_of(conn, *shown)
    return _flat(_NOBODY) if client is None else do(conn, client, asked)


def _granted(got: Granted) -> Response:
    shape = TokenShape(access_token=got.access_token, expires_in=got.expires_in, refresh_token=got.refresh_token)
    return Json(shape.model_dump(exclude_none=True), headers=_NO_STORE)


def _flat(denied: Denied, status: int | None = None, headers: Mapping[str, str] | None = None) -> Response:
    """Return an error as RFC 6749 5.2 has it. A 401 names the scheme to use (RFC 9110 11.6.1)."""
    if status is None:
        status = HTTPStatus.UNAUTHORIZED if denied.trouble is Trouble.INVALID_CLIENT else HTTPStatus.BAD_REQUEST
    scheme = {"WWW-Authenticate": 'Basic realm="unifax"'} if status == HTTPStatus.UNAUTHORIZED else {}
    body = TroubleShape(error=denied.trouble, error_description=denied.description)
    return Json(body.model_dump(), status, headers=_NO_STORE | scheme | dict(headers or {}))


def _allowed(sentence: str) -> str:
    """Return a sentence in the characters that RFC 6749 5.2 allows."""
    return sentence.replace("\\", "/").replace('"', "'")
