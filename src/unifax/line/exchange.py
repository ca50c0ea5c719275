"""Sockets and a clock for one station: the only place where calls meet the network. It decides nothing.

An error of ours, in a call or in who listens to it, ends that call; the others, and the clock, go on.
"""

import asyncio
import errno
import itertools
import logging
import random
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Self

from unifax.line.call import Call, CallEvent, Over
from unifax.line.connections import BOUNDS, Bounds, Connections
from unifax.line.gate import Gate
from unifax.line.plan import Plan
from unifax.line.pump import Port, Pump
from unifax.line.recorder import Recorder
from unifax.line.sockets import Passes, UdpSocket, bound
from unifax.line.station import Caller, Station
from unifax.model.outcome import Outcome
from unifax.wire.datagram import Address, Shows, as_we_are
from unifax.wire.sip.agent import Account, Health, Invited, KeepAlive, Registration
from unifax.wire.sip.digest import Credentials

log = logging.getLogger(__name__)

TICK_SECONDS = 0.02
"How finely time is cut: T.30 is fed in slices of 20 ms, so finer would only cost."
PORT_TRIES = 16
"So many free UDP ports are tried for one that is free for TCP, too."
ANY_PORT = range(1)
"Port 0: the system chooses."
NOT_HERE = 480
"For calls to an exchange that takes none (RFC 3261 21.4.18): its numbers may be answered elsewhere."

Listener = Callable[[CallEvent], None]


class Exchange:
    """A station with its sockets. Use as `async with Exchange(...) as exchange`; one loop only."""

    def __init__(
        self,
        address: Address,
        *,
        invited: Callable[[Invited], None] | None = None,
        gate: Gate | None = None,
        tcp: bool = False,
        certificate: Path | None = None,
        ca_files: Mapping[str, Path] | None = None,
        shows: Shows = as_we_are,
        media_ports: range = ANY_PORT,
        bounds: Bounds = BOUNDS,
    ) -> None:
        """`address` is where SIP is spoken, port 0 for any; `invited` decides about calls that come in.

        Without it they are refused. `gate` says from whom SIP is read; without one, from everybody. `tcp`: whether
        connections are taken at the same port, too; over TLS, if there is a file with a `certificate` and its key.
        `ca_files` are by the names of TLS servers: what must have signed their certificates, instead of whom the system
        trusts. `shows` says by which host far sides are to know us; the media of calls come in
        at `media_ports`, unless they want others. `bounds` are
        those of connections.
        """
        self.address = address
        self._invited = invited
        self._gate = gate
        self._shows = shows
        self._media_ports = media_ports
        self._numbers: dict[range, Iterator[int]] = {}
        "Those that come next, of each range."
        self._tcp, self._certificate = tcp, certificate
        self._connections = Connections(self._received_sip, self._broken, self._may_connect, ca_files or {}, bounds)
        self._sockets: dict[Address, UdpSocket] = {}
        "SIP's, and those of media that suffer what `open_media` says."
        self._ports: dict[Address, Port] = {}
        "Of all other media."
        self._listeners: dict[Call, Listener] = {}
        self._timer: asyncio.Handle | None = None
        self._due = 0.0
        "When the timer goes off. Not asked of the timer: uvloop's knows it only while it lies ahead."
        self._closed = False

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        self.address = await self._bind_sip(self.address)
        self.station = Station(
            self.address,
            user_agent="Unifax",
            token=lambda: secrets.token_hex(8),
            chance=random.random,
            gate=self._gate,
            shows=self._shows,
            port_of=self._ports.get,
        )
        self._media = Pump(self._has_news)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._closed = True
        for address in [*self._sockets, *self._ports]:
            self._close(address)
        self._media.close()
        await self._connections.close()

    async def open_media(self, passes: Passes | None = None, ports: range | None = None) -> Address:
        """Bind a socket for one call's media and return its address. It closes when the call that gets it is over.

        `ports` are taken instead of the exchange's. `passes` decides about each datagram of a bad line; without it none
        meets Python. Raises OSError.
        """
        ports = ports or self._media_ports
        numbers = self._numbers.setdefault(ports, itertools.cycle(ports))
        for number in itertools.islice(numbers, len(ports) - 1):
            try:
                return await self._bind_media(number, passes)
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise
        return await self._bind_media(next(numbers), passes)

    def place(
        self,
        number: str,
        server: Address,
        caller: Caller | str,
        plan: Plan,
        media: Address,
        listener: Listener,
        credentials: Credentials | None = None,
        hosts: Collection[str] = (),
        recorder: Recorder | None = None,
    ) -> Call:
        """Begin a call. `listener` is told everything that happens in it; `Over` is the last. The server may redirect
        it to itself and to `hosts`.

        Raises ProtocolError when there can be no such number.
        """
        return self._begin(
            media,
            listener,
            lambda: self.station.place(
                number, server, caller, plan, media, self._loop.time(), credentials, hosts, recorder
            ),
        )

    def take(
        self, invited: Invited, plan: Plan, media: Address, listener: Listener, recorder: Recorder | None = None
    ) -> Call:
        """Answer an incoming call. Raises ProtocolError when its SDP can be answered neither with T.38 nor audio."""
        return self._begin(
            media, listener, lambda: self.station.take(invited, plan, media, self._loop.time(), recorder)
        )

    def refuse(self, invited: Invited, status: int) -> None:
        """Refuse an incoming call, if it still waits for an answer."""
        invited.leg.refuse(status, self._loop.time())
        self._turn()

    def register(
        self, account: Account, where: Callable[[], Address], changed: Callable[[Registration], None]
    ) -> Registration:
        """Tell a registrar where we are, from now on. `changed` is called whenever more is known."""
        registration = self.station.register(account, where, changed, self._loop.time())
        self._turn()
        return registration

    def unregister(self, registration: Registration) -> None:
        """Tell a registrar that we are gone. Once it has answered, or does not, the registration says GONE."""
        registration.leave(self._loop.time())
        self._turn()

    def keep_alive(
        self, account: Account, server: Address, every_seconds: float, changed: Callable[[Health], None]
    ) -> KeepAlive:
        """Ask a server from now on whether it is there. `changed` is called whenever more is known."""
        keeping = self.station.keep_alive(account, server, every_seconds, changed, self._loop.time())
        self._turn()
        return keeping

    def release(self, call: Call) -> None:
        """Let what follows LAST_PAGE_OUT or a PageReceived leave: the fact is on disk."""
        self.station.release(call, self._loop.time())
        self._turn()

    def hang_up(self, call: Call, because: Outcome = Outcome.CANCELLED) -> None:
        """End a call; its listener is told `Over` in the end."""
        self.station.hang_up(call, self._loop.time(), because)
        self._turn()

    def now(self) -> float:
        """The clock that the station lives by, in seconds."""
        return self._loop.time()

    def received(self, local: Address, data: bytes, source: Address) -> None:
        if self.station.receive(local, data, source, self._loop.time()):
            self._turn()
        else:
            self._look_soon()

    def _received_sip(self, data: bytes, source: Address) -> None:
        self.received(self.address, data, source)

    def _may_connect(self, host: str) -> bool:
        return self._gate is None or self._gate.hears(host, self._loop.time())

    def _broken(self, peer: Address) -> None:
        self.station.broken(peer, self._loop.time())
        self._turn()

    def _begin(self, media: Address, listener: Listener, begin: Callable[[], Call]) -> Call:
        try:
            call = begin()
        except BaseException:
            self._close(media)
            raise
        self._listeners[call] = listener
        self._turn()
        return call

    def _turn(self) -> None:
        """After anything that came from outside: deal with what it led to, and look again within a tick."""
        try:
            self._pump()
        finally:
            self._look_soon()

    def _look_soon(self) -> None:
        soon = self._loop.time() + TICK_SECONDS
        if self._timer is None or self._due > soon:
            self._arm(soon)

    def _tick(self) -> None:
        now = self._loop.time()
        self._timer = None
        try:
            self.station.wake(now)
            self._pump()
        finally:
            due = self.station.next_wake()
            if due is not None:
                self._arm(max(due, now + TICK_SECONDS))

    def _arm(self, when: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if not self._closed:
            self._timer, self._due = self._loop.call_at(when, self._tick), when

    def _pump(self) -> None:
        """Deliver events, then send: an event may forbid what would be sent."""
        for call, event in self.station.events():
            self._deliver(call, event)
        for invited in self.station.invited():
            self._ask_about(invited)
        for outgoing in self.station.datagrams_to_send():
            if outgoing.datagram.destination.is_reliable:
                self._connections.send(*outgoing.datagram)
            elif (udp := self._sockets.get(outgoing.local)) is not None:
                udp.send(outgoing.datagram.data, outgoing.datagram.destination)

    def _deliver(self, call: Call, event: CallEvent) -> None:
        listener = self._listeners.get(call)
        if isinstance(event, Over):
            self._listeners.pop(call, None)
            self.station.forget(call)
            self._close(call.media)
        if listener is None:
            return
        try:
            listener(event)
        except Exception:
            log.exception("who listens to call %s broke", call.leg.call_id)
            self.station.fail(call, self._loop.time())

    def _ask_about(self, invited: Invited) -> None:
        if self._invited is None:
            invited.leg.refuse(NOT_HERE, self._loop.time())
            return
        try:
            self._invited(invited)
        except Exception:
            log.exception("who decides about call %s broke", invited.leg.call_id)
            invited.leg.refuse(500, self._loop.time())

    def _has_news(self, ports: list[Address]) -> None:
        for media in ports:
            self.station.look(media, self._loop.time())
        self._turn()

    def _close(self, local: Address) -> None:
        if (udp := self._sockets.pop(local, None)) is not None:
            udp.transport.close()
        if (port := self._ports.pop(local, None)) is not None:
            port.close()

    async def _bind_media(self, number: int, passes: Passes | None) -> Address:
        address = Address(self.address.host, number)
        if passes is not None:
            return await self._bind(address, passes)
        port = self._media.open(bound(address))
        self._ports[port.local] = port
        return port.local

    async def _bind(self, address: Address, passes: Passes | None) -> Address:
        _, udp = await self._loop.create_datagram_endpoint(
            lambda: UdpSocket(self.received, passes), local_addr=address[:2]
        )
        self._sockets[udp.local] = udp
        return udp.local

    async def _bind_sip(self, wanted: Address) -> Address:
        """Bind UDP, and TCP at the same port. Raises OSError."""
        for tries_left in reversed(range(PORT_TRIES if wanted.port == 0 else 1)):
            address = await self._bind(wanted, None)
            try:
                await self._connections.open(address, listen=self._tcp, certificate=self._certificate)
            except OSError:
                self._close(address)
                if not tries_left:
                    raise
            else:
                return address
        raise AssertionError("unreachable")
