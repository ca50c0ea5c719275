"""On what terms a fax is sent: how urgently, not before when, and not after when. Knows no clock."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from unifax.model.errors import RequestInvalid

LONGEST_WAIT = timedelta(days=30)
"How far ahead a fax may be scheduled; InterFAX takes as long."


class Priority(IntEnum):
    """How urgent a fax is: of all that is due, the smaller number goes first."""

    URGENT = 1
    NORMAL = 10
    LOW = 20


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of one fax."""

    priority: Priority = Priority.NORMAL
    send_after: datetime | None = None
    "No call begins before."
    give_up_at: datetime | None = None
    "No call begins at this moment or later."

    @classmethod
    def read(cls, asked: Mapping[str, object], now: datetime) -> "Terms":
        """Read `priority`, `sendAfter` and `giveUpAt` of a request's JSON. Raises RequestInvalid, naming the member."""
        terms = cls(_priority(asked), _moment(asked, "sendAfter", now), _moment(asked, "giveUpAt", now))
        if terms.give_up_at is not None and terms.give_up_at <= max(now, terms.send_after or now):
            raise RequestInvalid("'giveUpAt' must be in the future, and after 'sendAfter'.")
        return terms


AT_ONCE = Terms()
"Of a fax whose sender says nothing about it."


def _priority(asked: Mapping[str, object]) -> Priority:
    named = asked.get("priority")
    if named is None:
        return Priority.NORMAL
    names = {each.name.lower(): each for each in Priority}
    if not isinstance(named, str) or named not in names:
        raise RequestInvalid(f"'priority' must be one of {', '.join(names)}.")
    return names[named]


def _moment(asked: Mapping[str, object], name: str, now: datetime) -> datetime | None:
    """Return a member that is an XML Schema dateTime with a zone (VNUAPI30, Data Types)."""
    text = asked.get(name)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) and "T" in text else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise RequestInvalid(f"'{name}' must be a time with its zone, as in 2015-01-23T04:56:22Z.")
    try:
        far = moment > now + LONGEST_WAIT
    except OverflowError:
        far = True
    if far:
        raise RequestInvalid(f"'{name}' is more than {LONGEST_WAIT.days} days ahead.")
    return moment
