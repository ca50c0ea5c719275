"""When to call again: pure functions of the policy and of how the calls before went. They know no clock or chance."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from unifax.model.outcome import MEANING, Again, Outcome

MADE_UP_FOR = 3
"""Calls that our own process cut off and that do not count. Not more of them: a document may be what ends it."""

SUCCESSIVE_SECONDS = 3600.0
"Calls to one number that lie less than this apart are successive, and after too many it rests so long."

LONGEST_WISH_SECONDS = 3600.0
"A far side's Retry-After counts up to this (RFC 3261 20.33 has no bound)."

JITTER = 0.1
"By this share at most a pause is longer than the policy says, so that faxes stopped together do not return together."


@dataclass(frozen=True, slots=True)
class Schedule:
    """What one cause allows."""

    seconds: float
    "Pause before the next call."
    calls: int
    "Calls to one recipient that may end by this cause."
    grows: bool = False
    "Each pause is twice the one before."


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Pauses and numbers of calls by cause.

    Defaults follow HylaFAX (busy 180 s, no answer 300 s, protocol 60 s; 12 calls in all) and those who call a line that
    people answer three times at most.
    """

    calls: int = 12
    "No more calls than this to one recipient of a fax."
    busy_seconds: float = 180.0
    busy_calls: int = 5
    no_answer_seconds: float = 300.0
    no_answer_calls: int = 3
    dropped_seconds: float = 60.0
    dropped_calls: int = 5
    protocol_seconds: float = 60.0
    protocol_calls: int = 5
    congestion_seconds: float = 30.0
    "After the first; each further pause is twice the one before."
    congestion_calls: int = 8
    successive_calls: int = 15
    """Calls in a row to one number, whoever wants them, that nobody answered; then the number rests for an hour
    (47 CFR 68.318(b)(1)). 0: it never rests."""
    private_trunks: frozenset[str] = frozenset()
    "Trunks that lead to no public network: their numbers do not rest."

    def schedule(self, again: Again) -> Schedule | None:
        """Return the schedule of a cause, or None when calling again cannot help."""
        match again:
            case Again.NEVER:
                return None
            case Again.BUSY:
                return Schedule(self.busy_seconds, self.busy_calls)
            case Again.NO_ANSWER:
                return Schedule(self.no_answer_seconds, self.no_answer_calls)
            case Again.DROPPED:
                return Schedule(self.dropped_seconds, self.dropped_calls)
            case Again.PROTOCOL:
                return Schedule(self.protocol_seconds, self.protocol_calls)
            case Again.CONGESTION:
                return Schedule(self.congestion_seconds, self.congestion_calls, grows=True)


def next_call(
    policy: RetryPolicy,
    outcomes: Sequence[Outcome],
    now: datetime,
    *,
    give_up_at: datetime | None = None,
    retry_after_seconds: float | None = None,
    chance: float = 0.0,
) -> datetime | None:
    """Return when to call again, or None to give up.

    `outcomes` are those of all calls to this recipient, the one that has just ended last. At `give_up_at` and later no
    call begins. `retry_after_seconds` is what the far side asked for: it lengthens a pause, and never shortens it.
    `chance`, from 0 to 1, spreads the pauses.
    """
    again = MEANING[outcomes[-1]].again
    schedule = policy.schedule(again)
    counted = _counted(outcomes)
    alike = sum(MEANING[outcome].again is again for outcome in counted)
    if schedule is None or len(counted) >= policy.calls or alike >= schedule.calls:
        return None
    pause = schedule.seconds * 2 ** (max(alike - 1, 0) if schedule.grows else 0) * (1 + JITTER * chance)
    wished = min(retry_after_seconds or 0.0, LONGEST_WISH_SECONDS)
    due = now + timedelta(seconds=max(pause, wished))
    return due if give_up_at is None or due < give_up_at else None


def _counted(outcomes: Sequence[Outcome]) -> Sequence[Outcome]:
    """Return the outcomes without the first few that were our own fault."""
    lost = [at for at, outcome in enumerate(outcomes) if outcome is Outcome.LOST][:MADE_UP_FOR]
    return [outcome for at, outcome in enumerate(outcomes) if at not in lost]


def rests_until(policy: RetryPolicy, trunk: str, unanswered: int, tried_at: datetime) -> datetime | None:
    """Return until when a number rests after so many successive calls, the last at `tried_at`; None: it does not."""
    if not 0 < policy.successive_calls <= unanswered or trunk in policy.private_trunks:
        return None
    return tried_at + timedelta(seconds=SUCCESSIVE_SECONDS)
