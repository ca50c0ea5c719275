"""Every knob: one frozen tree from unifax.toml and the environment. Read once, at start; unknown keys are errors.

`UNIFAX_SECTION__KEY` overrides the file; `UNIFAX_SECTION__KEY_FILE` names a file that holds the value.
"""

import socket
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, ValidationError, model_validator

from unifax.model.errors import Misconfigured, RequestInvalid
from unifax.model.keeping import LONGEST_DAYS, KeepingRules
from unifax.model.mail import parse_address as parse_mail_address
from unifax.model.numbering import Guard, NumberingPlan
from unifax.model.reach import Network, ip_address_of, parse_network
from unifax.model.retry import RetryPolicy
from unifax.model.routes import Route, Routes
from unifax.settings.addresses import parse_address, parse_server
from unifax.settings.kinds import Listed, Networks, Patterns, Region, Seconds, Section
from unifax.settings.mailing import Mail
from unifax.settings.telephony import Line, Trunk

Tree: TypeAlias = dict[str, "str | Tree"]

SANDBOX = "sandbox"
"Name of the trunk that leads to our own fax machine."

_DEFAULT = RetryPolicy()

_FILES = frozenset({"tls_ca_file", "tls_certificate_file", "master_key_file", "ca_file"})
"Settings that name files themselves."

Calls = Annotated[int, Field(ge=1, le=15)]


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        raise ValueError("is no time zone, as in Europe/Berlin") from None
    return name


class Service(Section):
    """The processes of one machine."""

    run_as: str = ""
    "The user that they are when root starts them; empty: `unifax`, if there is one. `root` stays root."


class Web(Section):
    """Where Apps reach us."""

    listen: str = "127.0.0.1:8080"
    "Address and port of the HTTP API."
    public_url: str = Field(default="", pattern=r"^(https?://[^/?#]+)?$")
    "How Apps reach it, when a proxy stands before it: `https://fax.example`."


class RateLimits(Section):
    """How often may be asked; 0 is no limit. Each web process counts for itself."""

    app_requests_per_minute: int = Field(default=600, ge=0, le=1_000_000)
    account_requests_per_minute: int = Field(default=1200, ge=0, le=1_000_000)
    "By all Apps of one account together."
    app_faxes_per_minute: int = Field(default=120, ge=0, le=1_000_000)
    address_refusals_per_minute: int = Field(default=60, ge=0, le=1_000_000)
    "Requests without a valid token, from one address."


class Host(Section):
    """Which of several hosts this is."""

    name: str = Field(default_factory=socket.gethostname, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")
    "No two hosts on one database may have the same; a container needs one that stays."


class Database(Section):
    """Where faxes are kept."""

    url: str = Field(default="", pattern=r"^(postgresql://.+)?$", repr=False)
    "PostgreSQL, `postgresql://user:password@host/name`; without it SQLite, in the data folder."


class Files(Section):
    """Where the contents of faxes are kept."""

    store: str = Field(default="folder", pattern=r"^(folder|s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[^\s?#]+)?)$")
    "`folder`: in the data folder; `s3://bucket/prefix`: in a bucket."
    folder: str = ""
    "Where the folder is, if not in the data folder: on a file system that several hosts share."
    endpoint: str = Field(default="", pattern=r"^(https?://[^/?#]+)?$")
    "Of a store that is not Amazon's: `https://s3.example`."
    region: str = "us-east-1"
    access_key: str = Field(default="", repr=False)
    secret_key: str = Field(default="", repr=False)
    cache_bytes: int = Field(default=1 << 30, ge=1 << 20)
    "Of copies on this host, about."
    master_key_file: str = ""
    "Master keys, 64 hexadecimal digits a line: the first wraps the keys of files, all of them unwrap."
    key_command: Annotated[tuple[str, ...], Listed] = ()
    "A command that tells the same, and its arguments."
    work_folder: str = ""
    "Where what is sealed lies open while it is worked on: best in memory. Empty: in the data folder."

    @model_validator(mode="after")
    def _keys_come_from_one_place(self) -> Self:
        if self.master_key_file and self.key_command:
            raise ValueError("master_key_file and key_command say the same: one of them is enough")
        if self.work_folder and not (self.master_key_file or self.key_command):
            raise ValueError("a work_folder is for files that are sealed: there is no master key")
        return self

    @property
    def bucket(self) -> tuple[str, str] | None:
        """The bucket and the prefix of what is ours in it; None when it is a folder."""
        if self.store == "folder":
            return None
        name, _, prefix = self.store.removeprefix("s3://").partition("/")
        return name, prefix.strip("/")


class Retention(Section):
    """How long the contents of faxes are kept."""

    days: int = Field(default=0, ge=0, le=LONGEST_DAYS)
    "0: for ever."
    labels: dict[str, Annotated[int, Field(ge=1, le=LONGEST_DAYS)]] = Field(default_factory=dict)
    "Of faxes that their senders call so."

    def rules(self) -> KeepingRules:
        return KeepingRules(self.days, self.labels)


class Fax(Section):
    """What one fax may hold. Defaults and ranges are VoipNow's."""

    max_files: int = Field(default=5, ge=1, le=10)
    max_recipients: int = Field(default=5, ge=1, le=999)
    max_bytes: int = Field(default=10 * 1024 * 1024, ge=1024, le=100 * 1024 * 1024)
    "Of one request, files and all."
    max_pages: int = Field(default=350, ge=1, le=2000)
    region: Region = ""
    "Where numbers are written that do not begin with a plus: `DE`. An organization may have its own."
    local: Patterns = ()
    "Patterns of numbers that are none of the public network, and are dialled as they are written."
    countries: Annotated[tuple[Region, ...], Listed] = ()
    "What may be called abroad and at home, `DE`; `001` are numbers of no country. Empty: everything."
    premium: bool = False
    "Whether premium rate services and satellite networks may be called."
    deny: Patterns = ()
    "Patterns of numbers that nobody may fax to."
    organization_recipients_per_day: int = Field(default=0, ge=0, le=10_000_000)
    "Numbers that an organization may have called in 24 hours; 0 is no limit."
    organization_pages_per_day: int = Field(default=0, ge=0, le=10_000_000)


class Retry(Section):
    """How often and how soon a recipient is called again; see `RetryPolicy`."""

    calls: Calls = _DEFAULT.calls
    busy_seconds: Seconds = _DEFAULT.busy_seconds
    busy_calls: Calls = _DEFAULT.busy_calls
    no_answer_seconds: Seconds = _DEFAULT.no_answer_seconds
    no_answer_calls: Calls = _DEFAULT.no_answer_calls
    dropped_seconds: Seconds = _DEFAULT.dropped_seconds
    dropped_calls: Calls = _DEFAULT.dropped_calls
    protocol_seconds: Seconds = _DEFAULT.protocol_seconds
    protocol_calls: Calls = _DEFAULT.protocol_calls
    congestion_seconds: Seconds = _DEFAULT.congestion_seconds
    congestion_calls: Calls = _DEFAULT.congestion_calls
    successive_calls: int = Field(default=_DEFAULT.successive_calls, ge=0, le=1000)


class Sandbox(Section):
    """Our own fax machine, to send to."""

    enabled: Literal["auto", "yes", "no"] = "auto"
    "`auto`: only while no trunk is configured, so that it can never swallow a real number."
    numbers: Patterns = ("7778888", "77788??")
    "Numbers it answers."
    listen: str = "127.0.0.1:5070"
    "SIP address of the machine; port 0 takes a free one."
    channels: int = Field(default=100, ge=1, le=1000)


class Hooks(Section):
    """What is told to receivers on the Internet."""

    allow: Networks = ()
    "Networks that hooks may lead to though they are not public."
    keep_days: int = Field(default=30, ge=1, le=3650)
    "How long events are kept, to be told again."

    def networks(self) -> tuple[Network, ...]:
        return tuple(parse_network(text) for text in self.allow)


class Paper(Section):
    """How pages are made."""

    time_zone: Annotated[str, AfterValidator(_time_zone)] = "UTC"
    "What the time in the header line and on the cover page is told in: `Europe/Berlin`."
    cover_folder: str = ""
    "Where templates of cover pages are, NAME.typ, beside the one that is ours."


class Log(Section):
    """What is written to standard error."""

    format: Literal["text", "json"] = "text"
    "Lines for people, or a JSON object each."


class Ops(Section):
    """What those who run the service want."""

    min_free_bytes: int = Field(default=100 * 1024 * 1024, ge=0)
    "With less room on the disk of the data folder no fax is accepted: those accepted before still need theirs."
    metrics_token: str = Field(default="", pattern=r"^[\x21-\x7e]{0,512}$", repr=False)
    "What has to be shown for `/metrics`; without it only this machine is answered, and nobody behind a proxy."


class Traces(Section):
    """Who collects traces."""

    endpoint: str = Field(default="", pattern=r"^(https?://[^\s?#]+)?$")
    "Where OTLP is taken over HTTP, path and all: `http://127.0.0.1:4318/v1/traces`; empty: nothing is traced."
    authorization: str = Field(default="", pattern=r"^[\x20-\x7e]{0,4096}$", repr=False)
    "What is shown there, `Bearer …`."
    share: float = Field(default=1.0, ge=0.0, le=1.0)
    "How much of the requests that bring no trace of their own begin one that is told of."


class Settings(Section):
    """The whole tree."""

    host: Host = Field(default_factory=Host)
    service: Service = Service()
    web: Web = Web()
    limits: RateLimits = RateLimits()
    database: Database = Database()
    files: Files = Files()
    retention: Retention = Retention()
    fax: Fax = Fax()
    paper: Paper = Paper()
    retry: Retry = Retry()
    line: Line = Field(default_factory=Line)
    trunks: dict[str, Trunk] = Field(default_factory=dict)
    sandbox: Sandbox = Sandbox()
    hooks: Hooks = Hooks()
    mail: Mail = Mail()
    log: Log = Log()
    ops: Ops = Ops()
    traces: Traces = Traces()

    @property
    def sandbox_answers(self) -> bool:
        return self.sandbox.enabled == "yes" or (self.sandbox.enabled == "auto" and not self.trunks)

    @property
    def answers(self) -> bool:
        """Whether calls may come in from trunks."""
        return bool(self.line.listen) or any(trunk.registers for trunk in self.trunks.values())

    def all_trunks(self) -> Mapping[str, Trunk]:
        """Return every trunk by name, the one to the sandbox among them while it answers, and first."""
        if not self.sandbox_answers:
            return self.trunks
        sandbox = Trunk(
            server=(self.sandbox.listen,),
            numbers=self.sandbox.numbers,
            channels=self.sandbox.channels,
            private=True,
            paced=False,
            keep_alive_seconds=0,
        )
        return {SANDBOX: sandbox, **self.trunks}

    def retry_policy(self) -> RetryPolicy:
        private = frozenset(name for name, trunk in self.all_trunks().items() if trunk.private)
        return RetryPolicy(**self.retry.model_dump(), private_trunks=private)

    def routes(self) -> Routes:
        """Return the ways of numbers. What the sandbox answers never goes to a real trunk."""
        routes = [
            Route(name, trunk.numbers, trunk.deny, trunk.cost, alone=name == SANDBOX)
            for name, trunk in self.all_trunks().items()
        ]
        return Routes(routes, self.fax.deny, Guard(self.fax.countries, self.fax.premium).objection)

    def numbering_plan(self) -> NumberingPlan:
        """Return how numbers are read. Those of the sandbox are as short as they are written."""
        sandbox = self.sandbox.numbers if self.sandbox_answers else ()
        return NumberingPlan(self.fax.region, (*self.fax.local, *sandbox))


def read_settings(file: Path | None, environment: Mapping[str, str]) -> Settings:
    """Read the settings. Raises Misconfigured, naming the key."""
    tree: Tree = {}
    if file is not None:
        try:
            tree = tomllib.loads(file.read_text(encoding="utf-8"))
        except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise Misconfigured(f"{file}: {error}") from error
    for name, text in environment.items():
        if name.startswith("UNIFAX_") and "__" in name:
            _overlay(tree, name, text)
    try:
        settings = Settings.model_validate(tree)
    except ValidationError as error:
        first = error.errors()[0]
        raise Misconfigured(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    if SANDBOX in settings.trunks:
        raise Misconfigured(f"trunks.{SANDBOX}: this name is taken by our own fax machine")
    for trunk in settings.trunks.values():
        for server in trunk.server:
            parse_server(server)
        trunk.inbound_networks()
    parse_address(settings.web.listen)
    parse_address(settings.sandbox.listen)
    _check_listen(settings.line.listen)
    settings.hooks.networks()
    if settings.mail.sender:
        _check_sender(settings.mail.sender)
    return settings


def _check_sender(address: str) -> None:
    try:
        parse_mail_address(address)
    except RequestInvalid as error:
        raise Misconfigured(f"mail.sender: {error}") from error


def _check_listen(listen: str) -> None:
    """Raise Misconfigured unless far sides could send to it."""
    address = ip_address_of(parse_address(listen)[0]) if listen else None
    if listen and (address is None or address.is_unspecified):
        raise Misconfigured(f"line.listen: '{listen}' is no address that a trunk could send to: name one of this host")


def _overlay(tree: Tree, name: str, text: str) -> None:
    """Put one environment variable into the tree, at the place its name says."""
    *path, key = name.removeprefix("UNIFAX_").lower().split("__")
    if key.endswith("_file") and key not in _FILES:
        key = key.removesuffix("_file")
        try:
            text = Path(text).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise Misconfigured(f"{name}: {error}") from error
    for step in path:
        below = tree.setdefault(step, {})
        if not isinstance(below, dict):
            raise Misconfigured(f"{name}: {step} is not a section")
        tree = below
    tree[key] = text
