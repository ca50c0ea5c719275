"""An address and a datagram: what every engine takes and gives."""

from ipaddress import ip_address
from typing import NamedTuple


class Address(NamedTuple):
    """An IP address and a port, as socket functions take them."""

    host: str
    port: int

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
