"""Who may call: trunks by their networks, and nobody else, however loud."""

import itertools
from pathlib import Path

from tests.carrier import AUDIO
from tests.phones import receiving
from tests.wire.sip.far_side import FarSide
from unifax.line.gate import GUEST_SECONDS, KNOCKS_PER_SECOND, Gate
from unifax.line.phases import Phase
from unifax.line.plan import Plan
from unifax.line.station import Station
from unifax.model.reach import parse_network
from unifax.wire.datagram import Address
from unifax.wire.sip.digest import Credentials, Keys
from unifax.wire.sip.message import Request, Response, parse
from unifax.wire.sip.proof import Doorkeeper

US = Address("10.0.0.1", 5060)
INVITE = bytes(FarSide().request("INVITE", body=AUDIO))
GATE = Gate(
    {
        "carrier": [parse_network("192.0.2.0/28"), parse_network("2001:db8::/64")],
        "other": [parse_network("192.0.2.1"), parse_network("10.9.9.9")],
    }
)


def test_a_trunk_is_known_by_where_it_calls_from() -> None:
    hosts = ["192.0.2.1", "2001:db8::7", "10.9.9.9", "192.0.2.16", "2001:db8:1::1", "::ffff:192.0.2.1"]
    assert [GATE.trunk_of(host, 0.0) for host in hosts] == ["carrier", "carrier", "other", None, None, None]
    assert [GATE.admits(host, 0.0) for host in hosts] == [True, True, True, False, False, False]


def test_a_flood_from_strangers_leaves_nothing_and_is_not_answered() -> None:
    numbers = itertools.count()
    station = Station(US, user_agent="test", token=lambda: f"t{next(numbers)}", chance=lambda: 0.5, gate=GATE)
    for number in range(10_000):
        source = Address(f"203.0.{number % 256}.{number // 256}", 5060)
        station.receive(US, INVITE.replace(b"call of theirs", b"flood%d" % number), source, number / 1000)
        station.receive(US, b"\x00\xffnot SIP at all", source, number / 1000)
    assert (station.strangers, station.malformed, station.errors) == (20_000, 0, 0)
    assert (station.invited(), station.datagrams_to_send(), station.next_wake()) == ([], [], None)
    assert next(numbers) == 0, "nothing was read: no tag was made for any of them"


def test_those_who_may_call_are_heard_and_their_mistakes_counted() -> None:
    numbers = itertools.count()
    station = Station(US, user_agent="test", token=lambda: f"t{next(numbers)}", chance=lambda: 0.5, gate=GATE)
    carrier = Address("192.0.2.1", 5060)
    station.receive(US, b"not SIP at all", carrier, 0.0)
    station.receive(US, INVITE, carrier, 0.0)
    (invited,) = station.invited()
    assert (invited.source, station.strangers, station.malformed) == (carrier, 0, 1)


def guarded() -> Gate:
    doorkeeper = Doorkeeper("unifax", {"them": "correct horse"}, b"a secret")
    return Gate({"carrier": [parse_network("192.0.2.0/28")]}, doorkeeper, {"them": "roaming"})


GUEST = Address("203.0.113.7", 5060)


def proved(gate: Gate, password: str, now: float) -> bytes:
    """Knock, and return the INVITE with the answer to the challenge."""
    asked = gate.knock(INVITE, GUEST, now)
    assert asked is not None
    response, invite = parse(asked), parse(INVITE)
    assert isinstance(response, Response)
    assert isinstance(invite, Request)
    keys = Keys(Credentials("them", password), lambda: "cnonce")
    assert keys.learn(response, {})
    return bytes(keys.sign(invite))


def test_who_knows_a_password_is_admitted_from_where_he_calls_for_an_hour() -> None:
    gate = guarded()
    assert gate.knock(proved(gate, "correct horse", 10.0), GUEST, 10.5) is None
    assert (gate.trunk_of(GUEST.host, 11.0), gate.trunk_of("203.0.113.8", 11.0)) == ("roaming", None)
    assert gate.trunk_of(GUEST.host, 10.5 + GUEST_SECONDS) is None


def test_who_does_not_know_it_is_asked_again_and_stays_outside() -> None:
    gate = guarded()
    assert (gate.knock(proved(gate, "battery", 10.0), GUEST, 10.5) or b"").startswith(b"SIP/2.0 401 ")
    assert not gate.admits(GUEST.host, 11.0)


def test_strangers_are_asked_about_invites_only_and_no_more_than_a_few_in_a_second() -> None:
    gate = guarded()
    for data in (b"", b"INVITE ", b"INVITE rubbish", INVITE.replace(b"INVITE", b"OPTIONS"), b"SIP/2.0 200 OK\r\n\r\n"):
        assert gate.knock(data, GUEST, 0.0) is None
    answers = [gate.knock(INVITE, Address("203.0.113.9", 5060), 5.0) for _ in range(10_000)]
    assert sum(answer is not None for answer in answers) == KNOCKS_PER_SECOND
    assert gate.knock(INVITE, GUEST, 6.0) is not None
    assert (gate.asked, gate.unasked) == (KNOCKS_PER_SECOND + 1, 10_000 - KNOCKS_PER_SECOND)


def test_a_guest_is_known_as_long_as_his_calls_are_up(tmp_path: Path) -> None:
    gate, numbers, far = guarded(), itertools.count(), FarSide()
    station = Station(US, user_agent="test", token=lambda: f"t{next(numbers)}", chance=lambda: 0.5, gate=gate)
    station.receive(US, proved(gate, "correct horse", 1.0), GUEST, 1.1)
    (invited,) = station.invited()
    call = station.take(invited, Plan(receiving(tmp_path / "r.tif")), US._replace(port=16_000), 1.2)
    late = 1.1 + GUEST_SECONDS + 10
    bye = bytes(far.request("BYE", to_tag=invited.leg.tag, cseq=3))
    station.receive(US, INVITE, Address("203.0.113.8", 5060), late)
    assert not gate.admits(GUEST.host, late)
    station.receive(US, bye, GUEST, late)
    assert (call.phase, gate.trunk_of(GUEST.host, late)) == (Phase.OVER, "roaming")
    station.forget(call)
    assert not gate.admits(GUEST.host, late + GUEST_SECONDS)
    station.receive(US, bye, GUEST, late + GUEST_SECONDS)
    assert not gate.admits(GUEST.host, late + GUEST_SECONDS)


def test_a_station_lets_the_guest_in_with_the_invite_that_proves_him() -> None:
    gate, numbers = guarded(), itertools.count()
    station = Station(US, user_agent="test", token=lambda: f"t{next(numbers)}", chance=lambda: 0.5, gate=gate)
    station.receive(US, INVITE, GUEST, 1.0)
    (challenge,) = station.datagrams_to_send()
    assert (challenge.local, challenge.datagram.destination, station.invited()) == (US, GUEST, [])
    station.receive(US, proved(gate, "correct horse", 1.0), GUEST, 1.1)
    (invited,) = station.invited()
    assert (invited.source, station.strangers) == (GUEST, 1)
