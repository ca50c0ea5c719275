"""The jitter buffer of `rtp` by itself, for those who want to see how it judges (`native/jitter.h`)."""

from typing import TYPE_CHECKING

from unifax.wire._spandsp import ffi, lib
from unifax.wire.g711 import FRAME_OCTETS, Law

if TYPE_CHECKING:
    from unifax.wire._spandsp import JitterCounters

START_FRAMES = lib.JITTER_START_FRAMES
MOST_FRAMES = lib.JITTER_MOST_FRAMES
REPEATS = lib.JITTER_REPEATS
LATE = lib.JITTER_LATE


class JitterBuffer:
    """Put in what comes at its position, in samples from the first; take out a frame each 20 ms."""

    def __init__(self, law: Law) -> None:
        """Raises MemoryError."""
        jitter = lib.jitter_new(law is Law.A)
        if not jitter:
            raise MemoryError("no memory for a jitter buffer")
        self._jitter = ffi.gc(jitter, lib.jitter_free)
        self._frame = ffi.new("uint8_t[]", FRAME_OCTETS)

    @property
    def counters(self) -> "JitterCounters":
        """What it has counted so far."""
        return lib.jitter_counters(self._jitter)

    def put(self, position: int, payload: bytes) -> bool:
        """Take in a packet's audio. False for one that came too late, or again."""
        return bool(lib.jitter_put(self._jitter, position, payload, len(payload)))

    def take(self) -> bytes:
        """Return the next 20 ms."""
        lib.jitter_take(self._jitter, self._frame)
        return bytes(ffi.buffer(self._frame, FRAME_OCTETS))
