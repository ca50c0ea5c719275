"""A call from outside: what the line asks about it, what it is answered, and what it tells of the fax that comes in."""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from unifax.model.errors import RequestInvalid
from unifax.model.outcome import Outcome
from unifax.model.transcript import Entry

_DID = re.compile(r"\+?[0-9]{2,20}")
_PUNCTUATION = re.compile(r"[\s().\-/]")


def parse_did(text: str) -> str | None:
    """Return a telephone number that we are called by, as it is kept, or None when the text is none.

    International numbers are kept without what marks them: `+49401234`, `0049401234` and `49401234` are one number.
    Others are kept as the carrier dials them.
    """
    plain = _PUNCTUATION.sub("", text)
    if not _DID.fullmatch(plain):
        return None
    return plain.removeprefix("+").removeprefix("00") or None


def new_did(text: str) -> str:
    """Return a telephone number as it is kept. Raises RequestInvalid."""
    number = parse_did(text)
    if number is None:
        raise RequestInvalid("'number' must be a telephone number of up to 20 digits.")
    return number


@dataclass(frozen=True, slots=True)
class IncomingCall:
    """A call that rings."""

    trunk: str
    "The trunk it comes from."
    called: str
    "The number that was dialled."
    caller: str
    "May be empty."
    sip_call_id: str


@dataclass(frozen=True, slots=True)
class Reception:
    """A call that is to be answered, and what for."""

    id: int
    file: Path
    "Where the fax TIFF is to be written."
    station_id: str
    "What the machine that answers calls itself."


class Turned(StrEnum):
    """Why a call is not answered."""

    NO_SUCH_NUMBER = "no such number"
    NO_FAX = "the extension may not fax"
    FULL = "the trunk has as many calls as it may have"
    BUSY = "the extension has as many calls as it may have"


@dataclass(frozen=True, slots=True)
class PageIn:
    """A page that is in the file of its call and waits to be confirmed."""

    pages: int
    "So many are in the file with it."
    last: bool
    bad_rows: int
    far_station_id: str | None
    bits_per_second: int | None


@dataclass(frozen=True, slots=True)
class MissedCall:
    """A call from outside that has brought no page: it was refused, or nothing came."""

    id: int
    trunk: str
    caller: str
    called: str
    sip_call_id: str
    begun_at: datetime
    missed_at: datetime
    reason: str
    "How it ended (`Outcome`), or why it was not answered (`Turned`, by its name)."
    recorded: bool
    "Whether there is a transcript."


Admit = Callable[[IncomingCall], Awaitable[Reception | Turned]]
"Says whose call it is. What is begun by it is to be settled."

KeepPage = Callable[[Reception, PageIn], Awaitable[None]]
"When it returns, the page would survive a power cut. What it raises keeps the page from being confirmed."


@dataclass(frozen=True, slots=True)
class Recorded:
    """How a call ended, and what happened in it, if that is recorded."""

    transcript: Sequence[Entry] = ()
    packets: bytes = b""
    "A gzipped pcap."
    outcome: Outcome | None = None
    "None when it broke, or could not be answered."


Settle = Callable[[Reception, Recorded], Awaitable[None]]
"The call is over: what came in is kept, and told."
