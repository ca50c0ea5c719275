"""The flight recorder: writes down what happens in one call, as it happens. It knows no socket, clock or chance.

`Station` shows it every SIP message, every event and, whenever something has happened, the call itself, which counts
what comes and leaves of its media, and has it taped if that is wanted. It remembers so much and no more: the beginning
of a call and its end.
"""

from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from unifax.line.capture import Capture
from unifax.line.media import Traffic
from unifax.model.call import CallReport, Media, Progress
from unifax.model.errors import ProtocolError
from unifax.model.outcome import MEANING
from unifax.model.transcript import Entry, Layer, Way
from unifax.wire import t30
from unifax.wire.datagram import Address
from unifax.wire.sip.message import PHRASES, Request, Response
from unifax.wire.sip.shown import message_shown, shown
from unifax.wire.t30_words import said

if TYPE_CHECKING:
    from unifax.line.call import Call, CallEvent

FIRST_ENTRIES, LAST_ENTRIES = 3000, 1000
"What is kept of a call that says more than both: 350 pages are some 2,500."
TROUBLE_SECONDS = 1.0
"Losses are told once in so long, at most."

_NAMES: Mapping[Media, str] = {Media.T38: "T.38 over UDPTL", Media.G711: "G.711 over RTP"}
TROUBLE = frozenset({"recovered", "lost", "repeated", "late", "rubbish"})
"The counters that tell of a bad line."


class Recorder:
    """The transcript of one call: of several to the servers of a trunk, one after the other, when the first fail."""

    def __init__(self, now: float, capture: Capture | None = None) -> None:
        """`capture` is for the packets themselves."""
        self.capture = capture
        self._began_at = now
        self._first: list[Entry] = []
        self._last: deque[Entry] = deque(maxlen=LAST_ENTRIES)
        self._left_out = 0
        self._phase = ""
        self._phase_since = now
        self._media: t30.Terminal | None = None
        self._at_phase: Mapping[str, int] = {}
        self._at_trouble: Mapping[str, int] = {}
        "The counters of `_media` when they were last told, in either way."
        self._trouble_at = now
        self._call: Call | None = None
        self._traffic = Traffic(0, 0)
        "Of its media port, when this was last told."
        self._t30_said = ""

    @property
    def entries(self) -> list[Entry]:
        """What has happened so far."""
        if not self._left_out:
            return [*self._first, *self._last]
        gap = Entry(self._last[0].at, Layer.CALL, None, f"… {self._left_out} entries are left out here …")
        return [*self._first, gap, *self._last]

    def packets(self) -> bytes:
        """End the capture, and return it; empty when there is none."""
        return self.capture.close() if self.capture is not None else b""

    # What the station shows

    def sip(
        self, data: bytes, here: Address, far: Address, now: float, way: Way, message: Request | Response | None = None
    ) -> None:
        """A SIP message came or leaves. `message` is what it says, where that is known."""
        self._take_packets()
        start, then, rest = (shown(data) if message is None else message_shown(message)).partition("\n")
        self._note(now, Layer.SIP, f"{start}\n({'from' if way is Way.IN else 'to'} {far}){then}{rest}", way)
        if self.capture is not None:
            with suppress(ValueError):  # addresses of two families, or names: no packet was like that
                self.capture.said(now - self._began_at, *_from_to(here, far, way), data)

    def look(self, call: "Call", now: float) -> None:
        """See where the call stands."""
        self._take_packets()
        if call is not self._call:
            self._call, self._traffic = call, Traffic(0, 0)
        if call.fax is not self._media or call.phase != self._phase:
            self._tell_media(call.traffic, now)
        if call.phase != self._phase:
            lasted = f", after {now - self._phase_since:.2f} s of {self._phase}" if self._phase else ""
            self._note(now, Layer.CALL, f"now {call.phase}{lasted}")
            self._phase, self._phase_since = call.phase, now
        if call.fax is not self._media:
            self._media, self._at_phase, self._at_trouble = call.fax, {}, {}
            if call.fax is not None:
                if self.capture is not None:
                    call.fax.tape()
                self._note(now, Layer.MEDIA, f"{_NAMES[call.fax.kind]} with {call.far_media}")
        elif now - self._trouble_at >= TROUBLE_SECONDS:
            self._tell_trouble(now)

    def happened(self, event: "CallEvent", now: float) -> None:
        """The call tells something."""
        match event:
            case Progress():
                pass  # all of them are seen in phases, frames and media
            case t30.Frame(outgoing=outgoing, name=name, bits=bits):
                self._note(now, Layer.T30, said(name, bits), Way.OUT if outgoing else Way.IN)
            case t30.Negotiated():
                who = f" with '{event.far_station_id}'" if event.far_station_id else ""
                ecm = "with" if event.ecm else "without"
                text = f"trained{who}: {event.bits_per_second} bit/s, {ecm} error correction, {event.coding or '?'}"
                self._note(now, Layer.T30, text)
            case t30.PageSending(page=page):
                self._note(now, Layer.T30, f"page {page + 1} begins")
            case t30.LastPageOut():
                self._note(now, Layer.T30, "all pages are out; this is written down before the far machine is asked")
            case t30.PageConfirmed(page=page):
                text = f"page {page + 1} is confirmed ({event.answer}), at {event.bits_per_second} bit/s"
                self._note(now, Layer.T30, text)
            case t30.PageRefused(page=page):
                self._note(now, Layer.T30, f"page {page + 1} is refused ({event.answer})")
            case t30.PageReceived(page=page):
                text = f"page {page + 1} is received: {event.rows} rows, {event.bad_rows} bad"
                self._note(now, Layer.T30, f"{text}, at {event.bits_per_second} bit/s")
            case t30.Finished():
                self._t30_said = event.text
                self._note(now, Layer.T30, f"T.30 has ended, code {event.code}: {event.text}")
            case _:
                self._over(event.report, now)

    def _over(self, report: CallReport, now: float) -> None:
        """Tell the result in two levels: what it means, and what it was made of."""
        reasons = [f"{report.pages_confirmed} pages confirmed in this call"]
        if report.sip_status is not None:
            reasons.append(f"SIP {report.sip_status} {PHRASES.get(report.sip_status, '')}".rstrip())
        if report.t30_code is not None:
            reasons.append(f"T.30 code {report.t30_code} ({self._t30_said})")
        if report.media is not None:
            reasons.append(_NAMES[report.media])
        outcome = report.outcome
        self._note(now, Layer.CALL, f"result: {outcome}: {MEANING[outcome].text}\nbecause: {'; '.join(reasons)}")
        self._phase = ""

    # Media

    def _take_packets(self) -> None:
        """Put in the capture what came and left."""
        if self.capture is None or self._media is None or self._call is None:
            return
        for taped in self._media.taped():
            way = Way.OUT if taped.outgoing else Way.IN
            at, addresses = taped.at - self._began_at, _from_to(self._call.media, taped.far, way)
            with suppress(ProtocolError, ValueError):  # rubbish is counted where it is read
                self.capture.heard(at, *addresses, taped.datagram, self._media.kind)

    def _tell_media(self, traffic: Traffic, now: float) -> None:
        """Tell what came and left in a phase that ends, or over media that end."""
        came, left = traffic.came - self._traffic.came, traffic.left - self._traffic.left
        self._traffic = traffic
        if self._media is not None and (came or left):
            counts = {"sent": left, "came": came, **_grown(self._media, self._at_phase)}
            told = ", ".join(f"{name} {count}" for name, count in counts.items() if count)
            self._note(now, Layer.MEDIA, f"{_NAMES[self._media.kind]} while {self._phase}: {told}", counts=counts)
            self._at_phase = self._at_trouble = self._media.counters
        elif came:
            self._note(now, Layer.MEDIA, f"while {self._phase}: came {came}, before the answer, not listened to")

    def _tell_trouble(self, now: float) -> None:
        """Tell what went wrong on the way to us since this was last told."""
        self._trouble_at = now
        if self._media is None:
            return
        grown = _grown(self._media, self._at_trouble)
        trouble = {name: count for name, count in grown.items() if count and name in TROUBLE}
        if trouble:
            self._at_trouble = self._media.counters
            self._note(now, Layer.MEDIA, ", ".join(f"{name} {count}" for name, count in trouble.items()), Way.IN)

    def _note(
        self,
        now: float,
        layer: Layer,
        text: str,
        way: Way | None = None,
        counts: Mapping[str, int] | None = None,
    ) -> None:
        entry = Entry(now - self._began_at, layer, way, text, counts or {})
        if len(self._first) < FIRST_ENTRIES:
            self._first.append(entry)
            return
        self._left_out += len(self._last) == LAST_ENTRIES
        self._last.append(entry)


def _from_to(here: Address, far: Address, way: Way) -> tuple[Address, Address]:
    return (far, here) if way is Way.IN else (here, far)


def _grown(media: t30.Terminal, before: Mapping[str, int]) -> dict[str, int]:
    return {name: count - before.get(name, 0) for name, count in media.counters.items()}
