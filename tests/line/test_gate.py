"""Who may call: trunks by their networks, and nobody else, however loud."""

import itertools

from tests.carrier import AUDIO
from tests.wire.sip.far_side import FarSide
from unifax.line.gate import Gate
from unifax.line.station import Station
from unifax.model.reach import parse_network
from unifax.wire.datagram import Address

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
    assert [GATE.trunk_of(host) for host in hosts] == ["carrier", "carrier", "other", None, None, None]
    assert [GATE.admits(host) for host in hosts] == [True, True, True, False, False, False]


def test_a_flood_from_strangers_leaves_nothing_and_is_not_answered() -> None:
    numbers = itertools.count()
    station = Station(US, user_agent="test", token=lambda: f"t{next(numbers)}", chance=lambda: 0.5, admits=GATE.admits)
    for number in range(10_000):
        source = Address(f"203.0.{number % 256}.{number // 256}", 5060)
        station.receive(US, INVITE.replace(b"call of theirs", b"flood%d" % number), source, number / 1000)
        station.receive(US, b"\x00\xffnot SIP at all", source, number / 1000)
    assert (station.strangers, station.malformed, station.errors) == (20_000, 0, 0)
    assert (station.invited(), station.datagrams_to_send(), station.next_wake()) == ([], [], None)
    assert next(numbers) == 0, "nothing was read: no tag was made for any of them"


def test_those_who_may_call_are_heard_and_their_mistakes_counted() -> None:
    numbers = itertools.count()
    station = Station(US, user_agent="test", token=lambda: f"t{next(numbers)}", chance=lambda: 0.5, admits=GATE.admits)
    carrier = Address("192.0.2.1", 5060)
    station.receive(US, b"not SIP at all", carrier, 0.0)
    station.receive(US, INVITE, carrier, 0.0)
    (invited,) = station.invited()
    assert (invited.source, station.strangers, station.malformed) == (carrier, 0, 1)
