"""What UDPTL promises and how its datagrams are laid out (ITU-T T.38 9.1). A call's own are made and read in C."""

from typing import NamedTuple

from unifax.model.errors import ProtocolError
from unifax.wire._spandsp import ffi, lib

DEPTH = lib.UDPTL_REDUNDANCY
MAX_DATAGRAM = lib.UDPTL_MAX_DATAGRAM
PATIENCE = lib.UDPTL_PATIENCE
MOST_OCTETS = lib.UDPTL_MOST_OCTETS


class Spans(NamedTuple):
    """Where the octets begin and end that a datagram carries."""

    packets: list[tuple[int, int]]
    "Of its own IFP packet, then of the earlier ones, latest first."
    parity: list[tuple[int, int]]
    "Of forward error correction."


def spans_of(datagram: bytes) -> Spans:
    """Return where the octets begin and end that a datagram carries (T.38 Annex A). Raises ProtocolError."""
    spans, has_parity = ffi.new("udptl_span_t[]", len(datagram)), ffi.new("int *")
    count = lib.udptl_spans(datagram, len(datagram), spans, len(datagram), has_parity)
    if count < 0:
        raise ProtocolError("no UDPTL datagram")
    found = [(spans[i].begin, spans[i].end) for i in range(count)]
    return Spans(found[:1], found[1:]) if has_parity[0] else Spans(found, [])
