"""What goes with an order to the converter: how much a document may take of us, and the line on top of each page."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Limits:
    """Defaults follow the measurements behind the design: the heaviest honest document needs a fifth of them."""

    pages: int = 350
    "Pages of one fax."
    file_bytes: int = 64 << 20
    text_bytes: int = 1 << 20
    "A text file; 350 pages of 60 full lines are 1.7 MB, which nobody sends."
    image_pixels: int = 100_000_000
    image_side: int = 16_384
    "Pixels along one side."
    inspect_seconds: float = 2.0
    page_seconds: float = 10.0
    "To open one file, and for each of its pages. Honest ones take 0.01 to 0.2 s."
    render_seconds: int = 360
    "Time on the processor for one fax: a second for each page, and ten."
    memory_bytes: int = 768 << 20
    "Address space of one converter, about 100 MB of which is libraries."
    output_bytes: int = 256 << 20
    at_once: int = 4
    "Documents opened at the same time; others wait."


@dataclass(frozen=True, slots=True)
class Header:
    """The line burned into the top of each page (47 CFR 68.318(d)); the page and their number are added."""

    text: str
    "Who sends, in any script."
    station_id: str
    "The sending machine's number."
    sent_at: datetime
    "Aware: the line shows it with its zone."
