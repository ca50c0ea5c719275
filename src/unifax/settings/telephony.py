"""How calls are made and answered: the line processes, and trunks. Knows no number that is called."""

import os
import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, ConfigDict, Field, field_validator, model_validator

from unifax.model.call import T38Use
from unifax.model.reach import Network, ip_address_of, parse_network
from unifax.settings.addresses import parse_server
from unifax.settings.kinds import Listed, Networks, Patterns, Section

Servers = Annotated[tuple[str, ...], Listed, Field(min_length=1, max_length=16)]
"Addresses and ports."

Codecs = Annotated[tuple[Literal["PCMU", "PCMA"], ...], Listed, Field(min_length=1, max_length=2)]
"The laws of G.711."

SipUser = Annotated[str, Field(pattern=r"^[A-Za-z0-9+*#._-]*$", max_length=64)]
"What stands before the @ of a SIP address."


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

MediaPorts = Annotated[tuple[int, ...], Listed, AfterValidator(_media_ports)]
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
    rewrite: dict[str, str] = Field(default_factory=dict)
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
