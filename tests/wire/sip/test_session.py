"""Session timers: who refreshes, when and how, and what a far side may say of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire.sip.far_side import FarSide, words
from tests.wire.sip.phones import Line
from unifax.wire.sip import agent as sip
from unifax.wire.sip.digest import Credentials
from unifax.wire.sip.message import Headers, Request, Response
from unifax.wire.sip.session import SessionExpires

TIMER = ("Supported", "timer")
UPDATES = ("Allow", "INVITE, ACK, BYE, UPDATE")


def expires(text: str) -> tuple[str, str]:
    return "Session-Expires", text


@pytest.fixture
def far() -> FarSide:
    return FarSide()


def called(far: FarSide, *fields: tuple[str, str]) -> sip.Leg:
    """Be called by our agent and answer so."""
    leg, invite = far.be_called()
    assert words(far.answer(invite, 200, *fields, body=b"audio of theirs")) == ["ACK"]
    far.agent.events()
    return leg


def calls(far: FarSide, *fields: tuple[str, str]) -> tuple[sip.Leg, Response]:
    """Call our agent so; return its leg and its answer."""
    far.ask("INVITE", *fields, body=b"audio of theirs")
    (invited,) = far.agent.events()
    assert isinstance(invited, sip.Invited)
    invited.leg.answer(b"audio of ours", far.now)
    (answer,) = far.take()
    assert isinstance(answer, Response)
    far.ask("ACK", to_tag=invited.leg.tag)
    return invited.leg, answer


def said(message: Request | Response) -> tuple[str | None, str | None, str | None]:
    return tuple(message.headers.get(name) for name in ("Session-Expires", "Require", "Min-SE"))  # type: ignore[return-value]


class TestACallOfOurs:
    def test_asks_for_half_an_hour_and_leaves_it_to_the_far_side_who_refreshes(self, far: FarSide) -> None:
        _, invite = far.be_called()
        assert (invite.headers.get("Supported"), *said(invite)) == ("timer, 100rel", "1800", None, None)

    def test_to_one_who_knows_no_timers_has_none(self, far: FarSide) -> None:
        called(far)
        assert far.wait(100_000) == []

    def test_is_refreshed_by_us_at_half_time_with_what_is_agreed(self, far: FarSide) -> None:
        leg = called(far, expires("1800;refresher=uac"), ("Require", "timer"))
        assert far.wait(899) == []
        (refresh,) = far.wait(1)
        assert isinstance(refresh, Request)
        assert (refresh.method, refresh.body, said(refresh)[0]) == ("INVITE", b"audio of ours", "1800;refresher=uac")
        assert words(far.answer(refresh, 200, expires("1800;refresher=uac"), body=b"audio of theirs")) == ["ACK"]
        assert far.agent.events() == []
        assert words(far.wait(899)) == []
        assert words(far.wait(1)) == ["INVITE"]
        assert leg.phase == "talking"

    def test_is_refreshed_with_the_offer_that_was_taken_last(self, far: FarSide) -> None:
        leg = called(far, expires("1800;refresher=uac"))
        leg.offer(b"t38 of ours", far.now)
        (offer,) = far.take()
        assert said(offer)[0] == "1800;refresher=uac"
        far.answer(offer, 200, expires("1800;refresher=uac"), body=b"t38 of theirs")
        (refresh,) = far.wait(900)
        assert refresh.body == b"t38 of ours"

    def test_is_refreshed_by_update_where_that_is_allowed(self, far: FarSide) -> None:
        called(far, expires("1800;refresher=uac"), UPDATES)
        (refresh,) = far.wait(900)
        assert isinstance(refresh, Request)
        assert (refresh.method, refresh.body, said(refresh)[0]) == ("UPDATE", b"", "1800;refresher=uac")
        assert far.answer(refresh, 200, expires("1800;refresher=uac")) == []
        assert words(far.wait(900)) == ["UPDATE"]

    def test_is_refreshed_by_invite_when_update_was_an_empty_promise(self, far: FarSide) -> None:
        called(far, expires("1800;refresher=uac"), UPDATES)
        (refresh,) = far.wait(900)
        far.answer(refresh, 405)
        assert words(far.wait(3.2)) == ["INVITE"]

    @pytest.mark.parametrize("said", ["1800;refresher=uas", "1800 ; Refresher=UAS;other"])
    def test_that_they_refresh_is_left_to_them_until_they_are_overdue(self, said: str, far: FarSide) -> None:
        leg = called(far, expires(said))
        far.wait(900)
        refreshed = far.ask("UPDATE", expires("1800;refresher=uac"), TIMER, to_tag=leg.tag, call_id=leg.call_id)
        assert (words(refreshed), refreshed[0].headers.get("Session-Expires")) == (["200"], "1800;refresher=uac")
        assert far.wait(1767) == []
        (ours,) = far.wait(1)
        assert ours.headers.get("Session-Expires") == "1800;refresher=uas"
        assert leg.phase == "talking"

    @pytest.mark.parametrize("status", [408, 481])
    def test_that_nobody_knows_any_more_ends_with_its_refresh(self, status: int, far: FarSide) -> None:
        leg = called(far, expires("1800;refresher=uac"))
        (refresh,) = far.wait(900)
        assert words(far.answer(refresh, status)) == ["ACK", "BYE"]
        assert far.agent.events() == [sip.Ended(leg, None)]

    def test_whose_refresh_meets_theirs_is_refreshed_again(self, far: FarSide) -> None:
        called(far, expires("1800;refresher=uac"))
        (refresh,) = far.wait(900)
        far.answer(refresh, 491)
        assert far.agent.events() == []
        assert words(far.wait(3.2)) == ["INVITE"]

    def test_whose_refreshes_are_refused_goes_on_and_tries_less_and_less(self, far: FarSide) -> None:
        leg = called(far, expires("1800;refresher=uac"))
        tried = 0
        for _ in range(2000):
            for message in far.wait(1):
                if isinstance(message, Request) and message.method == "INVITE":
                    tried += 1
                    far.answer(message, 500)
        assert 3 < tried < 12
        assert leg.phase == "talking"
        assert far.agent.events() == []

    def test_that_is_too_short_for_them_is_asked_for_again(self, far: FarSide) -> None:
        _, invite = far.be_called()
        ack, again = far.answer(invite, 422, ("Min-SE", "3600"))
        assert words([ack, again]) == ["ACK", "INVITE"]
        assert (again.call_id, again.cseq.number, said(again)) == (invite.call_id, 2, ("3600", None, "3600"))
        assert words(far.answer(again, 422, ("Min-SE", "3600"))) == ["ACK"]
        (refused,) = far.agent.events()
        assert isinstance(refused, sip.Refused)
        assert refused.status == 422

    @pytest.mark.parametrize("fields", [(), (("Min-SE", "soon"),), (("Min-SE", "99999999999"),)])
    def test_refused_as_too_short_without_a_word_on_how_long_is_refused(
        self, fields: tuple[tuple[str, str], ...], far: FarSide
    ) -> None:
        _, invite = far.be_called()
        assert words(far.answer(invite, 422, *fields)) == ["ACK"]

    def test_is_not_asked_for_longer_and_longer_for_ever(self, far: FarSide) -> None:
        _, invite = far.be_called()
        message: Request | Response = invite
        for least in range(1801, 1901):
            _, *again = far.answer(message, 422, ("Min-SE", str(least)))
            if not again:
                break
            (message,) = again
        assert least < 1820

    def test_is_refreshed_with_a_password(self, far: FarSide) -> None:
        leg, invite = far.be_called(Credentials("210", "secret"))
        far.answer(invite, 200, expires("90;refresher=uac"), UPDATES, body=b"audio of theirs")
        (refresh,) = far.wait(45)
        (again,) = far.answer(refresh, 401, ("WWW-Authenticate", 'Digest realm="a", nonce="b"'))
        assert again.headers.get("Authorization")
        assert words(far.answer(again, 200, expires("90;refresher=uac"))) == []
        assert leg.phase == "talking"


class TestACallOfTheirs:
    @pytest.mark.parametrize(
        ("asked", "answered", "required"),
        [
            ((TIMER, expires("1800;refresher=uac")), "1800;refresher=uac", "timer"),
            ((TIMER, expires("1800;refresher=uas")), "1800;refresher=uas", "timer"),
            ((TIMER, ("x", "1800")), "1800;refresher=uas", "timer"),
            ((expires("600;refresher=uac"),), "600;refresher=uas", None),
            ((("Require", "timer"), TIMER, expires("90")), "90;refresher=uas", "timer"),
            ((TIMER,), None, None),
            ((), None, None),
            ((TIMER, expires("soon")), None, None),
        ],
    )
    def test_is_answered_with_who_refreshes(
        self, asked: tuple[tuple[str, str], ...], answered: str | None, required: str | None, far: FarSide
    ) -> None:
        _, answer = calls(far, *asked)
        assert said(answer) == (answered, required, None)
        refreshes = answered is not None and "refresher=uas" in answered
        assert bool(far.wait(900)) == refreshes

    def test_is_refreshed_by_us_as_who_asks(self, far: FarSide) -> None:
        calls(far, TIMER, expires("1800;refresher=uas"))
        (refresh,) = far.wait(900)
        assert said(refresh)[0] == "1800;refresher=uac"

    def test_that_asks_for_too_little_is_told_so_if_it_understands(self, far: FarSide) -> None:
        (refused,) = far.ask("INVITE", TIMER, expires("60"), body=b"audio of theirs")
        assert (words([refused]), refused.headers.get("Min-SE")) == (["422"], "90")
        _, answer = calls(far, expires("60"), ("Call-ID", "another"))
        assert said(answer)[0] == "60;refresher=uas"

    def test_an_empty_invite_of_theirs_is_a_refresh(self, far: FarSide) -> None:
        leg, _ = calls(far, TIMER, expires("1800;refresher=uac"))
        far.wait(900)
        _, answer = [None, *far.ask("INVITE", TIMER, expires("1800;refresher=uac"), to_tag=leg.tag, cseq=2)]
        assert answer is not None
        assert (answer.body, said(answer)[0]) == (b"audio of ours", "1800;refresher=uac")

    def test_goes_on_in_the_old_rhythm_when_an_offer_says_nothing_of_it(self, far: FarSide) -> None:
        leg, _ = calls(far, TIMER, expires("1800;refresher=uac"))
        far.ask("INVITE", TIMER, to_tag=leg.tag, cseq=2, body=b"t38")
        leg.accept(b"t38 too", far.now)
        (answer,) = far.take()
        assert said(answer)[0] == "1800;refresher=uac"

    def test_is_without_a_timer_once_they_no_longer_speak_of_it(self, far: FarSide) -> None:
        leg, _ = calls(far, TIMER, expires("1800;refresher=uas"))
        far.ask("UPDATE", to_tag=leg.tag, cseq=2)
        assert far.wait(10_000) == []


@pytest.mark.parametrize("seconds", [90, 1800])
def test_two_of_ours_keep_a_call_alive_and_leave_nothing_of_it(seconds: int) -> None:
    line = Line(loss=0.1)
    line.talk()
    line.b.on["Offered"] = lambda leg, now: leg.accept(b"audio of b", now)
    line.a.on["Offered"] = lambda leg, now: leg.accept(b"audio of a", now)
    line.run(20 * 1800)
    assert (line.a.leg.phase, line.b.leg.phase) == ("talking", "talking")
    line.a.leg.bye(line.link.now)
    line.run(60)
    assert line.b.heard[-1] == "Ended"
    line.rest()


@given(st.text("0123456789;=refshuac ", max_size=30))
def test_no_text_breaks_the_reader(text: str) -> None:
    expires = SessionExpires.of(Response(200, headers=Headers.of(("Session-Expires", text))))
    assert expires is None or SessionExpires.of(Response(200, headers=Headers.of(("x", str(expires))))) == expires
