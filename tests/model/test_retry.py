"""Calling again: later, not for ever, and not too often."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from unifax.model.outcome import MEANING, Again, Outcome
from unifax.model.retry import (
    JITTER,
    LONGEST_WISH_SECONDS,
    MADE_UP_FOR,
    SUCCESSIVE_SECONDS,
    RetryPolicy,
    next_call,
    rests_until,
)

NOW = datetime(2026, 11, 23, tzinfo=UTC)
histories = st.lists(st.sampled_from(Outcome), min_size=1, max_size=25)
wishes = st.none() | st.integers(0, 999_999_999)
chances = st.floats(0, 1)


def seconds(policy: RetryPolicy, *outcomes: Outcome, asked: int | None = None, chance: float = 0.0) -> float | None:
    when = next_call(policy, outcomes, NOW, retry_after_seconds=asked, chance=chance)
    return None if when is None else (when - NOW).total_seconds()


@given(histories, wishes, chances)
def test_the_next_call_lies_in_the_future_and_calls_come_to_an_end(
    outcomes: list[Outcome], asked: int | None, chance: float
) -> None:
    when = next_call(RetryPolicy(), outcomes, NOW, retry_after_seconds=asked, chance=chance)
    assert when is None or (when > NOW and len(outcomes) < RetryPolicy().calls + MADE_UP_FOR)


@given(histories, wishes, chances)
def test_a_pause_is_as_long_as_its_cause_says_or_as_the_far_side_asks_within_an_hour(
    outcomes: list[Outcome], asked: int | None, chance: float
) -> None:
    bare = seconds(RetryPolicy(), *outcomes)
    pause = seconds(RetryPolicy(), *outcomes, asked=asked, chance=chance)
    if bare is None or pause is None:
        assert bare is pause
        return
    wished = min(asked or 0, LONGEST_WISH_SECONDS)
    assert max(bare, wished) <= pause <= max(bare * (1 + JITTER), wished) + 1e-6


@given(histories, st.timedeltas(timedelta(), timedelta(hours=2)))
def test_no_call_is_planned_for_when_it_may_not_begin(outcomes: list[Outcome], given_time: timedelta) -> None:
    when = next_call(RetryPolicy(), outcomes, NOW, give_up_at=NOW + given_time)
    assert when is None or when < NOW + given_time


def test_each_cause_has_a_pause_and_a_number_of_its_own() -> None:
    policy = RetryPolicy()
    for outcome, meaning in MEANING.items():
        schedule = policy.schedule(meaning.again)
        if schedule is None:
            assert meaning.again is Again.NEVER
            assert seconds(policy, outcome) is None
        elif outcome is not Outcome.LOST:
            assert seconds(policy, outcome) == schedule.seconds
            assert seconds(policy, *[outcome] * (schedule.calls - 1)) is not None
            assert seconds(policy, *[outcome] * schedule.calls) is None


def test_calls_of_all_causes_together_come_to_an_end() -> None:
    mixed = [Outcome.BUSY, Outcome.NO_ANSWER, Outcome.DROPPED, Outcome.PROTOCOL]
    assert seconds(RetryPolicy(calls=5), *mixed) is not None
    assert seconds(RetryPolicy(calls=4), *mixed) is None


def test_a_trunk_without_a_channel_is_asked_less_and_less_often() -> None:
    pauses = [seconds(RetryPolicy(), *[Outcome.CONGESTION] * made) for made in range(1, 8)]
    assert pauses == [30, 60, 120, 240, 480, 960, 1920]


def test_a_retry_after_lengthens_a_pause_and_never_shortens_it() -> None:
    assert seconds(RetryPolicy(), Outcome.BUSY, asked=10) == 180
    assert seconds(RetryPolicy(), Outcome.BUSY, asked=600) == 600
    assert seconds(RetryPolicy(), Outcome.BUSY, asked=86_400) == LONGEST_WISH_SECONDS


def test_a_call_that_our_own_process_cut_off_is_made_up_for_but_not_for_ever() -> None:
    policy = RetryPolicy(calls=2)
    assert seconds(policy, Outcome.DROPPED, Outcome.DROPPED) is None
    assert seconds(policy, Outcome.DROPPED, Outcome.LOST) is not None
    assert seconds(policy, *[Outcome.LOST] * (1 + MADE_UP_FOR)) is not None
    assert seconds(policy, *[Outcome.LOST] * (2 + MADE_UP_FOR)) is None


@given(st.integers(0, 40), st.integers(0, 20))
def test_a_number_rests_for_an_hour_after_the_last_call_allowed(unanswered: int, allowed: int) -> None:
    until = rests_until(RetryPolicy(successive_calls=allowed), "carrier", unanswered, NOW)
    hour = NOW + timedelta(seconds=SUCCESSIVE_SECONDS)
    assert until == (hour if allowed and unanswered >= allowed else None)


def test_numbers_of_a_private_trunk_do_not_rest() -> None:
    policy = RetryPolicy(private_trunks=frozenset({"pbx"}))
    assert rests_until(policy, "pbx", 100, NOW) is None
    assert rests_until(policy, "carrier", 100, NOW) is not None
