"""The trunks of the settings, as the line wants them."""

from collections.abc import Mapping

from unifax.line.gate import Gate
from unifax.line.trunk import Trunk
from unifax.settings import Trunk as TrunkSettings
from unifax.settings import parse_address
from unifax.wire.datagram import Address
from unifax.wire.sip.digest import Credentials
from unifax.wire.sip.proof import Doorkeeper

REALM = "unifax"
"What callers are asked a password for."


def trunk_of(trunk: TrunkSettings) -> Trunk:
    """Return one trunk."""
    name = trunk.auth_user or trunk.user
    return Trunk(
        servers=[Address(*parse_address(server)) for server in trunk.server],
        paced=trunk.paced,
        credentials=Credentials(name, trunk.password, trunk.realm or None) if name else None,
        rewrite=trunk.rewrite,
        t38=trunk.t38,
        user=trunk.user,
        registers=trunk.registers,
        keep_alive_seconds=trunk.keep_alive_seconds,
    )


def gate_of(trunks: Mapping[str, TrunkSettings], secret: bytes) -> Gate:
    """Return who may call; `secret` is the doorkeeper's."""
    users = {trunk.inbound_user: name for name, trunk in trunks.items() if trunk.inbound_user}
    passwords = {user: trunks[name].inbound_password for user, name in users.items()}
    doorkeeper = Doorkeeper(REALM, passwords, secret) if passwords else None
    return Gate({name: trunk.inbound_networks() for name, trunk in trunks.items()}, doorkeeper, users)
