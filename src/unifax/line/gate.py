"""Who may call us: addresses, and the trunks behind them. It looks at nothing but where a datagram comes from."""

from collections.abc import Mapping, Sequence
from ipaddress import ip_address

from unifax.model.reach import Network


class Gate:
    """The networks of trunks.

    Whatever comes from elsewhere is dropped unread and unanswered: the SIP ports of the Internet are tried all day, and
    who gets an answer of any kind comes back with more.
    """

    def __init__(self, networks: Mapping[str, Sequence[Network]]) -> None:
        """`networks` are by the names of trunks; where two trunks share one, the first is meant."""
        self._networks = [(network, trunk) for trunk, known in networks.items() for network in known]

    def trunk_of(self, host: str) -> str | None:
        """Return the trunk that an IP address speaks for."""
        address = ip_address(host)
        return next((trunk for network, trunk in self._networks if address in network), None)

    def admits(self, host: str) -> bool:
        """Whether what comes from an IP address is read."""
        return self.trunk_of(host) is not None
