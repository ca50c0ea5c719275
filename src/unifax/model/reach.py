"""Which IP addresses a request of ours may go to when a stranger has named them. Knows no names and no sockets.

Only addresses that anybody on the Internet could reach. What lies in our own network is for whoever runs this service
to admit.
"""

from collections.abc import Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from unifax.model.errors import Misconfigured

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_NOT_FOR_ALL_4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # this host (RFC 1122)
        "10.0.0.0/8",
        "100.64.0.0/10",  # carriers' NAT (RFC 6598)
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local, and the metadata of clouds
        "172.16.0.0/12",
        "192.0.0.0/24",  # protocol assignments (RFC 6890)
        "192.0.2.0/24",
        "192.88.99.0/24",  # 6to4 relays (RFC 7526)
        "192.168.0.0/16",
        "198.18.0.0/15",  # benchmarks (RFC 2544)
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and the broadcast address
    )
)
_FOR_ALL_6 = IPv6Network("2000::/3")  # all that IANA has given out as global unicast
_NOT_FOR_ALL_6 = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # protocol assignments, Teredo among them (RFC 6890)
        "2001:db8::/32",
        "2002::/16",  # 6to4: an IPv4 address in disguise
        "3fff::/20",  # documentation (RFC 9637)
    )
)
_MAPPED = IPv6Network("::ffff:0:0/96")
_TRANSLATED = IPv6Network("64:ff9b::/96")  # NAT64 (RFC 6052)


def ip_address_of(text: str) -> Address | None:
    """Return an IP address as it is properly written, or None. Not `127.1`, `0177.0.0.1` or `2130706433`."""
    try:
        return ip_address(text)
    except ValueError:
        return None


def parse_network(text: str) -> Network:
    """Return a network as settings write it, `10.1.0.0/16`, or one address. Raises Misconfigured."""
    try:
        return ip_network(text.strip())
    except ValueError as error:
        raise Misconfigured(f"'{text}' is not a network, as in 10.1.0.0/16") from error


def may_reach(address: Address, allowed: Sequence[Network] = ()) -> bool:
    """Whether a request may go to an address. An IPv4 address within an IPv6 address is what counts."""
    meant = _meant(address)
    if any(each in network for each in (address, meant) for network in allowed if each.version == network.version):
        return True
    if isinstance(meant, IPv4Address):
        return not any(meant in network for network in _NOT_FOR_ALL_4)
    return meant in _FOR_ALL_6 and not any(meant in network for network in _NOT_FOR_ALL_6)


def _meant(address: Address) -> Address:
    if isinstance(address, IPv6Address) and (address in _MAPPED or address in _TRANSLATED):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address
