"""Who may call us: addresses, and the trunks behind them. It knows no call, and remembers nobody who may not."""

from collections.abc import Collection, Mapping, Sequence
from ipaddress import ip_address

from unifax.model.errors import ProtocolError
from unifax.model.reach import Network
from unifax.wire.datagram import Address
from unifax.wire.sip.message import Request, parse
from unifax.wire.sip.proof import Doorkeeper

GUEST_SECONDS = 3600.0
"How long an address is known from which somebody has proved to be a trunk, after that and after his last call."
GUESTS = 1000
KNOCKS_PER_SECOND = 20
"So many strangers are read, and asked for a password, in a second: a flood costs little, and we flood nobody."


class Gate:
    """The networks of trunks, and the passwords of those that call from anywhere.

    Whatever comes from elsewhere is dropped unread and unanswered: the SIP ports of the Internet are tried all day, and
    who gets an answer of any kind comes back with more. Only where a trunk has a password for its calls is a stranger's
    INVITE read, and he is asked for it.
    """

    def __init__(
        self,
        networks: Mapping[str, Sequence[Network]],
        doorkeeper: Doorkeeper | None = None,
        users: Mapping[str, str] | None = None,
    ) -> None:
        """`networks` are by the names of trunks; where two trunks share one, the first is meant. `users` are the names
        of trunks by the names that the doorkeeper knows."""
        self._networks = [(network, trunk) for trunk, known in networks.items() for network in known]
        self._doorkeeper = doorkeeper
        self._users = users or {}
        self._led_to: dict[str, frozenset[str]] = {}
        self._guests: dict[str, tuple[str, float]] = {}
        "Trunk and end, by the addresses that have proved themselves."
        self.asked = 0
        "Strangers who were asked for a password, …"
        self.unasked = 0
        "… and who came in too great a number for that."
        self._second = 0
        self._knocks = 0
        "In this second."

    def trunk_of(self, host: str, now: float) -> str | None:
        """Return the trunk that an IP address speaks for."""
        address = ip_address(host)
        trunk = next((trunk for network, trunk in self._networks if address in network), None)
        trunk = trunk or next((trunk for trunk, hosts in self._led_to.items() if host in hosts), None)
        if trunk is not None or host not in self._guests:
            return trunk
        guest, until = self._guests[host]
        return guest if now < until else None

    def lead_to(self, trunk: str, hosts: Collection[str]) -> None:
        """Take what the names of a trunk's servers lead to now."""
        self._led_to[trunk] = frozenset(hosts)

    def was_guest(self, host: str) -> bool:
        """Whether somebody has proved himself from an IP address, be it long ago."""
        return host in self._guests

    def keep(self, host: str, now: float) -> None:
        """Know one who was a guest for another while: a call with him is up."""
        self._welcome(host, self._guests.pop(host)[0], now)

    def admits(self, host: str, now: float) -> bool:
        """Whether what comes from an IP address is read."""
        return self.trunk_of(host, now) is not None

    def hears(self, host: str, now: float) -> bool:
        """Whether a connection from an IP address is taken: also where it may prove itself by a password."""
        return self._doorkeeper is not None or self.admits(host, now)

    def knock(self, data: bytes, source: Address, now: float) -> bytes | None:
        """Hear somebody who is not admitted; return what to answer. Afterwards he may be admitted."""
        if self._doorkeeper is None or not data.startswith(b"INVITE "):
            return None
        if not self._has_time(now):
            self.unasked += 1
            return None
        try:
            message = parse(data)
            if not isinstance(message, Request):
                return None
            request = message.seen_from(source)
            user = self._doorkeeper.user_of(request, source, now)
            if user is None:
                self.asked += 1
                return bytes(self._doorkeeper.challenge(request, source, now))
        except ProtocolError:
            return None
        self._guests.pop(source.host, None)
        self._welcome(source.host, self._users[user], now)
        return None

    def _welcome(self, host: str, trunk: str, now: float) -> None:
        """Know a guest from now on. When there are too many, the one that was heard of longest ago is forgotten."""
        if len(self._guests) >= GUESTS:
            del self._guests[next(iter(self._guests))]
        self._guests[host] = trunk, now + GUEST_SECONDS

    def _has_time(self, now: float) -> bool:
        if int(now) != self._second:
            self._second, self._knocks = int(now), 0
        self._knocks += 1
        return self._knocks <= KNOCKS_PER_SECOND
