"""Hooks: who is told of which events, how, and when it is tried again. Knows no HTTP client and no database."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from ipaddress import IPv6Address
from urllib.parse import unquote, urlsplit

from unifax.model.errors import RequestInvalid
from unifax.model.event import Event, EventKind
from unifax.model.reach import Address, ip_address_of

MAX_URL = 2000
MAX_NOTE = 255
MAX_HOOKS = 20
"Of one extension: each of its events is told to all of them."

ROTATION = timedelta(hours=24)
"How long notices are signed with the old secret as well, after a new one was made."


class HookType(IntEnum):
    """What a hook is told of, in the manner of VoipNow's Call Events."""

    FAX_OUT = 0
    "The state of a fax that was sent has changed."
    RECIPIENT = 1
    "The state of one of its recipients has changed."
    FAX_IN = 2
    "A fax was received."


TYPES: Mapping[EventKind, HookType] = {
    EventKind.FAX: HookType.FAX_OUT,
    EventKind.RECIPIENT: HookType.RECIPIENT,
    EventKind.RECEIVED: HookType.FAX_IN,
}
"Steps of calls are not here: they are for those who look on."


class HookMethod(IntEnum):
    """How a hook is told."""

    GET = 0
    "Parameters in the query, as VoipNow does."
    POST = 1
    "Parameters as a form, as VoipNow does."
    JSON = 2
    "A POST in the shape of Standard Webhooks."


class HookStatus(IntEnum):
    OFF = 0
    ON = 1


class NoticeState(StrEnum):
    WAITING = "waiting"
    TOLD = "told"
    GIVEN_UP = "given_up"


_CHARACTERS = re.compile(r"[A-Za-z0-9._~:/?\[\]@!$&'()*+,;=%-]+", re.ASCII)  # RFC 3986 2, without `#`
_ENCODED = re.compile(r"https?%3a%2f%2f", re.IGNORECASE)
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"(?:{_LABEL}\.)*(?=[a-z_]){_LABEL}\.?", re.ASCII)
"""A name that nobody could take for a number: its last label begins with a letter. To some resolvers `2130706433`,
`0x7f.1` and `0177.1` are all the loopback address."""


@dataclass(frozen=True, slots=True)
class HookUrl:
    """Where a hook's receiver listens, taken apart once, so that nobody reads it in another way afterwards."""

    text: str
    scheme: str
    host: str
    "A name, or an address without brackets; small letters."
    port: int
    target: str
    "Path and query, at least `/`."

    @classmethod
    def parse(cls, text: str) -> "HookUrl":
        """Read an absolute http or https address, which may be percent-encoded as a whole. Raises RequestInvalid."""
        if _ENCODED.match(text):
            text = unquote(text)
        refused = RequestInvalid(
            f"'url' must be an absolute http:// or https:// address of up to {MAX_URL} characters (RFC 3986), "
            "without a user or a fragment."
        )
        if len(text) > MAX_URL or not _CHARACTERS.fullmatch(text):
            raise refused
        try:
            parts = urlsplit(text)
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise refused from error
        if parts.scheme not in ("http", "https") or "@" in parts.netloc or parts.netloc.endswith(":") or port == 0:
            raise refused
        if host is None or not _is_host(host, parts.netloc.startswith("[")):
            raise refused
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return cls(text, parts.scheme, host, port or (443 if parts.scheme == "https" else 80), target)

    @property
    def address(self) -> Address | None:
        """The IP address, when it stands there itself."""
        return ip_address_of(self.host)

    @property
    def authority(self) -> str:
        """Host and port as a Host header has them (RFC 9110 7.2)."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.scheme == "https" else 80) else f"{host}:{self.port}"


def _is_host(host: str, in_brackets: bool) -> bool:
    """Whether a host is a name, or an IP address as RFC 3986 3.2.2 writes it: IPv6 in brackets, and without a zone."""
    address = ip_address_of(host)
    if address is None:
        return not in_brackets and len(host) <= 253 and _NAME.fullmatch(host) is not None
    return isinstance(address, IPv6Address) == in_brackets and "%" not in host


@dataclass(frozen=True, slots=True)
class Hook:
    """One receiver of the events of one extension."""

    id: int
    extension_id: int
    type: HookType
    url: HookUrl
    method: HookMethod
    status: HookStatus
    note: str
    secret: int
    "How often its secret was changed."
    rotated_at: datetime | None
    modified_at: datetime


@dataclass(frozen=True, slots=True)
class NoticeView:
    """One event that is told to one hook, as an App sees it."""

    id: int
    event_id: int
    replay: int
    "0, then 1 and on each time it was asked to be told again."
    state: NoticeState
    tries: int
    next_try_at: datetime | None
    tried_at: datetime | None
    http_status: int | None
    trouble: str | None


@dataclass(frozen=True, slots=True)
class Due:
    """A notice to be told now."""

    notice_id: int
    work: int
    tries: int
    "Made before this one."
    hook: Hook
    event: Event
    trace: str | None = None
    "W3C traceparent of the request that brought the fax."


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one try."""

    http_status: int | None
    "None when no answer came."
    trouble: str | None = None
    "Why it did not work, in a few words for the owner of the hook; None when it did."
    retry_after_seconds: float | None = None

    @property
    def is_told(self) -> bool:
        return self.http_status is not None and 200 <= self.http_status < 300

    @property
    def is_gone(self) -> bool:
        """Whether the receiver wants no more of it (RFC 9110 15.5.11; Standard Webhooks asks to switch off then)."""
        return self.http_status == 410


_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0
PAUSES_SECONDS = (
    *(5.0, 5 * _MINUTE, 30 * _MINUTE, 2 * _HOUR, 5 * _HOUR),
    *(10 * _HOUR, 14 * _HOUR, 20 * _HOUR, 24 * _HOUR, 24 * _HOUR),
)
"""After each try that failed: the example of Standard Webhooks ("Deliverability and reliability"), and a day more.
Eleven tries in four days."""

LONGEST_PAUSE_SECONDS = _DAY
"A receiver may put us off for so long, and no longer."

SPREAD = 0.1
"Part of a pause by which it may be longer, so that what failed together is not tried again together."


def next_try(made: int, now: datetime, retry_after_seconds: float | None, chance: float) -> datetime | None:
    """Return when to try again, or None to give up. `made` counts the try that has just failed; `chance` is 0 to 1."""
    if made > len(PAUSES_SECONDS):
        return None
    asked = min(max(retry_after_seconds or 0.0, 0.0), LONGEST_PAUSE_SECONDS)
    pause = max(PAUSES_SECONDS[made - 1] * (1 + SPREAD * chance), asked)
    return now + timedelta(seconds=pause)
