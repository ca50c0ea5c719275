"""The two laws of G.711 as octets: payload types, silence, and what is nearly silence (`native/g711.h`)."""

from enum import Enum

from unifax.wire._spandsp import lib

FRAME_OCTETS = lib.JITTER_FRAME_OCTETS
"20 ms at 8000 samples a second."


class Law(Enum):
    """The value is the static RTP payload type (RFC 3551 6)."""

    MU = 0
    A = 8

    @property
    def payload_type(self) -> int:
        return self.value

    @property
    def silence(self) -> bytes:
        """20 ms of nothing."""
        return bytes((lib.g711_silence(self is Law.A),)) * FRAME_OCTETS

    def is_quiet(self, frame: bytes) -> bool:
        """Whether no sample of a frame is loud enough to be part of a signal."""
        return bool(lib.g711_is_quiet(self is Law.A, frame, len(frame)))
