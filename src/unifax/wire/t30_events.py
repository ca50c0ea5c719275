"""What a T.30 fax tells, and what goes with that. Knows no library, no line, no packets and no time."""

from dataclasses import dataclass
from typing import NamedTuple

from unifax.model.evidence import PageEvidence


class Counters(NamedTuple):
    """The library's counters at one moment. Page counts are of this call."""

    far_station_id: str | None
    bits_per_second: int
    ecm: bool
    coding: str
    "`MH`, `MR` or `MMR`; empty before it is agreed."
    pages_accepted: int
    "Pages sent that the far side has accepted."
    pages_in_file: int
    "Of the document that is sent."
    pages_received: int
    "Pages in the file that is received."
    columns: int
    rows: int
    bad_rows: int


@dataclass(frozen=True, slots=True)
class Coded:
    """A page as it was coded for the line; see `model.evidence.PageEvidence`."""

    bits: int
    sha256: str
    rows_per_metre: int
    row_bits: int


@dataclass(frozen=True, slots=True)
class Negotiated:
    """The machines have agreed and trained (CFR). Comes again after every retraining, then often slower."""

    far_station_id: str | None
    bits_per_second: int
    ecm: bool
    coding: str


@dataclass(frozen=True, slots=True)
class PageSending:
    """A page begins to go out, for the first time or again."""

    page: int
    "0 for the first page of the document, wherever this call began; so in all events of a sender."


@dataclass(frozen=True, slots=True)
class LastPageOut:
    """The question after the last page is about to leave, for the first time: from here the fax may have arrived."""


@dataclass(frozen=True, slots=True)
class PageConfirmed:
    """The far side has received a page, with ECM without a fault."""

    page: int
    answer: str
    "`MCF`, or `RTP` or `PIP`, which confirm too."
    bits_per_second: int
    evidence: PageEvidence | None = None


@dataclass(frozen=True, slots=True)
class PageRefused:
    """The far side (or we, when receiving) could not read a page. It may yet be sent again and confirmed."""

    page: int
    answer: str


@dataclass(frozen=True, slots=True)
class PageReceived:
    """A page is in the file, whole, and its confirmation is about to leave."""

    page: int
    "0 for the first page of this call."
    columns: int
    rows: int
    bad_rows: int
    bits_per_second: int
    last: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """An HDLC frame, for the transcript; frames of page images are left out."""

    outgoing: bool
    name: str
    "`DIS`, `DCS`, `MCF`, `PPS-EOP`; `?FF` for a facsimile control field that T.30 does not have."
    bits: bytes = b""
    "Of DIS, DTC and DCS, what they tell (T.30 table 2), bit 1 being the lowest of the first octet; else empty."


@dataclass(frozen=True, slots=True)
class Finished:
    """T.30 has ended; nothing comes after this. Do not judge by `code`: 0 comes even when the last page was refused."""

    code: int
    "libspandsp's completion code (t30.h)."
    text: str
    pages_sent: int
    "Pages confirmed to us."
    pages_received: int
    "Pages we confirmed."
    far_station_id: str | None
    bits_per_second: int
    ecm: bool
    bad_rows: int
    "Rows that were repaired, in all pages received."


Event = Negotiated | PageSending | LastPageOut | PageConfirmed | PageRefused | PageReceived | Frame | Finished
