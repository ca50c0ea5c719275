"""Accounts, extensions and Apps as JSON: what is asked for, and what is shown. Knows no queries.

What is asked for is exact: a field that is not known, or not of its type, is refused, so that a slip of the pen is
never taken for a wish.
"""

from collections.abc import Sequence
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, StrictBool, StrictStr, ValidationError
from starlette.requests import Request

from unifax.model.accounts import MAX_CALLS, Account, AccountKind, App, Terminal
from unifax.model.errors import RequestInvalid
from unifax.model.evidence import WhenUncertain
from unifax.model.header import DEFAULT_LINE, HeaderPosition
from unifax.model.keeping import LONGEST_DAYS
from unifax.model.mail import MAX_ADDRESSES
from unifax.model.paper import AUTO, Resolution
from unifax.service.programs import MAX_TOKEN_DAYS
from unifax.web.uapi.body import json_of
from unifax.web.uapi.collections import ENTRY
from unifax.web.uapi.shape import Moment, Shape

MAX_BODY_BYTES = 64 * 1024
DAY_SECONDS = 24 * 60 * 60

A = TypeVar("A", bound="Asked")


class AccountShape(Shape):
    """An account."""

    model_config = ENTRY

    id: str
    kind: AccountKind
    parent_id: str | None = None
    name: str
    login: str | None = None
    has_password: bool
    enabled: bool
    "By itself."
    region: str | None = None
    "Where its numbers are written that do not begin with a plus: `DE`. Missing: where those of the account above are."
    active: bool
    "Enabled, and so are all above."
    created_at: Moment


class ExtensionShape(Shape):
    """An extension that may fax."""

    model_config = ENTRY

    id: str
    number: str
    owner_id: str
    station_id: str
    header_text: str
    header_position: HeaderPosition
    header_line: str
    resolution: str
    "Of its faxes that ask for none: auto, standard, fine, superfine, 300 or 400."
    fax_enabled: bool
    "By itself."
    resume: bool
    "After a call that was cut off: go on after the pages confirmed (true), or begin again."
    max_calls: int
    "Calls from outside that may come in for it at once."
    when_uncertain: WhenUncertain
    "A recipient may have the fax already: hold it, ask somebody, or send it again."
    keep_days: int
    "After so many days the content of its faxes is deleted; 0: as the installation says."
    mail_received: list[str]
    "Mail addresses that get the faxes it receives."
    mail_reports: list[str]
    "Mail addresses that are told how its faxes have ended."
    mail_senders: list[str]
    "Mail addresses whose mail is faxed by it."
    cover: str
    "The template of its cover pages where a fax names none; empty: `plain`."
    telephone_numbers: list[str]
    "What it is called by from outside: international numbers without a plus."
    active: bool
    "Let to fax, and its user and all above are enabled."


class AppShape(Shape):
    """An App. Its secret is never shown again."""

    model_config = ENTRY

    id: str
    account_id: str
    name: str
    key: str
    trusted: bool
    enabled: bool
    redirect_uris: list[str]


class SecretShape(AppShape):
    """An App with the secret that it has just been given: the only time that it is shown."""

    secret: str


class TokenShape(Shape):
    """A token that has just been made: the only time that it is shown."""

    access_token: str
    token_type: str = "Bearer"
    expires_in: int
    "Seconds."


def account_shape(account: Account) -> AccountShape:
    return AccountShape(
        id=str(account.id),
        kind=account.kind,
        parent_id=None if account.parent_id is None else str(account.parent_id),
        name=account.name,
        login=account.login,
        has_password=account.has_password,
        enabled=account.enabled,
        region=account.region,
        active=account.active,
        created_at=account.created_at,
    )


def extension_shape(terminal: Terminal) -> ExtensionShape:
    return ExtensionShape(
        id=str(terminal.id),
        number=terminal.number,
        owner_id=str(terminal.owner_id),
        station_id=terminal.station_id,
        header_text=terminal.header_text,
        header_position=terminal.header.position,
        header_line=terminal.header.line,
        resolution=terminal.resolution or AUTO,
        fax_enabled=terminal.fax_enabled,
        resume=terminal.resume,
        max_calls=terminal.max_calls,
        when_uncertain=terminal.when_uncertain,
        keep_days=terminal.keep_days,
        mail_received=list(terminal.post.received),
        mail_reports=list(terminal.post.reports),
        mail_senders=list(terminal.post.senders),
        cover=terminal.cover,
        telephone_numbers=list(terminal.telephone_numbers),
        active=terminal.active,
    )


def app_shape(app: App) -> AppShape:
    return AppShape(
        id=str(app.id),
        account_id=str(app.account_id),
        name=app.name,
        key=app.key,
        trusted=app.trusted,
        enabled=app.enabled,
        redirect_uris=list(app.redirect_uris),
    )


class Asked(Shape):
    """The JSON object of a request."""

    model_config = ConfigDict(extra="forbid", populate_by_name=False)


def _number_as_text(value: object) -> object:
    """Ids are shown as text and may be given as numbers, too."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _id(text: str) -> str:
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise ValueError("must be the number of an account")
    return text


Id = Annotated[StrictStr, BeforeValidator(_number_as_text), AfterValidator(_id)]


TelephoneNumbers = Annotated[list[StrictStr], Field(max_length=1000)]
MaxCalls = Annotated[int, Field(strict=True, ge=0, le=1000)]
Addresses = Annotated[list[StrictStr], Field(max_length=MAX_ADDRESSES)]
KeepDays = Annotated[int, Field(strict=True, ge=0, le=LONGEST_DAYS)]


class NewAccountAsked(Asked):
    """A new account."""

    kind: Literal["organization", "user"]
    parent_id: Id | None = None
    "The account that it stands below; one's own when not said."
    name: StrictStr
    login: StrictStr | None = None
    password: StrictStr | None = None
    region: StrictStr | None = None


class AccountChangesAsked(Asked):
    """What is to be changed of an account; the rest stays."""

    name: StrictStr = Field(default_factory=str)
    login: StrictStr | None = Field(default_factory=lambda: None)
    "null: nobody signs in."
    region: StrictStr | None = Field(default_factory=lambda: None)
    "null: that of the account above."
    enabled: StrictBool = Field(default_factory=bool)


class PasswordAsked(Asked):
    """A new password."""

    password: StrictStr
    current_password: StrictStr | None = None
    "Needed for one's own."


class NewExtensionAsked(Asked):
    """A new extension."""

    owner_id: Id
    "Its user."
    number: StrictStr
    "Extended form, 0003*210."
    station_id: StrictStr | None = None
    "What it calls itself in a fax call; its number when not said."
    header_text: StrictStr | None = None
    "Who sends, in the header line of each page; the user's name when not said."
    header_position: StrictStr | None = Field(default=None, examples=list(HeaderPosition))
    "`auto` when not said."
    header_line: StrictStr | None = Field(default=None, examples=[DEFAULT_LINE])
    "What the header line says."
    resolution: StrictStr | None = Field(default=None, examples=[AUTO, *Resolution])
    "Of its faxes that ask for none; `auto` when not said."
    fax_enabled: StrictBool = True
    resume: StrictBool = True
    "After a call that was cut off: go on after the pages confirmed, or begin again with the first."
    max_calls: MaxCalls = MAX_CALLS
    "Calls from outside that may come in for it at once; further ones find it busy."
    when_uncertain: WhenUncertain = WhenUncertain.HOLD
    "When a recipient may have its fax already: hold it, ask somebody, or send it again."
    keep_days: KeepDays = 0
    "After so many days the content of its faxes is deleted; 0: as the installation says."
    mail_received: Addresses = Field(default_factory=list)
    "Mail addresses that get the faxes it receives."
    mail_reports: Addresses = Field(default_factory=list)
    "Mail addresses that are told how its faxes have ended."
    mail_senders: Addresses = Field(default_factory=list)
    "Mail addresses whose mail is faxed by it."
    cover: StrictStr = ""
    "The template of its cover pages where a fax names none; `plain` when not said."
    telephone_numbers: TelephoneNumbers = Field(default_factory=list)
    "What it is called by from outside. An administrator says so."


class ExtensionChangesAsked(Asked):
    """What is to be changed of an extension; the rest stays."""

    station_id: StrictStr = Field(default_factory=str)
    header_text: StrictStr = Field(default_factory=str)
    header_position: StrictStr = Field(default_factory=str)
    header_line: StrictStr = Field(default_factory=str)
    resolution: StrictStr = Field(default_factory=str)
    fax_enabled: StrictBool = Field(default_factory=bool)
    resume: StrictBool = Field(default_factory=bool)
    max_calls: MaxCalls = Field(default_factory=int)
    when_uncertain: WhenUncertain = Field(default_factory=lambda: WhenUncertain.HOLD)
    keep_days: KeepDays = Field(default_factory=int)
    mail_received: Addresses = Field(default_factory=list)
    mail_reports: Addresses = Field(default_factory=list)
    mail_senders: Addresses = Field(default_factory=list)
    cover: StrictStr = Field(default_factory=str)
    telephone_numbers: TelephoneNumbers = Field(default_factory=list)
    "All of them, instead of those before."


class NewAppAsked(Asked):
    """A new App."""

    account_id: Id | None = None
    "Whose it is; one's own when not said."
    name: StrictStr
    trusted: StrictBool = False
    redirect_uris: list[StrictStr] = Field(default_factory=list)


class AppChangesAsked(Asked):
    """What is to be changed of an App; the rest stays."""

    name: StrictStr = Field(default_factory=str)
    trusted: StrictBool = Field(default_factory=bool)
    enabled: StrictBool = Field(default_factory=bool)
    redirect_uris: list[StrictStr] = Field(default_factory=list)


class NewTokenAsked(Asked):
    """How long a new token lives."""

    expires_in: Annotated[int, Field(strict=True, ge=1, le=MAX_TOKEN_DAYS * DAY_SECONDS)] = 3600
    "Seconds."


async def asked_of(request: Request, shape: type[A], silence_seconds: float) -> A:
    """Read the body of a request. Raises RequestInvalid, which names each field that is wrong, and as `body_of`."""
    given = await json_of(request, MAX_BODY_BYTES, silence_seconds)
    try:
        return shape.model_validate(given)
    except ValidationError as error:
        raise RequestInvalid(f"The body is not right: {_wrong(error)}.") from error


def _wrong(error: ValidationError) -> str:
    """Return what is wrong where. What was given is not repeated: it may be a password."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(f"'{_place(each['loc'])}': {each['msg']}" for each in found[:5])


def _place(steps: Sequence[int | str]) -> str:
    return ".".join(str(step)[:40] for step in steps)
