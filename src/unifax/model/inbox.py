"""A fax that an extension has received, as an App sees it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class InboxView:
    """One received fax."""

    id: int
    extension: str
    "Who received it."
    sender: str
    "The number it came from."
    received_at: datetime
    read_at: datetime | None
    "When somebody marked it as read."
    pages: int
    document: str
    "SHA-256 of the fax TIFF, hex."
