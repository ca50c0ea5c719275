"""Which servers of a trunk to try, and in which order. It knows no socket, clock or SIP message."""

from collections.abc import Sequence

from unifax.wire.datagram import Address
from unifax.wire.sip.agent import Health

SILENT_SECONDS = 60.0
"So long a server that failed a call is tried after the others."


class Servers:
    """What calls and OPTIONS have taught us of each server."""

    def __init__(self) -> None:
        self.health: dict[Address, Health] = {}
        "What OPTIONS say, of those that are asked."
        self._was_up: set[Address] = set()
        self._failed_until: dict[Address, float] = {}

    def heard(self, server: Address, health: Health) -> None:
        """OPTIONS were answered, or not."""
        self.health[server] = health
        if health.is_up:
            self._was_up.add(server)
            self._failed_until.pop(server, None)

    def failed(self, server: Address, now: float) -> None:
        """A server did not answer an INVITE, or had no room."""
        self._failed_until[server] = now + SILENT_SECONDS

    def forget(self, server: Address) -> None:
        """It is no server of ours any more."""
        self.health.pop(server, None)
        self._was_up.discard(server)
        self._failed_until.pop(server, None)

    def to_try(self, servers: Sequence[Address], now: float) -> list[Address]:
        """Return the servers that may answer, the likeliest first, else in their order. Those that OPTIONS prove down
        come last, and when that is all of them, none is worth a call.
        """
        if all(self._is_down(server, now) for server in servers):
            return []
        return sorted(servers, key=lambda server: self._is_down(server, now) or self._has_failed(server, now))

    def _is_down(self, server: Address, now: float) -> bool:
        """Silence alone proves nothing: some never answer OPTIONS. It does once they have, or when a call fails too."""
        health = self.health.get(server)
        if health is None or health.is_up:
            return False
        return server in self._was_up or self._has_failed(server, now)

    def _has_failed(self, server: Address, now: float) -> bool:
        return self._failed_until.get(server, now) > now
