"""A DNS server of our own on loopback, with one zone."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import cast

import dns.asyncresolver
import dns.flags
import dns.message
import dns.rcode
import dns.rrset

from unifax.line.dns import Dns

Zone = Mapping[tuple[str, str], list[str]]
"Records as in a zone file, by name and type."


class _Server(asyncio.DatagramProtocol):
    def __init__(self, zone: Zone) -> None:
        self._zone = zone
        self.is_down = False
        self.asked: list[str] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)  # it has the methods, not the class

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        query = dns.message.from_wire(data)
        question = query.question[0]
        name, kind = question.name.to_text().rstrip("."), dns.rdatatype.to_text(question.rdtype)
        self.asked.append(f"{kind} {name}")
        response = dns.message.make_response(query)
        response.flags |= dns.flags.RA
        if self.is_down:
            response.set_rcode(dns.rcode.SERVFAIL)
        elif records := self._zone.get((name, kind)):
            response.answer.append(dns.rrset.from_text_list(question.name, 300, "IN", kind, records))
        elif name not in {name for name, _ in self._zone}:
            response.set_rcode(dns.rcode.NXDOMAIN)
        self._transport.sendto(response.to_wire(), addr)


@contextlib.asynccontextmanager
async def name_server(zone: Zone) -> AsyncIterator[tuple[Dns, _Server]]:
    """Return what asks it, and the server itself."""
    transport, server = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: _Server(zone), local_addr=("127.0.0.1", 0)
    )
    try:
        resolver = dns.asyncresolver.Resolver(configure=False)
        resolver.nameservers = ["127.0.0.1"]
        resolver.port = transport.get_extra_info("sockname")[1]
        yield Dns(resolver), server
    finally:
        transport.close()
