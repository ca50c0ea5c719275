"""An address and a datagram: what every engine takes and gives. A SIP message over TCP or TLS counts as one, too."""

from collections.abc import Callable
from enum import StrEnum
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import NamedTuple


class Transport(StrEnum):
    """What carries a message. Media knows UDP alone."""

    UDP = "udp"
    TCP = "tcp"
    TLS = "tls"


class Address(NamedTuple):
    """An IP address and a port; `address[:2]` is what socket functions take."""

    host: str
    port: int
    transport: Transport = Transport.UDP
    name: str = ""
    "By which it was looked up: what a server there calls itself, and proves over TLS."

    @property
    def is_reliable(self) -> bool:
        """Whether what is sent arrives, or the connection breaks (RFC 3261 17)."""
        return self.transport is not Transport.UDP

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


_REMEMBERED = 256
"Hosts of which it is remembered what they are: a line has a few peers, and is told of them again and again."

INSIDE = tuple(
    ip_network(network)
    for network in (
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"),
        *("100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "::1/128", "fe80::/10"),
    )
)
"Networks that mean something in one place only (RFC 1918, 4193, 6598, and those of one link or host)."


@lru_cache(maxsize=_REMEMBERED)
def canonical_ip(host: str) -> str | None:
    """Return an IP address as sockets write it, for an IPv6 address has many spellings; None for a name."""
    try:
        return str(ip_address(host))
    except ValueError:
        return None


def is_behind_nat(host: str, seen_from: str) -> bool:
    """Whether an address that somebody names for himself leads nowhere, because he comes from outside and it is one of
    a network of his own.
    """
    return _is_inside(host) and not _is_inside(seen_from)


@lru_cache(maxsize=_REMEMBERED)
def _is_inside(host: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return any(address in network for network in INSIDE if network.version == address.version)


def is_ip(host: str) -> bool:
    """Whether this is an IP address, and no name that would have to be looked up before anything could be sent."""
    return canonical_ip(host) is not None


Shows = Callable[[str], str]
"Says by which host a peer at an IP address is to know us; empty: by our own."


def as_we_are(peer: str) -> str:
    """Show us where there is no NAT (`Shows`)."""
    return ""


def to_the_public(host: str) -> Shows:
    """Return what shows `host`, which a NAT shows of us, but not to who is on our side of it, in a private network."""
    return lambda peer: host if is_ip(peer) and not ip_address(peer).is_private else ""


def as_told(ours: Address, host: str) -> Address:
    """Return an address of ours as it is told to who is to know us by `host`, if that is not empty."""
    return Address(host, ours.port) if host else ours


class Datagram(NamedTuple):
    """Bytes to send, and where to."""

    data: bytes
    destination: Address
