"""UDP sockets of a line. They know no call, and not what a datagram means."""

import asyncio
import logging
import socket
from collections.abc import Callable
from typing import cast

from unifax.wire.datagram import Address

log = logging.getLogger(__name__)

Passes = Callable[[bytes, bool], bool]
"Whether a media datagram gets through; the flag is True for outgoing ones."


class UdpSocket(asyncio.DatagramProtocol):
    """A UDP socket that the loop reads: for SIP, and for the media of a bad line."""

    def __init__(self, received: Callable[[Address, bytes, Address], None], passes: Passes | None) -> None:
        """`received` is told of each datagram: where it came to, what it is, and where from."""
        self._received = received
        self._passes = passes
        self.local = Address("", 0)
        self.transport: asyncio.DatagramTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)  # uvloop's has the methods, not the class
        self.local = Address(*transport.get_extra_info("sockname")[:2])

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if self._passes is None or self._passes(data, False):
            self._received(self.local, data, Address(*addr[:2]))

    def error_received(self, exc: Exception) -> None:
        """An ICMP error: SIP and T.30 have timers of their own for a far side that is gone."""

    def send(self, data: bytes, destination: Address) -> None:
        if self._passes is None or self._passes(data, True):
            try:
                self.transport.sendto(data, destination[:2])
            except ValueError as error:  # uvloop's, for an address of the other family
                log.debug("to %s: %s", destination, error)


def bound(address: Address) -> socket.socket:
    """Return a UDP socket at an address. Raises OSError."""
    udp = socket.socket(socket.AF_INET6 if ":" in address.host else socket.AF_INET, socket.SOCK_DGRAM)
    try:
        udp.bind(address[:2])
    except OSError:
        udp.close()
        raise
    return udp
