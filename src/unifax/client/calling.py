"""Hooks of an extension: what is asked, and how it is read (docs/hooks.md). Each is a plan; knows no socket."""

from datetime import UTC, datetime
from enum import IntEnum

from pydantic import Field

from unifax.client.api import Api
from unifax.client.shapes import Page, Shape
from unifax.client.steps import Plan, Showing, read


class HookType(IntEnum):
    """What a hook is told."""

    FAX_OUT = 0
    RECIPIENT = 1
    FAX_IN = 2


class HookMethod(IntEnum):
    """How a hook is told."""

    GET = 0
    FORM = 1
    JSON = 2


class Hook(Shape):
    """An address that is told what happens to the faxes of an extension."""

    id: str
    type: HookType
    url: str
    method: HookMethod
    status: int
    "1 on, 0 off."
    note: str = ""
    modified: datetime | None = None
    secret: str | None = Field(default=None, repr=False)
    "Only when it has just been made."


class Replay(Shape):
    """What is told again."""

    notices: int
    last_event: str | None = None
    "More may be told after it."


def hooks(api: Api) -> Showing[Hook]:
    """Show the hooks of the extension."""
    return api.entries(Page[Hook], _at(api), {})


def hook(api: Api, kind: HookType, hook_id: str) -> Plan[Hook]:
    return read(Hook, (yield from api.get(_at(api, kind, hook_id))))


def add_hook(
    api: Api, kind: HookType, url: str, *, method: HookMethod = HookMethod.JSON, is_on: bool = True, note: str = ""
) -> Plan[Hook]:
    """Add a hook. Its secret is in the answer, and never again."""
    asked = {"url": url, "method": method, "status": int(is_on), "note": note}
    return read(Hook, (yield from api.post(_at(api, kind), asked)))


def change_hook(
    api: Api,
    kind: HookType,
    hook_id: str,
    *,
    url: str | None = None,
    method: HookMethod | None = None,
    is_on: bool | None = None,
    note: str | None = None,
) -> Plan[Hook]:
    """Change what is named of a hook, and leave the rest."""
    changes = {"url": url, "method": method, "status": None if is_on is None else int(is_on), "note": note}
    asked = {name: value for name, value in changes.items() if value is not None}
    return read(Hook, (yield from api.change("PUT", _at(api, kind, hook_id), asked, repeatable=True)))


def remove_hook(api: Api, kind: HookType, hook_id: str) -> Plan[Hook]:
    """Remove a hook; return it as it was."""
    return read(Hook, (yield from api.change("DELETE", _at(api, kind, hook_id), None)))


def renew_hook_secret(api: Api, kind: HookType, hook_id: str) -> Plan[Hook]:
    """Give a hook another secret, which is in the answer. For a day the old one signs as well."""
    return read(Hook, (yield from api.post(_at(api, kind, hook_id, "secret"), None)))


def replay_hook(
    api: Api, kind: HookType, hook_id: str, *, since: datetime | None = None, after: str | None = None
) -> Plan[Replay]:
    """Tell a hook again of what has happened since a moment, or after an event; up to 1,000 events."""
    asked = {"since": f"{since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"} if since is not None else {"after": after}
    return read(Replay, (yield from api.post(_at(api, kind, hook_id, "replay"), asked)))


def _at(api: Api, kind: HookType | None = None, *below: str) -> str:
    return api.path("extensions", "faxEvents", *([] if kind is None else [str(int(kind))]), *below)
