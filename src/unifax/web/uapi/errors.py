"""One JSON shape for everything that goes wrong: `{"error":{"code":…,"message":…}}` (VNUAPI30, Error Messages).

It holds for our refusals, for the framework's own answers and for bugs, so that no client ever meets HTML.
"""

import json
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from unifax.model.errors import Refused, TooMany, Unavailable

log = logging.getLogger("unifax.web")

INTERNAL = "internal_server_error"

_OTHER_SERVICE = re.compile(r"/uapi/(?!(?:faxes|inbox)(?:/|$)|extensions/[^/]+/[^/]+/faxEvents(?:/|$))[^/]")
CODES: Mapping[int, str] = {
    400: "request_invalid",
    401: "access_denied",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    413: "request_too_large",
    415: "media_type_not_supported",
    416: "range_not_satisfiable",
    422: "request_invalid",
    500: INTERNAL,
    501: "request_not_implemented",
    503: "service_unavailable",
}
"The code of an error that has no class of its own in model/errors.py."
_SENTENCES: Mapping[int, str] = {
    404: "There is nothing at this address.",
    405: "This address does not take this method.",
    500: "The service failed to answer. The failure was recorded.",
    501: "This service of the UnifiedAPI is not implemented.",
    503: "This cannot be done now. Try again later.",
}

_FLAT: Mapping[int, str] = {500: "server_error", 503: "temporarily_unavailable"}
"The codes of RFC 6749 4.1.2.1 for what is not the client's fault."


class Json(JSONResponse):
    """JSON in ASCII: what a caller sent may hold half a surrogate pair, which UTF-8 cannot carry back."""

    def render(self, content: object) -> bytes:
        return json.dumps(content, separators=(",", ":")).encode("ascii")


def error_response(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return an error in the one shape. A 401 names the scheme to use (RFC 9110 11.6.1, RFC 6750 3)."""
    given = {"WWW-Authenticate": 'Bearer realm="unifax"'} if status == HTTPStatus.UNAUTHORIZED else {}
    return Json({"error": {"code": code, "message": message}}, status, headers=given | dict(headers or {}))


def _error_at(path: str, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return an error in the shape of its address: under `/oauth/` they are flat (RFC 6749 5.2)."""
    if path.startswith("/oauth/"):
        return Json({"error": _FLAT.get(status, "invalid_request"), "error_description": message}, status, headers)
    return error_response(status, code, message, headers)


def internal_error() -> Response:
    """Return what a caller learns of a bug: that there was one."""
    return error_response(500, INTERNAL, _SENTENCES[500])


def answer_errors(app: FastAPI, let_in: Callable[[Request], Awaitable[object]]) -> None:
    """Make the application answer every exception in the one shape.

    `let_in` raises Refused for those who may not even know which services there are.
    """

    @app.exception_handler(Refused)
    def _refused(_: Request, error: Refused) -> Response:
        if error.status == HTTPStatus.NO_CONTENT:
            return Response(status_code=error.status)
        headers = {"Retry-After": str(error.retry_after_seconds)} if isinstance(error, TooMany) else {}
        return error_response(error.status, error.code, str(error), headers)

    @app.exception_handler(Unavailable)
    def _unavailable(request: Request, error: Unavailable) -> Response:
        log.error("%s unavailable: %s", request.state.request_id, error, exc_info=error.__cause__)
        return error_response(503, CODES[503], _SENTENCES[503], {"Retry-After": str(error.retry_after_seconds)})

    @app.exception_handler(HTTPException)
    async def _framework(request: Request, error: HTTPException) -> Response:
        status = error.status_code
        if status == HTTPStatus.NOT_FOUND and _OTHER_SERVICE.match(request.scope["path"]):
            try:
                await let_in(request)
            except Refused as refused:
                return _refused(request, refused)
            except Unavailable as unavailable:
                return _unavailable(request, unavailable)
            status = 501  # the documented answer of every UnifiedAPI service that is not there
        if status == HTTPStatus.METHOD_NOT_ALLOWED:
            # The framework names the methods of the first route it finds at an address; there may be more.
            error.headers = {"Allow": ", ".join(_methods_at(app, request.scope["path"]))}
            if request.method == "OPTIONS":
                return Response(status_code=204, headers=error.headers)
        code = CODES.get(status, "request_invalid" if status < 500 else INTERNAL)
        return _error_at(request.scope["path"], status, code, _SENTENCES.get(status, str(error.detail)), error.headers)

    @app.exception_handler(RequestValidationError)
    def _invalid(_: Request, error: RequestValidationError) -> Response:
        places = sorted({".".join(str(step) for step in found["loc"]) for found in error.errors()})
        return error_response(400, CODES[400], f"Not valid: {', '.join(places)}.")

    @app.exception_handler(ClientDisconnect)
    def _left(_: Request, error: ClientDisconnect) -> Response:
        return error_response(400, CODES[400], "The request ended before it was whole.")  # for the log: nobody reads it

    @app.exception_handler(Exception)
    def _bug(request: Request, error: Exception) -> Response:
        # The framework raises it again behind this answer, and web/edge.py records it.
        return _error_at(request.scope["path"], 500, INTERNAL, _SENTENCES[500])


def _methods_at(app: FastAPI, path: str) -> list[str]:
    there = {
        method
        for route in iter_route_contexts(app.routes)
        if route.path_regex.match(path)
        for method in route.methods or ()
    }
    return sorted(there | {"OPTIONS"})
