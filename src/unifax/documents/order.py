"""What goes to a converter's child: how much a document may take of us, and the order, as bytes on a socket."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from pydantic import TypeAdapter

from unifax.model.header import PLAIN, HeaderStyle
from unifax.model.paper import AS_IT_COMES, PaperTerms


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
    open_cpu_seconds: int = 10
    "Time on the processor for one fax, and a second more for each page."
    memory_bytes: int = 768 << 20
    "Address space of one converter, about 100 MB of which is libraries."
    output_bytes: int = 256 << 20
    zygote_bytes: int = 256 << 20
    "Resident memory of a zygote, which begins with some 80 MB; one that has more is replaced."
    at_once: int = 4
    "Documents opened at the same time; others wait."
    spares: int = 2
    "Children that wait for an order, ready and confined. More would wait for a processor all the same."

    def cpu_seconds(self, pages: int) -> int:
        """Return the time on the processor that a fax of so many pages may take."""
        return self.open_cpu_seconds + pages


@dataclass(frozen=True, slots=True)
class Header:
    """What the line at the top of each page is made of; the page and their number are added."""

    text: str
    "Who sends, in any script."
    station_id: str
    "The sending machine's number."
    sent_at: datetime
    "Aware: the line shows it with its zone."
    zone: str = ""
    "What people call the zone; empty: by its distance from UTC."
    recipient: str = ""
    "The number that is called; empty when there are several."
    style: HeaderStyle = PLAIN

    @property
    def when(self) -> str:
        """Date, time and zone, as people write them all over the world (ISO 8601)."""
        return f"{self.sent_at:%Y-%m-%d %H:%M} {self.zone or self.sent_at.tzname()}"


MESSAGE_BYTES = 1 << 17
"An order with a template of 48 KB, were each letter of it two in JSON, and a cover page full of words."
DESCRIPTORS = 16
"Beside an order: a socket for the answer, the files (settings: `fax.max_files`, at most 10), and the TIFF."


class Task(StrEnum):
    """What a child can be asked to do."""

    TRY = "try"
    "Say which walls stand around it."
    INSPECT = "inspect"
    RENDER = "render"
    REPORT = "report"
    "Set a transmission report as a PDF: what it says, a picture or nothing, and the PDF."
    KILL = "kill"
    "Asked of the zygote: end the child that has the order of this number."


@dataclass(frozen=True, slots=True)
class Order:
    """One order to a zygote. The descriptors that it is about go beside it."""

    number: int
    task: Task
    header: Header | None = None
    "Of RENDER."
    terms: PaperTerms = AS_IT_COMES
    template: str = ""
    "Of the cover page, in Typst; empty: ours."


def packed(order: Order) -> bytes:
    """Return an order as it goes over the control socket."""
    return _ORDER.dump_json(order)


def unpacked(message: bytes) -> Order:
    """Return an order as it was packed."""
    order = _ORDER.validate_json(message)
    if order.header is None:
        return order
    sent_at = datetime.fromisoformat(order.header.sent_at.isoformat())  # Python's own zones have a name for people
    return replace(order, header=replace(order.header, sent_at=sent_at))


_ORDER = TypeAdapter(Order)
