"""Requests that are asked again with credentials: every kind of them, and who has refused us for good."""

import pytest

from tests.wire.sip.far_side import FarSide, words
from unifax.wire.sip import agent as sip
from unifax.wire.sip.digest import Credentials, credentials_of
from unifax.wire.sip.message import Request, Response

US = Credentials("210", "secret")
CHALLENGE = 'Digest realm="carrier", qop="auth", nonce="{}", algorithm=SHA-256{}'


def challenge(status: int = 401, nonce: str = "one", stale: str = "") -> tuple[str, str]:
    header = "WWW-Authenticate" if status == 401 else "Proxy-Authenticate"
    return header, CHALLENGE.format(nonce, stale)


def answers(request: Request | Response) -> list[tuple[str, str]]:
    """Return header and nonce of each answer to a challenge."""
    assert isinstance(request, Request)
    return [(name, value.partition('nonce="')[2].partition('"')[0]) for name, value in credentials_of(request)]


@pytest.fixture
def far() -> FarSide:
    return FarSide()


def talk(far: FarSide) -> sip.Leg:
    """Be called by our agent, want its password, answer."""
    leg, invite = far.be_called(US)
    _, again = far.answer(invite, 401, challenge())
    far.answer(again, 200, ("Contact", "<sip:far@10.0.0.9:5090>"), body=b"audio of theirs")
    far.agent.events()
    return leg


class TestAnInvite:
    @pytest.mark.parametrize(("status", "header"), [(401, "Authorization"), (407, "Proxy-Authorization")])
    def test_that_is_challenged_is_asked_again_in_the_same_call(self, status: int, header: str, far: FarSide) -> None:
        _, invite = far.be_called(US)
        ack, again = far.answer(invite, status, challenge(status))
        assert (words([ack, again]), ack.via.branch) == (["ACK", "INVITE"], invite.via.branch)
        assert (again.call_id, again.cseq.number, again.from_) == (invite.call_id, 2, invite.from_)
        assert (again.to.tag, again.body) == ("", invite.body)
        assert again.via.branch != invite.via.branch
        assert answers(again) == [(header, "one")]
        assert far.agent.events() == []

    def test_that_is_answered_then_has_its_credentials_in_the_ack(self, far: FarSide) -> None:
        leg, invite = far.be_called(US)
        _, again = far.answer(invite, 407, challenge(407))
        (ack,) = far.answer(again, 200, body=b"audio of theirs")
        assert isinstance(ack, Request)
        assert isinstance(again, Request)
        assert (ack.method, ack.cseq.number) == ("ACK", 2)
        assert credentials_of(ack) == credentials_of(again) != []
        assert isinstance(far.agent.events()[-1], sip.Answered)
        assert leg.phase == "talking"

    def test_with_a_wrong_password_is_refused(self, far: FarSide) -> None:
        _, invite = far.be_called(US)
        _, again = far.answer(invite, 401, challenge())
        assert words(far.answer(again, 401, challenge(nonce="two"))) == ["ACK"]
        (refused,) = far.agent.events()
        assert isinstance(refused, sip.Refused)
        assert refused.status == 401
        far.wait(60)
        assert len(far.agent) == 0

    def test_whose_nonce_was_stale_is_asked_once_more(self, far: FarSide) -> None:
        _, invite = far.be_called(US)
        _, second = far.answer(invite, 401, challenge())
        _, third = far.answer(second, 401, challenge(nonce="two", stale=", stale=true"))
        assert (third.cseq.number, answers(third)) == (3, [("Authorization", "two")])
        assert words(far.answer(third, 401, challenge(nonce="three"))) == ["ACK"]

    def test_that_a_proxy_and_the_server_challenge_answers_both(self, far: FarSide) -> None:
        _, invite = far.be_called(US)
        _, second = far.answer(invite, 407, challenge(407))
        _, third = far.answer(second, 401, challenge(nonce="two"))
        assert sorted(answers(third)) == [("Authorization", "two"), ("Proxy-Authorization", "one")]

    @pytest.mark.parametrize("credentials", [None, Credentials("210", "secret", realm="another")])
    def test_without_credentials_for_the_realm_is_refused(self, credentials: Credentials | None, far: FarSide) -> None:
        _, invite = far.be_called(credentials)
        assert words(far.answer(invite, 407, challenge(407))) == ["ACK"]
        (refused,) = far.agent.events()
        assert isinstance(refused, sip.Refused)
        assert refused.status == 407

    @pytest.mark.parametrize("fields", [(), (("WWW-Authenticate", 'Basic realm="carrier"'),)])
    def test_with_a_challenge_that_cannot_be_answered_is_refused(
        self, fields: tuple[tuple[str, str], ...], far: FarSide
    ) -> None:
        _, invite = far.be_called(US)
        assert words(far.answer(invite, 401, *fields)) == ["ACK"]

    def test_that_was_cancelled_is_not_asked_again(self, far: FarSide) -> None:
        leg, invite = far.be_called(US)
        far.answer(invite, 100)
        far.agent.events()
        leg.cancel(far.now)
        assert words(far.take()) == ["CANCEL"]
        assert words(far.answer(invite, 401, challenge())) == ["ACK"]
        (refused,) = far.agent.events()
        assert isinstance(refused, sip.Refused)

    def test_asked_again_is_cancelled_only_when_something_has_come_back(self, far: FarSide) -> None:
        leg, invite = far.be_called(US)
        far.answer(invite, 100)
        _, again = far.answer(invite, 401, challenge())
        leg.cancel(far.now)
        assert far.take() == []
        (cancel,) = far.answer(again, 100)
        assert (cancel.cseq.method, cancel.cseq.number, cancel.via.branch) == ("CANCEL", 2, again.via.branch)


class TestWithinACall:
    def test_what_was_learnt_goes_along_from_then_on_and_is_counted(self, far: FarSide) -> None:
        leg = talk(far)
        leg.offer(b"t38", far.now)
        (offer,) = far.take()
        assert isinstance(offer, Request)
        assert answers(offer) == [("Authorization", "one")]
        assert "nc=00000002" in credentials_of(offer)[0][1]

    def test_an_offer_with_an_old_nonce_is_made_again(self, far: FarSide) -> None:
        leg = talk(far)
        leg.offer(b"t38", far.now)
        (offer,) = far.take()
        _, again = far.answer(offer, 401, challenge(nonce="two"))
        assert (again.cseq.number, again.body, answers(again)) == (4, b"t38", [("Authorization", "two")])
        far.answer(again, 200, body=b"t38 of theirs")
        assert far.agent.events() == [sip.OfferAccepted(leg, b"t38 of theirs")]

    def test_an_offer_that_is_refused_twice_leaves_the_call_as_it_was(self, far: FarSide) -> None:
        leg = talk(far)
        leg.offer(b"t38", far.now)
        (offer,) = far.take()
        _, again = far.answer(offer, 401, challenge(nonce="two"))
        assert words(far.answer(again, 401, challenge(nonce="three"))) == ["ACK"]
        assert far.agent.events() == [sip.OfferRefused(leg, 401)]
        assert leg.phase == "talking"

    def test_a_bye_is_said_again_and_closes_in_any_case(self, far: FarSide) -> None:
        leg = talk(far)
        leg.bye(far.now)
        (bye,) = far.take()
        (again,) = far.answer(bye, 401, challenge(nonce="two"))
        assert (again.cseq.method, again.cseq.number, answers(again)) == ("BYE", 4, [("Authorization", "two")])
        assert far.agent.events() == []
        far.answer(again, 401, challenge(nonce="three"))
        assert far.agent.events() == [sip.Closed(leg)]

    def test_an_offer_is_not_made_again_after_we_have_hung_up(self, far: FarSide) -> None:
        leg = talk(far)
        leg.offer(b"t38", far.now)
        (offer,) = far.take()
        leg.bye(far.now)
        assert words(far.take()) == ["BYE"]
        assert words(far.answer(offer, 401, challenge(nonce="two"))) == ["ACK"]
