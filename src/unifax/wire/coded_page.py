"""Pages of a fax TIFF as they are coded for the line, without a call. Knows no line and no receipt."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from unifax.wire._spandsp import ffi, lib
from unifax.wire.t30_options import PATH_OCTETS

_CODINGS: Mapping[str, int] = {
    "MH": lib.T4_COMPRESSION_ITU_T4_1D,
    "MR": lib.T4_COMPRESSION_ITU_T4_2D,
    "MMR": lib.T4_COMPRESSION_ITU_T6,
}


@dataclass(frozen=True, slots=True)
class CodedPage:
    """A page as it would go over the line."""

    bits: int
    sha256: str
    "Of its octets, hex."
    columns: int
    rows: int


def code_page(file: Path, page: int, coding: str, row_bits: int) -> CodedPage | None:
    """Code a page, 0 being the first, by `MH`, `MR` or `MMR`, its rows filled up to so many bits at least.

    Return None for a file or page that cannot be read, or a coding that is none of these.
    """
    path = os.fsencode(file)
    coded = ffi.new("coded_page_t *")
    if coding not in _CODINGS or len(path) > PATH_OCTETS:
        return None
    if not lib.code_page(path, page, _CODINGS[coding], row_bits, coded):
        return None
    sha256 = bytes(ffi.buffer(coded.sha256, lib.CODED_SHA256_OCTETS)).hex()
    return CodedPage(8 * coded.octets, sha256, coded.columns, coded.rows)
