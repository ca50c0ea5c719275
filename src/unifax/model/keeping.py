"""How long the content of a fax is kept: a rule of its own, that of its label, its extension, or the installation."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from unifax.model.errors import RequestInvalid

LONGEST_DAYS = 36_500

_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", re.ASCII)


class Why(StrEnum):
    """Why a content was deleted."""

    KEPT_LONG_ENOUGH = "kept_long_enough"
    ASKED = "asked"


@dataclass(frozen=True, slots=True)
class Keeping:
    """What the sender of a fax says about it."""

    label: str | None = None
    "What sort of fax it is, in a word of the installation's."
    days: int = 0
    "0: no rule of its own."

    @classmethod
    def read(cls, asked: Mapping[str, object]) -> "Keeping":
        """Read `label` and `keepDays` of a request's JSON. Raises RequestInvalid, naming the member."""
        label, days = asked.get("label"), asked.get("keepDays")
        if label is not None and not (isinstance(label, str) and _LABEL.fullmatch(label)):
            raise RequestInvalid("'label' must be a word of up to 64 letters, digits, dots, hyphens and underscores.")
        if days is not None and not (
            isinstance(days, int) and not isinstance(days, bool) and 1 <= days <= LONGEST_DAYS
        ):
            raise RequestInvalid(f"'keepDays' must be a number from 1 to {LONGEST_DAYS}.")
        return cls(label, days or 0)


AS_OTHERS = Keeping()
"Of a fax whose sender says nothing about it."


@dataclass(frozen=True, slots=True)
class KeepingRules:
    """What the installation says. The first rule that there is holds: the fax's, its label's, its extension's, this."""

    days: int = 0
    "0: for ever."
    of_labels: Mapping[str, int] = field(default_factory=dict)
