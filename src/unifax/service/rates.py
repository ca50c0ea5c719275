"""Who has asked how often: one App, one account, one address. Kept in memory, by each web process for itself.

Must not know: HTTP. What is kept is bounded: the caller that was silent longest is forgotten first.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from math import ceil

from unifax.model.accounts import Viewer
from unifax.model.errors import TooMany
from unifax.model.rate import Rate, Standing, spend

REMEMBERED = 20_000
"Callers of one kind whose standing is kept."


@dataclass(frozen=True, slots=True)
class Quotas:
    """Requests in a minute; 0 is no limit."""

    app: int = 600
    account: int = 1200
    faxes: int = 120
    "Faxes that an App may send."
    strangers: int = 60
    "Requests without a valid token, from one address."
    logins: int = 5
    "Tries to sign in with one login."


@dataclass(frozen=True, slots=True)
class _Tally:
    """One rate, and who has spent how much of it."""

    rate: Rate
    full_at: OrderedDict[str, datetime] = field(default_factory=OrderedDict)

    def standing(self, who: str, now: datetime) -> Standing:
        return spend(self.rate, self.full_at.get(who, now), now)

    def keep(self, who: str, standing: Standing) -> None:
        self.full_at[who] = standing.full_at
        self.full_at.move_to_end(who)
        if len(self.full_at) > REMEMBERED:
            self.full_at.popitem(last=False)


class Rates:
    """The tallies of this process."""

    def __init__(self, quotas: Quotas, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._app = _tally("app", quotas.app)
        self._account = _tally("account", quotas.account)
        self._faxes = _tally("faxes", quotas.faxes)
        self._strangers = _tally("address", quotas.strangers)
        self._logins = _tally("login", quotas.logins)

    def request(self, viewer: Viewer) -> Sequence[Standing]:
        """Count a request of an App for its account; return where both stand."""
        return self._spend((self._app, _program(viewer)), (self._account, f"{viewer.account_id}"))

    def fax(self, viewer: Viewer) -> Sequence[Standing]:
        """Count a fax that an App wants to send."""
        return self._spend((self._faxes, _program(viewer)))

    def stranger(self, address: str) -> Sequence[Standing]:
        """Count a request that showed no valid token."""
        return self._spend((self._strangers, address))

    def sign_in(self, login: str, address: str) -> Sequence[Standing]:
        """Count a try to sign in. Of the login a hash is kept: what people type there is sometimes their password."""
        who = sha256(login.strip().lower().encode(errors="replace")).hexdigest()
        return self._spend((self._logins, who), (self._strangers, address))

    def _spend(self, *asked: tuple[_Tally | None, str]) -> Sequence[Standing]:
        """Spend one of each, or none when one of them is used up."""
        now = self._clock()
        tallies = [(tally, who) for tally, who in asked if tally is not None]
        standings = [tally.standing(who, now) for tally, who in tallies]
        if all(standing.allowed for standing in standings):
            for (tally, who), standing in zip(tallies, standings, strict=True):
                tally.keep(who, standing)
        return standings


def check(standings: Sequence[Standing]) -> None:
    """Raise TooMany unless all of them allow the request."""
    if not all(standing.allowed for standing in standings):
        wait = max(standing.wait for standing in standings if not standing.allowed)
        raise TooMany("Too many requests. Ask again later.", ceil(wait.total_seconds()))


def _program(viewer: Viewer) -> str:
    """Return who asks for an account: an App, or a person in front of a browser."""
    return f"person {viewer.account_id}" if viewer.app_id is None else f"app {viewer.app_id}"


def _tally(name: str, quota: int) -> _Tally | None:
    return _Tally(Rate(name, quota)) if quota else None
