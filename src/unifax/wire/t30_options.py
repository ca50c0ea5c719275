"""What a fax terminal is told before it begins. Knows no transport, no socket and no clock."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from unifax.model.manner import Modem
from unifax.wire._spandsp import lib

if TYPE_CHECKING:
    from unifax.wire._spandsp import T30

STATION_ID_CHARACTERS = 20
"T.30 5.3.6.2.4. Its alphabet is digits, plus and space; machines send and show letters, so we do."
PATH_OCTETS = 255
"libspandsp cuts a longer file name off."

_MODEMS: Mapping[Modem, int] = {
    Modem.V27TER: lib.T30_SUPPORT_V27TER,
    Modem.V29: lib.T30_SUPPORT_V27TER | lib.T30_SUPPORT_V29,
    Modem.V17: lib.T30_SUPPORT_V27TER | lib.T30_SUPPORT_V29 | lib.T30_SUPPORT_V17,
}
_CODINGS = lib.T30_SUPPORT_T4_1D_COMPRESSION | lib.T30_SUPPORT_T4_2D_COMPRESSION | lib.T30_SUPPORT_T6_COMPRESSION
_STANDARD = lib.T30_SUPPORT_STANDARD_RESOLUTION | lib.T30_SUPPORT_R8_RESOLUTION
_FINER = (
    lib.T30_SUPPORT_FINE_RESOLUTION
    | lib.T30_SUPPORT_SUPERFINE_RESOLUTION
    | lib.T30_SUPPORT_R16_RESOLUTION
    | lib.T30_SUPPORT_300_300_RESOLUTION
    | lib.T30_SUPPORT_400_400_RESOLUTION
)
_SIZES = (
    lib.T30_SUPPORT_215MM_WIDTH
    | lib.T30_SUPPORT_255MM_WIDTH
    | lib.T30_SUPPORT_303MM_WIDTH
    | lib.T30_SUPPORT_UNLIMITED_LENGTH
    | lib.T30_SUPPORT_A4_LENGTH
    | lib.T30_SUPPORT_B4_LENGTH
    | lib.T30_SUPPORT_US_LETTER_LENGTH
    | lib.T30_SUPPORT_US_LEGAL_LENGTH
)


@dataclass(frozen=True, slots=True)
class TerminalOptions:
    """What a terminal is, and the one file it sends or receives. Raises ValueError where that makes no sense."""

    calling: bool
    station_id: str
    "TSI when calling, CSI when called: at most 20 printable ASCII characters."
    send: Path | None
    """Fax TIFF as wide as T.4 has it at its resolution: for A4, 1728 columns at 204 dpi, 2592 at 300, 3456 at 400. What
    libspandsp cannot read ends the call 8 s in, as DOCUMENT."""
    receive: Path | None
    "Fax TIFF to write, T.6 coded."
    first_page: int = 0
    "Page of the document to begin with, 0 for the first."
    ecm: bool = True
    modem: Modem = Modem.V17
    fine: bool = True
    "False takes standard resolution only, as the oldest machines do."
    paced: bool = True
    "T.38: False sends as fast as 500 datagrams a second, for a far side that is a program and no modem."
    silence_seconds: float = 70.0
    """It ends after so long without a packet (over T.38 either way, in audio from the far side): libspandsp alone would
    wait for ever in the middle of a page, and after some broken frames. Its own longest wait is 60 s (T0, T5)."""

    def __post_init__(self) -> None:
        if len(self.station_id) > STATION_ID_CHARACTERS or not (
            self.station_id.isascii() and self.station_id.isprintable()
        ):
            raise ValueError(f"a station id is at most 20 printable ASCII characters, not {self.station_id!r}")
        if (self.send is None) is (self.receive is None):
            raise ValueError("a terminal either sends or receives")
        if self.first_page < 0:
            raise ValueError(f"there is no page {self.first_page}")
        if len(os.fsencode(self.send or self.receive or "")) > PATH_OCTETS:
            raise ValueError("a file name of more than 255 octets")

    def tell(self, t30: "T30") -> None:
        """Tell libspandsp."""
        lib.t30_set_tx_ident(t30, self.station_id.encode("ascii"))
        lib.t30_set_ecm_capability(t30, self.ecm)
        lib.t30_set_supported_modems(t30, _MODEMS[self.modem])
        lib.t30_set_supported_compressions(t30, _CODINGS)
        lib.t30_set_supported_resolutions(t30, _STANDARD | _FINER if self.fine else _STANDARD)
        lib.t30_set_supported_image_sizes(t30, _SIZES)
        lib.t30_set_rx_encoding(t30, lib.T4_COMPRESSION_ITU_T6)
        if self.send is not None:
            lib.t30_set_tx_file(t30, os.fsencode(self.send), self.first_page, -1)
        if self.receive is not None:
            lib.t30_set_rx_file(t30, os.fsencode(self.receive), -1)
