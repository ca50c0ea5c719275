"""An address and a datagram: what every engine takes and gives."""

from typing import NamedTuple


class Address(NamedTuple):
    """An IP address and a port, as socket functions take them."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Datagram(NamedTuple):
    """Bytes to send, and where to."""

    data: bytes
    destination: Address
