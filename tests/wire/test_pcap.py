"""Captures: what goes in comes out, with headers that are right."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.captures import read_pcap
from unifax.wire import pcap
from unifax.wire.datagram import Address

PORTS = st.integers(0, 65_535)
V4 = st.tuples(st.ip_addresses(v=4).map(str), PORTS).map(lambda pair: Address(*pair))
V6 = st.tuples(st.ip_addresses(v=6).map(str), PORTS).map(lambda pair: Address(*pair))
PAIRS = st.tuples(V4, V4) | st.tuples(V6, V6)


@given(st.lists(st.tuples(st.integers(0, 10**12), PAIRS, st.binary(max_size=200)), max_size=3))
def test_what_is_written_is_read(packets: list[tuple[int, tuple[Address, Address], bytes]]) -> None:
    written = [pcap.packet(microseconds / 1e6, *between, payload) for microseconds, between, payload in packets]
    read = read_pcap(pcap.HEADER + b"".join(written))
    assert [((each.source, each.destination), each.payload) for each in read] == [packet[1:] for packet in packets]
    assert [each.at for each in read] == pytest.approx([packet[0] / 1e6 for packet in packets])


def test_a_moment_just_below_a_second_is_that_second() -> None:
    (read,) = read_pcap(pcap.HEADER + pcap.packet(1.9999999, Address("10.0.0.1", 1), Address("10.0.0.2", 2), b""))
    assert read.at == 2.0


def test_what_is_longer_than_a_datagram_can_be_is_cut() -> None:
    here = Address("192.0.2.1", 5060)
    (read,) = read_pcap(pcap.HEADER + pcap.packet(0.0, here, here, b"x" * 70_000))
    assert len(read.payload) == 65_507


@pytest.mark.parametrize("hosts", [("10.0.0.1", "::1"), ("::1", "10.0.0.1"), ("host", "10.0.0.1")])
def test_addresses_of_two_families_are_refused(hosts: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match=r"families|IPv4 or IPv6"):
        pcap.packet(0.0, Address(hosts[0], 1), Address(hosts[1], 2), b"")
