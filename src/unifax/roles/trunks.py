"""The trunks of the settings, as the line wants them."""

from unifax.line.trunk import Trunk
from unifax.settings import Trunk as TrunkSettings
from unifax.settings import parse_address
from unifax.wire.datagram import Address
from unifax.wire.sip.digest import Credentials


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
