"""Real questions to a DNS server on loopback, and a fax to where it says."""

import asyncio
from pathlib import Path

import dns.asyncresolver
import pytest

from tests.faxes import same_pages, text_fax
from tests.line.switchboard import LOOPBACK, far_end, forget, order
from tests.line.zone import name_server
from unifax.line.dns import Dns
from unifax.line.exchange import Exchange
from unifax.line.names import Names, Naptr, Srv, Target, Unanswered
from unifax.line.trunk import Patience, Trunk, Trunks
from unifax.model.outcome import Outcome

ZONE = {
    ("carrier.example", "NAPTR"): ['10 20 "s" "SIP+D2T" "" _sip._tcp.carrier.example.'],
    ("_sip._tcp.carrier.example", "SRV"): ["1 2 5070 a.example."],
    ("a.example", "A"): ["192.0.2.1", "192.0.2.2"],
}


def test_each_kind_of_record_is_read() -> None:
    async def go() -> None:
        async with name_server(ZONE) as (asking, _):
            naptr = await asking.ask("carrier.example", "NAPTR")
            assert (naptr.records, naptr.ttl_seconds) == ([Naptr(10, 20, "SIP+D2T", "_sip._tcp.carrier.example")], 300)
            assert (await asking.ask("_sip._tcp.carrier.example", "SRV")).records == [Srv(1, 2, 5070, "a.example")]
            assert sorted((await asking.ask("a.example", "A")).records, key=str) == ["192.0.2.1", "192.0.2.2"]
            assert (await asking.ask("a.example", "AAAA")).records == ()
            assert (await asking.ask("nobody.example", "A")).records == ()

    asyncio.run(go())


@pytest.mark.parametrize("name", ["carrier.example", "a" * 70 + ".example", "a..b"])
def test_no_answer_and_no_name_are_said_so(name: str) -> None:
    async def go() -> None:
        async with name_server(ZONE) as (asking, server):
            server.is_down = True
            with pytest.raises(Unanswered):
                await asking.ask(name, "A")

    asyncio.run(go())


def test_a_machine_without_dns_servers_gets_no_answer() -> None:
    resolver = dns.asyncresolver.Resolver(configure=False)

    async def go() -> None:
        with pytest.raises(Unanswered):
            await Dns(resolver).ask("a.example", "A")

    asyncio.run(go())


def test_a_fax_goes_to_where_the_name_leads(tmp_path: Path) -> None:
    document = text_fax(tmp_path / "sent.tif")

    async def go() -> None:
        async with far_end(tmp_path / "received.tif", tcp=True) as far, Exchange(LOOPBACK, tcp=True) as exchange:
            zone = {
                ("carrier.example", "NAPTR"): ['1 1 "s" "SIP+D2T" "" _sip._tcp.carrier.example.'],
                ("_sip._tcp.carrier.example", "SRV"): [
                    "1 1 1 a.example.",  # nobody is there
                    f"2 1 {far.exchange.address.port} a.example.",
                ],
                ("a.example", "A"): ["127.0.0.1"],
            }
            async with name_server(zone) as (asking, _):
                names = Names(asking.ask, exchange.now, lambda: 0.0, ipv6=False)
                trunk = Trunk([Target("carrier.example")], paced=False)
                trunks = Trunks(exchange, {"far": trunk}, Patience(), names=names)
                assert (await trunks.dial(order(document), forget)).outcome is Outcome.SENT
                await far.over.wait()
                nowhere = Trunks(exchange, {"far": Trunk([Target("nowhere.example")])}, Patience(), names=names)
                assert (await nowhere.dial(order(document), forget)).outcome is Outcome.UNREACHABLE
        assert same_pages(document, far.kept)

    asyncio.run(go())
