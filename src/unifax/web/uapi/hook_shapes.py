"""Hooks and notices as JSON, and what may be said of them. Knows no queries."""

from typing import Annotated

from pydantic import Field

from unifax.model.hook import MAX_NOTE, MAX_URL, Hook, HookMethod, HookStatus, HookType, NoticeState, NoticeView
from unifax.web.uapi.collections import ENTRY
from unifax.web.uapi.shape import Moment, Shape


class HookShape(Shape):
    model_config = ENTRY

    id: str
    type: HookType
    url: str
    method: HookMethod
    status: HookStatus
    note: str
    modified: Moment


class HookWithSecret(HookShape):
    secret: str
    "Shown when it is made, and never again."


Url = Annotated[str, Field(max_length=3 * MAX_URL, description="http or https, RFC 3986.")]


class HookChange(Shape):
    """What may be said of a hook. Numbers may be written as strings; what is not said stays, or is as by default."""

    type: HookType | None = None
    url: Url | None = None
    method: HookMethod | None = None
    status: HookStatus | None = None
    note: str | None = Field(default=None, max_length=MAX_NOTE)


class HookOfType(HookChange):
    """What is said of a new hook whose type stands in the address."""

    url: Url


class HookNew(HookOfType):
    """What is said of a new hook."""

    type: HookType


class ReplayAsked(Shape):
    """What is to be told again. One of the three."""

    since: str | None = None
    "A moment: every event since then."
    after: str | None = None
    "The id of an event: all that came later."
    event: str | None = None
    "The id of an event: this one."


class ReplayShape(Shape):
    notices: int
    "Events that are told again."
    last_event: str | None
    "The last of them: more may be told `after` it."


class NoticeShape(Shape):
    """One event that a hook was told, or is to be told."""

    model_config = ENTRY

    id: str
    event: str
    "Its id: the `EventID` that is told."
    replay: int
    "0, then 1 and on each time it was asked to be told again."
    state: NoticeState
    tries: int
    next_try_at: Moment | None
    tried_at: Moment | None
    http_status: int | None
    "Of the last try; missing when no answer came."
    trouble: str | None
    "Why the last try failed, in a few words."


def hook_shape(hook: Hook) -> HookShape:
    """Return what an App may see of a hook."""
    return HookShape(
        id=str(hook.id),
        type=hook.type,
        url=hook.url.text,
        method=hook.method,
        status=hook.status,
        note=hook.note,
        modified=hook.modified_at,
    )


def notice_shape(notice: NoticeView) -> NoticeShape:
    """Return what an App may see of a notice."""
    return NoticeShape(
        id=str(notice.id),
        event=str(notice.event_id),
        replay=notice.replay,
        state=notice.state,
        tries=notice.tries,
        next_try_at=notice.next_try_at,
        tried_at=notice.tried_at,
        http_status=notice.http_status,
        trouble=notice.trouble,
    )
