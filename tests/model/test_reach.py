"""Requests that strangers ask for go to the Internet, and not to our own network, however an address is written."""

import socket
from collections.abc import Callable, Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unifax.model.errors import Misconfigured
from unifax.model.reach import Address, ip_address_of, may_reach, parse_network

PRIVATE = st.one_of(
    *(
        st.ip_addresses(network=network)
        for network in (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "224.0.0.0/4",
            "240.0.0.0/4",
        )
    )
)
ANY_4 = st.ip_addresses(v=4)
DISGUISES: Mapping[str, Callable[[IPv4Address], Address]] = {
    "as it is": lambda four: four,
    "mapped (RFC 4291 2.5.5.2)": lambda four: IPv6Address(f"::ffff:{four}"),
    "NAT64 (RFC 6052)": lambda four: IPv6Address(f"64:ff9b::{four}"),
}


@given(PRIVATE, st.sampled_from(sorted(DISGUISES)))
def test_what_is_private_is_not_reached_in_any_disguise(four: IPv4Address, disguise: str) -> None:
    assert not may_reach(DISGUISES[disguise](four))


@given(ANY_4, st.sampled_from(sorted(DISGUISES)))
def test_a_disguise_changes_nothing(four: IPv4Address, disguise: str) -> None:
    assert may_reach(DISGUISES[disguise](four)) == may_reach(four)


@given(st.ip_addresses())
def test_what_python_knows_as_private_is_never_reached(address: Address) -> None:
    if may_reach(address):
        seen = IPv4Address(address.packed[-4:]) if address in parse_network("64:ff9b::/96") else address
        assert seen.is_global
        assert not seen.is_multicast


@given(ANY_4)
def test_ways_to_hide_an_address_for_old_networks_are_not_taken(four: IPv4Address) -> None:
    number = int(four)
    for hidden in (
        IPv6Address(number),  # IPv4-compatible, long gone
        IPv6Address((0x2002 << 112) | (number << 80) | 1),  # 6to4
        IPv6Address((0x20010000 << 96) | (number << 64)),  # Teredo
        IPv6Address((0x0064FF9B0001 << 80) | number),  # NAT64 of a network's own (RFC 8215)
    ):
        assert not may_reach(hidden)


@pytest.mark.parametrize(
    "text",
    [
        "::",
        "::1",
        "fc00::1",
        "fd12::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
        "3fff::1",
        "169.254.169.254",
        "fd00:ec2::254",
        "255.255.255.255",
        "192.88.99.1",
        "192.0.0.170",
        "5f00::1",
        "100::1",
    ],
)
def test_what_is_not_the_internet_is_not_reached(text: str) -> None:
    assert not may_reach(ip_address(text))


@pytest.mark.parametrize("text", ["1.1.1.1", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_the_internet_is_reached(text: str) -> None:
    assert may_reach(ip_address(text))


def test_an_operator_may_admit_networks_and_nothing_else_with_them() -> None:
    allowed = [parse_network(text) for text in ("10.1.0.0/16", "127.0.0.1", "fd00:1::/32")]
    for text in ("10.1.2.3", "127.0.0.1", "::ffff:10.1.2.3", "fd00:1::5", "8.8.8.8"):
        assert may_reach(ip_address(text), allowed)
    for text in ("10.2.0.1", "127.0.0.2", "::1", "fd00:2::5", "::ffff:10.2.0.1"):
        assert not may_reach(ip_address(text), allowed)


@pytest.mark.parametrize("text", ["", "10.1.0.0/33", "10.1.2.3/16", "localhost", "10.*"])
def test_what_is_no_network_is_refused(text: str) -> None:
    with pytest.raises(Misconfigured):
        parse_network(text)


@given(ANY_4)
def test_only_the_proper_spelling_is_an_address(four: IPv4Address) -> None:
    a, b, c, d = four.packed
    assert ip_address_of(str(four)) == four
    for spelling in (
        str(int(four)),
        hex(int(four)),
        f"0{a:o}.{b}.{c}.{d}",
        f"{a}.{b}.{c << 8 | d}",
        f"{a:#x}.{b}.{c}.{d}",
    ):
        assert socket.inet_aton(spelling) == four.packed, "the C library takes it, and so do others"
        assert ip_address_of(spelling) is None
