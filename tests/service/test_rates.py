"""Who has asked how often: Apps, accounts and addresses are counted apart, and forgotten in time."""

from datetime import datetime, timedelta

import pytest

from tests.world import NOW
from unifax.model.accounts import AccountKind, Viewer
from unifax.model.errors import TooMany
from unifax.service import rates
from unifax.service.rates import Quotas, Rates, check

FIRST, SECOND, OTHER = (Viewer(a, AccountKind.USER, app) for a, app in ((1, 10), (1, 11), (2, 20)))


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        return self.now


def test_an_app_is_counted_alone_and_an_account_with_all_its_apps() -> None:
    tally = Rates(Quotas(app=2, account=3), Clock())
    assert [[each.remaining for each in tally.request(viewer)] for viewer in (FIRST, FIRST, SECOND)] == [
        [1, 2],
        [0, 1],
        [1, 0],
    ]
    assert [each.allowed for each in tally.request(SECOND)] == [True, False]
    assert [each.allowed for each in tally.request(OTHER)] == [True, True]


def test_a_request_that_is_refused_costs_nothing() -> None:
    tally = Rates(Quotas(app=1, account=2), Clock())
    tally.request(FIRST)
    for _ in range(3):
        assert [each.allowed for each in tally.request(FIRST)] == [False, True]
    assert all(each.allowed for each in tally.request(SECOND))


def test_faxes_and_strangers_have_rates_of_their_own() -> None:
    tally = Rates(Quotas(faxes=1, strangers=1), Clock())
    assert [tally.fax(FIRST)[0].allowed for _ in range(2)] == [True, False]
    assert [tally.stranger(host)[0].allowed for host in ("192.0.2.1", "192.0.2.1", "192.0.2.2")] == [True, False, True]


def test_without_a_quota_nothing_is_counted() -> None:
    tally = Rates(Quotas(0, 0, 0, 0), Clock())
    assert (tally.request(FIRST), tally.fax(FIRST), tally.stranger("")) == ([], [], [])


def test_too_many_says_when_to_come_again_and_then_lets_in() -> None:
    clock = Clock()
    tally = Rates(Quotas(app=7), clock)
    for _ in range(7):
        check(tally.request(FIRST))
    with pytest.raises(TooMany) as refused:
        check(tally.request(FIRST))
    clock.now += timedelta(seconds=refused.value.retry_after_seconds)
    check(tally.request(FIRST))


def test_memory_stays_bounded_and_who_was_silent_longest_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "REMEMBERED", 2)
    tally = Rates(Quotas(strangers=1), Clock())
    for host in ("a", "b", "c"):
        tally.stranger(host)
    assert [tally.stranger(host)[0].allowed for host in ("c", "b", "a")] == [False, False, True]
