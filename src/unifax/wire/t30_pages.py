"""The account that a T.30 fax keeps of its pages. Knows no library, no line, no packets and no time."""

from collections import Counter

from unifax.model.evidence import PageEvidence
from unifax.model.outcome import Outcome
from unifax.wire.t30_events import (
    Coded,
    Counters,
    Event,
    Finished,
    Frame,
    LastPageOut,
    Negotiated,
    PageConfirmed,
    PageReceived,
    PageRefused,
    PageSending,
)

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
        self._coded: Coded | None = None
        "When sending: the page that was asked about last."
        self._sent: Counter[int] = Counter()
        "When sending: how often each page has begun to go out."
        self._repeats: list[int] = []
        "When sending: how many blocks of this page each PPR has asked for."

    @property
    def proven(self) -> Outcome | None:
        """SENT, UNCERTAIN or PAGE_REFUSED when the pages prove it, whatever code the call ends with; else None."""
        if self.all_confirmed:
            return Outcome.SENT
        if self.last_page_unconfirmed:
            return Outcome.UNCERTAIN
        return Outcome.PAGE_REFUSED if self.refused else None

    def frame(
        self,
        outgoing: bool,
        name: str,
        counters: Counters,
        bits: bytes = b"",
        coded: Coded | None = None,
        blocks: int = 0,
    ) -> bool:
        """A frame went out or came in. Return whether it is to be held back until its fact is on disk.

        `coded` is the page that a question is about, and `blocks` how many of it PPR wants again.
        """
        self.events.append(Frame(outgoing, name, bits))
        if name == "CFR" and outgoing is not self._sending:
            self.events.append(
                Negotiated(counters.far_station_id, counters.bits_per_second, counters.ecm, counters.coding)
            )
            if self._sending:
                self._begin(self._first_page + counters.pages_accepted)
        elif outgoing and self._sending:
            self._coded = coded or self._coded
            return self._asked(name)
        elif self._sending:
            self._answered(name, self._first_page + counters.pages_accepted, blocks)
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
            self.events.append(
                PageConfirmed(page, name, counters.bits_per_second, self._evidence(page, name, counters))
            )
            if self._question in LAST_PAGE:
                self.last_page_unconfirmed = False
                self.all_confirmed = not self.refused and page + 1 == counters.pages_in_file
            elif name != "RTP":  # which is trained for anew first
                self._begin(page + 1)
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

    def _begin(self, page: int) -> None:
        self._sent[page] += 1
        self._repeats, self._coded = [], None
        self.events.append(PageSending(page))

    def _evidence(self, page: int, answer: str, counters: Counters) -> PageEvidence | None:
        coded = self._coded
        if coded is None:
            return None
        return PageEvidence(
            page=page,
            answer=answer,
            coding=counters.coding,
            ecm=counters.ecm,
            bits=coded.bits,
            sha256=coded.sha256,
            bits_per_second=counters.bits_per_second,
            columns=counters.columns,
            rows=counters.rows,
            rows_per_metre=coded.rows_per_metre,
            row_bits=coded.row_bits,
            times_sent=self._sent[page],
            repeat_requests=len(self._repeats),
            blocks_resent=sum(self._repeats),
        )

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

    def _answered(self, name: str, page: int, blocks: int) -> None:
        if self._question is None:
            return
        if name in REFUSED or name.startswith(_UNKNOWN):
            self._question = None
            self.last_page_unconfirmed = False
            self.refused.add(page)
            self.events.append(PageRefused(page, name))
        elif name == "PPR":  # parts are missing, and will be asked about again
            self.last_page_unconfirmed = False
            self._repeats.append(blocks)

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
