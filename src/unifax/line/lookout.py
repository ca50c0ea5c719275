"""Keeps an eye on the servers of trunks, and keeps us registered with them. It makes no calls."""

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from unifax.line.exchange import Exchange
from unifax.line.health import Servers
from unifax.line.names import Names
from unifax.line.trunk import Trunk
from unifax.model.trunk import Sighting
from unifax.wire.datagram import Address
from unifax.wire.sip.agent import Health, KeepAlive, Registration
from unifax.wire.sip.keepalive import DOWN
from unifax.wire.sip.registration import Standing

log = logging.getLogger(__name__)

LOOK_SECONDS = 30.0
"So often names are looked up again; the DNS is asked only when what it said has run out."

LEAVE_SECONDS = 2.0
"How long registrars may take to answer that we are gone, when the process ends."


class Lookout:
    """What a line process does for its trunks beside calling. Have it `look` at once, and every LOOK_SECONDS."""

    def __init__(
        self,
        exchange: Exchange,
        trunks: Mapping[str, Trunk],
        servers: Servers,
        names: Names,
        *,
        watches: bool = False,
        registers: bool = False,
        found: Callable[[str, Collection[str]], None] = lambda trunk, hosts: None,
    ) -> None:
        """`watches`: servers are asked whether they are there. `registers`: with every trunk that wants it. `found` is
        told the IP addresses of each trunk's servers.
        """
        self._exchange = exchange
        self._trunks = trunks
        self._servers = servers
        self._names = names
        self._watches = watches
        self._registers = registers
        self._found = found
        self._addresses: dict[str, list[Address]] = {}
        "Where the servers of each trunk were when they were looked for last."
        self._kept_alive: dict[tuple[str, Address], KeepAlive] = {}
        self._registrations: dict[str, Registration] = {}
        self._left = asyncio.Event()

    async def look(self) -> None:
        """Look where the servers are now, and begin what is to be done for them."""
        await asyncio.gather(*(self._look_for(name, trunk) for name, trunk in self._trunks.items()))

    async def _look_for(self, name: str, trunk: Trunk) -> None:
        addresses = self._addresses[name] = await self._names.addresses(trunk.servers)
        self._found(name, [address.host for address in addresses])
        if self._watches and trunk.keep_alive_seconds:
            self._watch(name, trunk, addresses)
        if self._registers and trunk.registers and addresses and name not in self._registrations:
            self._registrations[name] = self._exchange.register(
                trunk.account(addresses[0]), partial(self._where, name), partial(self._changed, name)
            )

    def _watch(self, name: str, trunk: Trunk, addresses: Sequence[Address]) -> None:
        for of, address in [key for key in self._kept_alive if key[0] == name and key[1] not in addresses]:
            self._kept_alive.pop((of, address)).stop()
            self._servers.forget(address)
        for address in addresses:
            if (name, address) not in self._kept_alive:
                account, heard = trunk.account(address), partial(self._heard, name, address)
                self._kept_alive[name, address] = self._exchange.keep_alive(
                    account, address, trunk.keep_alive_seconds, heard
                )

    def sightings(self, zero: datetime) -> list[Sighting]:
        """Return what is known of each server. `zero` is the time of day at which the exchange's clock was 0."""

        def moment(seconds: float | None) -> datetime | None:
            return None if seconds is None else zero + timedelta(seconds=seconds)

        known: dict[tuple[str, str], Sighting] = {}
        for name, address in self._kept_alive:
            if (health := self._servers.health.get(address)) is not None:
                server = f"{address} {address.transport}"
                known[name, server] = Sighting(name, server, health.is_up, moment(health.since), health.status)
        for name, registration in self._registrations.items():
            server = f"{registration.server} {registration.server.transport}"
            until, status = moment(registration.bound_until), registration.status
            seen = known.get((name, server), Sighting(name, server, None, status=status))
            known[name, server] = replace(seen, registered_until=until)
        return list(known.values())

    async def leave(self) -> None:
        """Tell the registrars that we are gone, and wait a moment for them."""
        for registration in self._registrations.values():
            self._exchange.unregister(registration)
        self._note_whether_left()
        try:
            async with asyncio.timeout(LEAVE_SECONDS):
                await self._left.wait()
        except TimeoutError:
            log.warning("a registrar does not answer that we are gone")

    def _where(self, name: str) -> Address:
        addresses = self._addresses[name]
        if not addresses:  # its name leads nowhere now; where it led is as good as anything
            return self._registrations[name].server
        return next(iter(self._servers.to_try(addresses, self._exchange.now())), addresses[0])

    def _heard(self, trunk: str, server: Address, health: Health) -> None:
        before = self._servers.health.get(server)
        self._servers.heard(server, health)
        if before is None or before.is_up != health.is_up:
            level = logging.INFO if health.is_up else logging.WARNING
            log.log(level, "trunk %s: %s is %s (%d)", trunk, server, "up" if health.is_up else "down", health.status)

    def _changed(self, trunk: str, registration: Registration) -> None:
        level = logging.INFO if registration.status == 200 else logging.WARNING
        log.log(level, "trunk %s: registration is %s (%s)", trunk, registration.standing, registration.status)
        if registration.status in DOWN:
            self._servers.failed(registration.server, self._exchange.now())
        self._note_whether_left()

    def _note_whether_left(self) -> None:
        if all(registration.standing is Standing.GONE for registration in self._registrations.values()):
            self._left.set()
