"""Which servers are tried, and in which order."""

import pytest

from unifax.line.health import SILENT_SECONDS, Servers
from unifax.wire.datagram import Address
from unifax.wire.sip.agent import Health

A, B = Address("10.0.0.1", 5060), Address("10.0.0.2", 5060)
UP, DOWN = Health(True, 0.0, 200), Health(False, 0.0, 408)


@pytest.fixture
def servers() -> Servers:
    return Servers()


def test_nothing_known_they_are_tried_in_their_order(servers: Servers) -> None:
    assert servers.to_try([A, B], 0) == [A, B]


def test_one_that_failed_comes_last_for_a_minute(servers: Servers) -> None:
    servers.failed(A, 0)
    assert servers.to_try([A, B], SILENT_SECONDS - 1) == [B, A]
    assert servers.to_try([A, B], SILENT_SECONDS) == [A, B]


def test_when_all_have_failed_all_are_tried(servers: Servers) -> None:
    servers.failed(A, 0)
    servers.failed(B, 0)
    assert servers.to_try([A, B], 1) == [A, B]


def test_one_that_no_longer_answers_options_comes_last_until_it_does(servers: Servers) -> None:
    servers.heard(A, UP)
    servers.heard(A, DOWN)
    assert servers.to_try([A, B], 1000) == [B, A]
    servers.heard(A, UP)
    assert servers.to_try([A, B], 1000) == [A, B]


def test_when_all_are_down_none_is_tried(servers: Servers) -> None:
    for server in (A, B):
        servers.heard(server, UP)
        servers.heard(server, DOWN)
    assert servers.to_try([A, B], 1000) == []
    servers.heard(B, UP)
    assert servers.to_try([A, B], 1000) == [B, A]


def test_one_that_never_answered_options_is_not_down_until_a_call_fails_too(servers: Servers) -> None:
    servers.heard(A, DOWN)
    assert servers.to_try([A], 0) == [A]
    servers.failed(A, 0)
    assert servers.to_try([A], 1) == []
    assert servers.to_try([A], SILENT_SECONDS) == [A], "who knows; a call will tell"


def test_options_that_are_answered_make_a_failed_call_good(servers: Servers) -> None:
    servers.failed(A, 0)
    servers.heard(A, UP)
    assert servers.to_try([A, B], 1) == [A, B]


def test_a_server_that_is_gone_leaves_nothing(servers: Servers) -> None:
    servers.heard(A, UP)
    servers.heard(A, DOWN)
    servers.failed(A, 0)
    servers.forget(A)
    assert servers.to_try([A], 1) == [A]
    assert servers.health == {}
