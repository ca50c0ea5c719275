"""What an entry of a terminal's journal says (`native/spandsp_line.h`). Knows no pages and no time."""

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from unifax.wire._spandsp import ffi, lib
from unifax.wire.t30_events import Coded, Counters

if TYPE_CHECKING:
    from unifax.wire._spandsp import LineEntry

_CODINGS: Mapping[int, str] = {
    lib.T4_COMPRESSION_ITU_T4_1D: "MH",
    lib.T4_COMPRESSION_ITU_T4_2D: "MR",
    lib.T4_COMPRESSION_ITU_T6: "MMR",
}


def counters_of(line: "LineEntry") -> Counters:
    """Return the library's counters at that moment."""
    return Counters(
        far_station_id=ffi.string(line.far_station_id).decode("latin-1").strip() or None,
        bits_per_second=line.bit_rate,
        ecm=bool(line.error_correcting_mode),
        coding=_CODINGS.get(line.encoding, ""),
        pages_accepted=line.pages_tx,
        pages_in_file=line.pages_in_file,
        pages_received=line.pages_rx,
        columns=line.width,
        rows=line.length_rows,
        bad_rows=line.bad_rows,
    )


def coded_of(line: "LineEntry") -> Coded | None:
    """Return the page that a question is about, as it was coded for the line; None of other frames."""
    if not line.coded_octets:
        return None
    return Coded(
        bits=8 * line.coded_octets,
        sha256=bytes(ffi.buffer(line.coded_sha256, lib.LINE_SHA256_OCTETS)).hex(),
        rows_per_metre=line.y_resolution,
        row_bits=line.row_bits,
    )


@lru_cache(maxsize=256)
def frame_name(fcf: int, fcf2: int) -> str:
    """Return a frame's name as T.30 writes it; `?FF` for one that it does not have."""
    name = ffi.string(lib.t30_frametype(fcf)).decode().replace("_", "-")
    if name.startswith("?"):
        return f"?{fcf:02X}"
    return f"{name}-{frame_name(fcf2, 0)}" if name in {"PPS", "EOR"} else name
