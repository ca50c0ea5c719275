"""The agent against a far side played by hand: what it answers to whatever comes, and to where."""

import pytest

from tests.wire.sip.far_side import THEM, US, FarSide, words
from tests.wire.sip.phones import word
from unifax.wire.datagram import Address
from unifax.wire.sip.digest import Credentials
from unifax.wire.sip.message import Request, Response


def heard(far: FarSide) -> list[str]:
    return [word(event) for event in far.agent.events()]


def header(message: Request | Response, name: str) -> str | None:
    return message.headers.get(name)


class TestOutsideACall:
    def test_options_are_told(self) -> None:
        (answer,) = FarSide().ask("OPTIONS")
        assert words([answer]) == ["200"]
        assert header(answer, "Allow") == "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE"
        assert header(answer, "Accept") == "application/sdp"
        assert answer.to.tag

    @pytest.mark.parametrize(
        ("method", "status"),
        [("REGISTER", "405"), ("SUBSCRIBE", "405"), ("NOTIFY", "405"), ("REFER", "405"), ("JUMP", "501")],
    )
    def test_a_method_that_is_not_done_is_refused_with_those_that_are(self, method: str, status: str) -> None:
        (answer,) = FarSide().ask(method)
        assert words([answer]) == [status]
        assert "INVITE" in (header(answer, "Allow") or "")

    @pytest.mark.parametrize("method", ["BYE", "INFO", "UPDATE", "INVITE", "OPTIONS"])
    def test_a_request_within_a_call_that_is_unknown_is_a_481(self, method: str) -> None:
        assert words(FarSide().ask(method, to_tag="never heard of")) == ["481"]

    def test_a_bye_or_cancel_out_of_nowhere_is_a_481(self) -> None:
        assert words(FarSide().ask("BYE")) == ["481"]
        assert words(FarSide().ask("CANCEL")) == ["481"]

    def test_an_ack_or_an_answer_out_of_nowhere_is_dropped(self) -> None:
        far = FarSide()
        assert far.ask("ACK", to_tag="never heard of") == []
        assert far.say(bytes(far.request("INVITE").response(200, tag="x"))) == []
        assert len(far.agent) == 0

    @pytest.mark.parametrize(
        ("changed", "uri", "status"),
        [
            (("Require", "precondition"), "sip:1@10.0.0.1", "420"),
            (("Content-Type", "text/plain"), "sip:1@10.0.0.1", "415"),
            (("Content-Encoding", "gzip"), "sip:1@10.0.0.1", "415"),
            (("X", "x"), "nobodyKnowsThisScheme:totallyopaquecontent", "416"),
            (("X", "x"), "sips:1@10.0.0.1", "416"),
            (("X", "x"), "<sip:1@10.0.0.1>", "400"),
            (("CSeq", "1 OPTIONS"), "sip:1@10.0.0.1", "400"),
            (("CSeq", "36893488147419103232 INVITE"), "sip:1@10.0.0.1", "400"),
            (("Call-ID", ""), "sip:1@10.0.0.1", "400"),
            (("From", ""), "sip:1@10.0.0.1", "400"),
            (("To", '"unquoted <sip:1@10.0.0.1>'), "sip:1@10.0.0.1", "400"),
            (("Record-Route", "<sip:broken"), "sip:1@10.0.0.1", "400"),
            (("Record-Route", ";lr>"), "sip:1@10.0.0.1", "400"),
        ],
    )
    def test_an_invite_that_cannot_be_is_refused(self, changed: tuple[str, str], uri: str, status: str) -> None:
        far = FarSide()
        (answer,) = far.ask("INVITE", changed, uri=uri, body=b"v=0")
        assert words([answer]) == [status]
        assert heard(far) == []
        far.wait(40)
        assert len(far.agent) == 0

    def test_unknown_extensions_are_named(self) -> None:
        (answer,) = FarSide().ask("OPTIONS", ("Require", "nothingSupportsThis, timer, precondition"))
        assert header(answer, "Unsupported") == "nothingSupportsThis, precondition"

    def test_another_version_is_a_505(self) -> None:
        far = FarSide()
        request = bytes(far.request("OPTIONS")).replace(b"SIP/2.0\r\n", b"SIP/7.0\r\n", 1)
        assert words(far.say(request)) == ["505"]

    def test_the_same_invite_by_two_ways_rings_once(self) -> None:
        far = FarSide()
        assert words(far.ask("INVITE")) == ["100"]
        assert words(far.ask("INVITE")) == ["482"]
        assert len(heard(far)) == 1

    def test_rubbish_is_counted_and_keep_alives_are_not(self) -> None:
        far = FarSide()
        for data in (b"", b"\r\n\r\n", b"\0\0\0\0", b"  "):
            assert far.say(data) == []
        assert far.agent.malformed == 0
        for data in (b"GET / HTTP/1.1\r\n\r\n", b"\x80\x00" * 6, b"SIP/2.0 200 OK\r\n\r\n"):
            assert far.say(data) == []
        assert far.agent.malformed == 3
        assert far.say(bytes(far.request("ACK", ("From", "")))) == []
        assert far.agent.malformed == 4

    def test_max_forwards_is_no_business_of_the_last_hop(self) -> None:
        assert words(FarSide().ask("OPTIONS", ("Max-Forwards", "0"))) == ["200"]

    @pytest.mark.parametrize(
        ("via", "source", "destination"),
        [
            ("SIP/2.0/UDP 10.0.0.9:5090;branch=z9hG4bK1", THEM, THEM),
            ("SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK1", THEM, Address("10.0.0.9", 5060)),
            ("SIP/2.0/UDP h2:5090;branch=z9hG4bK1", Address("192.0.2.7", 1111), Address("192.0.2.7", 5090)),
            ("SIP/2.0/UDP 192.168.0.5;rport;branch=z9hG4bK1", Address("192.0.2.7", 1111), Address("192.0.2.7", 1111)),
            ("SIP / 2.0 / UDP  my_host : 5090 ; branch = z9hG4bK1 ; rport", THEM, THEM),
            ("SIP/2.0/UDP 10.0.0.9;maddr=224.0.0.1;branch=z9hG4bK1", THEM, Address("10.0.0.9", 5060)),
            ("SIP/2.0/UDP [2001:db8::9]:5090;branch=z9hG4bK1", Address("2001:db8::9", 1), Address("2001:db8::9", 5090)),
        ],
    )
    def test_answers_go_where_the_request_came_from(self, via: str, source: Address, destination: Address) -> None:
        far = FarSide()
        far.say(bytes(far.request("OPTIONS", ("Via", via))), source)
        assert [datagram.destination for datagram in far.datagrams] == [destination]


class TestBeingCalled:
    def test_repeated_invites_are_answered_as_before(self) -> None:
        far = FarSide()
        far.ask("INVITE", branch="z9hG4bK1")
        assert words(far.ask("INVITE", branch="z9hG4bK1")) == ["100"]
        (event,) = far.agent.events()
        event.leg.ring(far.now)
        assert words(far.take()) == ["180"]
        assert words(far.ask("INVITE", branch="z9hG4bK1")) == ["180"]
        event.leg.answer(b"audio", far.now)
        assert words(far.take()) == ["200"]
        assert far.ask("INVITE", branch="z9hG4bK1") == []  # the 2xx repeats itself
        assert words(far.wait(4)) == ["200", "200", "200"]

    def test_the_answer_has_all_that_makes_a_dialog(self) -> None:
        far = FarSide()
        far.ask("INVITE", ("Record-Route", "<sip:p2;lr>, <sip:p1;lr>"), body=b"audio")
        (event,) = far.agent.events()
        event.leg.answer(b"audio of ours", far.now)
        (answer,) = far.take()
        assert answer.headers.list("Record-Route") == ["<sip:p2;lr>", "<sip:p1;lr>"]
        assert header(answer, "Contact") == "<sip:7778888@10.0.0.1:5060>"
        assert answer.to.tag == event.leg.tag
        assert (header(answer, "Content-Type"), answer.body) == ("application/sdp", b"audio of ours")

    def test_numbers_come_as_people_write_them(self) -> None:
        far = FarSide()
        far.ask("INVITE", ("From", "<sip:0003%2A210@10.0.0.9>;tag=far"), uri="tel:+49-30-123;phone-context=x")
        far.ask("INVITE", ("From", '"A <b>" <sip:anonymous.invalid>;tag=far'), call_id="2", uri="sip:10.0.0.1")
        far.ask("INVITE", ("From", "<mailto:x>;tag=far"), call_id="3", uri="sip:a%00%0Ab:secret@10.0.0.1")
        assert heard(far) == ["Invited 0003*210 > +49-30-123", "Invited  > 7778888", "Invited x > ab"]

    def test_cancel_ends_the_ringing(self) -> None:
        far = FarSide()
        far.ask("INVITE", branch="z9hG4bK1")
        (event,) = far.agent.events()
        reason = ("Reason", 'SIP;cause=200;text="Call completed elsewhere", Q.850;cause=26')
        assert words(far.ask("CANCEL", reason, branch="z9hG4bK1")) == ["200", "487"]
        assert heard(far) == ["Ended 26"]
        assert far.ask("ACK", branch="z9hG4bK1", to_tag=event.leg.tag) == []
        far.wait(40)
        assert len(far.agent) == 0

    def test_cancel_after_the_answer_has_no_effect(self) -> None:
        far = FarSide()
        far.ask("INVITE", branch="z9hG4bK1")
        (event,) = far.agent.events()
        event.leg.answer(b"audio", far.now)
        far.take()
        assert words(far.ask("CANCEL", branch="z9hG4bK1")) == ["200"]
        assert heard(far) == []
        assert event.leg.phase == "answered"

    def test_a_second_invite_or_a_bye_before_the_answer(self) -> None:
        far = FarSide()
        leg = far.call_us()
        (answer,) = far.ask("INVITE", to_tag=leg.tag, cseq=2)
        assert words([answer]) == ["500"]
        assert header(answer, "Retry-After") == "2"
        assert words(far.ask("BYE", to_tag=leg.tag, cseq=3)) == ["200", "487"]
        assert heard(far) == ["Ended"]

    def test_without_an_offer_takes_ours_and_tells_their_answer(self) -> None:
        far = FarSide()
        leg = far.call_us(body=b"")
        leg.answer(b"our offer", far.now)
        (answer,) = far.take()
        assert answer.body == b"our offer"
        far.ask("ACK", to_tag=leg.tag, body=b"their answer")
        assert heard(far) == ["OfferAccepted their answer"]

    def test_a_far_side_without_contact_is_reached_by_its_name_where_it_came_from(self) -> None:
        far = FarSide()
        far.ask("INVITE", ("Contact", ""), body=b"audio")
        (event,) = far.agent.events()
        event.leg.answer(b"audio", far.now)
        far.take()
        far.ask("ACK", to_tag=event.leg.tag)
        event.leg.bye(far.now)
        (bye,) = far.take()
        assert isinstance(bye, Request)
        assert bye.uri == "sip:0049123@10.0.0.9"

    def test_a_far_side_whose_name_means_nothing_is_reached_where_it_came_from(self) -> None:
        far = FarSide()
        far.ask("INVITE", ("Contact", ""), ("From", "<sip:>;tag=far"), body=b"audio")
        (event,) = far.agent.events()
        assert word(event) == "Invited  > 7778888"
        event.leg.answer(b"audio", far.now)
        far.take()
        event.leg.bye(far.now)
        far.ask("ACK", ("From", "<sip:>;tag=far"), to_tag=event.leg.tag)
        assert [datagram.destination for datagram in far.datagrams] == [THEM]


class TestWithinACall:
    def test_an_older_request_is_a_500(self) -> None:
        far = FarSide()
        leg = far.talk()
        assert words(far.ask("INFO", to_tag=leg.tag, cseq=7)) == ["200"]
        assert words(far.ask("BYE", to_tag=leg.tag, cseq=6)) == ["500"]
        assert words(far.ask("BYE", to_tag=leg.tag, cseq=8)) == ["200"]

    def test_a_stranger_with_another_tag_is_a_481(self) -> None:
        far = FarSide()
        leg = far.talk()
        assert words(far.ask("BYE", ("From", "<sip:x@y>;tag=stranger"), to_tag=leg.tag, cseq=2)) == ["481"]
        assert leg.phase == "talking"

    def test_info_update_and_options_get_a_sensible_answer(self) -> None:
        far = FarSide()
        leg = far.talk()
        assert words(far.ask("INFO", ("Content-Type", "application/dtmf-relay"), to_tag=leg.tag, cseq=2)) == ["200"]
        assert words(far.ask("OPTIONS", to_tag=leg.tag, cseq=3)) == ["200"]
        (answer,) = far.ask("UPDATE", ("Contact", "<sip:moved@10.0.0.8:5080>"), to_tag=leg.tag, cseq=4)
        assert words([answer]) == ["200"]
        assert header(answer, "Contact")
        assert words(far.ask("UPDATE", ("Content-Type", "text/plain"), to_tag=leg.tag, cseq=5, body=b"hi")) == ["415"]
        assert words(far.ask("REFER", to_tag=leg.tag, cseq=6)) == ["405"]
        leg.offer(b"t38", far.now)
        (invite,) = far.take()
        assert isinstance(invite, Request)
        assert invite.uri == "sip:moved@10.0.0.8:5080"
        assert far.datagrams[0].destination == Address("10.0.0.8", 5080)
        assert words(far.ask("UPDATE", to_tag=leg.tag, cseq=7, body=b"v=0")) == ["491"]
        assert heard(far) == []

    def test_an_offer_may_come_by_update_and_is_taken_without_an_ack(self) -> None:
        far = FarSide()
        leg = far.talk()
        assert far.ask("UPDATE", to_tag=leg.tag, cseq=2, body=b"t38 of theirs") == []
        assert heard(far) == ["Offered t38 of theirs"]
        leg.accept(b"t38 of ours", far.now)
        (answer,) = far.take()
        assert (words([answer]), answer.body) == (["200"], b"t38 of ours")
        assert far.wait(40) == []
        assert far.ask("UPDATE", to_tag=leg.tag, cseq=3, body=b"video") == []
        leg.decline(488, far.now)
        assert words(far.take()) == ["488"]
        assert leg.phase == "talking"

    def test_a_bye_is_taken_whatever_else_is_wrong_with_it(self) -> None:
        for uri in ("<sip:broken", "urn:somebody"):
            far = FarSide()
            leg = far.talk()
            assert words(far.ask("BYE", ("Require", "nonsense"), to_tag=leg.tag, cseq=2, uri=uri)) == ["200"]
            assert (heard(far), leg.phase) == (["Ended"], "over")

    def test_an_offer_while_ours_is_pending_is_a_491(self) -> None:
        far = FarSide()
        leg = far.talk()
        leg.offer(b"t38", far.now)
        (invite,) = far.take()
        assert words(far.ask("INVITE", to_tag=leg.tag, cseq=2, body=b"theirs")) == ["491"]
        assert words(far.answer(invite, 491)) == ["ACK"]
        assert heard(far) == ["OfferRefused 491"]

    def test_a_second_offer_before_we_answered_the_first_is_a_500(self) -> None:
        far = FarSide()
        leg = far.talk()
        assert words(far.ask("INVITE", to_tag=leg.tag, cseq=2, body=b"one")) == ["100"]
        (answer,) = far.ask("INVITE", to_tag=leg.tag, cseq=3, body=b"two")
        assert (words([answer]), header(answer, "Retry-After")) == (["500"], "2")
        leg.accept(b"yes", far.now)
        assert words(far.take()) == ["200"]
        assert heard(far) == ["Offered one"]

    def test_an_offer_that_they_cancel_is_forgotten(self) -> None:
        far = FarSide()
        leg = far.talk()
        far.ask("INVITE", to_tag=leg.tag, cseq=2, body=b"one", branch="z9hG4bK1")
        assert words(far.ask("CANCEL", to_tag=leg.tag, cseq=2, branch="z9hG4bK1")) == ["200", "487"]
        leg.accept(b"too late", far.now)
        assert far.take() == []
        assert leg.phase == "talking"

    def test_a_refresh_without_an_offer_is_answered_with_what_is(self) -> None:
        far = FarSide()
        leg = far.talk()
        (answer,) = far.ask("INVITE", to_tag=leg.tag, cseq=2)
        assert answer.body == b"audio of ours"
        far.ask("ACK", to_tag=leg.tag, cseq=2, body=b"what they say to that")
        assert heard(far) == []
        assert far.wait(40) == []

    def test_an_accepted_offer_is_repeated_until_acknowledged_and_then_given_up(self) -> None:
        far = FarSide()
        leg = far.talk()
        far.ask("INVITE", to_tag=leg.tag, cseq=2, body=b"t38")
        leg.accept(b"t38 too", far.now)
        far.ask("ACK", to_tag=leg.tag, cseq=1)  # the first one again
        assert words(far.wait(31)) == ["200"] * 9
        assert "BYE" in words(far.wait(2))
        assert heard(far) == ["Offered t38", "Ended"]

    def test_a_bye_tells_why(self) -> None:
        far = FarSide()
        leg = far.talk()
        far.ask("BYE", ("Reason", 'Q.850 ;cause=16;text="Terminated"'), to_tag=leg.tag, cseq=2)
        assert heard(far) == ["Ended 16"]

    def test_our_bye_tells_why_and_is_finished_by_any_answer(self) -> None:
        far = FarSide()
        leg = far.talk()
        leg.bye(far.now, q850=16)
        (bye,) = far.take()
        assert header(bye, "Reason") == "Q.850;cause=16"
        far.answer(bye, 481)
        assert heard(far) == ["Closed"]

    def test_their_bye_after_ours_is_still_answered(self) -> None:
        far = FarSide()
        leg = far.talk()
        leg.bye(far.now)
        (bye,) = far.take()
        assert words(far.ask("BYE", to_tag=leg.tag, cseq=2)) == ["200"]
        assert words(far.ask("INVITE", to_tag=leg.tag, cseq=3)) == ["481"]
        assert heard(far) == []
        far.answer(bye, 200)
        assert heard(far) == ["Closed"]

    def test_while_a_bye_waits_for_the_ack_their_offer_is_too_late(self) -> None:
        far = FarSide()
        leg = far.call_us()
        leg.answer(b"audio", far.now)
        leg.bye(far.now)
        far.take()
        assert words(far.ask("INVITE", to_tag=leg.tag, cseq=2, body=b"t38")) == ["481"]
        assert words(far.ask("ACK", to_tag=leg.tag)) == ["BYE"]


class TestCalling:
    def test_the_invite_has_all_that_is_needed(self) -> None:
        far = FarSide()
        leg, invite = far.be_called()
        assert invite.uri == "sip:far@10.0.0.9:5090"
        assert header(invite, "Contact") == "<sip:210@10.0.0.1:5060>"
        assert header(invite, "Max-Forwards") == "70"
        assert header(invite, "User-Agent") == "unifax"
        assert (invite.via.host, invite.via.port) == US[:2]
        assert invite.via.branch.startswith("z9hG4bK")
        assert ";rport" in str(invite.via)
        assert (invite.call_id, invite.from_.tag, invite.to.tag) == (leg.call_id, leg.tag, "")
        assert far.datagrams[0].destination == THEM

    def test_behind_a_nat_we_are_reached_where_the_far_side_sees_us(self) -> None:
        far = FarSide()
        leg, invite = far.be_called(Credentials("u", "p"))
        assert header(invite, "Contact") == "<sip:210@10.0.0.1:5060>"
        outside = invite.seen_from(Address("203.0.113.7", 40_000))
        challenge = ("WWW-Authenticate", 'Digest realm="r", nonce="n"')
        _, again = far.say(bytes(outside.response(401, challenge, tag="far")))
        assert header(again, "Contact") == "<sip:210@203.0.113.7:40000>"
        assert isinstance(again, Request)
        far.answer(again, 200)
        leg.offer(b"t38", far.now)
        (offer,) = far.take()
        assert isinstance(offer, Request)
        assert header(offer, "Contact") == "<sip:210@203.0.113.7:40000>", "an answer that says nothing changes nothing"
        far.say(bytes(offer.seen_from(US).response(200, tag="far")))
        leg.offer(b"audio", far.now)
        (offer,) = far.take()
        assert header(offer, "Contact") == "<sip:210@10.0.0.1:5060>"

    def test_who_answers_nothing_of_ours_cannot_move_us(self) -> None:
        far = FarSide()
        _, invite = far.be_called()
        moved = invite.seen_from(Address("203.0.113.7", 40_000)).response(200, tag="far")
        far.say(bytes(moved).replace(invite.via.branch.encode(), b"z9hG4bKguessed"))
        _, second = far.be_called()
        assert header(second, "Contact") == "<sip:210@10.0.0.1:5060>"

    def test_a_call_id_may_be_given(self) -> None:
        far = FarSide()
        leg = far.agent.invite(to="sip:b@h", from_="sip:a@h", sdp=b"", destination=THEM, now=0.0, call_id="given")
        assert leg.call_id == "given"

    def test_requests_follow_the_route_and_go_to_the_contact(self) -> None:
        far = FarSide()
        leg, invite = far.be_called()
        route = ("Record-Route", "<sip:10.0.0.8:5080;lr>, <sip:10.0.0.7;lr>")
        (ack,) = far.answer(invite, 200, route, ("Contact", "<sip:desk@10.0.0.9:7000>"), body=b"audio")
        assert isinstance(ack, Request)
        assert (ack.method, ack.uri, str(ack.cseq)) == ("ACK", "sip:desk@10.0.0.9:7000", "1 ACK")
        assert ack.headers.all("Route") == ["<sip:10.0.0.7;lr>", "<sip:10.0.0.8:5080;lr>"]
        assert ack.via.branch != invite.via.branch
        assert far.datagrams[0].destination == Address("10.0.0.7", 5060)
        leg.bye(far.now)
        (bye,) = far.take()
        assert bye.headers.all("Route") == ack.headers.all("Route")
        assert str(bye.cseq) == "2 BYE"

    def test_a_repeated_2xx_is_acknowledged_again_the_same_way_even_when_all_is_over(self) -> None:
        far = FarSide()
        leg, invite = far.be_called()
        first = far.answer(invite, 200)
        assert far.answer(invite, 200) == first
        leg.bye(far.now)
        (bye,) = far.take()
        far.answer(bye, 200)
        assert far.answer(invite, 200) == first
        assert heard(far) == ["Answered ", "Closed"]

    def test_another_answer_from_another_machine_is_acknowledged_and_hung_up_on(self) -> None:
        far = FarSide()
        leg, invite = far.be_called()
        far.answer(invite, 200, tag="one", body=b"first")
        late = far.answer(invite, 200, tag="two", body=b"second")
        assert words(late) == ["ACK", "BYE"]
        assert {message.to.tag for message in late} == {"two"}
        assert words(far.answer(invite, 200, tag="two")) == ["ACK"]
        far.answer(late[1], 200)
        assert heard(far) == ["Answered first"]
        assert leg.phase == "talking"

    def test_an_answer_from_another_machine_leaves_our_pending_offer_alone(self) -> None:
        far = FarSide()
        leg, invite = far.be_called()
        far.answer(invite, 200, tag="one")
        leg.offer(b"t38", far.now)
        (offer,) = far.take()
        far.answer(invite, 200, tag="two")
        assert words(far.ask("INVITE", ("From", "<sip:far@x>;tag=one"), to_tag=leg.tag, call_id=leg.call_id)) == ["491"]
        far.answer(offer, 200, body=b"t38 too")
        assert heard(far) == ["Answered ", "OfferAccepted t38 too"]

    def test_forks_without_end_are_not_followed(self) -> None:
        far = FarSide()
        _, invite = far.be_called()
        answers = [far.answer(invite, 200, tag=f"fork {number}") for number in range(100)]
        assert len([answer for answer in answers if answer]) == 16

    @pytest.mark.parametrize("route", ["<sip:broken", ";lr>"])
    def test_an_answer_without_sense_is_a_refusal(self, route: str) -> None:
        far = FarSide()
        _, invite = far.be_called()
        far.answer(invite, 200, ("Record-Route", route))
        assert heard(far) == ["Refused 500"]
        far.wait(40)
        assert len(far.agent) == 0

    def test_an_answer_whose_headers_cannot_be_read_is_dropped(self) -> None:
        far = FarSide()
        _, invite = far.be_called()
        answer = bytes(invite.response(200, tag="far")).replace(b"\r\nTo: ", b'\r\nTo: "')
        assert far.say(answer) == []
        assert far.agent.malformed == 1
        assert words(far.answer(invite, 200)) == ["ACK"]

    def test_the_reason_of_a_refusal_comes_with_it(self) -> None:
        far = FarSide()
        _, invite = far.be_called()
        far.answer(invite, 480, ("Reason", 'Q.850;cause=18;text="No user responding"'), ("Retry-After", "60 (later)"))
        (event,) = far.agent.events()
        assert (word(event), getattr(event, "q850", 0), getattr(event, "retry_after", 0)) == ("Refused 480", 18, 60)

    def test_progress_and_early_media_are_told(self) -> None:
        far = FarSide()
        _, invite = far.be_called()
        far.answer(invite, 100)
        far.answer(invite, 183, body=b"early")
        assert heard(far) == ["Progress 100", "Progress 183"]

    def test_one_cancel_is_enough_however_often_they_ring(self) -> None:
        far = FarSide()
        leg, invite = far.be_called()
        far.answer(invite, 180)
        leg.cancel(far.now)
        assert words(far.take()) == ["CANCEL"]
        assert far.answer(invite, 180) == []

    def test_an_offer_that_is_worked_on_for_ever_does_not_outlive_the_call(self) -> None:
        far = FarSide()
        leg, invite = far.be_called()
        far.answer(invite, 200)
        leg.offer(b"t38", far.now)
        (offer,) = far.take()
        far.answer(offer, 100)
        leg.bye(far.now)
        (bye,) = far.take()
        far.answer(bye, 200)
        far.wait(100)
        assert len(far.agent) == 0

    def test_an_offer_into_a_lost_call_ends_it_with_a_bye(self) -> None:
        far = FarSide()
        leg, invite = far.be_called()
        far.answer(invite, 200)
        leg.offer(b"t38", far.now)
        (offer,) = far.take()
        assert words(far.answer(offer, 481)) == ["ACK", "BYE"]
        assert heard(far) == ["Answered ", "Ended"]
        assert leg.phase == "over"

    def test_a_2xx_to_an_offer_is_acknowledged_each_time(self) -> None:
        far = FarSide()
        leg, invite = far.be_called()
        far.answer(invite, 200)
        leg.offer(b"t38", far.now)
        (offer,) = far.take()
        first = far.answer(offer, 200, body=b"t38 too")
        assert str(first[0].cseq) == "2 ACK"
        assert far.answer(offer, 200, body=b"t38 too") == first
        assert heard(far) == ["Answered ", "OfferAccepted t38 too"]
