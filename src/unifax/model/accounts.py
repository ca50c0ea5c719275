"""Who is asking: accounts and their tree, extensions, and the viewer every query is scoped to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from unifax.model.evidence import WhenUncertain
from unifax.model.header import HeaderStyle
from unifax.model.paper import Resolution

MAX_CALLS = 2
"Calls from outside that may come in for an extension at once, unless it is said."


class AccountKind(StrEnum):
    ADMINISTRATOR = "administrator"
    ORGANIZATION = "organization"
    USER = "user"


ABOVE: Mapping[AccountKind, AccountKind | None] = {
    AccountKind.ADMINISTRATOR: None,
    AccountKind.ORGANIZATION: AccountKind.ADMINISTRATOR,
    AccountKind.USER: AccountKind.ORGANIZATION,
}
"The tree: what kind of account stands directly above one."


def stands_above(kind: AccountKind, other: AccountKind) -> bool:
    """Whether accounts of one kind stand above those of another, directly or not."""
    above = ABOVE[other]
    return above is not None and (above is kind or stands_above(kind, above))


@dataclass(frozen=True, slots=True)
class Account:
    """An account, as those above it see it."""

    id: int
    kind: AccountKind
    parent_id: int | None
    name: str
    "Unique among those below the same account."
    login: str | None
    "What a person signs in with; unique. None: nobody signs in."
    has_password: bool
    enabled: bool
    region: str | None
    "Where its numbers are written, ISO 3166-1; None: where those of the account above are."
    active: bool
    "Enabled, and so are all above it. What is not active may do nothing."
    created_at: datetime


@dataclass(frozen=True, slots=True)
class App:
    """A program that asks for an account. Of its secret only a hash is kept."""

    id: int
    account_id: int
    name: str
    "Unique within its account."
    key: str
    trusted: bool
    "May have a token of its account without anybody's consent, and may administer."
    enabled: bool
    redirect_uris: tuple[str, ...]
    "Where a person may be sent back to with a code (RFC 6749 3.1.2)."


@dataclass(frozen=True, slots=True)
class Viewer:
    """The authenticated account behind a request. Reads and writes see only this account and those below it."""

    account_id: int
    kind: AccountKind
    app_id: int | None
    "The App whose token was shown; none for a person who has signed in."


@dataclass(frozen=True, slots=True)
class Post:
    """Mail addresses of an extension."""

    received: tuple[str, ...] = ()
    "Who gets the faxes that it receives."
    reports: tuple[str, ...] = ()
    "Who is told how its faxes have ended."
    senders: tuple[str, ...] = ()
    "Whose mail is faxed by it."


NOBODY = Post()


@dataclass(frozen=True, slots=True)
class Extension:
    """A phone terminal that may fax."""

    id: int
    owner_id: int
    "The user account it belongs to."
    number: str
    "Extended form, `0003*210`."
    station_id: str
    "T.30 TSI or CSI, at most 20 characters of `0-9 + * # space` (T.30 5.3.6.2.4)."
    header_text: str
    "Who is sending, for the header line of each page (47 CFR 68.318(d))."
    header: HeaderStyle
    fax_enabled: bool
    "Whether it may fax now: it is let, and its user and all above are enabled."
    resolution: Resolution | None = None
    "Of its faxes, when they ask for none; None leaves it to us."
    cover: str = ""
    "The template of its cover pages where a fax names none; empty: ours."


@dataclass(frozen=True, slots=True)
class Terminal:
    """An extension, as those above it see it."""

    id: int
    owner_id: int
    number: str
    station_id: str
    header_text: str
    header: HeaderStyle
    resolution: Resolution | None
    "Of its faxes, when they ask for none; None leaves it to us."
    fax_enabled: bool
    "Whether it is let to fax, by itself."
    resume: bool
    "Whether a call after one that was cut off goes on after the pages confirmed, or begins again with the first."
    max_calls: int
    "Calls from outside that may come in for it at once."
    when_uncertain: WhenUncertain
    "What is done about a recipient who may have its fax already."
    keep_days: int
    "So long the content of its faxes is kept; 0: as the installation says."
    post: Post
    cover: str
    "The template of its cover pages where a fax names none; empty: ours."
    telephone_numbers: tuple[str, ...]
    "What it is called by from outside, as `model.incoming.parse_did` has it."
    active: bool
    "Whether it may fax now: its user and all above are enabled, too."
