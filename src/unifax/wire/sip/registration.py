"""Our account at a registrar: told where we are, again in time, and that we are gone (RFC 3261 10). Knows no call."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import count

from unifax.model.errors import ProtocolError
from unifax.wire.datagram import Address
from unifax.wire.sip.asking import Asking
from unifax.wire.sip.desk import ALLOW, Desk
from unifax.wire.sip.digest import Credentials, Keys
from unifax.wire.sip.fields import NameAddr, Uri, number, param
from unifax.wire.sip.message import Request, Response

WANTED_SECONDS = 3600
"What we ask for: the default of RFC 3261 10.2.1.1."
LARGEST = (1 << 32) - 1
SHORTEST_PAUSE_SECONDS = 1.0
"Between two REGISTERs, whatever is granted."
BACKOFF_SECONDS, LONGEST_BACKOFF_SECONDS = 30.0, 1800.0
"`base-time` and `max-time` of RFC 5626 4.5."
LONGEST_WAIT_SECONDS = 3600.0
"A Retry-After beyond this is not obeyed: it would outlive the trouble."


class Standing(StrEnum):
    """Where we stand with a registrar."""

    ABSENT = "absent"
    "It knows nothing of us, or refuses to; we ask from time to time."
    BOUND = "bound"
    LEAVING = "leaving"
    GONE = "gone"


class Sign(StrEnum):
    """What can happen to a registration."""

    GRANTED = "2xx"
    REFUSED = "3xx to 6xx, or nothing"
    LAPSED = "what was granted has run out"
    LEAVE = "we leave"


P, S = Standing, Sign
MOVES: Mapping[tuple[Standing, Sign], Standing] = {
    (P.ABSENT, S.GRANTED): P.BOUND,
    (P.ABSENT, S.REFUSED): P.ABSENT,
    (P.ABSENT, S.LEAVE): P.LEAVING,  # a REGISTER may be on its way
    (P.BOUND, S.GRANTED): P.BOUND,
    (P.BOUND, S.REFUSED): P.BOUND,  # what was granted still stands
    (P.BOUND, S.LAPSED): P.ABSENT,
    (P.BOUND, S.LEAVE): P.LEAVING,
    (P.LEAVING, S.GRANTED): P.GONE,
    (P.LEAVING, S.REFUSED): P.GONE,
}
"A sign that is not here changes nothing."


@dataclass(frozen=True, slots=True)
class Account:
    """Who we are at the servers of a trunk."""

    domain: Uri
    "Of the servers: a URI without a user."
    user: str = ""
    credentials: Credentials | None = None

    @property
    def name(self) -> NameAddr:
        """Our address of record."""
        return NameAddr(str(replace(self.domain, user=self.user or None)))


class Registration:
    """One registration, begun at once. `changed` is called after every final answer, and when a grant has run out."""

    def __init__(
        self,
        desk: Desk,
        account: Account,
        where: Callable[[], Address],
        chance: Callable[[], float],
        changed: Callable[["Registration"], None],
        now: float,
    ) -> None:
        """`where` says which server to ask, each time anew. `chance` gives numbers from 0 to 1: not everybody who was
        refused at the same time comes back so.
        """
        self.standing = Standing.ABSENT
        self.status: int | None = None
        "The last final answer: 408 also when there was none."
        self.bound_until: float | None = None
        "When the registrar forgets us, unless it is told again; None while it does not know us."
        self._desk = desk
        self._account = account
        self._where = where
        self._chance = chance
        self._changed = changed
        self._keys = Keys(account.credentials, desk.token)
        self._call_id = desk.token()
        self._from = account.name.tagged(desk.token())
        self._numbers = count(1)
        self._wanted = WANTED_SECONDS
        self._failures = 0
        self._asking = self._ask(now)

    def leave(self, now: float) -> None:
        """Tell the registrar that we are gone."""
        if (self.standing, Sign.LEAVE) in MOVES:
            self._asking.stop()
            self._desk.transactions.alarms.cancel((self, "ask"))
            self._desk.transactions.alarms.cancel((self, "lapse"))
            self._wanted = 0
            self._move(Sign.LEAVE)
            self._asking = self._ask(now)

    def _ask(self, now: float) -> Asking:
        self.server = self._where()
        "Who was asked last."
        transactions = self._desk.transactions
        return Asking(transactions, self._keys, self._register, self.server, self._answered, now, self._heed)

    def _ask_again(self, now: float) -> None:
        self._asking = self._ask(now)

    def _register(self) -> Request:
        """Every REGISTER has the same Call-ID, and counts on (RFC 3261 10.2)."""
        fields = (self._contact, ("Expires", str(self._wanted)), ("Allow", ALLOW))
        domain, name = str(self._account.domain), self._account.name
        cseq = next(self._numbers)
        return self._desk.request(
            "REGISTER", domain, *fields, from_=self._from, to=name, call_id=self._call_id, cseq=cseq
        )

    @property
    def _contact(self) -> tuple[str, str]:
        return self._desk.contact(self._account.user, self.server)

    def _heed(self, response: Response) -> bool:
        """Ask for longer when that is wanted (RFC 3261 10.2.8)."""
        least = _seconds(response.headers.get("Min-Expires")) if response.status == 423 else None
        if least is None or least <= self._wanted or not self._wanted:
            return False
        self._wanted = least
        return True

    def _answered(self, request: Request, response: Response, now: float) -> None:
        # An answer to what was asked before we left is old news.
        if response.status < 200 or request is not self._asking.request:
            return
        self.status = response.status
        seconds = self._granted(response) if response.status < 300 else 0
        granted = response.status < 300 and (seconds > 0 or self.standing is Standing.LEAVING)
        self._move(Sign.GRANTED if granted else Sign.REFUSED)
        if self.standing is Standing.GONE:
            self.bound_until = None
        elif granted:
            self._bind(seconds, now)
        else:
            self._back_off(response, now)
        self._changed(self)

    def _bind(self, seconds: int, now: float) -> None:
        """Come back at half of what was granted."""
        alarms = self._desk.transactions.alarms
        self._failures, self.bound_until = 0, now + seconds
        alarms.set((self, "lapse"), self.bound_until, self._lapse)
        alarms.set((self, "ask"), now + max(seconds / 2, SHORTEST_PAUSE_SECONDS), self._ask_again)

    def _back_off(self, response: Response, now: float) -> None:
        """Come back after a pause that grows with each refusal (RFC 5626 4.5), or as long as they ask."""
        self._failures += 1
        pause = backoff_seconds(self._failures, self._chance())
        pause = max(pause, min(response.retry_after_seconds or 0, LONGEST_WAIT_SECONDS))
        self._desk.transactions.alarms.set((self, "ask"), now + pause, self._ask_again)

    def _granted(self, response: Response) -> int:
        """Return for how long the registrar keeps our Contact: it says so there, or in Expires (RFC 3261 10.2.4).

        A Contact that stands alone is ours, even if the registrar has written down where it saw us.
        """
        ours = Uri.parse(NameAddr.parse(self._contact[1]).uri)
        contacts = _contacts(response)
        for contact, uri in contacts:
            if len(contacts) == 1 or (uri.user, uri.host, uri.port) == (ours.user, ours.host, ours.port):
                said = _seconds(param(contact.params, "expires"))
                if said is not None:
                    return said
        said = _seconds(response.headers.get("Expires"))
        return self._wanted if said is None else said

    def _lapse(self, now: float) -> None:
        self._move(Sign.LAPSED)
        self.bound_until = None
        self._changed(self)

    def _move(self, sign: Sign) -> None:
        """Move as the table says."""
        self.standing = MOVES.get((self.standing, sign), self.standing)


def backoff_seconds(failures: int, chance: float) -> float:
    """Return the pause after so many refusals in a row, the last included (RFC 5626 4.5)."""
    longest = min(LONGEST_BACKOFF_SECONDS, BACKOFF_SECONDS * (1 << min(failures, 16)))
    return longest * (0.5 + chance / 2)


def _contacts(response: Response) -> list[tuple[NameAddr, Uri]]:
    """Return the Contacts that can be read."""
    read = []
    for text in response.headers.all("Contact"):
        try:
            contact = NameAddr.parse(text)
            read.append((contact, Uri.parse(contact.uri)))
        except ProtocolError:
            continue
    return read


def _seconds(text: str | None) -> int | None:
    try:
        return None if text is None else number(text, LARGEST)
    except ProtocolError:
        return None
