"""The parameters of an OAuth request, in each of the bodies that clients send. Knows no grants.

RFC 6749 has `application/x-www-form-urlencoded` alone; click2fax sends multipart, net2phone's clients send JSON.
"""

import base64
import re
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl

from starlette.requests import Request

from unifax.model.errors import RequestInvalid
from unifax.web.uapi.body import body_of, json_object
from unifax.web.uapi.disposition import parameters, text_of
from unifax.web.uapi.parts import PartBegan, PartData, PartReader

MAX_BYTES = 64 * 1024
MAX_PARAMETERS = 100

_BASIC = re.compile(r"basic[ \t]+([A-Za-z0-9+/=]+)", re.IGNORECASE)

Pairs = Sequence[tuple[str, str]]


async def asked_in(request: Request, silence_seconds: float) -> Pairs:
    """Return the parameters of a body. Raises RequestInvalid, TooLarge, TooSlow, ClientDisconnect."""
    body = b"".join([data async for data in body_of(request, MAX_BYTES, silence_seconds)])
    raw = next((value for name, value in request.headers.raw if name == b"content-type"), b"")
    return read_pairs(text_of(raw), body)


def read_pairs(content_type: str, body: bytes) -> Pairs:
    """Return the parameters of a body of some type, in their order. Raises RequestInvalid."""
    kind, given = parameters(content_type)
    match kind:
        case "application/x-www-form-urlencoded" | "":
            pairs = query_pairs(body.decode(errors="replace"))
        case "multipart/form-data":
            pairs = _of_multipart(given.get("boundary", "").encode(errors="replace"), body)
        case "application/json":
            pairs = _of_json(body)
        case _:
            raise RequestInvalid("The body must be application/x-www-form-urlencoded.")
    return [(_whole(name), _whole(value)) for name, value in pairs]


def query_pairs(text: str) -> Pairs:
    """Return the parameters of a query. Raises RequestInvalid when there are too many."""
    try:
        return parse_qsl(text, keep_blank_values=True, errors="replace", max_num_fields=MAX_PARAMETERS)
    except ValueError as error:
        raise RequestInvalid("There are too many parameters.") from error


def once(pairs: Pairs) -> Mapping[str, str]:
    """Return parameters by name; those without a value are left out (RFC 6749 3.2).

    Raises RequestInvalid when one is given twice.
    """
    found: dict[str, str] = {}
    for name, value in pairs:
        if name in found:
            raise RequestInvalid("A parameter is given twice.")
        found[name] = value
    return {name: value for name, value in found.items() if value}


def credentials(authorization: str, asked: Mapping[str, str]) -> tuple[str, str] | None:
    """Return an App's key and secret from HTTP Basic, or else from the body; None when there are none.

    Raises RequestInvalid when both have a secret, or they name two Apps (RFC 6749 2.3).
    """
    basic = _BASIC.fullmatch(authorization.strip())
    if basic is None:
        key, secret = asked.get("client_id"), asked.get("client_secret")
        return None if key is None or secret is None else (key, secret)
    try:
        key, colon, secret = base64.b64decode(basic[1]).decode().partition(":")
    except ValueError:
        return None
    if "client_secret" in asked or asked.get("client_id", key) != key:
        raise RequestInvalid("The App shows who it is twice: in the Authorization header and in the body.")
    return (key, secret) if colon else None


def _of_multipart(boundary: bytes, body: bytes) -> Pairs:
    if not boundary:
        raise RequestInvalid("The Content-Type names no boundary.")
    reader = PartReader(boundary)
    names: list[str] = []
    values: list[bytearray] = []
    for event in [*reader.receive(body), *reader.end()]:
        match event:
            case PartBegan():
                _, given = parameters(event.headers.get("content-disposition", ""))
                names.append(given.get("name", ""))
                values.append(bytearray())
            case PartData():
                values[-1] += event.data
    if len(names) > MAX_PARAMETERS:
        raise RequestInvalid("There are too many parameters.")
    return list(zip(names, (value.decode(errors="replace") for value in values), strict=True))


def _of_json(body: bytes) -> Pairs:
    """Values that are neither texts nor numbers are nothing that we would ask for."""
    members = json_object(body, "The body").items()
    return [(name, str(value)) for name, value in members if isinstance(value, str | int)]


def _whole(text: str) -> str:
    """Return a text without half characters, which JSON can smuggle in and nothing can write down."""
    return text.encode(errors="replace").decode()
