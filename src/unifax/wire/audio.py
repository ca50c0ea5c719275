"""A T.30 fax in G.711 audio: one frame of 20 ms in and out at a time. Knows no RTP, no SIP, no socket and no clock."""

from collections.abc import Callable

from unifax.wire._spandsp import ffi, lib
from unifax.wire.g711 import FRAME_OCTETS, Law
from unifax.wire.t30 import SLICE_SECONDS, Terminal, TerminalOptions

MOST_BEHIND_SECONDS = 0.2
"Time that is made up for after a stall of ours; beyond it the far side has lost what we said anyway."


class AudioTerminal(Terminal):
    """One fax in audio, with its tones: CNG when calling, CED when called.

    While what follows LastPageOut is held it says silence, and hears nothing.
    """

    def __init__(self, options: TerminalOptions, law: Law, hear: Callable[[], bytes]) -> None:
        """`hear` is called once for each 20 ms: the far side's next FRAME_OCTETS. Raises MemoryError."""
        super().__init__(options, lib.line_new_audio(options.calling, law is Law.A))
        self._law = law
        self._hear = hear
        self._room = ffi.new("uint8_t[]", FRAME_OCTETS)
        self._outbox: list[bytes] = []
        self._behind: bytes | None = None
        "The frame that LastPageOut fell into: it may hold the beginning of the command."

    def heard(self, now: float) -> None:
        """The far side is still there: audio of it came in."""
        self._busy_at = now

    def next_wake(self) -> float | None:
        """Return when to wake it: every 20 ms; None when it has finished."""
        return None if self._passed is None or self._finished else self._passed + SLICE_SECONDS

    def frames_to_send(self) -> list[bytes]:
        """Take the frames to send, FRAME_OCTETS each."""
        taken, self._outbox = self._outbox, []
        return taken

    def _pass(self, now: float) -> None:
        if self._passed is None:
            self._passed = self._busy_at = now
        self._passed = max(self._passed, now - MOST_BEHIND_SECONDS)
        while self._passed + SLICE_SECONDS <= now and not self._finished:
            self._passed += SLICE_SECONDS
            self._outbox.append(self._frame(self._hear()))

    def _frame(self, heard: bytes) -> bytes:
        """Hear and say 20 ms."""
        if self._stands_still():
            return self._law.silence
        if self._behind is not None:
            said, self._behind = self._behind, None
            return said
        assert self._line is not None
        news = lib.line_audio(self._line, heard, self._room)
        said = bytes(ffi.buffer(self._room, FRAME_OCTETS))
        if news:
            self._read()
        if self._held:
            self._behind = said
            return self._law.silence
        return said

    def _stands_still(self) -> bool:
        return self._held or self._line is None

    def _forget_held(self) -> None:
        self._behind = None
