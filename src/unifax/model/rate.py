"""So many requests a minute: when the next one may come. Knows no request, and nobody's name.

The generic cell rate algorithm (ITU-T I.371, Annex A): all of a minute's requests may come at once, then one each time
that many have been earned. One moment is all that is kept of a caller, however many requests it makes.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Rate:
    name: str
    "What the `RateLimit` fields call it."
    quota: int
    "Requests in a minute, at least 1."

    @property
    def step(self) -> timedelta:
        "How long one request takes to be earned again."
        return WINDOW // self.quota

    @property
    def whole(self) -> timedelta:
        "How long all of them take."
        return self.step * self.quota


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a caller stands after a request."""

    rate: Rate
    allowed: bool
    remaining: int
    "Requests that may come at once from here."
    wait: timedelta
    "Until the next one may come, if it may not now; else until all of them may."
    full_at: datetime
    "When the caller will have all of them again: what to keep of it."


def spend(rate: Rate, full_at: datetime, now: datetime) -> Standing:
    """Return where a caller stands that asks once more. A request that is refused costs nothing."""
    begins = min(max(full_at, now), now + rate.whole)  # a clock set back must not lock anybody out
    ends = begins + rate.step
    left = now + rate.whole - ends
    if left < timedelta(0):
        return Standing(rate, allowed=False, remaining=0, wait=-left, full_at=begins)
    return Standing(rate, allowed=True, remaining=left // rate.step, wait=ends - now, full_at=ends)
