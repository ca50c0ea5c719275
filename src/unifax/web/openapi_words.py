"""What OpenAPI is told of all routes alike: the words, and the shapes, that no route has to repeat."""

from collections.abc import Mapping
from typing import Any, TypeAlias

Tree: TypeAlias = dict[str, Any]
"A JSON tree in OpenAPI's own shape."

ABOUT = """\
The Faxes service of the VoipNow UnifiedAPI, and what belongs to it.

Every address under `/uapi` is there under `/unifiedapi`, too. A slash at its end means nothing; `@` and `*` may be
percent-encoded; nothing is ever answered by a redirect. `HEAD` is answered as `GET`, `OPTIONS` by naming methods.
Every other service of the UnifiedAPI is 501 `request_not_implemented`.

Fields without a value are left out of answers. More fields, and more codes, may come: ignore those you do not know.
"""

SECURITY: Tree = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "An access token. The bare token, without `Bearer`, is taken as well.",
    },
    "query": {
        "type": "apiKey",
        "in": "query",
        "name": "accessRequestToken",
        "description": "For those who cannot set a header. Addresses end up in logs: better use the header.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "__Host-unifax",
        "description": "Of a browser that has signed in. What is no `GET` needs `X-CSRF-Token` as well.",
    },
    "oauth": {
        "type": "oauth2",
        "description": "How a token is got: by trust (`clientCredentials`), or by a person's consent.",
        "flows": {
            "clientCredentials": {"tokenUrl": "/oauth/token.php", "scopes": {}},
            "authorizationCode": {
                "authorizationUrl": "/oauth/authorize.php",
                "tokenUrl": "/oauth/token.php",
                "refreshUrl": "/oauth/token.php",
                "scopes": {},
            },
        },
    },
}

APP_SECURITY: Tree = {
    "app": {
        "type": "http",
        "scheme": "basic",
        "description": "The key and the secret of an App. They may stand in the body instead.",
    },
}
"How Apps show who they are where they ask for tokens."

PARAMETERS: Mapping[str, str] = {
    "user": "`@me` or `@viewer`: whose token it is; `@owner`: whose extension it is; or the number of an account.",
    "extension": "The extension: `0003*210`, or `210` within one's own client.",
    "fax_id": "The `id` of a fax.",
    "inbox_id": "The `id` of a fax received.",
    "position": "1 for the first recipient.",
    "number": "1 for the first call.",
    "page": "1 for the first page.",
}
"What a parameter of a path means wherever it stands, unless its route says it."

GROUPS: Mapping[str, tuple[str, str]] = {
    "/uapi/faxes": ("Faxes", "Faxes that an extension sends: sending, watching, stopping them."),
    "/uapi/covers": ("Faxes", ""),
    "/uploads": ("Uploads", "Where the files of a fax go that was sent as JSON."),
    "/uapi/inbox": ("Inbox", "Faxes that an extension has received."),
    "/uapi/extensions": ("Hooks", "Addresses of yours that are told what happens to the faxes of an extension."),
    "/oauth": ("OAuth", "Access tokens (RFC 6749). Errors are flat here."),
    "/.well-known": ("OAuth", ""),
    "/admin/missed-calls": ("Missed calls", "Calls from outside that brought no page."),
    "/admin/trunks": ("Trunks", "The ways to numbers, and whether their servers answer."),
    "/admin/destinations": ("Destinations", "Numbers that were called: what that has taught, and what was decided."),
    "/admin": ("Accounts", "Accounts below one's own, their extensions and their Apps."),
    "/": ("Service", "Is it up, can it work."),
}
"Chapters, by the beginning of a path; the first that fits."

HEADERS: Tree = {
    "X-Request-Id": {
        "description": "The id under which this request stands in the log.",
        "required": True,
        "schema": {"type": "string"},
    },
    "RateLimit-Policy": {
        "description": "The rates that hold for this App and account: `q` requests in `w` seconds.",
        "schema": {"type": "string"},
        "example": '"app";q=600;w=60, "account";q=1200;w=60',
    },
    "RateLimit": {
        "description": "Where this App and account stand: `r` requests may come at once; all again in `t` seconds.",
        "schema": {"type": "string"},
        "example": '"app";r=599;t=1, "account";r=1199;t=1',
    },
    "Retry-After": {
        "description": "Seconds after which to ask again.",
        "required": True,
        "schema": {"type": "integer", "minimum": 0},
    },
    "WWW-Authenticate": {
        "description": "The scheme to use (RFC 6750 3).",
        "required": True,
        "schema": {"type": "string"},
    },
}

ERROR: Tree = {
    "type": "object",
    "description": "What went wrong, in the one shape of all services.",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {
                "code": {"type": "string", "description": "Stable; for programs."},
                "message": {"type": "string", "description": "A sentence for people."},
            },
            "additionalProperties": False,
        }
    },
    "additionalProperties": False,
}

FLAT_ERROR: Tree = {
    "type": "object",
    "description": "What went wrong, as OAuth says it (RFC 6749 5.2).",
    "required": ["error"],
    "properties": {
        "error": {"type": "string", "description": "Stable; for programs."},
        "error_description": {"type": "string", "description": "A sentence for people."},
    },
}
