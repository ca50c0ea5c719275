"""What a call is for, and its patience. Knows no call."""

from dataclasses import dataclass, field

from unifax.line.media import MediaTerms
from unifax.model.call import T38Use
from unifax.wire.t30 import TerminalOptions


@dataclass(frozen=True, slots=True)
class Plan:
    """How one call is to go."""

    terminal: TerminalOptions
    t38: T38Use = T38Use.ON
    "OFF declines every offer of T.38 with 488 and makes none; ONLY sends and hears no audio."
    offer_after_seconds: float | None = 2.0
    "After this long in TALKING we offer T.38 ourselves; None leaves it to the far side."
    dialling_seconds: float = 35.0
    "INVITE to first ringing; the transaction's own Timer B ends at 32 s (RFC 3261 17.1.1.2)."
    silent_seconds: float | None = None
    """INVITE to the first answer, be it 100, where another server can be asked then: it should come within 0.2 s
    (RFC 3261 17.2.1). None leaves it to Timer B."""
    ring_seconds: float = 60.0
    negotiation_seconds: float = 45.0
    "TALKING at most: until T.38 is agreed or T.30 heard; VoipNow's default for the same thing."
    page_seconds: float = 360.0
    "FAXING without any page or negotiation making progress; Kazoo's figure for a page."
    parting_seconds: float = 1.0
    closing_seconds: float = 35.0
    media_terms: MediaTerms = field(default_factory=MediaTerms)
