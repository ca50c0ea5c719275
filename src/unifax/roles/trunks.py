"""The trunks of the settings, as the line wants them."""

from collections.abc import Callable, Mapping
from pathlib import Path

from unifax.line.exchange import ANY_PORT, Exchange
from unifax.line.gate import Gate
from unifax.line.media import MediaTerms
from unifax.line.names import Target
from unifax.line.trunk import Records, Trunk
from unifax.settings import Settings
from unifax.settings.addresses import parse_server
from unifax.settings.telephony import Line
from unifax.settings.telephony import Trunk as TrunkSettings
from unifax.wire.datagram import Address, Transport, is_ip, to_the_public
from unifax.wire.g711 import Law
from unifax.wire.sip.agent import Invited
from unifax.wire.sip.digest import Credentials
from unifax.wire.sip.fields import default_port
from unifax.wire.sip.proof import Doorkeeper

REALM = "unifax"
"What callers are asked a password for."

LAWS = {"PCMU": Law.MU, "PCMA": Law.A}


def exchange_for(
    settings: Settings,
    address: Address,
    gate: Gate,
    invited: Callable[[Invited], None] | None = None,
) -> Exchange:
    """Return an exchange that speaks the transports of the trunks, and shows each what it is to see of us.

    `gate` knows them by where they are. It is closed to all others where calls may come in, which are then `invited`.
    """
    trunks, certificate = settings.trunks.values(), settings.line.tls_certificate_file
    show_to_others = to_the_public(settings.line.public_address)

    def shows(peer: str) -> str:
        trunk = settings.trunks.get(gate.trunk_of(peer, exchange.now()) or "") if is_ip(peer) else None
        return trunk.public_address if trunk is not None and trunk.public_address else show_to_others(peer)

    exchange = Exchange(
        address,
        invited=invited,
        gate=gate if invited is not None else None,
        tcp=any(trunk.may_use_tcp for trunk in trunks),
        certificate=Path(certificate) if certificate else None,
        ca_files={
            parse_server(server)[0]: Path(trunk.tls_ca_file)
            for trunk in trunks
            for server in trunk.server
            if trunk.tls_ca_file
        },
        shows=shows,
        media_ports=settings.line.port_range or ANY_PORT,
    )
    return exchange


def _server(text: str, transport: Transport | None) -> Address | Target:
    host, port = parse_server(text)
    if not is_ip(host):
        return Target(host, port, transport)
    return Address(host, port or default_port(transport or Transport.UDP), transport or Transport.UDP)


def trunk_of(trunk: TrunkSettings) -> Trunk:
    """Return one trunk."""
    transport = None if trunk.transport == "auto" else Transport(trunk.transport)
    name = trunk.auth_user or trunk.user
    return Trunk(
        servers=[_server(server, transport) for server in trunk.server],
        paced=trunk.paced,
        credentials=Credentials(name, trunk.password, trunk.realm or None) if name else None,
        rewrite=trunk.rewrite,
        t38=trunk.t38,
        media_terms=MediaTerms(
            laws=tuple(LAWS[codec] for codec in trunk.codecs),
            t38_redundancy=trunk.t38_redundancy,
            t38_max_datagram=trunk.t38_max_datagram,
        ),
        media_ports=trunk.port_range,
        server_patience_seconds=trunk.server_patience_seconds,
        user=trunk.user,
        caller=trunk.caller,
        from_user=trunk.from_user,
        asserts_caller=trunk.assert_caller,
        registers=trunk.registers,
        keep_alive_seconds=trunk.keep_alive_seconds,
    )


def gate_of(trunks: Mapping[str, TrunkSettings], secret: bytes = b"") -> Gate:
    """Return who may call. `secret` is the doorkeeper's, who needs one where calls come in."""
    users = {trunk.inbound_user: name for name, trunk in trunks.items() if trunk.inbound_user}
    passwords = {user: trunks[name].inbound_password for user, name in users.items()}
    doorkeeper = Doorkeeper(REALM, passwords, secret) if passwords and secret else None
    return Gate({name: trunk.inbound_networks() for name, trunk in trunks.items()}, doorkeeper, users)


def records_of(line: Line) -> Records:
    """Return what is recorded of each call."""
    if line.keep_transcripts_days == 0:
        return Records.NOTHING
    return Records.PACKETS if line.record_packets else Records.EVENTS
