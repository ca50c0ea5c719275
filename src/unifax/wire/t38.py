"""A T.30 fax over T.38: IFP packets in and out. Knows no UDPTL, no SIP, no socket and no clock."""

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from unifax.wire._spandsp import ffi, lib
from unifax.wire.t30 import SLICE_SECONDS, Terminal, TerminalOptions

if TYPE_CHECKING:
    from unifax.wire._spandsp import Entry

SLICE_SAMPLES = 160
COPIES_OF_INDICATORS = 3
"An indicator has nothing after it that would soon repeat it."
BURST = 10
"Without pacing: datagrams in each 20 ms. Unlimited, a page overruns socket buffers: 4 of 10 faxes arrived whole."


class Packet(NamedTuple):
    """An IFP packet to send."""

    ifp: bytes
    copies: int
    "How often to send its datagram: the same datagram, under the same number."


class T38Terminal(Terminal):
    """One fax over T.38."""

    def __init__(self, options: TerminalOptions) -> None:
        """Raises MemoryError."""
        super().__init__(
            options,
            lib.line_new_t38(options.calling, options.paced, COPIES_OF_INDICATORS, options.modem.bits_per_second),
        )
        self._outbox: deque[Packet] = deque()
        self._behind: deque[Packet] = deque()
        "Packets that wait for release()."
        self._allowance: float = BURST
        self._now = 0.0
        "The latest moment it was told of."

    def receive(self, ifp: bytes, sequence: int, now: float) -> None:
        """An IFP packet came, with its UDPTL sequence number. Late ones are dropped: put them in order before."""
        self._pass(now)
        self._busy_at = now
        if self._line is None or self._finished:
            return
        if lib.line_receive_ifp(self._line, ifp, len(ifp), sequence):
            self._read()

    def next_wake(self) -> float | None:
        """Return when to wake it: every 20 ms; None when it waits for release(), or has finished and sent all."""
        if self._passed is None or (not self._outbox and (self._held or self._finished)):
            return None
        return self._passed + SLICE_SECONDS

    def packets_to_send(self) -> list[Packet]:
        """Take the packets that may leave now."""
        taken: list[Packet] = []
        while self._outbox and (self.options.paced or self._allowance > 0):
            packet = self._outbox.popleft()
            self._allowance -= packet.copies
            taken.append(packet)
        return taken

    def release(self, now: float) -> None:
        super().release(now)
        self._outbox += self._behind
        self._behind.clear()

    def _pass(self, now: float) -> None:
        """Feed time up to now. It stands still, and is not made up for, while packets cannot leave."""
        if self._passed is None:
            self._passed = self._busy_at = self._now = now
        self._allowance = min(BURST, self._allowance + (now - self._now) / SLICE_SECONDS * BURST)
        self._now = now
        while self._passed + SLICE_SECONDS <= now and not self._stands_still() and self._line is not None:
            news = lib.line_pass(self._line, SLICE_SAMPLES)
            self._passed += SLICE_SECONDS
            if news:
                self._read()
        if self._stands_still():
            self._passed = now

    def _stands_still(self) -> bool:
        return self._finished or self._held or (not self.options.paced and bool(self._outbox))

    def _forget_held(self) -> None:
        self._behind.clear()

    def _packet(self, entry: "Entry") -> None:
        packet = Packet(bytes(ffi.buffer(entry.octets, entry.length)), entry.value)
        (self._behind if self._held else self._outbox).append(packet)
        self._busy_at = self._now
