"""Calls between two agents, over good lines and bad: who hears what, and that nothing is left of it."""

import random
from itertools import product

import pytest

from tests.link import Sent
from tests.wire.sip.phones import ALICE, Line, Reaction
from unifax.wire.sip import agent as sip
from unifax.wire.sip.life import MOVES, Phase, Sign


def answer(sdp: bytes) -> Reaction:
    return lambda leg, now: leg.answer(sdp, now)


def refuse(status: int, retry_after: int | None = None) -> Reaction:
    return lambda leg, now: leg.refuse(status, now, retry_after=retry_after)


def offer(sdp: bytes) -> Reaction:
    return lambda leg, now: leg.offer(sdp, now)


def accept(sdp: bytes) -> Reaction:
    return lambda leg, now: leg.accept(sdp, now)


def decline(status: int) -> Reaction:
    return lambda leg, now: leg.decline(status, now)


def both(first: Reaction, second: Reaction) -> Reaction:
    def react(leg: sip.Leg, now: float) -> None:
        first(leg, now)
        second(leg, now)

    return react


def cancel(leg: sip.Leg, now: float) -> None:
    leg.cancel(now)


def bye(leg: sip.Leg, now: float) -> None:
    leg.bye(now)


def ring(leg: sip.Leg, now: float) -> None:
    leg.ring(now)


def starts(*beginnings: bytes, times: int = 1_000) -> "Losing":
    return Losing(beginnings, times)


class Losing:
    """Loses the first datagrams with one of these beginnings."""

    def __init__(self, beginnings: tuple[bytes, ...], times: int) -> None:
        self.beginnings, self.times = beginnings, times

    def __call__(self, sent: Sent) -> bool:
        if self.times and sent.data.startswith(self.beginnings):
            self.times -= 1
            return True
        return False


class TestACall:
    def test_from_invite_to_bye(self) -> None:
        line = Line()
        line.b.on["Invited"] = both(ring, answer(b"audio of b"))
        line.b.on["Offered"] = accept(b"t38 of b")
        line.a.on["Answered"] = offer(b"t38 of a")
        line.a.on["OfferAccepted"] = lambda leg, now: leg.bye(now, q850=16)
        line.a.call(line.b)
        line.run(5)
        assert line.b.heard == ["Invited 0003*210 > 7778888", "Offered t38 of a", "Ended 16"]
        assert line.a.heard[:3] == ["Progress 100", "Progress 180", "Answered audio of b"]
        assert line.a.heard[3:] == ["OfferAccepted t38 of b", "Closed"]
        assert line.methods() == [
            *("INVITE", "100", "180", "200", "ACK"),
            *("INVITE", "100", "200", "ACK"),
            *("BYE", "200"),
        ]
        assert line.a.leg.outgoing
        assert not line.b.leg.outgoing
        assert line.a.leg.call_id == line.b.leg.call_id
        line.rest()

    @pytest.mark.parametrize("seed", range(40))
    def test_comes_through_a_quarter_of_loss_each_way_with_offers_both_ways(self, seed: int) -> None:
        line = Line(seed, loss=0.25, delay=0.03, jitter=0.2, duplicate=0.1)
        line.b.on["Invited"] = answer(b"audio of b")
        line.b.on["Offered"] = accept(b"t38 of b")
        line.b.on["OfferAccepted"] = bye
        line.a.on["Answered"] = offer(b"t38 of a")
        line.a.on["OfferAccepted"] = lambda leg, now: None
        line.a.on["Offered"] = accept(b"audio again of a")
        line.a.call(line.b)
        assert line.run(30, lambda: "OfferAccepted t38 of b" in line.a.heard), line.link.transcript()
        line.b.leg.offer(b"audio again of b", line.link.now)
        assert line.run(60, lambda: "Closed" in line.b.heard and "Ended" in line.a.heard), line.link.transcript()
        assert line.a.listens("Answered audio of b", "OfferAccepted t38 of b", "Offered audio again of b", "Ended"), (
            line.a.heard
        )
        assert line.b.heard == [
            "Invited 0003*210 > 7778888",
            "Offered t38 of a",
            "OfferAccepted audio again of a",
            "Closed",
        ]
        line.rest()

    def test_with_itself(self) -> None:
        line = Line()
        line.a.on["Invited"] = answer(b"mine")
        line.a.on["Answered"] = bye
        line.a.call(line.a)
        line.run(5)
        assert line.a.listens("Invited 0003*210 > 7778888", "Answered mine", "Ended", "Closed")
        line.rest()

    def test_without_offer_in_the_invite_gets_the_answer_with_the_ack(self) -> None:
        line = Line()
        leg = line.a.call(line.b, sdp=b"")
        line.b.on["Invited"] = answer(b"offer of b")
        # Our own side never calls so; the ACK with an answer is made by hand below, in test_agent.
        line.run(5)
        assert line.a.heard[-1] == "Answered offer of b"
        leg.bye(line.link.now)
        line.rest()


class TestNobodyIsThere:
    def test_an_invite_without_any_answer_is_a_408_after_32_seconds(self) -> None:
        line = Line(lose=starts(b"INVITE"))
        line.a.call(line.b)
        line.run(31.9)
        assert line.a.heard == []
        line.run(0.2)
        assert line.a.heard == ["Refused 408"]
        line.rest()

    def test_a_bye_without_any_answer_is_closed_after_32_seconds(self) -> None:
        line = Line(lose=starts(b"BYE"))
        line.talk()
        line.a.leg.bye(line.link.now)
        line.run(31.9)
        assert "Closed" not in line.a.heard
        line.run(0.2)
        assert line.a.heard[-1] == "Closed"
        line.b.leg.bye(line.link.now)
        line.run(40)
        assert line.b.heard[-1] == "Closed"
        line.rest()

    def test_an_answer_that_is_never_acknowledged_ends_the_call(self) -> None:
        line = Line(lose=starts(b"ACK"))
        line.b.on["Invited"] = answer(b"audio of b")
        line.a.call(line.b)
        line.run(33)
        assert line.b.heard[-1] == "Ended"
        assert line.a.heard[-1] == "Ended"
        assert line.methods().count("200") == 12  # 11 at 0, .5, 1.5, 3.5, 7.5, then every 4 s, and one to the BYE
        line.rest()

    def test_an_offer_that_nobody_answers_leaves_the_call_as_it_was(self) -> None:
        line = Line()
        line.talk()
        line.link.lose = starts(b"INVITE")
        line.a.leg.offer(b"t38", line.link.now)
        line.run(33)
        assert line.a.heard[-1] == "OfferRefused 408"
        line.a.leg.bye(line.link.now)
        line.run(1)
        assert line.b.heard[-1] == "Ended"
        line.rest()

    def test_an_offer_to_one_who_knows_of_no_call_ends_it(self) -> None:
        line = Line()
        line.talk()
        line.link.lose = starts(b"BYE")
        line.b.leg.bye(line.link.now)
        line.run(33)
        line.link.lose = starts(times=0)
        line.a.leg.offer(b"t38", line.link.now)
        line.run(1)
        assert line.a.heard[-1] == "Ended"
        line.rest()


class TestRefusals:
    @pytest.mark.parametrize("status", [300, 302, 400, 401, 403, 404, 407, 408, 410, 415, 480, 484, 486, 487, 488])
    def test_of_a_call(self, status: int) -> None:
        self.refused(status)

    @pytest.mark.parametrize("status", [491, 499, 500, 501, 503, 504, 580, 600, 603, 604, 606, 699])
    def test_of_a_call_by_server_or_everywhere(self, status: int) -> None:
        self.refused(status)

    def refused(self, status: int) -> None:
        line = Line(3, loss=0.2)
        line.b.on["Invited"] = refuse(status)
        line.a.call(line.b)
        line.run(40)
        assert line.a.heard[-1] == f"Refused {status}"
        assert line.b.heard == ["Invited 0003*210 > 7778888"]
        line.rest()

    def test_say_when_to_try_again(self) -> None:
        line = Line()
        line.b.on["Invited"] = refuse(503, retry_after=120)
        line.a.call(line.b)
        line.run(2)
        refused = line.a.last
        assert isinstance(refused, sip.Refused)
        assert (refused.retry_after, refused.reason_text, refused.q850) == (120, "Service Unavailable", None)

    @pytest.mark.parametrize("status", [400, 415, 480, 488, 500, 503, 603, 606])
    def test_of_an_offer_leave_the_call_as_it_was(self, status: int) -> None:
        line = Line()
        line.b.on["Offered"] = decline(status)
        line.talk()
        line.a.leg.offer(b"t38", line.link.now)
        line.run(2)
        assert line.a.heard[-1] == f"OfferRefused {status}"
        assert (line.a.leg.phase, line.b.leg.phase) == ("talking", "talking")
        line.a.leg.bye(line.link.now)
        line.rest()


class TestGlare:
    def test_both_offers_at_once_are_both_refused_with_491(self) -> None:
        line = Line()
        line.talk()
        line.a.leg.offer(b"t38 of a", line.link.now)
        line.b.leg.offer(b"t38 of b", line.link.now)
        line.run(2)
        assert line.a.heard[-1] == "OfferRefused 491"
        assert line.b.heard[-1] == "OfferRefused 491"
        line.b.on["Offered"] = accept(b"t38 of b")
        line.a.leg.offer(b"t38 of a", line.link.now)
        line.run(2)
        assert line.a.heard[-1] == "OfferAccepted t38 of b"
        line.b.leg.bye(line.link.now)
        line.rest()

    @pytest.mark.parametrize("first", ["a", "b"])
    def test_an_offer_while_theirs_waits_for_us_is_refused_on_the_spot(self, first: str) -> None:
        line = Line()
        line.talk()
        near, far = (line.a, line.b) if first == "a" else (line.b, line.a)
        near.leg.offer(b"t38", line.link.now)
        line.run(1)
        far.leg.offer(b"mine", line.link.now)
        far.leg.accept(b"yours", line.link.now)
        line.run(1)
        assert far.heard[-2:] == ["Offered t38", "OfferRefused 491"]
        assert near.heard[-1] == "OfferAccepted yours"
        line.a.leg.bye(line.link.now)
        line.rest()

    def test_a_second_offer_before_the_first_is_answered_is_refused(self) -> None:
        line = Line()
        line.talk()
        line.a.leg.offer(b"one", line.link.now)
        line.a.leg.offer(b"two", line.link.now)
        line.run(1)
        assert line.a.heard[-1] == "OfferRefused 491"
        assert line.b.heard[-1] == "Offered one"
        line.a.leg.bye(line.link.now)
        line.rest()

    def test_an_offer_right_after_our_answer_waits_for_the_ack(self) -> None:
        line = Line(lose=starts(b"ACK", times=1))
        line.b.on["Invited"] = both(answer(b"audio of b"), offer(b"t38 of b"))
        line.a.on["Offered"] = accept(b"t38 of a")
        line.a.call(line.b)
        line.run(3)
        assert line.b.heard[-1] == "OfferAccepted t38 of a"
        assert line.methods() == ["INVITE", "100", "200", "ACK", "200", "ACK", "INVITE", "100", "200", "ACK"]
        line.a.leg.bye(line.link.now)
        line.rest()

    def test_their_offer_before_the_ack_overtakes_ours(self) -> None:
        line = Line(lose=starts(b"ACK"))
        line.b.on["Invited"] = both(answer(b"audio of b"), offer(b"t38 of b"))
        line.b.on["Offered"] = accept(b"t38 too")
        line.a.on["Answered"] = offer(b"t38 of a")
        line.a.call(line.b)
        line.run(0.3)
        assert line.b.heard[-2:] == ["OfferRefused 491", "Offered t38 of a"]
        assert line.a.heard[-1] == "OfferAccepted t38 too"
        line.a.leg.bye(line.link.now)
        line.rest()


class TestCancel:
    def test_of_a_ringing_call(self) -> None:
        line = Line()
        line.b.on["Invited"] = ring
        line.a.on["Progress 180"] = cancel
        line.a.call(line.b)
        line.run(2)
        assert line.a.heard == ["Progress 100", "Progress 180", "Refused 487"]
        assert line.b.heard == ["Invited 0003*210 > 7778888", "Ended"]
        assert line.methods() == ["INVITE", "100", "180", "CANCEL", "200", "487", "ACK"]
        line.rest()

    def test_before_any_answer_waits_for_one(self) -> None:
        line = Line(lose=starts(b"INVITE", times=1))
        line.a.call(line.b).cancel(0.0)
        line.run(2)
        assert line.methods() == ["INVITE", "INVITE", "100", "CANCEL", "200", "487", "ACK"]
        assert line.a.heard == ["Refused 487"]
        line.rest()

    def test_of_a_call_that_nobody_answers_at_all(self) -> None:
        line = Line(lose=starts(b"INVITE"))
        line.a.call(line.b).cancel(0.0)
        line.run(33)
        assert line.a.heard == ["Refused 408"]
        assert "CANCEL" not in line.methods()
        line.rest()

    def test_that_their_answer_crosses_is_followed_by_bye(self) -> None:
        line = Line(delay=0.1)
        line.b.on["Invited"] = ring
        line.a.call(line.b)
        line.run(1)
        line.a.leg.cancel(line.link.now)
        line.b.leg.answer(b"audio of b", line.link.now)
        line.run(2)
        assert line.a.heard[-1] == "Closed"
        assert "Answered audio of b" not in line.a.heard
        assert line.b.heard[-1] == "Ended"
        assert line.methods().count("BYE") == 1
        line.rest()

    def test_after_their_answer_hangs_up(self) -> None:
        line = Line()
        line.talk()
        line.a.leg.cancel(line.link.now)
        line.run(1)
        assert line.a.heard[-1] == "Closed"
        assert line.b.heard[-1] == "Ended"
        assert "CANCEL" not in line.methods()
        line.rest()

    def test_that_nobody_hears_gives_up_after_32_seconds(self) -> None:
        line = Line()
        line.b.on["Invited"] = ring
        line.a.call(line.b)
        line.run(1)
        line.link.lose = lambda sent: sent.source == ALICE
        line.a.leg.cancel(line.link.now)
        line.run(31.9)
        assert line.a.heard[-1] == "Progress 180"
        line.run(0.2)
        assert line.a.heard[-1] == "Closed"
        line.link.lose = starts(times=0)
        line.b.leg.refuse(480, line.link.now)
        line.rest()

    def test_that_is_heard_but_never_followed_by_the_invites_own_end_gives_up_sooner(self) -> None:
        line = Line(lose=starts(b"SIP/2.0 487"))
        line.b.on["Invited"] = ring
        line.a.on["Progress 180"] = cancel
        line.a.call(line.b)
        line.run(7.9)
        assert line.a.heard[-1] == "Progress 180"
        line.run(0.3)
        assert line.a.heard[-1] == "Closed"
        line.rest()

    @pytest.mark.parametrize("lost", list(product((0, 1, 2), (0, 1, 2))))
    def test_comes_through_loss(self, lost: tuple[int, int]) -> None:
        cancels, finals = starts(b"CANCEL", times=lost[0]), starts(b"SIP/2.0 487", times=lost[1])
        line = Line(lose=lambda sent: cancels(sent) or finals(sent))
        line.b.on["Invited"] = ring
        line.a.on["Progress 180"] = cancel
        line.a.call(line.b)
        line.run(10)
        assert line.a.heard[-1] == "Refused 487"
        assert line.b.heard[-1] == "Ended"
        line.rest()


class TestHangingUp:
    def test_both_at_once(self) -> None:
        line = Line()
        line.talk()
        line.a.leg.bye(line.link.now)
        line.b.leg.bye(line.link.now)
        line.run(2)
        assert line.a.heard[-1] == "Closed"
        assert line.b.heard[-1] == "Closed"
        line.rest()

    def test_before_the_ack_waits_for_it(self) -> None:
        line = Line(lose=starts(b"ACK", times=2))
        line.b.on["Invited"] = both(answer(b"audio of b"), bye)
        line.a.call(line.b)
        line.run(5)
        methods = line.methods()
        assert methods.index("BYE") > [at for at, method in enumerate(methods) if method == "ACK"][2]
        assert line.b.heard[-1] == "Closed"
        assert line.a.heard[-1] == "Ended"
        line.rest()

    def test_without_ever_an_ack_says_bye_in_the_end(self) -> None:
        line = Line(lose=starts(b"ACK"))
        line.b.on["Invited"] = both(answer(b"audio of b"), bye)
        line.a.call(line.b)
        line.run(33)
        assert line.b.heard[-1] == "Closed"
        assert line.a.heard[-1] == "Ended"
        line.rest()

    def test_crossing_theirs_before_the_ack(self) -> None:
        line = Line(lose=starts(b"ACK"))
        line.b.on["Invited"] = both(answer(b"audio of b"), bye)
        line.a.on["Answered"] = bye
        line.a.call(line.b)
        line.run(1)
        assert line.a.heard[-1] == "Closed"
        assert line.b.heard[-1] == "Closed"
        line.rest()

    @pytest.mark.parametrize("who", ["a", "b"])
    def test_while_an_offer_is_on_its_way(self, who: str) -> None:
        line = Line()
        line.talk()
        line.a.leg.offer(b"t38", line.link.now)
        line.run(1)
        assert line.b.heard[-1] == "Offered t38"
        (line.a if who == "a" else line.b).leg.bye(line.link.now)
        line.run(2)
        assert sorted((line.a.heard[-1], line.b.heard[-1])) == ["Closed", "Ended"]
        assert "487" in line.methods()
        line.b.leg.accept(b"too late", line.link.now)
        line.a.leg.offer(b"too late", line.link.now)
        line.rest()

    def test_crossing_an_accepted_offer(self) -> None:
        line = Line(delay=0.1)
        line.b.on["Offered"] = accept(b"t38 of b")
        line.talk()
        line.a.leg.offer(b"t38 of a", line.link.now)
        line.run(0.15)
        line.a.leg.bye(line.link.now)
        line.run(2)
        assert line.a.heard[-1] == "Closed"
        assert "OfferAccepted t38 of b" not in line.a.heard
        line.rest()

    def test_a_call_that_rings_is_cancelled_or_refused(self) -> None:
        line = Line()
        line.b.on["Invited"] = ring
        line.a.call(line.b)
        line.run(1)
        line.a.leg.bye(line.link.now)
        line.run(1)
        assert line.a.heard[-1] == "Refused 487"
        line.rest()
        line = Line()
        line.b.on["Invited"] = bye
        line.a.call(line.b)
        line.run(1)
        assert line.a.heard[-1] == "Refused 480"
        line.rest()


LAST = ("Refused", "Ended", "Closed")


@pytest.mark.parametrize("seed", range(150))
def test_whatever_both_do_a_leg_ends_once_and_nothing_is_left(seed: int) -> None:
    chance = random.Random(seed)
    line = Line(seed, loss=chance.choice((0, 0.1, 0.3)), jitter=chance.choice((0, 0.5)), duplicate=0.1)
    line.a.call(line.b)
    for _ in range(12):
        line.run(chance.random() * chance.choice((0.05, 1, 5)))
        for phone in (line.a, line.b):
            for leg in phone.legs:
                act(leg, line.link.now, chance)
    for phone in (line.a, line.b):
        for leg in phone.legs:
            leg.bye(line.link.now)
    line.rest()
    ends = {phone: [heard for heard in phone.heard if heard.startswith(LAST)] for phone in (line.a, line.b)}
    assert len(ends[line.a]) == 1, line.a.heard
    assert len(ends[line.b]) <= 1, line.b.heard
    for phone in (line.a, line.b):
        assert not ends[phone] or phone.heard[-1] == ends[phone][0]
        assert {leg.phase for leg in phone.legs} <= {Phase.OVER}


def act(leg: sip.Leg, now: float, chance: random.Random) -> None:
    acts: list[Reaction] = [ring, answer(b"audio"), refuse(486), offer(b"t38"), accept(b"t38"), decline(488)]
    if chance.random() < 0.2:
        acts += [cancel, bye]
    if chance.random() < 0.7:
        chance.choice(acts)(leg, now)


def test_every_phase_can_be_reached_and_left() -> None:
    reached = {Phase.CALLING, Phase.INVITED}
    for _ in Phase:
        reached |= {to for (phase, _), to in MOVES.items() if phase in reached}
    assert reached == set(Phase)
    assert {phase for phase, _ in MOVES} == set(Phase) - {Phase.OVER}
    assert {sign for _, sign in MOVES} == set(Sign)
