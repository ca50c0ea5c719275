"""What rings before it answers: reliable answers and their PRACK, several machines at once, early UPDATE."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire.sip.far_side import FarSide, words
from tests.wire.sip.phones import word
from unifax.wire.datagram import Address
from unifax.wire.sip import agent as sip
from unifax.wire.sip.digest import Credentials
from unifax.wire.sip.early import MOST
from unifax.wire.sip.message import Request, Response


@pytest.fixture
def far() -> FarSide:
    return FarSide()


def heard(far: FarSide) -> list[str]:
    return [word(event) for event in far.agent.events()]


def rings(
    far: FarSide, invite: Request, rseq: int, tag: str = "far", body: bytes = b"", status: int = 183
) -> list[Request | Response]:
    """Let a machine ring, and want to know that it was heard; return what comes back."""
    reliable = ("Require", "100rel"), ("RSeq", str(rseq)), ("Contact", f"<sip:{tag}@10.0.0.7:5070>")
    return far.answer(invite, status, *reliable, tag=tag, body=body)


class TestReliableAnswers:
    def test_are_acknowledged_in_their_order_each_once(self, far: FarSide) -> None:
        _, invite = far.be_called()
        (first,) = rings(far, invite, 7001, body=b"early media")
        assert isinstance(first, Request)
        assert (first.method, first.uri, first.headers.get("RAck")) == (
            "PRACK",
            "sip:far@10.0.0.7:5070",
            "7001 1 INVITE",
        )
        assert (str(first.cseq), first.to.tag) == ("2 PRACK", "far")
        assert far.datagrams[0].destination == Address("10.0.0.7", 5070)
        assert far.answer(first, 200) == []
        assert rings(far, invite, 7001) == []  # it comes again: its PRACK was not there yet
        assert rings(far, invite, 7003) == []  # one is missing
        (second,) = rings(far, invite, 7002, status=180)
        assert (str(second.cseq), second.headers.get("RAck")) == ("3 PRACK", "7002 1 INVITE")
        assert heard(far) == ["Progress 183", "Progress 180"]

    def test_are_acknowledged_again_and_again_until_that_is_answered(self, far: FarSide) -> None:
        _, invite = far.be_called()
        assert words(rings(far, invite, 1)) == ["PRACK"]
        assert words(far.wait(4)) == ["PRACK"] * 3

    def test_are_acknowledged_with_a_password_where_that_is_asked_for(self, far: FarSide) -> None:
        _, invite = far.be_called(Credentials("u", "p"))
        (prack,) = rings(far, invite, 1)
        (again,) = far.answer(prack, 401, ("WWW-Authenticate", 'Digest realm="r", nonce="n"'))
        assert (words([again]), again.headers.get("RAck")) == (["PRACK"], "1 1 INVITE")
        assert again.headers.get("Authorization")

    def test_without_a_number_or_a_machine_are_only_told(self, far: FarSide) -> None:
        _, invite = far.be_called()
        assert far.answer(invite, 180, ("Require", "100rel"), ("RSeq", "many")) == []
        assert far.answer(invite, 100, ("Require", "100rel"), ("RSeq", "1")) == []
        assert heard(far) == ["Progress 180", "Progress 100"]
        assert far.answer(invite, 180, ("Require", "100rel"), ("RSeq", "1"), tag="") == []
        assert heard(far) == []

    def test_count_on_in_the_call_that_follows(self, far: FarSide) -> None:
        leg, invite = far.be_called()
        rings(far, invite, 1)
        (ack,) = far.answer(invite, 200, ("Contact", "<sip:other@10.0.0.8:5080>"), body=b"audio")
        assert str(ack.cseq) == "1 ACK"
        leg.bye(far.now)
        (bye,) = far.take()
        assert isinstance(bye, Request)
        assert (str(bye.cseq), bye.uri) == ("3 BYE", "sip:other@10.0.0.8:5080")

    def test_are_not_ours_to_make(self, far: FarSide) -> None:
        assert words(far.ask("INVITE", ("Require", "100rel"), body=b"audio")) == ["100"]
        (invited,) = far.agent.events()
        invited.leg.ring(far.now)
        assert far.take() == []
        invited.leg.answer(b"audio of ours", far.now)
        assert words(far.take()) == ["200"]


class TestEarlyMedia:
    def test_told_before_the_answer_need_not_be_told_by_it(self, far: FarSide) -> None:
        _, invite = far.be_called()
        rings(far, invite, 1, body=b"audio of theirs")
        far.answer(invite, 200)
        assert heard(far) == ["Progress 183", "Answered audio of theirs"]

    def test_of_one_machine_is_not_that_of_another(self, far: FarSide) -> None:
        _, invite = far.be_called()
        rings(far, invite, 1, tag="one", body=b"audio of one")
        assert words(rings(far, invite, 1, tag="two", body=b"audio of two")) == ["PRACK"]
        far.answer(invite, 200, tag="two")
        assert heard(far)[-1] == "Answered audio of two"

    def test_may_move_before_the_answer(self, far: FarSide) -> None:
        leg, invite = far.be_called()
        rings(far, invite, 1, body=b"audio of theirs")
        update = far.request("UPDATE", to_tag=leg.tag, call_id=leg.call_id, body=b"audio moved")
        assert far.say(bytes(update)) == []
        assert heard(far) == ["Progress 183", "Offered audio moved"]
        leg.accept(b"audio again of ours", far.now)
        (answer,) = far.take()
        assert (words([answer]), answer.body) == (["200"], b"audio again of ours")
        far.answer(invite, 200)
        assert heard(far) == ["Answered audio moved"]

    def test_that_cannot_move_stays_where_it_was(self, far: FarSide) -> None:
        leg, invite = far.be_called()
        rings(far, invite, 1, body=b"audio of theirs")
        far.ask("UPDATE", to_tag=leg.tag, call_id=leg.call_id, body=b"video")
        leg.decline(488, far.now)
        assert words(far.take()) == ["488"]
        far.answer(invite, 200)
        assert heard(far)[-1] == "Answered audio of theirs"

    def test_cannot_move_before_ours_is_answered(self, far: FarSide) -> None:
        leg, invite = far.be_called()
        far.answer(invite, 180)
        assert words(far.ask("UPDATE", to_tag=leg.tag, call_id=leg.call_id, body=b"audio")) == ["491"]
        assert words(far.ask("INVITE", to_tag=leg.tag, call_id=leg.call_id, cseq=2, body=b"audio")) == ["491"]
        assert words(far.ask("UPDATE", to_tag=leg.tag, call_id=leg.call_id, cseq=3)) == ["200"]
        assert words(far.ask("UPDATE", to_tag=leg.tag, call_id=leg.call_id, cseq=2)) == ["500"]
        assert heard(far) == ["Progress 180"]


class TestSeveralMachines:
    def test_ring_and_one_answers(self, far: FarSide) -> None:
        leg, invite = far.be_called()
        for tag in ("one", "two", "three"):
            assert words(rings(far, invite, 1, tag=tag)) == ["PRACK"]
        assert words(far.answer(invite, 200, tag="three", body=b"audio of three")) == ["ACK"]
        assert words(far.answer(invite, 200, tag="one", body=b"audio of one")) == ["ACK", "BYE"]
        assert heard(far)[-1] == "Answered audio of three"
        assert leg.phase == "talking"

    def test_the_second_to_answer_is_hung_up_on_with_its_own_count(self, far: FarSide) -> None:
        _, invite = far.be_called()
        rings(far, invite, 1, tag="one")
        rings(far, invite, 2, tag="one")
        far.answer(invite, 200, tag="two")
        _, bye = far.answer(invite, 200, tag="one")
        assert (str(bye.cseq), bye.to.tag) == ("4 BYE", "one")

    def test_without_end_are_not_listened_to(self, far: FarSide) -> None:
        _, invite = far.be_called()
        for number in range(MOST):
            assert words(rings(far, invite, 1, tag=f"m{number}")) == ["PRACK"]
        assert rings(far, invite, 1, tag="one more") == []

    def test_of_an_invite_that_is_asked_again_are_forgotten(self, far: FarSide) -> None:
        leg, invite = far.be_called(Credentials("u", "p"))
        rings(far, invite, 1)
        _, again = far.answer(invite, 401, ("WWW-Authenticate", 'Digest realm="r", nonce="n"'))
        assert isinstance(again, Request)
        assert again.method == "INVITE"
        assert words(far.ask("UPDATE", to_tag=leg.tag, call_id=leg.call_id)) == ["481"]
        assert words(rings(far, again, 1)) == ["PRACK"]


signs = st.lists(
    st.tuples(
        st.sampled_from(
            [100, 180, 183, 199, 200, 302, 486, "UPDATE", "UPDATE with an offer", "INVITE", "BYE", "cancel"]
        ),
        st.sampled_from(["", "one", "two", "three"]),
        st.integers(0, 3),
    ),
    max_size=15,
)


@given(signs)
def test_whatever_rings_a_call_ends_once_and_nothing_is_left(signs: list[tuple[int | str, str, int]]) -> None:
    far = FarSide()
    leg, invite = far.be_called()
    ends = 0
    for cseq, (sign, tag, rseq) in enumerate(signs, 1):
        if isinstance(sign, int):
            rings(far, invite, rseq, tag=tag, status=sign, body=b"audio" * (rseq > 1))
        elif sign == "cancel":
            leg.cancel(far.now)
        else:
            body = b"audio" if "offer" in sign or sign == "INVITE" else b""
            from_ = ("From", f"<sip:far@10.0.0.9>;tag={tag}")
            far.ask(sign.split()[0], from_, to_tag=leg.tag, call_id=leg.call_id, cseq=cseq, body=body)
        for event in far.agent.events():
            ends += isinstance(event, sip.Refused | sip.Ended | sip.Closed)
            leg.accept(b"audio of ours", far.now)
        far.wait(0.3)
    leg.bye(far.now)
    far.wait(200)
    ends += sum(isinstance(event, sip.Refused | sip.Ended | sip.Closed) for event in far.agent.events())
    assert (ends, leg.phase, len(far.agent)) == (1, "over", 0)
