"""An address and a datagram: what every engine takes and gives. A SIP message over TCP or TLS counts as one, too."""

from enum import StrEnum
from ipaddress import ip_address
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
    "Over TLS: whose certificate is expected there."

    @property
    def is_reliable(self) -> bool:
        """Whether what is sent arrives, or the connection breaks (RFC 3261 17)."""
        return self.transport is not Transport.UDP

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def canonical_ip(host: str) -> str | None:
    """Return an IP address as sockets write it, for an IPv6 address has many spellings; None for a name."""
    try:
        return str(ip_address(host))
    except ValueError:
        return None


def is_ip(host: str) -> bool:
    """Whether this is an IP address, and no name that would have to be looked up before anything could be sent."""
    return canonical_ip(host) is not None


class Datagram(NamedTuple):
    """Bytes to send, and where to."""

    data: bytes
    destination: Address
