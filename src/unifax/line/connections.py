"""SIP over TCP and TLS: connections, opened when something is to be sent, and kept. It decides nothing.

A connection is known by the address at its other end: the one that we connected to, or the one that they came from.
"""

import asyncio
import logging
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from unifax.model.errors import ProtocolError
from unifax.wire.datagram import Address, Transport
from unifax.wire.sip.stream import PONG, Stream

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long and how much we bear."""

    connect_seconds: float = 5.0
    "For TCP and TLS handshakes together: a server that takes longer is not there, and the next is tried."
    connections: int = 256
    "That others may open: more than any trunk has servers, and few enough for the files of a process."
    idle_seconds: float = 1800.0
    "After this, a connection that others opened makes room when there are too many."
    unsent_octets: int = 1 << 20
    "What may wait for a peer that does not read. A call sends some 5 kB."


BOUNDS = Bounds()


class _Connection(asyncio.Protocol):
    """One connection, or the attempt at one."""

    def __init__(self, owner: "Connections", peer: Address | None) -> None:
        """`peer` is None for one that they opened: it is known when it is there."""
        self.peer = peer
        self.used_at = 0.0
        self.ours = peer is not None
        self._owner = owner
        self._stream = Stream()
        self._waiting: list[bytes] = []
        self._transport: asyncio.Transport | None = None
        self._aborted = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's has the methods, not the class
        if self.peer is None:
            host, port = transport.get_extra_info("peername")[:2]
            over_tls = transport.get_extra_info("sslcontext") is not None
            self.peer = Address(host, port, Transport.TLS if over_tls else Transport.TCP)
            self._owner.opened(self)
        if self._aborted:
            self._transport.abort()
        else:
            self._transport.writelines(self._waiting)
        self._waiting.clear()

    def data_received(self, data: bytes) -> None:
        assert self.peer is not None
        try:
            messages = self._stream.receive(data)
        except ProtocolError as error:
            log.warning("%s speaks no SIP: %s", self.peer, error)
            self.abort()
            return
        if self._stream.pings:
            self.send(PONG * self._stream.pings)
            self._stream.pings = 0
        for message in messages:
            self._owner.received(self, message)

    def connection_lost(self, exc: Exception | None) -> None:
        self._owner.lost(self)

    def send(self, data: bytes) -> None:
        if self._transport is None:
            self._waiting.append(data)
            unsent = sum(map(len, self._waiting))
        else:
            self._transport.write(data)
            unsent = self._transport.get_write_buffer_size()
        if unsent > self._owner.bounds.unsent_octets:
            log.warning("%s does not read what it is sent", self.peer)
            self.abort()

    def abort(self) -> None:
        """Close at once; what was not sent is lost."""
        self._aborted = True
        if self._transport is not None:
            self._transport.abort()


class Connections:
    """Every connection of one SIP address."""

    def __init__(
        self,
        received: Callable[[bytes, Address], None],
        broken: Callable[[Address], None],
        admits: Callable[[str], bool],
        ca_files: Mapping[str, Path],
        bounds: Bounds = BOUNDS,
    ) -> None:
        """`received` is told each message and who sent it, `broken` each peer whose connection is gone, or could not be
        had. `admits` says whether an IP address may connect to us. `ca_files` are by the names of servers; others have
        to be signed by whom the system trusts.
        """
        self._received = received
        self._broken = broken
        self._admits = admits
        self._ca_files = ca_files
        self.bounds = bounds
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._open: dict[Address, _Connection] = {}
        self._connecting: set[asyncio.Task[None]] = set()
        self._listening: asyncio.Server | None = None
        self._closed = False

    async def open(self, address: Address, *, listen: bool, certificate: Path | None = None) -> None:
        """Connect from this address from now on, and, if wanted, take connections at it: over TLS, if there is a
        certificate. Raises OSError.
        """
        self._loop = asyncio.get_running_loop()
        self._host = address.host
        if listen:
            tls = None
            if certificate is not None:
                tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
                tls.load_cert_chain(certificate)
            self._listening = await self._loop.create_server(lambda: _Connection(self, None), *address[:2], ssl=tls)

    async def close(self) -> None:
        self._closed = True
        if self._listening is not None:
            self._listening.close()
        for connecting in self._connecting:
            connecting.cancel()
        for connection in list(self._open.values()):
            connection.abort()
        await asyncio.gather(*self._connecting, return_exceptions=True)

    def send(self, data: bytes, peer: Address) -> None:
        """Send a message over the connection to a peer, opening one if there is none."""
        if self._closed:
            return
        connection = self._open.get(peer)
        if connection is None:
            connection = self._open[peer] = _Connection(self, peer)
            task = self._loop.create_task(self._connect(connection, peer))
            self._connecting.add(task)
            task.add_done_callback(self._connecting.discard)
        connection.used_at = self._loop.time()
        connection.send(data)

    async def _connect(self, connection: _Connection, peer: Address) -> None:
        try:
            tls = self._context(peer.name or peer.host) if peer.transport is Transport.TLS else None
            async with asyncio.timeout(self.bounds.connect_seconds):
                await self._loop.create_connection(
                    lambda: connection,
                    *peer[:2],
                    ssl=tls,
                    server_hostname=(peer.name or peer.host) if tls else None,
                    local_addr=(self._host, 0),
                )
        except (OSError, TimeoutError) as error:  # ssl.SSLError is an OSError
            log.warning("no connection to %s over %s: %s", peer, peer.transport, error or "no answer")
            self.lost(connection)

    def _context(self, name: str) -> ssl.SSLContext:
        """Return what verifies a server by its name. Raises OSError when its CA file cannot be read."""
        if name not in self._contexts:
            self._contexts[name] = ssl.create_default_context(cafile=self._ca_files.get(name))
        return self._contexts[name]

    # What connections tell

    def opened(self, connection: _Connection) -> None:
        """They opened one. It is closed unless they may; when there are too many, an idle one makes room first."""
        assert connection.peer is not None
        if not self._admits(connection.peer.host):
            connection.abort()
            return
        now = self._loop.time()
        theirs = [each for each in self._open.values() if not each.ours]
        if len(theirs) >= self.bounds.connections:
            idle = min(theirs, key=lambda each: each.used_at)
            if now - idle.used_at < self.bounds.idle_seconds:
                connection.abort()
                return
            idle.abort()
        connection.used_at = now
        self._open[connection.peer] = connection

    def received(self, connection: _Connection, message: bytes) -> None:
        assert connection.peer is not None
        connection.used_at = self._loop.time()
        self._received(message, connection.peer)

    def lost(self, connection: _Connection) -> None:
        peer = connection.peer
        if peer is not None and self._open.get(peer) is connection:
            del self._open[peer]
            if not self._closed:
                self._broken(peer)
