"""Who is asking: accounts and their tree, extensions, and the viewer every query is scoped to."""

from dataclasses import dataclass
from enum import StrEnum


class AccountKind(StrEnum):
    ADMINISTRATOR = "administrator"
    ORGANIZATION = "organization"
    USER = "user"


@dataclass(frozen=True, slots=True)
class Viewer:
    """The authenticated account behind a request. Reads and writes see only this account and those below it."""

    account_id: int
    kind: AccountKind
    app_id: int
    "The App whose token was shown."


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
    fax_enabled: bool
