"""Keeps an eye on the servers of trunks, and keeps us registered with them. It makes no calls."""

import asyncio
import logging
from collections.abc import Mapping
from functools import partial

from unifax.line.exchange import Exchange
from unifax.line.health import Servers
from unifax.line.trunk import Trunk
from unifax.wire.datagram import Address
from unifax.wire.sip.agent import Health, Registration
from unifax.wire.sip.keepalive import DOWN
from unifax.wire.sip.registration import Standing

log = logging.getLogger(__name__)

LEAVE_SECONDS = 2.0
"How long registrars may take to answer that we are gone, when the process ends."


class Lookout:
    """Everything that a line process does for its trunks beside calling."""

    def __init__(self, exchange: Exchange, trunks: Mapping[str, Trunk], servers: Servers) -> None:
        self._exchange = exchange
        self._trunks = trunks
        self._servers = servers
        self._registrations: dict[str, Registration] = {}
        self._left = asyncio.Event()

    def watch(self) -> None:
        """Ask the servers from now on whether they are there."""
        for name, trunk in self._trunks.items():
            if trunk.keep_alive_seconds:
                for server in trunk.servers:
                    heard = partial(self._heard, name, server)
                    self._exchange.keep_alive(trunk.account(server), server, trunk.keep_alive_seconds, heard)

    def register(self) -> None:
        """Be registered from now on, with every trunk that wants it. To say so again changes nothing."""
        for name, trunk in self._trunks.items():
            if trunk.registers and name not in self._registrations:
                self._registrations[name] = self._exchange.register(
                    trunk.account(trunk.servers[0]), partial(self._where, trunk), partial(self._changed, name)
                )

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

    def _where(self, trunk: Trunk) -> Address:
        return next(iter(self._servers.to_try(trunk.servers, self._exchange.now())), trunk.servers[0])

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
