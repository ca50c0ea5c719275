"""A rate lets a minute's requests through at once, then each as it is earned, and never more."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from unifax.model.rate import WINDOW, Rate, spend

NOW = datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)

quotas = st.integers(1, 1_000_000)
gaps = st.lists(st.timedeltas(timedelta(0), timedelta(seconds=30)), max_size=60)


def test_a_minutes_requests_may_come_at_once_and_the_next_when_it_is_earned() -> None:
    rate, full_at = Rate("app", 3), NOW
    for remaining in (2, 1, 0):
        standing = spend(rate, full_at, NOW)
        assert (standing.allowed, standing.remaining) == (True, remaining)
        full_at = standing.full_at
    refused = spend(rate, full_at, NOW)
    assert (refused.allowed, refused.remaining, refused.wait) == (False, 0, timedelta(seconds=20))
    assert not spend(rate, refused.full_at, NOW + timedelta(seconds=19)).allowed
    assert spend(rate, refused.full_at, NOW + timedelta(seconds=20)).allowed


@given(quotas)
def test_what_was_spent_is_whole_again_after_a_minute_of_silence(quota: int) -> None:
    rate = Rate("app", quota)
    spent = spend(rate, NOW + rate.whole - rate.step, NOW)
    assert (spent.allowed, spent.remaining) == (True, 0)
    assert spend(rate, spent.full_at, NOW + WINDOW).remaining == quota - 1


@given(st.integers(1, 20), gaps)
def test_no_minute_sees_more_than_twice_the_quota_and_who_waits_as_told_is_let_in(
    quota: int, gaps: list[timedelta]
) -> None:
    rate, full_at, now, came = Rate("app", quota), NOW, NOW, list[datetime]()
    for gap in gaps:
        now += gap
        standing = spend(rate, full_at, now)
        full_at = standing.full_at
        if standing.allowed:
            came.append(now)
        else:
            assert timedelta(0) < standing.wait <= WINDOW
            assert spend(rate, full_at, now + standing.wait).allowed
    for first in came:
        assert sum(first <= each < first + WINDOW for each in came) <= 2 * quota


@given(quotas, st.timedeltas(timedelta(0), timedelta(days=400)))
def test_a_clock_that_is_set_back_locks_nobody_out_for_longer_than_the_window(quota: int, back: timedelta) -> None:
    rate = Rate("app", quota)
    assert spend(rate, NOW, NOW - back).wait <= WINDOW
