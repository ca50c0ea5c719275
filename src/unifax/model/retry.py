"""When to call again: a pure function of the policy, the outcome and the calls made."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from unifax.model.outcome import MEANING, Again, Outcome

MADE_UP_FOR = 3
"""Calls beyond the policy's number, when our own process cut the last one off. Not for ever: a document may be what
ends it."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Pauses by cause. Defaults follow HylaFAX (busy 180 s, no answer 300 s, protocol 60 s) and 47 CFR 68.318(b)."""

    calls: int = 5
    "No more calls than this to one recipient of a fax."
    busy_seconds: float = 180.0
    no_answer_seconds: float = 300.0
    dropped_seconds: float = 60.0
    congestion_seconds: float = 30.0

    def pause_seconds(self, again: Again) -> float | None:
        """Return the pause for a cause, or None when calling again cannot help."""
        return {
            Again.NEVER: None,
            Again.BUSY: self.busy_seconds,
            Again.NO_ANSWER: self.no_answer_seconds,
            Again.DROPPED: self.dropped_seconds,
            Again.CONGESTION: self.congestion_seconds,
        }[again]


def next_call(
    policy: RetryPolicy, outcome: Outcome, made: int, now: datetime, give_up_at: datetime | None = None
) -> datetime | None:
    """Return when to call again, or None to give up. `made` counts the call that has just ended.

    At `give_up_at` and later no call begins.
    """
    pause = policy.pause_seconds(MEANING[outcome].again)
    calls = policy.calls + (MADE_UP_FOR if outcome is Outcome.LOST else 0)
    if pause is None or made >= calls:
        return None
    again = now + timedelta(seconds=pause)
    return again if give_up_at is None or again < give_up_at else None
