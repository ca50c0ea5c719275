"""Names of servers: what the DNS says of them, how long that holds, and what stands when it says nothing."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unifax.line import names
from unifax.line.names import Answer, Names, Naptr, Record, Srv, Target, Unanswered, in_order
from unifax.wire.datagram import Address, Transport

UDP, TCP, TLS = Transport.UDP, Transport.TCP, Transport.TLS
NAME = "carrier.example"


class World:
    """A DNS and a clock, and what is asked of them."""

    def __init__(self, zone: dict[tuple[str, str], Sequence[Record]]) -> None:
        self.zone = zone
        self.now = 0.0
        self.ttl_seconds = 300.0
        self.is_down = False
        self.asked: list[tuple[str, str]] = []
        self.names = Names(self._ask, lambda: self.now, lambda: 0.5, ipv6=False)

    async def _ask(self, name: str, kind: str) -> Answer:
        self.asked.append((name, kind))
        if self.is_down:
            raise Unanswered("it is down")
        return Answer(self.zone.get((name, kind), ()), self.ttl_seconds)

    def look_up(self, *servers: Address | Target) -> list[Address]:
        return asyncio.run(self.names.addresses(servers))


def at(host: str, port: int = 5060, transport: Transport = UDP) -> Address:
    return Address(host, port, transport, NAME)


def test_what_is_an_address_is_not_looked_up() -> None:
    world = World({})
    server = Address("192.0.2.1", 5060)
    assert world.look_up(server, server) == [server]
    assert world.asked == []


@pytest.mark.parametrize(
    ("target", "addresses"),
    [
        (Target(NAME, 5070), [at("192.0.2.1", 5070)]),
        (Target(NAME, 5070, TCP), [at("192.0.2.1", 5070, TCP)]),
        (Target(NAME, None, UDP), [at("192.0.2.1")]),
        (Target(NAME, None, TLS), [at("192.0.2.1", 5061, TLS)]),
        (Target(NAME), [at("192.0.2.1")]),
        (Target("nowhere.example"), []),
    ],
)
def test_a_name_that_is_just_a_host(target: Target, addresses: list[Address]) -> None:
    assert World({(NAME, "A"): ["192.0.2.1"]}).look_up(target) == addresses


SRV: dict[tuple[str, str], Sequence[Record]] = {
    (NAME, "NAPTR"): [
        Naptr(20, 10, "SIP+D2U", f"_sip._udp.{NAME}"),
        Naptr(10, 20, "SIP+D2T", f"_sip._tcp.{NAME}"),
        Naptr(10, 10, "SIPS+D2T", f"_sips._tcp.{NAME}"),
        Naptr(5, 10, "E2U+SIP", "somewhere.example"),
    ],
    (f"_sips._tcp.{NAME}", "SRV"): [Srv(20, 0, 5071, "b.example"), Srv(10, 0, 5070, "a.example")],
    (f"_sip._udp.{NAME}", "SRV"): [Srv(10, 0, 5080, "a.example"), Srv(1, 0, 1, "")],
    ("a.example", "A"): ["192.0.2.1", "192.0.2.2"],
    ("b.example", "A"): ["192.0.2.3"],
    (NAME, "A"): ["192.0.2.9"],
}


@pytest.mark.parametrize(
    ("target", "addresses"),
    [
        (Target(NAME), [at("192.0.2.1", 5070, TLS), at("192.0.2.2", 5070, TLS), at("192.0.2.3", 5071, TLS)]),
        (Target(NAME, None, UDP), [at("192.0.2.1", 5080), at("192.0.2.2", 5080)]),
        (Target(NAME, None, TCP), [at("192.0.2.9", 5060, TCP)]),
        (Target(NAME, 5060), [at("192.0.2.9")]),
    ],
)
def test_a_name_with_services(target: Target, addresses: list[Address]) -> None:
    assert World(dict(SRV)).look_up(target) == addresses


def test_without_a_favourite_the_first_transport_that_is_offered_is_taken() -> None:
    zone = {key: records for key, records in SRV.items() if key[1] != "NAPTR"}
    assert [each.transport for each in World(dict(zone)).look_up(Target(NAME))] == [UDP, UDP]


def test_answers_hold_as_long_as_they_say_within_reason() -> None:
    world = World({(NAME, "A"): ["192.0.2.1"]})
    target = Target(NAME, 5060)
    for ttl_seconds, holds in ((300.0, 300.0), (0.0, 30.0), (1e9, 86_400.0)):
        world.ttl_seconds = ttl_seconds
        world.now += 1e6
        world.look_up(target)
        before = len(world.asked)
        world.now += holds - 1
        world.look_up(target)
        assert len(world.asked) == before
        world.now += 2
        world.look_up(target)
        assert len(world.asked) == before + 1


def test_what_was_known_stands_while_the_dns_is_down() -> None:
    world = World({(NAME, "A"): ["192.0.2.1"]})
    target = Target(NAME, 5060)
    world.look_up(target)
    world.is_down = True
    world.now = 1000
    assert world.look_up(target) == world.look_up(target) == [at("192.0.2.1")]
    assert len(world.asked) == 2, "asked again after half a minute only"
    world.now = 1031
    assert world.look_up(target) == [at("192.0.2.1")]
    assert len(world.asked) == 3
    world.now = 300 + 86_400 + 1
    assert world.look_up(target) == []
    world.is_down = False
    world.now += 31
    assert world.look_up(target) == [at("192.0.2.1")]


def test_a_name_that_is_unknown_while_the_dns_is_down_is_not_waited_for_by_every_call() -> None:
    world = World({})
    world.is_down = True
    assert world.look_up(Target(NAME, 5060)) == world.look_up(Target(NAME, 5060)) == []
    assert len(world.asked) == 1


def test_what_is_kept_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "MOST_KNOWN", 2)
    world = World({})
    for name in ("a", "b", "c", "c", "b", "a"):
        world.look_up(Target(name, 5060))
    assert [name for name, _ in world.asked] == ["a", "b", "c", "a"]


def test_a_name_with_a_hundred_servers_does_not_have_them_all_tried() -> None:
    hosts = [f"192.0.2.{number}" for number in range(100)]
    zone: dict[tuple[str, str], Sequence[Record]] = {(NAME, "A"): hosts}
    zone[f"_sip._udp.{NAME}", "SRV"] = [Srv(1, 1, 5060, NAME)] * 100
    assert len(World(zone).look_up(Target(NAME))) == len(World(zone).look_up(Target(NAME, 5060))) == 16


RECORDS = st.lists(st.builds(Srv, st.integers(0, 3), st.integers(0, 9), st.integers(1, 9), st.sampled_from("abc")))


@given(RECORDS, st.floats(0, 1))
def test_every_srv_record_has_its_turn_and_no_priority_is_passed_over(records: list[Srv], chance: float) -> None:
    ordered = in_order(records, lambda: chance)
    assert Counter(ordered) == Counter(records)
    assert [each.priority for each in ordered] == sorted(each.priority for each in records)


def test_equals_are_drawn_by_weight() -> None:
    records = [Srv(1, 1, 1, "light"), Srv(1, 3, 1, "heavy"), Srv(1, 0, 1, "none")]

    def first(chance: float) -> str:
        draws: Callable[[], float] = lambda: chance  # noqa: E731
        return in_order(records, draws)[0].target

    assert [first(chance) for chance in (0.0, 0.1, 0.25, 0.3, 0.9, 1.0)] == ["none", "light", "light", *["heavy"] * 3]
