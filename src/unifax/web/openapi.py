"""What OpenAPI 3.1 says of the site: made from the routes themselves, and from what holds for all of them.

A route says what is its own: parameters, body, answer, and the refusals that not every route has. Added here, so that
no route has to repeat it: who may come in, the one shape of errors with its codes, the fields of every answer.
"""

import copy
import re
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus

from fastapi import APIRouter
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from unifax.model.errors import Refused
from unifax.web.auth import Door
from unifax.web.openapi_words import (
    ABOUT,
    APP_SECURITY,
    ERROR,
    FLAT_ERROR,
    GROUPS,
    HEADERS,
    PARAMETERS,
    SECURITY,
    Tree,
)
from unifax.web.uapi.errors import CODES

OAUTH = "/oauth/"
"Under it errors are flat (RFC 6749 5.2)."

EVERYWHERE = (400, 500, 503)
WITH_A_TOKEN = (401, 429)
_FIELDS_OF: Mapping[int, tuple[str, ...]] = {
    401: ("WWW-Authenticate",),
    429: ("Retry-After",),
    503: ("Retry-After",),
}


def openapi_of(routers: Iterable[APIRouter], version: str) -> Tree:
    """Return the OpenAPI document of all routes that are to be in it: of the same routes, always the same."""
    shown = [each for router in routers for each in _one_by_one(router)]
    tree: Tree = get_openapi(
        title="Unifax",
        version=version,
        summary="Documents and numbers in, faxes out.",
        description=ABOUT,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        servers=[{"url": "/", "description": "Where this document came from."}],
        routes=shown,
    )
    for route in shown:
        for method in (route.methods or ()) if route.include_in_schema else ():
            operation = tree["paths"][route.path_format][method.lower()]
            operation["tags"] = [_group(route.path_format)]
            _complete(operation, route.path_format, _asks_for_a_token(route))
    named = {each["tags"][0] for path in tree["paths"].values() for each in path.values()}
    tree["tags"] = [{"name": name, "description": text} for name, text in GROUPS.values() if text and name in named]
    schemas: Tree = tree.setdefault("components", {}).setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):  # the framework's own, which nobody here answers with
        schemas.pop(name, None)
    _without_nulls(schemas)
    _hoist(tree["paths"], schemas)
    schemas |= {"Error": ERROR} | ({"OAuthError": FLAT_ERROR} if any(OAUTH in path for path in tree["paths"]) else {})
    tree["components"] |= {
        "schemas": dict(sorted(schemas.items())),
        "headers": HEADERS,
        "responses": {_name(status): _refusal(status) for status in sorted(_statuses())},
        "securitySchemes": SECURITY | APP_SECURITY | tree["components"].get("securitySchemes", {}),
    }
    return tree


def codes(status: int) -> list[str]:
    """Return the codes of errors that are answered with a status."""
    kinds: list[type[Refused]] = [Refused, *Refused.__subclasses__()]
    own = {kind.code for kind in kinds if kind.status == status}
    return sorted(own | ({CODES[status]} if status in CODES else set()))


def _one_by_one(router: APIRouter) -> Iterator[APIRoute]:
    """Yield each route of a router once for each of its methods; `HEAD` is not described."""
    for route in router.routes:
        if isinstance(route, APIRoute):
            for method in sorted(set(route.methods or ()) - {"HEAD"}):
                one = copy.copy(route)
                one.methods = {method}
                one.operation_id = route.operation_id or _operation_id(method, route.path_format)
                yield one


def _operation_id(method: str, path: str) -> str:
    """Return a name that a generated client can use: `postFaxesUserExtension`."""
    words = re.findall(r"[A-Za-z0-9]+", path.removeprefix("/uapi"))
    return method.lower() + "".join(word[0].upper() + word[1:] for word in words)


def _asks_for_a_token(route: APIRoute) -> bool:
    asked = list(route.dependant.dependencies)
    for each in asked:
        asked += each.dependencies
    return any(isinstance(getattr(each.call, "__self__", None), Door) for each in asked)


def _group(path: str) -> str:
    return next(name for start, (name, _) in GROUPS.items() if path.startswith(start))


def _complete(operation: Tree, path: str, guarded: bool) -> None:
    """Add to an operation what no route has to say."""
    operation["security"] = [{name: []} for name in SECURITY] if guarded else operation.get("security", [])
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "path" and parameter["name"] in PARAMETERS:
            parameter.setdefault("description", PARAMETERS[parameter["name"]])
    answers: Tree = operation["responses"]
    if "HTTPValidationError" in str(answers.get("422", "")):
        del answers["422"]
    for status in (*EVERYWHERE, *(WITH_A_TOKEN if guarded else ())):
        answers.setdefault(str(status), {})
    for status, answer in answers.items():
        if status.isdecimal() and int(status) >= 400 and not path.startswith(OAUTH):
            own = answer.get("description", "")
            answers[status] = {"$ref": f"#/components/responses/{_name(int(status))}"}
            if own and own != HTTPStatus(int(status)).phrase:
                answers[status]["description"] = own
            continue
        if path.startswith(OAUTH) and status.isdecimal() and int(status) >= 400 and "content" not in answer:
            answer["content"] = {"application/json": {"schema": {"$ref": "#/components/schemas/OAuthError"}}}
            answer.setdefault("description", HTTPStatus(int(status)).phrase)
        told = ["X-Request-Id", *(("RateLimit-Policy", "RateLimit") if guarded else ())]
        told += _FIELDS_OF.get(int(status), ()) if status.isdecimal() else ()
        answer["headers"] = {name: _header(name) for name in told} | answer.get("headers", {})
    operation["responses"] = dict(sorted(answers.items()))


def _statuses() -> set[int]:
    return {kind.status for kind in Refused.__subclasses__() if kind.status >= 400} | set(CODES)


def _name(status: int) -> str:
    """Return the name of a refusal among the components: `TooManyRequests`."""
    return re.sub(r"\W", "", HTTPStatus(status).phrase.title())


def _header(name: str) -> Tree:
    return {"$ref": f"#/components/headers/{name}"}


def _refusal(status: int) -> Tree:
    known = codes(status)
    told = ["X-Request-Id", "RateLimit-Policy", "RateLimit", *_FIELDS_OF.get(status, ())]
    narrowed = {"properties": {"error": {"properties": {"code": {"enum": known}}}}}
    return {
        "description": f"{HTTPStatus(status).phrase}: {', '.join(f'`{code}`' for code in known)}.",
        "headers": {name: _header(name) for name in told},
        "content": {"application/json": {"schema": {"allOf": [{"$ref": "#/components/schemas/Error"}, narrowed]}}},
    }


def _without_nulls(schemas: Tree) -> None:
    """Say of the shapes of answers what holds for all: fields without a value are left out, and never null."""
    for schema in schemas.values():
        for name, field in schema.get("properties", {}).items():
            kinds = [kind for kind in field.get("anyOf", []) if kind != {"type": "null"}]
            if len(kinds) < len(field.get("anyOf", [])):
                del field["anyOf"]
                field |= kinds[0] if len(kinds) == 1 else {"anyOf": kinds}
                schema["required"] = [each for each in schema.get("required", []) if each != name]


def _hoist(node: object, schemas: Tree) -> None:
    """Move definitions that stand inside of a schema to the components, where their references find them."""
    if isinstance(node, list):
        for each in node:
            _hoist(each, schemas)
    elif isinstance(node, dict):
        for name, schema in node.pop("$defs", {}).items():
            _hoist(schema, schemas)
            schemas.setdefault(name, schema)
        reference = node.get("$ref", "")
        if isinstance(reference, str) and reference.startswith("#/$defs/"):
            node["$ref"] = reference.replace("#/$defs/", "#/components/schemas/")
        for each in node.values():
            _hoist(each, schemas)
