"""What a T.30 fax tells, and the account it keeps of its pages. Knows no library, no line, no packets and no time."""

from dataclasses import dataclass

from unifax.model.outcome import Outcome

ACCEPTED = frozenset({"MCF", "RTP", "PIP"})
"The page was received; RTP also asks for new training, PIP for an operator (T.30 5.3.6.1.7)."
REFUSED = frozenset({"RTN", "PIN"})
"The page was not received well enough (ibidem)."
LAST_PAGE = frozenset({"EOP", "PRI-EOP", "PPS-EOP", "PPS-PRI-EOP"})
"End of procedure: the question after the last page (T.30 5.3.6.1.6, A.4.3)."
END_OF_PAGE = LAST_PAGE | {
    *("MPS", "EOM", "PRI-MPS", "PRI-EOM"),
    *("PPS-MPS", "PPS-EOM", "PPS-PRI-MPS", "PPS-PRI-EOM"),
}
"Every question after a page. PPS-NULL asks about a part of one (T.30 A.4.3)."
_UNKNOWN = "?"
"""First character of the name of a frame that T.30 does not have. libspandsp 0.0.6 itself answers a last page that it
could not read, without ECM, with FCF 0xFF instead of RTN: an answer, and no confirmation."""


@dataclass(frozen=True, slots=True)
class Counters:
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


class Pages:
    """The account of one call's pages.

    Who sends asks after each page (MPS, EOP), and the answer decides. libspandsp 0.0.6, measured: RTN or PIN after a
    page without ECM and it sends the same page again, slower; after the last page it hangs up and calls that good;
    with ECM it hangs up with a code. RTP and PIP count as received.

    Who receives answers. libspandsp 0.0.6, measured in 21 of 250 damaged faxes: without ECM, when the end of a page is
    lost, it takes the question after the page for the one before it, repeated, and confirms again what it has
    confirmed. The page is in no file, and its sender would call it sent. `uncounted` says so.
    """

    def __init__(self, sending: bool, first_page: int = 0) -> None:
        self.events: list[Event] = []
        self.confirmed = 0
        "Pages confirmed: to us when sending, by us when receiving."
        self.all_confirmed = False
        "The last page was confirmed, and all before it."
        self.last_page_out = False
        "The question after the last page was put."
        self.last_page_unconfirmed = False
        "The question after the last page was put, and has had no answer since: the fax may have arrived."
        self.refused: set[int] = set()
        "Pages refused and not confirmed since."
        self.uncounted = False
        "A page is about to be confirmed that is not in the file: this must not leave."
        self._sending = sending
        self._first_page = first_page
        self._bad_rows = 0
        self._question: str | None = None
        self._confirmed_question: str | None = None
        "When receiving: the question that was confirmed last."
        self._kept: tuple[Counters, bool] | None = None

    @property
    def proven(self) -> Outcome | None:
        """SENT, UNCERTAIN or PAGE_REFUSED when the pages prove it, whatever code the call ends with; else None."""
        if self.all_confirmed:
            return Outcome.SENT
        if self.last_page_unconfirmed:
            return Outcome.UNCERTAIN
        return Outcome.PAGE_REFUSED if self.refused else None

    def frame(self, outgoing: bool, name: str, counters: Counters, bits: bytes = b"") -> bool:
        """A frame went out or came in. Return whether it is to be held back until its fact is on disk."""
        self.events.append(Frame(outgoing, name, bits))
        if name == "CFR" and outgoing is not self._sending:
            self.events.append(
                Negotiated(counters.far_station_id, counters.bits_per_second, counters.ecm, counters.coding)
            )
            if self._sending:
                self.events.append(PageSending(self._first_page + counters.pages_accepted))
        elif outgoing and self._sending:
            return self._asked(name)
        elif self._sending:
            self._answered(name, self._first_page + counters.pages_accepted)
        elif outgoing:
            return self._answer(name, counters)
        elif name.startswith("PPS-") or name in END_OF_PAGE:
            self._question = name
        return False

    def phase_d(self, name: str, counters: Counters) -> None:
        """The library has accepted an answer (when sending), or been asked about a page (when receiving)."""
        if not self._sending:
            self._kept = counters, name in LAST_PAGE
        elif name in ACCEPTED:
            page = self._first_page + counters.pages_accepted - 1
            self.confirmed = counters.pages_accepted
            self.refused.discard(page)
            self.events.append(PageConfirmed(page, name, counters.bits_per_second))
            if self._question in LAST_PAGE:
                self.last_page_unconfirmed = False
                self.all_confirmed = not self.refused and page + 1 == counters.pages_in_file
            elif name != "RTP":  # which is trained for anew first
                self.events.append(PageSending(page + 1))
            self._question = None

    def finish(self, code: int, text: str, counters: Counters) -> None:
        """The library has ended the call."""
        sent, received = (self.confirmed, 0) if self._sending else (0, self.confirmed)
        self.events.append(
            Finished(
                code,
                text,
                sent,
                received,
                counters.far_station_id,
                counters.bits_per_second,
                counters.ecm,
                self._bad_rows,
            )
        )

    def withdraw(self) -> None:
        """What was to be held back will never leave."""
        self.last_page_unconfirmed = False
        if not self._sending:
            self.confirmed -= 1
            self.all_confirmed = False

    def _asked(self, name: str) -> bool:
        first = False
        if name in LAST_PAGE:
            self.last_page_unconfirmed = True
            first = not self.last_page_out
            if first:
                self.last_page_out = True
                self.events.append(LastPageOut())
        if name in END_OF_PAGE or name.startswith("PPS-"):
            self._question = name
        return first

    def _answered(self, name: str, page: int) -> None:
        if self._question is None:
            return
        if name in REFUSED or name.startswith(_UNKNOWN):
            self._question = None
            self.last_page_unconfirmed = False
            self.refused.add(page)
            self.events.append(PageRefused(page, name))
        elif name == "PPR":  # parts are missing, and will be asked about again
            self.last_page_unconfirmed = False

    def _answer(self, name: str, counters: Counters) -> bool:
        if name in REFUSED or name.startswith(_UNKNOWN):
            self._kept = None
            self.events.append(PageRefused(self.confirmed, name))
        if name not in ACCEPTED:
            return False
        kept, self._kept = self._kept, None
        if kept is None or counters.pages_received <= self.confirmed:
            asked = self._question in END_OF_PAGE
            self.uncounted = self.uncounted or kept is not None or (asked and not self._is_repeated(counters))
            return False
        page, last = kept
        self._bad_rows += page.bad_rows
        self.all_confirmed = last
        self.events.append(
            PageReceived(self.confirmed, page.columns, page.rows, page.bad_rows, page.bits_per_second, last)
        )
        self.confirmed += 1
        self._confirmed_question = self._question
        return True

    def _is_repeated(self, counters: Counters) -> bool:
        """Whether a confirmation can only be one that was given before: nothing of another page has come since."""
        begun = counters.rows > 0 and self._confirmed_question not in LAST_PAGE
        return self._question == self._confirmed_question and not begun
