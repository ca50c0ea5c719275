"""The audit log: who did what when, each entry chained to the one before it. Knows no database and no key.

The SHA-256 of an entry is over that of the entry before it, a line feed, and the entry as JSON: names sorted, no space,
UTF-8. So whoever changes, removes or puts in one entry has to change all that come after it.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256

from unifax.model.errors import Forged

FIRST = "0" * 64
"Stands where the first entry has nothing before it."

Facts = Mapping[str, str | int | bool | None]


class Action(StrEnum):
    """What was done."""

    SERVICE_STARTED = "service.started"
    BACKED_UP = "service.backed_up"
    RESTORED = "service.restored"
    RECEIPT_KEY_RENEWED = "key.receipts_renewed"
    MASTER_KEY_RENEWED = "key.master_renewed"
    MASTER_KEY_GIVEN_UP = "key.master_given_up"
    SIGNED_IN = "session.begun"
    SIGN_IN_REFUSED = "session.refused"
    SIGNED_OUT = "session.ended"
    TOKEN_GRANTED = "token.granted"
    TOKEN_REVOKED = "token.revoked"
    TOKEN_ISSUED = "token.issued"
    CONSENTED = "consent.given"
    ACCOUNT_ADDED = "account.added"
    ACCOUNT_CHANGED = "account.changed"
    ACCOUNT_REMOVED = "account.removed"
    PASSWORD_SET = "account.password_set"
    EXTENSION_ADDED = "extension.added"
    EXTENSION_CHANGED = "extension.changed"
    EXTENSION_REMOVED = "extension.removed"
    APP_ADDED = "app.added"
    APP_CHANGED = "app.changed"
    APP_REMOVED = "app.removed"
    APP_SECRET_RENEWED = "app.secret_renewed"
    DESTINATION_PINNED = "destination.pinned"
    DESTINATION_FORGOTTEN = "destination.forgotten"
    HOOK_ADDED = "hook.added"
    HOOK_CHANGED = "hook.changed"
    HOOK_REMOVED = "hook.removed"
    HOOK_SECRET_RENEWED = "hook.secret_renewed"
    HOOK_REPLAYED = "hook.replayed"
    FAX_ACCEPTED = "fax.accepted"
    FAX_CANCELLED = "fax.cancelled"
    FAX_SENT_AGAIN = "fax.sent_again"
    FAX_DECIDED = "fax.decided"
    CONTENT_READ = "content.read"
    TRANSCRIPT_READ = "transcript.read"
    PACKETS_READ = "packets.read"
    CONTENT_DELETED = "content.deleted"
    CONTENT_HELD = "content.held"
    CONTENT_LET_GO = "content.let_go"
    MARKED = "inbox.marked"
    TURNED = "inbox.turned"
    FORWARDED = "inbox.forwarded"
    CONTACT_ADDED = "contact.added"
    CONTACT_CHANGED = "contact.changed"
    CONTACT_REMOVED = "contact.removed"
    CONTACTS_IMPORTED = "contacts.imported"


@dataclass(frozen=True, slots=True)
class Deed:
    """Something done, before it is written down."""

    at: datetime
    action: Action
    subject: str
    "What it was done to: `account 3`, `extension 0003*210`, `fax 7`."
    account_id: int | None = None
    "Whose it is; those above may see it, too. None: the installation's."
    actor_id: int | None = None
    "The account that did it; None: the service itself, or a stranger."
    app_id: int | None = None
    "By which App; None for a person."
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """A deed as it was written down."""

    id: int
    "1, 2, 3 …"
    deed: Deed
    sha256: str


def hashed(previous: str, entry_id: int, deed: Deed) -> str:
    """Return the SHA-256 of an entry, hex."""
    return sha256(f"{previous}\n{canonical(members(entry_id, deed))}".encode()).hexdigest()


def members(entry_id: int, deed: Deed) -> dict[str, object]:
    """Return an entry as JSON has it, without its hash."""
    return {
        "id": entry_id,
        "at": deed.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "account": deed.account_id,
        "actor": deed.actor_id,
        "app": deed.app_id,
        "action": deed.action.value if isinstance(deed.action, Action) else deed.action,
        "subject": deed.subject,
        "facts": dict(deed.facts),
    }


def canonical(written: Mapping[str, object]) -> str:
    """Return JSON in the one way that is hashed. There are no fractions in it."""
    return json.dumps(written, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


class Chain:
    """Checks entries, one after the other from the first."""

    def __init__(self) -> None:
        self.id = 0
        "Of the last that was good."
        self.sha256 = FIRST
        self._hashes: dict[int, str] = {}

    def add(self, line: Mapping[str, object]) -> None:
        """Take the next entry, as it is exported: `members` and `sha256`. Raises Forged, which names it."""
        said = {name: value for name, value in line.items() if name != "sha256"}
        if said.get("id") != self.id + 1:
            raise Forged(f"after entry {self.id} comes {said.get('id')}")
        right = sha256(f"{self.sha256}\n{canonical(said)}".encode()).hexdigest()
        if line.get("sha256") != right:
            raise Forged(f"entry {self.id + 1} was changed, or one before it")
        self.id, self.sha256 = self.id + 1, right
        self._hashes[self.id] = right

    def hold(self, head: Mapping[str, object]) -> None:
        """Hold a signed head against the chain. Raises Forged: something was cut off, or made anew."""
        entry = head.get("entry")
        if not isinstance(entry, int) or self._hashes.get(entry, FIRST) != head.get("sha256"):
            raise Forged(f"entry {entry} is not there any more as it was signed: the log was cut off, or made anew")


def checked(lines: Iterable[Mapping[str, object]]) -> Chain:
    """Return the chain of all entries, the first first. Raises Forged."""
    chain = Chain()
    for line in lines:
        chain.add(line)
    return chain
