"""The two laws of G.711 as octets: payload types, silence, and what is nearly silence. The coding itself is in C."""

from enum import Enum

FRAME_OCTETS = 160
"20 ms at 8000 samples a second."
QUIET = 24
"Magnitude in 1/4096 of full scale up to which a sample counts as silence, about -45 dB: echo and noise, no modem."


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
        return bytes((_SILENCE[self],)) * FRAME_OCTETS

    def is_quiet(self, frame: bytes) -> bool:
        """Whether no sample of a frame is loud enough to be part of a signal."""
        return not frame.translate(None, _QUIET[self])


def _mu_magnitude(octet: int) -> int:
    """Return the size of a mu-law sample in 1/8192 of full scale (G.711 table 2a)."""
    code = ~octet & 0x7F
    return ((((code & 0x0F) << 1) + 33) << (code >> 4)) - 33


def _a_magnitude(octet: int) -> int:
    """Return the size of an A-law sample in 1/4096 of full scale (G.711 table 1a)."""
    code = (octet ^ 0x55) & 0x7F
    mantissa, segment = ((code & 0x0F) << 1) + 1, code >> 4
    return mantissa if segment == 0 else (mantissa + 32) << (segment - 1)


_SILENCE = {Law.MU: 0xFF, Law.A: 0xD5}
_QUIET = {
    Law.MU: bytes(octet for octet in range(256) if _mu_magnitude(octet) <= 2 * QUIET),
    Law.A: bytes(octet for octet in range(256) if _a_magnitude(octet) <= QUIET),
}
