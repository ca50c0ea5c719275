"""The thread that carries the media of calls over their sockets (`native/pump.h`). It decides nothing.

No datagram meets Python: an end of a fax is handed over, and whoever is told that it has news reads its events.
"""

import asyncio
import os
import socket
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from unifax.line.media import Traffic
from unifax.wire._spandsp import ffi, lib
from unifax.wire.datagram import Address
from unifax.wire.t30 import Terminal

if TYPE_CHECKING:
    from unifax.wire._spandsp import CPort

AT_ONCE = 256
"Ports with news that are taken at a time."


class Port:
    """One UDP socket, and the end of a fax that goes over it."""

    def __init__(self, udp: socket.socket, port: "CPort", forget: Callable[[], None]) -> None:
        """For `Pump.open`."""
        self.local = Address(*udp.getsockname()[:2])
        self._socket = udp
        self._port: CPort | None = port
        self._forget = forget
        self._carried: Terminal | None = None
        "Its memory has to stay while it is carried."
        self._traffic = Traffic(0, 0)

    def carry(self, fax: Terminal | None) -> None:
        """Carry this one from now on; None drops the one before, which may then be closed."""
        if self._port is not None:
            lib.port_carry(self._port, ffi.NULL if fax is None else fax.media)
            self._carried = fax

    def flush(self) -> None:
        """Send what may leave, before anything that is sent after this."""
        if self._port is not None:
            lib.port_flush(self._port)

    @property
    def traffic(self) -> Traffic:
        """The datagrams that came, and that left."""
        if self._port is not None:
            counters = lib.port_counters(self._port)
            self._traffic = Traffic(counters.came, counters.left)
        return self._traffic

    def close(self) -> None:
        """Drop what is carried, and close the socket."""
        if self._port is not None:
            self.carry(None)
            self._traffic = self.traffic
            lib.port_close(self._port)
            self._port = None
            self._forget()
            self._socket.close()


class Pump:
    """The thread, and its ports. One loop only."""

    def __init__(self, has_news: Callable[[list[Address]], None]) -> None:
        """`has_news` is called with the addresses of ports whose faxes have something to tell. Raises MemoryError."""
        pump = lib.pump_new()
        if not pump:
            raise MemoryError("no memory or no thread for media")
        self._pump = pump
        self._has_news = has_news
        self._ports: dict[int, Port] = {}
        self._opened = 0
        self._numbers = ffi.new("int[]", AT_ONCE)
        self._news_fd = lib.pump_news_fd(pump)
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._news_fd, self._read)

    def open(self, udp: socket.socket) -> Port:
        """Take in a bound UDP socket; it is closed with its port. Raises MemoryError, and then it is closed, too."""
        self._opened += 1
        number = self._opened
        opened = lib.port_open(self._pump, udp.fileno(), number)
        if not opened:
            udp.close()
            raise MemoryError("no memory for a media port")
        port = self._ports[number] = Port(udp, opened, partial(self._ports.__delitem__, number))
        return port

    def close(self) -> None:
        """End the thread, and close every port."""
        self._loop.remove_reader(self._news_fd)
        for port in list(self._ports.values()):
            port.close()
        lib.pump_free(self._pump)

    def _read(self) -> None:
        os.eventfd_read(self._news_fd)
        while count := lib.pump_news(self._pump, self._numbers, AT_ONCE):
            numbers = [self._numbers[i] for i in range(count)]
            self._has_news([self._ports[number].local for number in numbers if number in self._ports])
