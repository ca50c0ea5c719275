"""What is known of a number that was called: a fact of the installation, whoever wanted it called."""

from dataclasses import dataclass
from datetime import datetime, timedelta

KNOWN_FOR = timedelta(days=90)
"So long after the last call a number is remembered: machines are replaced, and numbers are given to others."


@dataclass(frozen=True, slots=True)
class Destination:
    """A number, and what calling it has taught us."""

    number: str
    unanswered: int
    "Calls in a row that nobody answered, each less than an hour after the one before."
    tried_at: datetime
    "When the last call ended."
