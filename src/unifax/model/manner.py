"""In which manner a call sends its fax: what of T.38 and T.30 its caller chooses. It knows no ladder and no line."""

from dataclasses import dataclass
from enum import StrEnum


class Modem(StrEnum):
    """The fastest modem of a call; it has the slower ones too."""

    V17 = "v17"
    "14 400 bit/s."
    V29 = "v29"
    "9600 bit/s."
    V27TER = "v27ter"
    "4800 bit/s."


@dataclass(frozen=True, slots=True)
class Manner:
    """How a call sends. The defaults are the best: errors are repaired, and pages take the least time."""

    t38: bool = True
    "T.38 where the far side has it; False: G.711 only."
    ecm: bool = True
    "Error correction, where the far machine has it (T.30 Annex A)."
    modem: Modem = Modem.V17


BEST = Manner()


@dataclass(frozen=True, slots=True)
class Pin:
    """What somebody has decided for a number. None is left to the ladder."""

    t38: bool | None = None
    ecm: bool | None = None
    modem: Modem | None = None
