"""Questions to the DNS. Knows nothing of SIP, and keeps no answers."""

import random
from typing import cast

import dns.asyncresolver
import dns.exception
import dns.resolver
from dns.rdtypes.IN.NAPTR import NAPTR
from dns.rdtypes.IN.SRV import SRV

from unifax.line.exchange import Exchange
from unifax.line.names import Answer, Names, Naptr, Record, Srv, Unanswered

ANSWER_SECONDS = 4.0
"For one question, all servers and repetitions together: a call waits for it."
NOTHING_SECONDS = 60.0
"How long it holds that there is no such record."


class Dns:
    """The DNS, by the servers that the machine is told to ask; it reads which when it is first asked."""

    def __init__(self, resolver: dns.asyncresolver.Resolver | None = None) -> None:
        self._resolver = resolver

    async def ask(self, name: str, kind: str) -> Answer:
        """Return the records of a name. Raises Unanswered."""
        try:
            if self._resolver is None:
                self._resolver = dns.asyncresolver.Resolver()
            found = await self._resolver.resolve(
                name.rstrip(".") + ".", kind, raise_on_no_answer=False, lifetime=ANSWER_SECONDS, search=False
            )
        except dns.resolver.NXDOMAIN:
            return Answer((), NOTHING_SECONDS)
        except (dns.exception.DNSException, OSError) as error:  # no servers, no answer, no name at all
            raise Unanswered(f"{kind} of {name}: {error}") from error
        if found.rrset is None:
            return Answer((), NOTHING_SECONDS)
        return Answer([_record(kind, each) for each in found.rrset], found.rrset.ttl)


def _record(kind: str, data: object) -> Record:
    match kind:
        case "NAPTR":
            naptr = cast(NAPTR, data)
            return Naptr(
                naptr.order,
                naptr.preference,
                naptr.service.decode("ascii", "replace").upper(),
                _text(naptr.replacement),
            )
        case "SRV":
            srv = cast(SRV, data)
            return Srv(srv.priority, srv.weight, srv.port, _text(srv.target))
        case _:
            return str(data)


def _text(name: object) -> str:
    return str(name).rstrip(".")


def names_for(exchange: Exchange) -> Names:
    """Return the names that an exchange can call: of the family of its own address."""
    return Names(Dns().ask, exchange.now, random.random, ipv6=":" in exchange.address.host)
