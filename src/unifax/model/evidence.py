"""What is known of a page that was confirmed, and what is done about an uncertain fax. Knows no telephony."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class PageEvidence:
    """A page as it went over the line, and the answer that confirmed it."""

    page: int
    "0 for the first page of the document."
    answer: str
    "The frame of T.30 that confirmed it: `MCF`, or `RTP` or `PIP`."
    coding: str
    "`MH`, `MR` or `MMR`."
    ecm: bool
    bits: int
    "Of the coded page, sent once."
    sha256: str
    "Of the coded page, hex: its octets as they went out, the first bit of each being its lowest."
    bits_per_second: int
    columns: int
    rows: int
    rows_per_metre: int
    row_bits: int
    "No row was shorter: it was filled up, for machines that print while they receive (T.30 table 2). 0: not filled."
    times_sent: int
    "1, unless the far machine could not read it, or T.30 trained anew."
    repeat_requests: int
    "With ECM: how often the far machine asked for parts of it again (PPR)."
    blocks_resent: int
    "And how many it asked for, of at most 256 octets each."


@dataclass(frozen=True, slots=True)
class ConfirmedPage:
    """Evidence as it was written down."""

    call_number: int
    confirmed_at: datetime
    "When it was on our disk: a moment after the answer had come."
    evidence: PageEvidence


class WhenUncertain(StrEnum):
    """What is done about a recipient who may have the fax already: the confirmation of its last page was lost."""

    HOLD = "hold"
    "Nothing. It stays uncertain until somebody sends it again or says what has become of it."
    ASK = "ask"
    "The same, and it is shown as waiting for somebody's decision."
    RESEND = "resend"
    "It is called again; the pages not confirmed may arrive twice."


class Decision(StrEnum):
    """What is known about an uncertain recipient from elsewhere."""

    WANTED = "wanted"
    "Somebody is to decide."
    ARRIVED = "arrived"
    "Somebody says that the fax is there."
    NOT_ARRIVED = "not_arrived"
    "Somebody says that it is not, and does not want it sent again."
