"""The transcript of a call: what happened in it, entry by entry, and how that is packed. Knows no telephony."""

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Layer(StrEnum):
    """Where something happened."""

    CALL = "call"
    "Phases, milestones, the result."
    SIP = "sip"
    T30 = "t30"
    MEDIA = "media"
    "Datagrams of the fax: what came, what was lost."


class Way(StrEnum):
    """To us, or from us."""

    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened in a call."""

    at: float
    "Seconds since the call was begun."
    layer: Layer
    way: Way | None
    "None for what nobody sent."
    text: str
    "For people. Of a SIP message: its start line, the headers that matter, and its session description."
    counts: Mapping[str, int] = field(default_factory=dict)
    "Of datagrams, for programs."


def packed(entries: Sequence[Entry]) -> bytes:
    """Return entries as JSON lines, deflated (RFC 1950). A call of one page is some 2 kB."""
    return zlib.compress("\n".join(json.dumps(fields(entry)) for entry in entries).encode())


def unpacked(blob: bytes) -> list[Entry]:
    """Return what `packed` has packed."""
    return [_entry(json.loads(line)) for line in zlib.decompress(blob).decode().splitlines()]


def fields(entry: Entry) -> dict[str, object]:
    """Return an entry as it is written in JSON; what is empty is left out."""
    written: dict[str, object] = {"at": round(entry.at, 3), "layer": entry.layer.value}
    if entry.way is not None:
        written["way"] = entry.way.value
    written["text"] = entry.text
    if entry.counts:
        written["counts"] = dict(entry.counts)
    return written


def _entry(written: dict[str, object]) -> Entry:
    at, counts, way = written["at"], written.get("counts", {}), written.get("way")
    assert isinstance(at, float | int)
    assert isinstance(counts, dict)
    return Entry(
        float(at), Layer(str(written["layer"])), None if way is None else Way(str(way)), str(written["text"]), counts
    )
