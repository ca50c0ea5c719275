"""In which manner a call sends its fax: what of T.38 and T.30 its caller chooses. It knows no ladder and no line."""

from dataclasses import dataclass, replace
from enum import StrEnum

from unifax.model.paper import Resolution


class Modem(StrEnum):
    """The fastest modem of a call or a machine, which has the slower ones too. The fastest comes first."""

    V17 = "v17"
    "14 400 bit/s."
    V29 = "v29"
    "9600 bit/s."
    V27TER = "v27ter"
    "4800 bit/s."

    @property
    def bits_per_second(self) -> int:
        return {Modem.V17: 14_400, Modem.V29: 9_600, Modem.V27TER: 4_800}[self]


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
class Ability:
    """What a fax machine says it can do (its DIS, T.30 table 2), as far as a manner can ask for it."""

    ecm: bool
    modem: Modem
    resolutions: frozenset[Resolution] = frozenset(Resolution)
    "Of the pages that it takes."

    def comes_to(self, manner: Manner) -> Manner:
        """Return what becomes of a manner with this machine."""
        slower = max(manner.modem, self.modem, key=list(Modem).index)
        return replace(manner, ecm=manner.ecm and self.ecm, modem=slower)


def pages_for(far: Ability | None, finest: Resolution | None) -> frozenset[Resolution] | None:
    """Return the resolutions that pages may have, for a machine that takes these and is to get none finer; None for any
    that they have."""
    if far is None and finest is None:
        return None
    able = ABLE.resolutions if far is None else far.resolutions
    return able if finest is None else able & frozenset(list(Resolution)[: list(Resolution).index(finest) + 1])


ABLE = Ability(ecm=True, modem=Modem.V17)
"A machine that can do everything, as far as is known."


@dataclass(frozen=True, slots=True)
class Pin:
    """What somebody has decided for a number. None is left to the ladder."""

    t38: bool | None = None
    ecm: bool | None = None
    modem: Modem | None = None
    resolution: Resolution | None = None
    "The finest pages that it is sent."
