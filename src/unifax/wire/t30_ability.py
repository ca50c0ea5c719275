"""What DIS says of a fax machine that decides how it can be sent to. Knows no library, no line and no time."""

from collections.abc import Mapping

from unifax.model.manner import Ability, Modem
from unifax.model.paper import Resolution

_V29, _V17 = 0b0001, 0b1001
"Of bits 11 to 14, bit 11 being the lowest: those that all of its kinds with V.29, and with V.17, have in common."

_RESOLUTIONS: Mapping[int, Resolution] = {
    15: Resolution.FINE,
    41: Resolution.SUPERFINE,
    42: Resolution.R300,
    43: Resolution.R400,
}
"Single bits. Standard is always there."


def ability_of(bits: bytes) -> Ability:
    """Return what a machine can do, by the bits of its DIS or DTC (T.30 table 2); what is not in them is 0."""
    whole = int.from_bytes(bits, "little") << 1  # so that bits have their numbers
    modems = whole >> 11 & 0b1111
    modem = Modem.V17 if modems & _V17 == _V17 else Modem.V29 if modems & _V29 else Modem.V27TER
    finer = {resolution for bit, resolution in _RESOLUTIONS.items() if whole >> bit & 1}
    return Ability(ecm=bool(whole >> 27 & 1), modem=modem, resolutions=frozenset({Resolution.STANDARD, *finer}))
