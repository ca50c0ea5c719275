"""To whom a fax goes: what senders write, and which machine each of it means. Knows no HTTP."""

from collections.abc import Callable, Sequence
from datetime import datetime

from unifax.model.accounts import Extension
from unifax.model.errors import RecipientsInvalid
from unifax.model.numbering import NumberingPlan
from unifax.model.numbers import ExtensionNumber, parse_recipient
from unifax.service.limits import DAY, Limits
from unifax.store import accounts
from unifax.store.db import Connection
from unifax.store.faxes import NewRecipient
from unifax.store.usage import usage_since


class Recipients:
    """Reads recipients, and says whether they may be called."""

    def __init__(
        self, plan: NumberingPlan, route: Callable[[str], str], limits: Limits, clock: Callable[[], datetime]
    ) -> None:
        """`route` returns the trunk that a number is called by first, and raises RecipientsInvalid when none may."""
        self.limits = limits
        self._plan = plan
        self._route = route
        self._clock = clock

    def read(self, conn: Connection, account_id: int, extension: Extension, asked: object) -> tuple[NewRecipient, ...]:
        """Return whom an account may send to from its extension: one machine under two spellings is one recipient.

        Raises RecipientsInvalid; TooMany beyond the limits of the day.
        """
        plan = self.plan_of(conn, account_id)
        machines: dict[str, NewRecipient] = {}
        for number in _strings(asked, self.limits.recipients):
            found = self._recipient(conn, plan, extension, number)
            machines.setdefault(found.number, found)
        self._check_day(conn, account_id, sum(one.trunk is not None for one in machines.values()))
        return tuple(machines.values())

    def named(self, conn: Connection, account_id: int, extension: Extension, asked: object) -> set[str]:
        """Return the recipients of a fax that somebody names, as `read` has returned them. Raises RecipientsInvalid."""
        plan = self.plan_of(conn, account_id)
        numbers = _strings(asked, self.limits.recipients)
        found = {number: _extension(conn, extension, number) for number in numbers}
        return {plan.canonical(number) if one is None else one.number for number, one in found.items()}

    def public(self, text: str) -> str:
        """Return a number in the form in which calls are made and remembered. Raises RecipientsInvalid."""
        return self._plan.canonical(parse_recipient(text))

    def plan_of(self, conn: Connection, account_id: int) -> NumberingPlan:
        """Return how an account writes numbers."""
        return self._plan.within(accounts.region_of(conn, account_id))

    def check(self, conn: Connection, account_id: int, numbers: Sequence[str]) -> None:
        """See that public numbers of a fax may be called once more. Raises RecipientsInvalid; TooMany."""
        for number in numbers:
            self._route(number)
        self._check_day(conn, account_id, len(numbers))

    def _recipient(self, conn: Connection, plan: NumberingPlan, sender: Extension, number: str) -> NewRecipient:
        extension = _extension(conn, sender, number)
        if extension is not None:
            if not extension.fax_enabled:
                raise RecipientsInvalid(f"The extension '{number}' does not take faxes.")
            return NewRecipient(extension.number, trunk=None, extension_id=extension.id)
        if ExtensionNumber.parse(number) is not None:
            raise RecipientsInvalid(f"There is no extension '{number}'.")
        public = plan.canonical(number)
        return NewRecipient(public, trunk=self._route(public), extension_id=None)

    def _check_day(self, conn: Connection, account_id: int, calls: int) -> None:
        now = self._clock()
        if calls and (self.limits.organization_recipients or self.limits.organization_pages):
            usage = usage_since(conn, account_id, now - DAY)
            if usage is not None:
                self.limits.check_day(usage, calls, now)


def _strings(asked: object, most: int) -> list[str]:
    if not isinstance(asked, list) or not asked:
        raise RecipientsInvalid("'recipients' must be a list of at least one number.")
    if len(asked) > most:
        raise RecipientsInvalid(f"There are more than {most} recipients.")
    if not all(isinstance(number, str) for number in asked):
        raise RecipientsInvalid("Every recipient must be a string.")
    return [parse_recipient(number) for number in asked]


def _extension(conn: Connection, sender: Extension, number: str) -> Extension | None:
    """Return the extension of ours that is meant: `0003*211`, or `211` by one with the same client prefix."""
    own = ExtensionNumber.parse(sender.number)
    if own is not None and ExtensionNumber.parse(number) is None:
        number = f"{own.prefix}*{number}"
    return accounts.extension_named(conn, number)
