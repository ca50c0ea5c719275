"""Our account at a registrar that is played by hand: every answer that it can give, and time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire.sip.far_side import THEM, FarSide, words
from unifax.wire.datagram import Address
from unifax.wire.sip import agent as sip
from unifax.wire.sip.digest import Credentials, credentials_of
from unifax.wire.sip.fields import Uri
from unifax.wire.sip.message import Request, Response
from unifax.wire.sip.registration import Standing, backoff_seconds

DOMAIN = Uri.parse("sip:carrier.example")
SPARE = Address("10.0.0.8", 5060)
CONTACT = "<sip:210@10.0.0.1:5060>"
CHALLENGE = ("WWW-Authenticate", 'Digest realm="carrier", qop="auth", nonce="one", algorithm=SHA-256')


class Registering:
    """One registration, and what is told of it."""

    def __init__(self) -> None:
        self.far = FarSide()
        self.told: list[tuple[Standing, int | None, float | None]] = []
        self.server = THEM
        account = sip.Account(DOMAIN, "210", Credentials("210", "secret"))
        self.registration = self.far.agent.register(
            account, lambda: self.server, lambda: 1.0, self._changed, self.far.now
        )
        (self.first,) = self.far.take()

    def _changed(self, registration: sip.Registration) -> None:
        self.told.append((registration.standing, registration.status, registration.bound_until))

    def grant(self, request: Request | Response, seconds: int) -> list[Request | Response]:
        return self.far.answer(request, 200, ("Contact", f"{CONTACT};expires={seconds}"))

    def next(self, within: float) -> Request:
        """Return the REGISTER that is sent within so many seconds, and set the clock to when it was."""
        end = self.far.now + within
        while (wake := self.far.agent.next_wake()) is not None and wake <= end:
            if said := self.far.wait(wake - self.far.now):
                assert isinstance(said[0], Request)
                return said[0]
        raise AssertionError(f"nothing sent until {end}")


@pytest.fixture
def at() -> Registering:
    return Registering()


def test_it_tells_where_we_are_at_once(at: Registering) -> None:
    request = at.first
    assert isinstance(request, Request)
    assert (request.method, request.uri) == ("REGISTER", "sip:carrier.example")
    assert request.to.uri == request.from_.uri == "sip:210@carrier.example"
    assert request.headers.get("Contact") == CONTACT
    assert request.headers.get("Expires") == "3600"
    assert at.far.datagrams[0].destination == THEM


def test_a_password_is_given_when_it_is_asked_for_and_from_then_on(at: Registering) -> None:
    (again,) = at.far.answer(at.first, 401, CHALLENGE)
    assert isinstance(again, Request)
    assert [name for name, _ in credentials_of(again)] == ["Authorization"]
    assert (again.call_id, again.cseq.number) == (at.first.call_id, 2)
    assert at.told == []
    at.grant(again, 60)
    refresh = at.next(30)
    assert 'nonce="one"' in credentials_of(refresh)[0][1]


def test_a_wrong_password_is_not_given_twice(at: Registering) -> None:
    (again,) = at.far.answer(at.first, 401, CHALLENGE)
    assert at.far.answer(again, 401, CHALLENGE) == []
    assert at.told == [(Standing.ABSENT, 401, None)]


@pytest.mark.parametrize("granted", [7200, 3600, 60, 5])
def test_it_comes_again_at_half_of_what_was_granted(granted: int, at: Registering) -> None:
    at.grant(at.first, granted)
    assert at.told == [(Standing.BOUND, 200, granted)]
    at.far.wait(granted / 2 - 0.1)
    assert at.far.take() == []
    refresh = at.next(0.2)
    assert (refresh.call_id, refresh.cseq.number) == (at.first.call_id, 2)
    at.grant(refresh, granted)
    assert at.told[-1:] == [(Standing.BOUND, 200, granted * 1.5)]


def test_who_grants_nothing_worth_a_second_is_not_asked_without_end(at: Registering) -> None:
    at.grant(at.first, 1)
    at.far.wait(0.9)
    assert at.far.take() == []


@pytest.mark.parametrize(
    ("fields", "seconds"),
    [
        ((("Contact", f"{CONTACT};expires=90"), ("Expires", "30")), 90),
        ((("Contact", "<sip:210@192.0.2.7:61000>;expires=90"),), 90),
        ((("Contact", f"<sip:210@10.0.0.7>;expires=10, {CONTACT};expires=90"),), 90),
        ((("Contact", "<sip:210@10.0.0.7>;expires=10, <sip:210@10.0.0.6>;expires=20"), ("Expires", "30")), 30),
        ((("Contact", CONTACT), ("Expires", "30")), 30),
        ((("Contact", "<nothing"), ("Expires", "thirty")), 3600),
        ((), 3600),
    ],
)
def test_how_long_it_holds_is_said_in_the_contact_or_beside_it(
    fields: tuple[tuple[str, str], ...], seconds: int, at: Registering
) -> None:
    at.far.answer(at.first, 200, *fields)
    assert at.told == [(Standing.BOUND, 200, seconds)]


def test_what_is_too_short_for_them_is_asked_for_longer(at: Registering) -> None:
    (again,) = at.far.answer(at.first, 423, ("Min-Expires", "7200"))
    assert isinstance(again, Request)
    assert again.headers.get("Expires") == "7200"
    assert at.far.answer(again, 423, ("Min-Expires", "7200")) == []
    assert at.told == [(Standing.ABSENT, 423, None)]


def test_pauses_grow_while_it_is_refused(at: Registering) -> None:
    request: Request | Response = at.first
    pauses = []
    for _ in range(4):
        before = at.far.now
        assert at.far.answer(request, 403) == []
        request = at.next(4000)
        pauses.append(at.far.now - before)
    assert pauses == [60, 120, 240, 480]


def test_it_waits_as_long_as_they_ask_but_not_for_days(at: Registering) -> None:
    at.far.answer(at.first, 503, ("Retry-After", "600"))
    at.far.wait(599)
    assert at.far.take() == []
    again = at.next(2)
    at.far.answer(again, 503, ("Retry-After", "86400"))
    at.next(3601)


def test_a_registrar_that_does_not_answer_a_refresh_forgets_us_in_the_end(at: Registering) -> None:
    at.grant(at.first, 100)
    refresh = at.next(51)
    at.far.wait(33)
    assert at.told[-1:] == [(Standing.BOUND, 408, 100)]
    at.far.wait(100 - at.far.now + 0.1)
    assert at.told[-1:] == [(Standing.ABSENT, 408, None)]
    again = at.next(120)
    assert again.cseq.number == refresh.cseq.number + 1
    at.grant(again, 100)
    assert at.told[-1][:2] == (Standing.BOUND, 200)


def test_another_server_is_asked_when_its_owner_says_so(at: Registering) -> None:
    at.far.answer(at.first, 503)
    at.server = SPARE
    at.next(120)
    assert at.far.datagrams[0].destination == SPARE
    assert at.registration.server == SPARE


def test_we_say_that_we_are_gone_and_then_nothing_any_more(at: Registering) -> None:
    at.grant(at.first, 100)
    at.registration.leave(at.far.now)
    (leaving,) = at.far.take()
    assert isinstance(leaving, Request)
    assert (leaving.headers.get("Contact"), leaving.headers.get("Expires")) == (CONTACT, "0")
    at.far.answer(leaving, 200)
    assert at.told[-1:] == [(Standing.GONE, 200, None)]
    at.registration.leave(at.far.now)
    assert at.far.wait(10_000) == []
    assert len(at.far.agent) == 0


def test_what_was_asked_before_we_left_is_old_news(at: Registering) -> None:
    at.registration.leave(at.far.now)
    (leaving,) = at.far.take()
    at.grant(at.first, 100)
    assert at.told == []
    at.far.answer(leaving, 503)
    assert at.told == [(Standing.GONE, 503, None)]


ANSWERS = st.lists(
    st.tuples(st.sampled_from([100, 200, 302, 401, 407, 423, 500, 503, 600, None]), st.integers(0, 4000)), max_size=12
)


@given(ANSWERS)
def test_whatever_they_answer_it_asks_again_and_stays_small(answers: list[tuple[int | None, int]]) -> None:
    at = Registering()
    said: list[Request | Response] = [at.first]
    for status, seconds in answers:
        if status is not None and said:
            said = at.far.answer(said[-1], status, ("Expires", str(seconds)), ("Min-Expires", str(seconds)), CHALLENGE)
        assert set(words(said)) <= {"REGISTER"}
        said = at.far.wait(seconds) or said
        assert len(at.far.agent) < 24
    assert at.far.wait(10_000), "it never gives up"


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_a_pause_is_half_a_minute_at_least_and_half_an_hour_at_most(failures: int, chance: float) -> None:
    assert 30 <= backoff_seconds(failures, chance) <= 1800
