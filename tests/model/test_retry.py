"""Calling again: later, and not for ever."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from unifax.model.outcome import Outcome
from unifax.model.retry import MADE_UP_FOR, RetryPolicy, next_call

NOW = datetime(2026, 11, 23, tzinfo=UTC)
outcomes = st.sampled_from(list(Outcome))


@given(outcomes, st.integers(1, 20))
def test_the_next_call_lies_in_the_future_and_calls_come_to_an_end(outcome: Outcome, made: int) -> None:
    when = next_call(RetryPolicy(), outcome, made, NOW)
    assert when is None or (when > NOW and made < RetryPolicy().calls + MADE_UP_FOR)


def test_a_busy_number_is_called_again_after_the_busy_pause() -> None:
    assert next_call(RetryPolicy(busy_seconds=7), Outcome.BUSY, 1, NOW) == NOW + timedelta(seconds=7)


def test_a_number_that_does_not_exist_is_not_called_again() -> None:
    assert next_call(RetryPolicy(), Outcome.NO_SUCH_NUMBER, 1, NOW) is None


def test_what_may_have_arrived_is_not_sent_twice() -> None:
    assert next_call(RetryPolicy(), Outcome.UNCERTAIN, 1, NOW) is None


def test_a_call_that_our_own_process_cut_off_is_made_up_for_but_not_for_ever() -> None:
    policy = RetryPolicy(calls=2)
    assert next_call(policy, Outcome.DROPPED, 2, NOW) is None
    assert next_call(policy, Outcome.LOST, 2, NOW) is not None
    assert next_call(policy, Outcome.LOST, 2 + MADE_UP_FOR, NOW) is None
