"""What a line is asked to do, what it tells meanwhile, and what it reports at the end of one call."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from unifax.model.evidence import PageEvidence
from unifax.model.manner import BEST, Ability, Manner
from unifax.model.outcome import Outcome
from unifax.model.paper import Resolution
from unifax.model.transcript import Entry


@dataclass(frozen=True, slots=True)
class CallOrder:
    """One call to make."""

    fax_id: int
    delivery_id: int
    call_number: int
    "1 for the first call of a delivery."
    trunk: str
    "Name of the trunk, as in the settings."
    number: str
    "The number to dial."
    caller: str
    "The extension's own number."
    station_id: str
    document: Path
    "Fax TIFF with all pages of the fax."
    pages: int
    "Pages in the document."
    first_page: int
    "Pages confirmed by earlier calls: the call starts with the page after them."
    manner: Manner = BEST
    far_ability: Ability | None = None
    "What the machine there has said it can do; None when that is not known."
    finest: Resolution | None = None
    "Finer pages are made coarser; None for none."


class Media(StrEnum):
    """How a fax goes over the line."""

    T38 = "t38"
    G711 = "g711"


class T38Use(StrEnum):
    """Whether a trunk's calls use T.38."""

    ON = "on"
    "Where the far side offers or takes it; else the fax goes over G.711, in the same call."
    OFF = "off"
    "Never: G.711 from the start."
    ONLY = "only"
    "A far side that does not take it ends the call."


class Milestone(StrEnum):
    """What happens in a call, in this order."""

    RINGING = "ringing"
    ANSWERED = "answered"
    T38_AGREED = "t38_agreed"
    LAST_PAGE_OUT = "last_page_out"
    PAGE_CONFIRMED = "page_confirmed"


@dataclass(frozen=True, slots=True)
class Progress:
    """One step of a call in progress."""

    milestone: Milestone
    pages_confirmed: int = 0
    "Pages the far machine has confirmed in this call."
    sip_call_id: str = ""
    evidence: PageEvidence | None = None
    "Of the page that PAGE_CONFIRMED is about."


Record = Callable[[Progress], Awaitable[None]]
"""Writes progress down. When it returns, the fact is durable: the call waits for LAST_PAGE_OUT to be on disk before
it lets the end-of-procedure command leave, so that a crash after it is known to be uncertain."""


@dataclass(frozen=True, slots=True)
class CallReport:
    """How one call went."""

    outcome: Outcome
    pages_confirmed: int = 0
    "Pages the far machine confirmed in this call."
    sip_status: int | None = None
    t30_code: int | None = None
    "libspandsp's completion code (t30.h), when T.30 began."
    media: Media | None = None
    "How the fax went, when it began."
    far_station_id: str | None = None
    far_ability: Ability | None = None
    "What the far machine says it can do."
    bits_per_second: int | None = None
    sip_call_id: str | None = None
    retry_after_seconds: int | None = None
    "How long the far side asked not to be called (RFC 3261 20.33)."
    transcript: Sequence[Entry] = field(default=(), repr=False)
    packets: bytes = field(default=b"", repr=False)
    "A gzipped pcap without page content; empty when packets are not recorded."


Dial = Callable[[CallOrder, Record], Awaitable[CallReport]]
"Makes one call to its end. Never raises for anything the telephone network or the far machine does."
