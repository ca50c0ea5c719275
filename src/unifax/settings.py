"""Every knob: one frozen tree from unifax.toml and the environment. Read once, at start; unknown keys are errors.

`UNIFAX_SECTION__KEY` overrides the file; `UNIFAX_SECTION__KEY_FILE` names a file that holds the value.
"""

import os
import re
import socket
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from unifax.model.call import T38Use
from unifax.model.errors import Misconfigured
from unifax.model.keeping import LONGEST_DAYS, KeepingRules
from unifax.model.numbering import WORLD, Guard, NumberingPlan, is_region
from unifax.model.reach import Network, ip_address_of, parse_network
from unifax.model.retry import RetryPolicy
from unifax.model.routes import Route, Routes

Tree: TypeAlias = dict[str, "str | Tree"]

SANDBOX = "sandbox"
"Name of the trunk that leads to our own fax machine."


_DEFAULT = RetryPolicy()


_FILES = frozenset({"tls_ca_file", "tls_certificate_file", "master_key_file"})
"Settings that name files themselves."

_HOST_NAME = re.compile(r"(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})(\.[A-Za-z0-9_-]{1,63})*")

_Listed = BeforeValidator(lambda given: given.split(",") if isinstance(given, str) else given)
"The environment separates the parts of a list with commas."

Patterns = Annotated[tuple[str, ...], _Listed]
"Patterns of numbers."

Servers = Annotated[tuple[str, ...], _Listed, Field(min_length=1, max_length=16)]
"Addresses and ports."

Codecs = Annotated[tuple[Literal["PCMU", "PCMA"], ...], _Listed, Field(min_length=1, max_length=2)]
"The laws of G.711."

SipUser = Annotated[str, Field(pattern=r"^[A-Za-z0-9+*#._-]*$", max_length=64)]
"What stands before the @ of a SIP address."

Networks = Annotated[tuple[str, ...], _Listed]
"Networks, `10.1.0.0/16`, or single addresses."


def _region(text: str) -> str:
    if text not in ("", WORLD) and not is_region(text):
        raise ValueError("must be a country by its two letters of ISO 3166-1, as in DE")
    return text


Region = Annotated[str, AfterValidator(_region)]
"A country, ISO 3166-1."

Calls = Annotated[int, Field(ge=1, le=15)]
Seconds = Annotated[float, Field(ge=0, le=86_400)]


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        raise ValueError("is no time zone, as in Europe/Berlin") from None
    return name


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


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
    key_command: Annotated[tuple[str, ...], _Listed] = ()
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
    labels: dict[str, Annotated[int, Field(ge=1, le=LONGEST_DAYS)]] = {}
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
    countries: Annotated[tuple[Region, ...], _Listed] = ()
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


def _public_address(address: str) -> str:
    if address and ip_address_of(address) is None:
        raise ValueError("is no IP address")
    return address


def _media_ports(ports: tuple[int, ...]) -> tuple[int, ...]:
    if ports and not (len(ports) == 2 and 1024 <= ports[0] <= ports[1] <= 65_535):
        raise ValueError("needs a first and a last port, from 1024 on")
    return ports


def _range(ports: tuple[int, ...]) -> range | None:
    return range(ports[0], ports[1] + 1) if ports else None


PublicAddress = Annotated[str, AfterValidator(_public_address)]
"IP address that a NAT shows of us."

MediaPorts = Annotated[tuple[int, ...], _Listed, AfterValidator(_media_ports)]
"First and last port of media, or none."


class Line(Section):
    """The processes that make calls."""

    processes: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1, le=64)
    address: str = "127.0.0.1"
    "IP address that calls leave from; far sides send their media to it."
    listen: str = ""
    "Address and port at which calls from trunks are answered, UDP; its IP address is told to them, for media too."
    public_address: PublicAddress = ""
    "IP address that a NAT shows of us: what far sides outside private networks are told."
    media_ports: MediaPorts = ()
    "First and last port of media; none: any."
    incoming_calls: int = Field(default=100, ge=1, le=1000)
    "Calls from trunks at once."
    ring_seconds: float = Field(default=60.0, ge=5, le=300)
    "How long a number may ring before the call is given up."
    tls_certificate_file: str = ""
    "Certificate and key (PEM), for TLS servers that connect to us; without it they answer on our own connections."
    negotiation_seconds: float = Field(default=45.0, ge=5, le=300)
    "How long an answered call may take until T.38 is agreed or the far machine is heard."
    remember_days: int = Field(default=90, ge=1, le=3650)
    "How long it is remembered how calls to a number went."
    drain_seconds: float = Field(default=60.0, ge=0, le=3600)
    "How long calls that are up may go on when the service is told to end; then they are hung up, to be made again."
    keep_transcripts_days: int = Field(default=30, ge=0, le=3650)
    "How long it is kept what happened in each call; 0 records nothing."
    record_packets: bool = False
    "Whether the packets of each call are kept with it, without page content."

    @property
    def port_range(self) -> range | None:
        """The ports of media; None for any."""
        return _range(self.media_ports)

    @property
    def incoming_address(self) -> str:
        """Where calls come in: anywhere, when only registrars have to know."""
        return self.listen or (f"[{self.address}]:0" if ":" in self.address else f"{self.address}:0")


class Trunk(Section):
    """A SIP server that carries calls to numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid", serialize_by_alias=True)

    server: Servers
    "Name or address, and a port, if need be; several are tried in their order."
    transport: Literal["auto", "udp", "tcp", "tls"] = "auto"
    "`auto`: as the DNS says of a name without a port, else UDP."
    tls_ca_file: str = ""
    "What must have signed the certificates of its servers (PEM); empty: what this machine trusts."
    numbers: Patterns = ("*",)
    "Patterns of the numbers it reaches: `*` any digits, `?` one digit."
    deny: Patterns = ()
    "Patterns of those among them that it is not to carry."
    cost: float = 0.0
    "Of the trunks that reach a number the cheapest is tried first."
    rewrite: dict[str, str] = {}
    "How it wants numbers: regular expressions, and what to put in place of what they find; each in turn, once."
    channels: int = Field(default=30, ge=1, le=1000)
    "Calls at once, to it and from it together."
    calls_per_second: float = Field(default=0.0, ge=0, le=1000)
    "Calls begun; 0 is no limit."
    private: bool = False
    "It leads to no public network: its numbers do not rest after many calls without an answer."
    inbound_from: Networks = ()
    "Networks that its calls come from; else those of its servers that are IP addresses."
    inbound_user: str = ""
    "The name by which it proves itself when it calls from elsewhere, with `inbound_password`."
    inbound_password: str = Field(default="", repr=False)
    paced: bool = True
    "False sends pages as fast as the far end reads them. Only for an end known not to be a gateway."
    t38: T38Use = T38Use.ON
    "`on`: T.38 where the far side has it, else G.711 in the same call; `off`: G.711; `only`: T.38, or no fax."
    t38_redundancy: int = Field(default=3, ge=0, le=8)
    "Packets that each datagram of T.38 repeats."
    t38_max_datagram: int = Field(default=1400, ge=72, le=1400)
    "Octets of a datagram of T.38 that we take, and send."
    codecs: Codecs = ("PCMU", "PCMA")
    "The laws of G.711 that we offer, in this order."
    public_address: PublicAddress = ""
    "What its far sides are told of us, wherever they are; empty: what `line` says."
    media_ports: MediaPorts = ()
    "First and last port of the media of its calls; none: what `line` says."
    server_patience_seconds: float = Field(default=5.0, ge=1, le=32)
    "How long one of its servers may be silent to a call before the next is tried."

    keep_alive_seconds: float = Field(default=60.0, ge=0, le=3600)
    "How often its servers are asked whether they are there (OPTIONS); 0: never."

    caller: SipUser = ""
    "The number that those who are called see; empty: the extension's own."
    from_user: SipUser = ""
    "What From says instead, where the server wants its account there."
    assert_caller: bool = False
    "Whether P-Asserted-Identity says who calls, too."
    user: str = ""
    "The name of our account at the server."
    auth_user: str = ""
    "The name that goes with the password, where it is another."
    password: str = Field(default="", repr=False)
    realm: str = ""
    "The only realm that may ask for the password; any may, if empty."
    registers: bool = Field(default=False, alias="register")  # a class has a `register` of its own
    "Whether a registrar there wants to know where we are."

    @property
    def port_range(self) -> range | None:
        """The ports of media of its own; None for the line's."""
        return _range(self.media_ports)

    @property
    def may_use_tcp(self) -> bool:
        """Whether there may be connections: a name may lead to them."""
        named = any(ip_address_of(parse_server(server)[0]) is None for server in self.server)
        return self.transport in ("tcp", "tls") or (self.transport == "auto" and named)

    def inbound_networks(self) -> tuple[Network, ...]:
        """Return where its calls may come from. Raises Misconfigured."""
        hosts = [parse_server(server)[0] for server in self.server]
        servers = [host for host in hosts if ip_address_of(host) is not None]
        return tuple(parse_network(text) for text in self.inbound_from or servers)

    @model_validator(mode="after")
    def _password_has_a_name(self) -> Self:
        if (self.password or self.realm or self.auth_user) and not self.user:
            raise ValueError("a password needs a user")
        if bool(self.inbound_user) is not bool(self.inbound_password):
            raise ValueError("inbound_user and inbound_password go together")
        if self.registers and not self.user:
            raise ValueError("to register needs a user")
        return self

    @field_validator("rewrite")
    @classmethod
    def _rules_can_be_read(cls, rules: dict[str, str]) -> dict[str, str]:
        for pattern, replacement in rules.items():
            try:
                re.compile(pattern).sub(replacement, "")
            except (re.error, IndexError) as error:
                raise ValueError(f"{pattern} = {replacement}: {error}") from error
        return rules


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
    trunks: dict[str, Trunk] = {}
    sandbox: Sandbox = Sandbox()
    hooks: Hooks = Hooks()
    log: Log = Log()
    ops: Ops = Ops()

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
    return settings


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


def parse_address(text: str) -> tuple[str, int]:
    """Return `host:port` or `[v6]:port` as an address. Raises Misconfigured."""
    host, colon, port = text.rpartition(":")
    if not colon or not host or not port.isdecimal() or int(port) > 65535:
        raise Misconfigured(f"'{text}' is not an address and a port, as in 127.0.0.1:8080")
    return host.strip("[]"), int(port)


def parse_server(text: str) -> tuple[str, int | None]:
    """Return a name or an IP address, and the port, if there is one. Raises Misconfigured."""
    host, colon, port = text.rpartition(":")
    if (text.startswith("[") and text.endswith("]")) or not colon:
        host, port = text, ""
    elif not port.isdecimal() or not 0 < int(port) <= 65535:
        host = ""
    host = host[1:-1] if host.startswith("[") and host.endswith("]") else host.rstrip(".")
    if ip_address_of(host) is None and _HOST_NAME.fullmatch(host) is None:
        raise Misconfigured(f"'{text}' is no server, as sip.example, 192.0.2.1 or [2001:db8::1]:5061 are")
    return host, int(port) if port else None
