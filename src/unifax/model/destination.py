"""What is known of a number that was called: a fact of the installation, whoever wanted it called."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from unifax.model.ladder import Experience
from unifax.model.manner import Ability, Pin

Known = Mapping[str, Sequence[Experience]]
"By trunk: each leads to a number through other gateways."


@dataclass(frozen=True, slots=True)
class Destination:
    """A number, and what calling it has taught us."""

    number: str
    unanswered: int
    "Calls in a row that nobody answered, each less than an hour after the one before."
    tried_at: datetime | None
    "When the last call ended; None when there was none yet."
    far_station_id: str | None
    "What the machine there calls itself."
    far_ability: Ability | None
    "What it said, when last asked, that it can do."
    pin: Pin
    known: Known
