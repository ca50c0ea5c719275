"""Names of SIP servers: where they lead, in which order (RFC 3263), kept as long as the DNS allows.

It knows no socket: who asks the DNS is an argument, and so are time and chance.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from unifax.wire.datagram import Address, Transport
from unifax.wire.sip.fields import default_port

log = logging.getLogger(__name__)

MOST_ADDRESSES = 16
"Of one name: who has more servers does not want them all tried for one call."
MOST_KNOWN = 1000
"Answers kept: a trunk needs about ten."
SHORTEST_SECONDS, LONGEST_SECONDS = 30.0, 86_400.0
"Whatever a TTL says."
STALE_SECONDS = 86_400.0
"So long after its end an answer is better than none (RFC 8767 5: one to three days)."
AGAIN_SECONDS = 30.0
"After a question without an answer (RFC 8767 5)."


@dataclass(frozen=True, slots=True)
class Target:
    """A server by its name."""

    name: str
    port: int | None = None
    "None leaves it to the DNS (SRV)."
    transport: Transport | None = None
    "None leaves it to the DNS (NAPTR)."


@dataclass(frozen=True, slots=True)
class Naptr:
    order: int
    preference: int
    service: str
    replacement: str


@dataclass(frozen=True, slots=True)
class Srv:
    priority: int
    weight: int
    port: int
    target: str


Record = Naptr | Srv | str
"Of types A and AAAA: the address."


@dataclass(frozen=True, slots=True)
class Answer:
    """What the DNS says; no records when there are none."""

    records: Sequence[Record]
    ttl_seconds: float


class Unanswered(Exception):
    """The DNS says nothing."""


Ask = Callable[[str, str], Awaitable[Answer]]
"Asks the DNS for a name and a type, `NAPTR`, `SRV`, `A` or `AAAA`. Raises Unanswered."

SERVICES: Mapping[str, Transport] = {
    "SIP+D2U": Transport.UDP,
    "SIP+D2T": Transport.TCP,
    "SIPS+D2T": Transport.TLS,
}
SRV_PREFIXES: Mapping[Transport, str] = {
    Transport.UDP: "_sip._udp.",
    Transport.TCP: "_sip._tcp.",
    Transport.TLS: "_sips._tcp.",
}


@dataclass(slots=True)
class _Known:
    answer: Answer
    fresh_until: float
    good_until: float


class Names:
    """What the names of servers lead to."""

    def __init__(self, ask: Ask, clock: Callable[[], float], chance: Callable[[], float], *, ipv6: bool) -> None:
        """`chance` gives numbers from 0 to 1; `ipv6`: whether our own address is one, and theirs have to be."""
        self._ask = ask
        self._clock = clock
        self._chance = chance
        self._kind = "AAAA" if ipv6 else "A"
        self._known: dict[tuple[str, str], _Known] = {}

    async def addresses(self, servers: Sequence[Address | Target]) -> list[Address]:
        """Return where servers are, in the order they are to be tried. A name that leads nowhere now is left out."""
        found: dict[Address, None] = {}
        for server in servers:
            there = [server] if isinstance(server, Address) else await self._lookup(server)
            if not there:
                log.warning("%s leads nowhere", server)
            found.update(dict.fromkeys(there))
        return list(found)

    async def _lookup(self, target: Target) -> list[Address]:
        transport = target.transport or Transport.UDP
        if target.port is None:
            for by, name in await self._services(target):
                if there := await self._by_srv(target.name, by, name):
                    return there
        hosts = await self._records(target.name, self._kind)
        port = target.port or default_port(transport)
        return [Address(str(host), port, transport, target.name) for host in hosts][:MOST_ADDRESSES]

    async def _services(self, target: Target) -> list[tuple[Transport, str]]:
        """Return transports and the names of their SRV records, the server's favourite first (RFC 3263 4.1)."""
        if target.transport is not None:
            return [(target.transport, SRV_PREFIXES[target.transport] + target.name)]
        naptr = [each for each in await self._records(target.name, "NAPTR") if isinstance(each, Naptr)]
        naptr.sort(key=lambda each: (each.order, each.preference))
        offered = [(SERVICES[each.service], each.replacement) for each in naptr if each.service in SERVICES]
        return offered or [(transport, prefix + target.name) for transport, prefix in SRV_PREFIXES.items()]

    async def _by_srv(self, name: str, transport: Transport, srv_name: str) -> list[Address]:
        records = [each for each in await self._records(srv_name, "SRV") if isinstance(each, Srv)]
        found: list[Address] = []
        for record in in_order(records, self._chance):
            if len(found) < MOST_ADDRESSES and record.target:
                hosts = await self._records(record.target, self._kind)
                found += [Address(str(host), record.port, transport, name) for host in hosts]
        return found[:MOST_ADDRESSES]

    async def _records(self, name: str, kind: str) -> Sequence[Record]:
        """Return what is known, asking when it has run out; when nobody answers, what was known stands for a while."""
        now, key = self._clock(), (name.lower(), kind)
        known = self._known.get(key)
        if known is not None and now < known.fresh_until:
            return known.answer.records
        try:
            answer = await self._ask(*key)
            fresh = now + min(max(answer.ttl_seconds, SHORTEST_SECONDS), LONGEST_SECONDS)
            known = _Known(answer, fresh, fresh + STALE_SECONDS)
        except Unanswered as error:
            log.warning("the DNS does not answer: %s", error)
            if known is None or now >= known.good_until:
                known = _Known(Answer((), 0), now, now)
            known.fresh_until = now + AGAIN_SECONDS
        self._known.pop(key, None)
        self._known[key] = known
        while len(self._known) > MOST_KNOWN:
            del self._known[next(iter(self._known))]
        return known.answer.records


def in_order(records: Sequence[Srv], chance: Callable[[], float]) -> list[Srv]:
    """Return SRV records in the order to try them: by priority, and among equals by lot, as weighted (RFC 2782)."""
    ordered: list[Srv] = []
    for _, group in groupby(sorted(records, key=lambda each: (each.priority, each.weight)), lambda each: each.priority):
        left = list(group)  # those of weight 0 first: they are drawn rarely, and then at all
        while left:
            drawn = chance() * sum(each.weight for each in left)
            for each in left:
                drawn -= each.weight
                if drawn <= 0 or each is left[-1]:
                    ordered.append(each)
                    left.remove(each)
                    break
    return ordered
