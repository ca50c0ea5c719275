"""Asking a server whether it is there."""

import pytest

from tests.wire.sip.far_side import THEM, FarSide, words
from unifax.wire.sip import agent as sip
from unifax.wire.sip.fields import Uri
from unifax.wire.sip.message import Request


class Asking:
    def __init__(self, user: str = "210") -> None:
        self.far = FarSide()
        self.told: list[sip.Health] = []
        account = sip.Account(Uri.parse("sip:carrier.example"), user)
        self.keeping = self.far.agent.keep_alive(account, THEM, 60, self.told.append, self.far.now)
        (self.first,) = self.far.take()


def test_it_asks_by_options() -> None:
    at = Asking()
    assert isinstance(at.first, Request)
    assert (at.first.method, at.first.uri) == ("OPTIONS", "sip:carrier.example")
    assert at.first.from_.uri == "sip:210@carrier.example"
    assert at.far.datagrams[0].destination == THEM
    assert Asking(user="").first.from_.uri == "sip:carrier.example"


@pytest.mark.parametrize(("status", "is_up"), [(200, True), (401, True), (404, True), (500, True), (503, False)])
def test_any_answer_shows_that_it_is_there_but_503(status: int, is_up: bool) -> None:
    at = Asking()
    at.far.answer(at.first, 100)
    assert at.told == []
    at.far.answer(at.first, status)
    assert at.told == [sip.Health(is_up, 0, status)]


def test_it_asks_again_and_tells_what_has_changed() -> None:
    at = Asking()
    at.far.answer(at.first, 200)
    assert at.far.wait(59) == []
    (second,) = at.far.wait(1)
    assert isinstance(second, Request)
    assert (second.call_id, second.cseq.number) == (at.first.call_id, 2)
    at.far.answer(second, 200)
    assert len(at.told) == 1, "nothing new"
    at.far.wait(60)
    at.far.wait(33)
    assert at.told[1:] == [sip.Health(False, 152, 408)]
    fourth, *_ = at.far.wait(60)
    at.far.answer(fourth, 403)
    assert at.told[-1] == sip.Health(True, at.far.now, 403)


def test_it_stops() -> None:
    at = Asking()
    at.keeping.stop()
    at.far.answer(at.first, 200)
    assert at.told == []
    assert words(at.far.wait(1000)) == []
    assert len(at.far.agent) == 0
