"""A T.30 fax terminal: libspandsp as time and events. Knows no UDPTL, no RTP, no SIP, no socket and no clock.

This, its two kinds (`t38`, `audio`) and the table of codes are the only owners of libspandsp in `unifax.wire._spandsp`.
One honest blemish: libspandsp reads and writes its TIFF by file name itself.
"""

import os
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from unifax.model.manner import Modem
from unifax.model.outcome import Outcome
from unifax.wire._spandsp import ffi, lib
from unifax.wire.t30_codes import FROM_T30
from unifax.wire.t30_pages import (
    Counters,
    Event,
    Finished,
    Frame,
    LastPageOut,
    Negotiated,
    PageConfirmed,
    PageReceived,
    PageRefused,
    Pages,
    PageSending,
)

if TYPE_CHECKING:
    from unifax.wire._spandsp import Entry, Line

__all__ = [
    "FROM_T30",
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

SLICE_SECONDS = 0.02
"Time is fed to libspandsp in slices of this."
STATION_ID_CHARACTERS = 20
"T.30 5.3.6.2.4. Its alphabet is digits, plus and space; machines send and show letters, so we do."
PATH_OCTETS = 255
"libspandsp cuts a longer file name off."

_CODINGS: Mapping[int, str] = {
    lib.T4_COMPRESSION_ITU_T4_1D: "MH",
    lib.T4_COMPRESSION_ITU_T4_2D: "MR",
    lib.T4_COMPRESSION_ITU_T6: "MMR",
}


_MODEMS: Mapping[Modem, int] = {
    Modem.V27TER: lib.T30_SUPPORT_V27TER,
    Modem.V29: lib.T30_SUPPORT_V27TER | lib.T30_SUPPORT_V29,
    Modem.V17: lib.T30_SUPPORT_V27TER | lib.T30_SUPPORT_V29 | lib.T30_SUPPORT_V17,
}
_CODINGS_OFFERED = (
    lib.T30_SUPPORT_T4_1D_COMPRESSION | lib.T30_SUPPORT_T4_2D_COMPRESSION | lib.T30_SUPPORT_T6_COMPRESSION
)
_STANDARD = lib.T30_SUPPORT_STANDARD_RESOLUTION | lib.T30_SUPPORT_R8_RESOLUTION
_FINER = (
    lib.T30_SUPPORT_FINE_RESOLUTION
    | lib.T30_SUPPORT_SUPERFINE_RESOLUTION
    | lib.T30_SUPPORT_R16_RESOLUTION
    | lib.T30_SUPPORT_300_300_RESOLUTION
    | lib.T30_SUPPORT_400_400_RESOLUTION
)
_SIZES = (
    lib.T30_SUPPORT_215MM_WIDTH
    | lib.T30_SUPPORT_255MM_WIDTH
    | lib.T30_SUPPORT_303MM_WIDTH
    | lib.T30_SUPPORT_UNLIMITED_LENGTH
    | lib.T30_SUPPORT_A4_LENGTH
    | lib.T30_SUPPORT_B4_LENGTH
    | lib.T30_SUPPORT_US_LETTER_LENGTH
    | lib.T30_SUPPORT_US_LEGAL_LENGTH
)


@dataclass(frozen=True, slots=True)
class TerminalOptions:
    """What a terminal is, and the one file it sends or receives. Raises ValueError where that makes no sense."""

    calling: bool
    station_id: str
    "TSI when calling, CSI when called: at most 20 printable ASCII characters."
    send: Path | None
    """Fax TIFF as wide as T.4 has it at its resolution: for A4, 1728 columns at 204 dpi, 2592 at 300, 3456 at 400. What
    libspandsp cannot read ends the call 8 s in, as DOCUMENT."""
    receive: Path | None
    "Fax TIFF to write, T.6 coded."
    first_page: int = 0
    "Page of the document to begin with, 0 for the first."
    ecm: bool = True
    modem: Modem = Modem.V17
    fine: bool = True
    "False takes standard resolution only, as the oldest machines do."
    paced: bool = True
    "T.38: False sends as fast as 500 datagrams a second, for a far side that is a program and no modem."
    silence_seconds: float = 70.0
    """It ends after so long without a packet (over T.38 either way, in audio from the far side): libspandsp alone would
    wait for ever in the middle of a page, and after some broken frames. Its own longest wait is 60 s (T0, T5)."""

    def __post_init__(self) -> None:
        if len(self.station_id) > STATION_ID_CHARACTERS or not (
            self.station_id.isascii() and self.station_id.isprintable()
        ):
            raise ValueError(f"a station id is at most 20 printable ASCII characters, not {self.station_id!r}")
        if (self.send is None) is (self.receive is None):
            raise ValueError("a terminal either sends or receives")
        if self.first_page < 0:
            raise ValueError(f"there is no page {self.first_page}")
        if len(os.fsencode(self.send or self.receive or "")) > PATH_OCTETS:
            raise ValueError("a file name of more than 255 octets")


class Terminal(ABC):
    """One fax, over T.38 (`T38Terminal`) or in audio (`AudioTerminal`).

    After what comes in, `wake` or a command: take what is to be sent and `events()`, and wake it at `next_wake()`. The
    first of them sets time going. Finished always comes: where libspandsp waits for ever, `silence_seconds` do not.

    After LastPageOut (sending) and each PageReceived (receiving) nothing that follows is handed out until `release()`,
    and the terminal's time stands still; so a fact can be made durable before the far side can know it. Two seconds of
    that do no harm (T.30 gives a receiver 6 s, T2, and a sender asks three times, every 3 s, T4).
    """

    def __init__(self, options: TerminalOptions, line: "Line | None") -> None:
        """Raises MemoryError."""
        if line is None or line == ffi.NULL:
            raise MemoryError("no memory for a fax terminal")
        self.options = options
        self._line: Line | None = ffi.gc(line, lib.line_free)
        self._pages = Pages(options.send is not None, options.first_page)
        self._held = False
        self._finished = False
        self._passed: float | None = None
        "Up to here time was fed, or stood still."
        self._busy_at = 0.0
        "When a packet last came in, or over T.38 was made."
        t30 = lib.line_t30(line)
        lib.t30_set_tx_ident(t30, options.station_id.encode("ascii"))
        lib.t30_set_ecm_capability(t30, options.ecm)
        lib.t30_set_supported_modems(t30, _MODEMS[options.modem])
        lib.t30_set_supported_compressions(t30, _CODINGS_OFFERED)
        lib.t30_set_supported_resolutions(t30, _STANDARD | _FINER if options.fine else _STANDARD)
        lib.t30_set_supported_image_sizes(t30, _SIZES)
        lib.t30_set_rx_encoding(t30, lib.T4_COMPRESSION_ITU_T6)
        if options.send is not None:
            lib.t30_set_tx_file(t30, os.fsencode(options.send), options.first_page, -1)
        if options.receive is not None:
            lib.t30_set_rx_file(t30, os.fsencode(options.receive), -1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # What the pages prove

    @property
    def pages_confirmed(self) -> int:
        """Pages of this call confirmed to us when sending, by us when receiving."""
        return self._pages.confirmed

    @property
    def all_confirmed(self) -> bool:
        """Whether the last page and all before it were confirmed. Then the fax is SENT, however the call ends."""
        return self._pages.all_confirmed

    @property
    def last_page_unconfirmed(self) -> bool:
        """Whether the question after the last page has left and had no answer. Then the fax is UNCERTAIN."""
        return self._pages.last_page_unconfirmed and not self._held

    @property
    def proven(self) -> Outcome | None:
        """SENT, UNCERTAIN or PAGE_REFUSED when the pages prove it: this stands above code and FROM_T30. Else None."""
        return None if self._held else self._pages.proven

    # Verbs

    def wake(self, now: float) -> None:
        """Time has passed."""
        self._pass(now)
        if not self._held and now - self._busy_at >= self.options.silence_seconds:
            self.hang_up(now)

    @abstractmethod
    def next_wake(self) -> float | None:
        """Return when to wake it: every 20 ms; None when time would change nothing."""

    def events(self) -> list[Event]:
        """Take what happened."""
        happened, self._pages.events = self._pages.events, []
        return happened

    # Commands

    def release(self, now: float) -> None:
        """Let leave what LastPageOut or PageReceived held back."""
        self._pass(now)
        self._held = False
        self._busy_at = now

    def hang_up(self, now: float) -> None:
        """End T.30 from our side, without a word to the far side; then Finished comes. What is held never leaves."""
        self._pass(now)
        if self._held:
            self._held = False
            self._forget_held()
            self._pages.withdraw()
        if self._line is not None and not self._finished:
            lib.t30_terminate(lib.line_t30(self._line))
            self._read()

    def close(self) -> None:
        """Give the memory back and close the file. Without it, that happens when the object is forgotten."""
        if self._line is not None:
            ffi.release(self._line)
        self._line = None
        self._finished = True

    # Time, and the journal

    @abstractmethod
    def _pass(self, now: float) -> None:
        """Feed time up to now."""

    @abstractmethod
    def _forget_held(self) -> None:
        """What was held back never leaves."""

    def _packet(self, entry: "Entry") -> None:
        """An IFP packet was made."""
        raise AssertionError("audio makes no packets")

    def _read(self) -> None:
        assert self._line is not None
        while (entry := lib.line_next(self._line)) != ffi.NULL and entry is not None:
            if entry.kind == lib.LINE_PACKET:
                self._packet(entry)
            else:
                self._account(entry)
        if lib.line_is_torn(self._line):
            raise MemoryError("no memory for the journal of a fax terminal")
        if self._pages.uncounted and not self._finished:
            self._forget_held()
            lib.t30_terminate(lib.line_t30(self._line))
            self._read()

    def _account(self, entry: "Entry") -> None:
        counters = self._counters(entry)
        if entry.kind == lib.LINE_FRAME:
            name, bits = _frame_name(entry.value, entry.detail), bytes(ffi.buffer(entry.octets, entry.length))
            holds = self._pages.frame(bool(entry.outgoing), name, counters, bits)
            self._held = self._held or holds
        elif entry.kind == lib.LINE_PAGE:
            self._pages.phase_d(_frame_name(entry.value, 0), counters)
        elif not self._finished:
            self._finished = True
            text = ffi.string(lib.t30_completion_code_to_str(entry.value)).decode()
            self._pages.finish(entry.value, text, counters)

    def _counters(self, entry: "Entry") -> Counters:
        assert self._line is not None
        ident = lib.t30_get_rx_ident(lib.line_t30(self._line))
        return Counters(
            far_station_id=ffi.string(ident).decode("latin-1").strip() or None if ident else None,
            bits_per_second=entry.bit_rate,
            ecm=bool(entry.error_correcting_mode),
            coding=_CODINGS.get(entry.encoding, ""),
            pages_accepted=entry.pages_tx,
            pages_in_file=entry.pages_in_file,
            pages_received=entry.pages_rx,
            columns=entry.width,
            rows=entry.length_rows,
            bad_rows=entry.bad_rows,
        )


def _frame_name(fcf: int, fcf2: int) -> str:
    """Return a frame's name as T.30 writes it; `?FF` for one that it does not have."""
    name = ffi.string(lib.t30_frametype(fcf)).decode().replace("_", "-")
    if name.startswith("?"):
        return f"?{fcf:02X}"
    return f"{name}-{_frame_name(fcf2, 0)}" if name in {"PPS", "EOR"} else name
