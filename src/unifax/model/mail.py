"""Mail: addresses as we take them, what is told by mail, and when it is tried again. Knows no SMTP and no database."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from unifax.model.errors import RequestInvalid

MAX_ADDRESS = 254
"RFC 5321 4.5.3.1.3, without the brackets."
MAX_ADDRESSES = 20
"Of one setting of an extension, and of one forwarding: each is a mail of its own."
MAX_NOTE = 2000

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.ASCII)
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(\.{_LABEL})*", re.ASCII)


def parse_address(text: str) -> str:
    """Return a mail address as it is kept: the domain in small letters. Raises RequestInvalid.

    No quotes, comments or line ends come through this door, so an address can end no header line (RFC 5321 4.1.2).
    """
    address = text.strip(" ")
    local, at, domain = address.rpartition("@")
    good = bool(at) and len(address) <= MAX_ADDRESS and len(local) <= 64
    if not good or not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain):
        raise RequestInvalid(f"'{address[:60]!s}' is no mail address, as name@example.com is.")
    return f"{local}@{domain.lower()}"


def parse_addresses(texts: Iterable[str]) -> Sequence[str]:
    """Return several, each once. Raises RequestInvalid."""
    found = list(dict.fromkeys(parse_address(each) for each in texts))
    if len(found) > MAX_ADDRESSES:
        raise RequestInvalid(f"At most {MAX_ADDRESSES} mail addresses can stand here.")
    return found


def same_address(one: str, other: str) -> bool:
    """Whether two addresses are the same for those who let senders in: no host tells great letters from small."""
    return one.lower() == other.lower()


class MailKind(StrEnum):
    """What a mail tells."""

    RECEIVED = "received"
    "A fax has come in: here it is."
    FORWARDED = "forwarded"
    "Somebody passes a received fax on."
    REPORT = "report"
    "A fax has come to its end."


class MailState(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    "The next mail server has taken it."
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail to be sent, as its row says it."""

    id: int
    extension: str
    kind: MailKind
    address: str
    made_at: datetime
    inbox_id: int | None
    fax_id: int | None
    note: str
    "Words of the person who passes it on."
    work: int
    "Serial of the work that may send it now."
    tries: int
    "Made before this one."


@dataclass(frozen=True, slots=True)
class Posted:
    """What came of one try."""

    trouble: str | None = None
    "Why it did not go, in a few words; None when it did."
    is_final: bool = False
    "It is of no use to try again: the server has said no for good (a 5xx)."


_MINUTE, _HOUR = 60.0, 3600.0
PAUSES_SECONDS = (_MINUTE, 5 * _MINUTE, 15 * _MINUTE, _HOUR, 3 * _HOUR, 6 * _HOUR, 12 * _HOUR, 24 * _HOUR)
"After each try that failed. RFC 5321 4.5.4.1 has 30 minutes in mind between strangers; this server is one's own."
SPREAD = 0.1
"Part of a pause by which it may be longer."


def next_try(made: int, now: datetime, chance: float) -> datetime | None:
    """Return when to try again, or None to give up. `made` counts the try that has just failed; `chance` is 0 to 1."""
    if made > len(PAUSES_SECONDS):
        return None
    return now + timedelta(seconds=PAUSES_SECONDS[made - 1] * (1 + SPREAD * chance))
