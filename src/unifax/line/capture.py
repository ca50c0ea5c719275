"""The packets of one call for a network analyser, without page content. Knows no socket, clock or chance."""

import zlib

from unifax.model.call import Media
from unifax.wire import pcap
from unifax.wire.datagram import Address
from unifax.wire.sip.shown import masked
from unifax.wire.stripped import without_image, without_sound

MOST_OCTETS = 8 * 1024 * 1024
"Of a capture as it is kept. An hour of G.711 is some 6 MB; when it is full, media are left out."


class Capture:
    """A pcap file, gzipped as it grows. Its clock begins with 0."""

    def __init__(self, most_octets: int = MOST_OCTETS) -> None:
        self._most_octets = most_octets
        self._deflate = zlib.compressobj(level=1, wbits=16 + 12, memLevel=5)  # gzip, in some 40 kB: calls are many
        self._pieces = [self._deflate.compress(pcap.HEADER)]
        self._octets = 0
        self._latest: dict[Address, bytes] = {}
        "The media datagram that each side has sent last."
        self._whole: bytes | None = None

    def said(self, at: float, source: Address, destination: Address, message: bytes) -> None:
        """A SIP message went from one to the other. Raises ValueError for addresses that no packet can have."""
        self._add(pcap.packet(at, source, destination, masked(message)))

    def heard(self, at: float, source: Address, destination: Address, datagram: bytes, kind: Media) -> None:
        """A media datagram went from one to the other. Raises ProtocolError for one not of its kind; as `said` does.

        Over T.38 some are sent three times under one number. Here they stand once: to analysers the second end of a
        frame is one without a beginning.
        """
        is_copy = self._latest.get(source) == datagram
        self._latest[source] = datagram
        if not is_copy and self._octets < self._most_octets:
            blank = without_image(datagram) if kind is Media.T38 else without_sound(datagram)
            self._add(pcap.packet(at, source, destination, blank))

    def close(self) -> bytes:
        """Return the file; nothing can be added any more."""
        if self._whole is None:
            self._whole = b"".join([*self._pieces, self._deflate.flush()])
            self._pieces.clear()
        return self._whole

    def _add(self, packet: bytes) -> None:
        piece = self._deflate.compress(packet)
        if piece:
            self._pieces.append(piece)
            self._octets += len(piece)
