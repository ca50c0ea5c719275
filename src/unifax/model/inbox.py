"""A fax that an extension has received, as an App sees it."""

from dataclasses import dataclass
from datetime import datetime

from unifax.model.content import Content


@dataclass(frozen=True, slots=True)
class InboxView:
    """One received fax."""

    id: int
    extension: str
    "Who received it."
    sender: str
    "The number it came from; empty when the caller withheld it."
    received_at: datetime
    read_at: datetime | None
    "When somebody marked it as read."
    pages: int
    document: Content
    "The fax TIFF."
    complete: bool = True
    "False when the call was cut off before its last page: these are the pages that came."
    called: str | None = None
    "The number that was dialled; None when it came from an extension of ours, without a call."
    far_station_id: str | None = None
    "What the sending machine calls itself (TSI)."
    bits_per_second: int | None = None
    bad_rows: int = 0
    "Rows of its pages that came damaged and were repaired."
    sip_call_id: str | None = None
    held_at: datetime | None = None
    "Since when its content is held back from deletion."
    forgotten_at: datetime | None = None
    "When its content was deleted."
    turned: int = 0
    "How its pages are shown: degrees, clockwise."
