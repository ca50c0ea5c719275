"""One end of a fax, whole: T.30 by libspandsp, over T.38 or in G.711 audio, as datagrams, time and events.

Knows no SIP, no socket and no clock. What a datagram meets is all in C (`native/media.h`), and may be driven from there
by another thread; here its journal is read, and the account of the pages is kept. One honest blemish: libspandsp reads
and writes its TIFF by file name itself.
"""

from collections.abc import Mapping
from ipaddress import ip_address
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Self

from unifax.model.call import Media
from unifax.model.outcome import Outcome
from unifax.wire._spandsp import ffi, lib
from unifax.wire.datagram import Address
from unifax.wire.g711 import Law
from unifax.wire.t30_codes import FROM_T30
from unifax.wire.t30_entries import coded_of, counters_of, frame_name
from unifax.wire.t30_events import (
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
from unifax.wire.t30_options import STATION_ID_CHARACTERS, TerminalOptions
from unifax.wire.t30_pages import Pages
from unifax.wire.udptl import DEPTH, MAX_DATAGRAM, PATIENCE

if TYPE_CHECKING:
    from unifax.wire._spandsp import CMedia, FarAddress, LineEntry

__all__ = [
    "FROM_T30",
    "STATION_ID_CHARACTERS",
    "Event",
    "Finished",
    "Frame",
    "LastPageOut",
    "Negotiated",
    "PageConfirmed",
    "PageReceived",
    "PageRefused",
    "PageSending",
    "Terminal",
    "TerminalOptions",
]

_COUNTED: Mapping[Media, tuple[str, ...]] = {
    Media.T38: ("received", "recovered", "lost", "rubbish"),
    Media.G711: ("played", "repeated", "late", "stretched", "skipped", "ignored", "rubbish"),
}


class Taped(NamedTuple):
    """A datagram that came or left."""

    at: float
    "Seconds of the clock that the terminal lives by."
    outgoing: bool
    far: Address
    "Where it came from, or went."
    datagram: bytes


class Terminal:
    """One fax, over T.38 (`over_t38`) or in audio (`in_audio`), with one far side (`expect`).

    After what comes in, `wake` or a command: take what is to be sent and `events()`, and wake it at `next_wake()`. The
    first of them sets time going. Finished always comes: where libspandsp waits for ever, `silence_seconds` do not.

    After LastPageOut (sending) and each PageReceived (receiving) nothing that follows is handed out until `release()`,
    and the terminal's time stands still; so a fact can be made durable before the far side can know it. Two seconds of
    that do no harm (T.30 gives a receiver 6 s, T2, and a sender asks three times, every 3 s, T4).
    """

    def __init__(self, options: TerminalOptions, law: Law | None, media: "CMedia | None") -> None:
        """For `over_t38` and `in_audio`. Raises MemoryError."""
        if media is None or media == ffi.NULL:
            raise MemoryError("no memory for a fax terminal")
        self.options = options
        self.law = law
        "Of audio; over T.38 there is none."
        self.media: CMedia | None = ffi.gc(media, lib.media_free)
        "What may be driven from elsewhere; None once it is closed."
        self._pages = Pages(options.send is not None, options.first_page)
        self._held = False
        self._agrees = True
        self._entry = ffi.new("media_entry_t *")
        self._room = ffi.new("uint8_t[]", lib.MEDIA_DATAGRAM_OCTETS)
        self._copy = ffi.new("media_taped_t *")
        self._counted: Mapping[str, int] = {}
        self._copies: list[Taped] = []
        options.tell(lib.media_t30(media))

    @classmethod
    def over_t38(
        cls,
        options: TerminalOptions,
        redundancy: int = DEPTH,
        max_datagram: int = MAX_DATAGRAM,
        patience: int = PATIENCE,
    ) -> Self:
        """Return one that speaks T.38 over UDPTL (`udptl_new` in native/udptl.h). Raises MemoryError."""
        fax = options.calling, options.send is not None, options.paced, options.modem.bits_per_second
        media = lib.media_new_t38(*fax, options.silence_seconds, redundancy, max_datagram, patience)
        return cls(options, None, media)

    @classmethod
    def in_audio(cls, options: TerminalOptions, law: Law, ssrc: int) -> Self:
        """Return one that speaks G.711 over RTP, with the tones of a fax: CNG when calling, CED when called. `ssrc`
        should be random (RFC 3550 5.1). Raises MemoryError.
        """
        fax = options.calling, options.send is not None, options.silence_seconds
        return cls(options, law, lib.media_new_audio(*fax, law is Law.A, ssrc))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def kind(self) -> Media:
        return Media.T38 if self.law is None else Media.G711

    # The far side

    def expect(self, named: Address, sip_host: str, now: float) -> None:
        """The far side wants its media at an address, as SDP says; from there they come, or in the end from another
        port or the host of its SIP. Nobody else is listened to (native/far_side.h).
        """
        if self.media is not None:
            lib.media_expect(self.media, named.host.encode(), named.port, sip_host.encode(), now)

    @property
    def far(self) -> Address | None:
        """Where our media goes."""
        if self.media is None:
            return None
        return _address(lib.media_far(self.media))

    # What the pages prove

    @property
    def pages_confirmed(self) -> int:
        """Pages of this call confirmed to us when sending, by us when receiving."""
        return self._read().confirmed

    @property
    def all_confirmed(self) -> bool:
        """Whether the last page and all before it were confirmed. Then the fax is SENT, however the call ends."""
        return self._read().all_confirmed

    @property
    def last_page_unconfirmed(self) -> bool:
        """Whether the question after the last page has left and had no answer. Then the fax is UNCERTAIN."""
        return self._read().last_page_unconfirmed and not self._held

    @property
    def proven(self) -> Outcome | None:
        """SENT, UNCERTAIN or PAGE_REFUSED when the pages prove it: this stands above code and FROM_T30. Else None."""
        proven = self._read().proven
        return None if self._held else proven

    @property
    def counters(self) -> Mapping[str, int]:
        """What was counted of the datagrams that came: of `udptl_counters_t` or `rtp_counters_t`, and `rubbish`."""
        if self.media is not None:
            counters = lib.media_counters(self.media)
            self._counted = {name: getattr(counters, name) for name in _COUNTED[self.kind]}
        return self._counted

    # Its datagrams

    def tape(self) -> None:
        """Keep a copy of every datagram from now on, until it is taken; beyond 256 kB they are lost."""
        if self.media is not None:
            lib.media_tape(self.media)

    def taped(self) -> list[Taped]:
        """Take the copies."""
        taken, self._copies = self._copies, []
        while self.media is not None and lib.media_taped(self.media, self._copy, self._room):
            copy, far = self._copy, _address(self._copy.far)
            if far is not None:
                taken.append(Taped(copy.at, bool(copy.outgoing), far, bytes(ffi.buffer(self._room, copy.octets))))
        return taken

    # Verbs

    def receive(self, datagram: bytes, source: Address, now: float) -> None:
        """A datagram came. What is not of the far side is dropped; rubbish is dropped and counted."""
        if self.media is not None:
            came_from = lib.far_address(source.host.encode(), source.port)
            lib.media_receive(self.media, came_from, datagram, len(datagram), now)

    def wake(self, now: float) -> None:
        """Time has passed."""
        if self.media is not None:
            lib.media_wake(self.media, now)

    def next_wake(self) -> float | None:
        """Return when to wake it: every 20 ms; None when time would change nothing."""
        wake = -1.0 if self.media is None else lib.media_next_wake(self.media)
        return None if wake < 0 else wake

    def datagrams_to_send(self) -> list[bytes]:
        """Take what may leave now."""
        taken: list[bytes] = []
        while self.media is not None and (octets := lib.media_take(self.media, self._room)):
            taken.append(bytes(ffi.buffer(self._room, octets)))
        return taken

    def events(self) -> list[Event]:
        """Take what happened. Raises MemoryError when something of it is missing, AssertionError when what is held in
        C is not what is held here.
        """
        pages = self._read()
        if self.media is not None and lib.media_is_torn(self.media):
            raise MemoryError("no memory for the journal of a fax terminal")
        assert self._agrees, "two accounts of the same pages"
        happened, pages.events = pages.events, []
        return happened

    # Commands

    def release(self, now: float) -> None:
        """Let leave what LastPageOut or PageReceived held back."""
        if self.media is not None and self._held:
            self._held = False
            lib.media_release(self.media, now)

    def hang_up(self, now: float) -> None:
        """End T.30 from our side, without a word to the far side; then Finished comes. What is held never leaves."""
        if self.media is not None:
            lib.media_hang_up(self.media, now)

    def close(self) -> None:
        """Give the memory back and close the file. Without it, that happens when the object is forgotten."""
        media = self.media
        if media is not None:
            self._counted, self._copies = self.counters, self.taped()
            self.media = None
            ffi.release(media)

    # The journal

    def _read(self) -> Pages:
        """Account for what has happened since it was last read."""
        while self.media is not None and lib.media_next(self.media, self._entry):
            self._account(self._entry.line)
        return self._pages

    def _account(self, line: "LineEntry") -> None:
        counters = counters_of(line)
        if line.kind == lib.MEDIA_FRAME:
            name, bits = frame_name(line.value, line.detail), bytes(ffi.buffer(self._entry.told, line.length))
            blocks = line.detail if name == "PPR" else 0
            holds = self._pages.frame(bool(line.outgoing), name, counters, bits, coded_of(line), blocks)
            seen = bool(self._entry.holds), bool(self._entry.uncounted)
            self._agrees = self._agrees and seen == (holds, self._pages.uncounted)
            self._held = self._held or holds
        elif line.kind == lib.MEDIA_PAGE:
            self._pages.phase_d(frame_name(line.value, 0), counters)
        elif line.kind == lib.MEDIA_WITHDRAWN:
            self._held = False
            self._pages.withdraw()
        else:
            text = ffi.string(lib.t30_completion_code_to_str(line.value)).decode()
            self._pages.finish(line.value, text, counters)


def _address(far: "FarAddress") -> Address | None:
    return Address(str(ip_address(bytes(ffi.buffer(far.host, far.octets)))), far.port) if far.octets else None
