"""Trunks: carry a call order to its SIP server and see it through. It knows no delivery, retry or database."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

from unifax.line.call import Call, CallEvent, Over
from unifax.line.capture import Capture
from unifax.line.dns import names_for
from unifax.line.exchange import Exchange
from unifax.line.health import Servers
from unifax.line.media import MediaTerms
from unifax.line.names import Names, Target
from unifax.line.plan import Plan
from unifax.line.recorder import Recorder
from unifax.line.station import Caller
from unifax.model.call import CallOrder, CallReport, Milestone, Progress, Record, T38Use
from unifax.model.errors import ProtocolError
from unifax.model.numbers import shorten
from unifax.model.outcome import Outcome
from unifax.model.routes import rewritten
from unifax.wire.datagram import Address
from unifax.wire.sip.agent import Account
from unifax.wire.sip.digest import Credentials
from unifax.wire.sip.fields import DEFAULT_PORT, Uri
from unifax.wire.t30 import TerminalOptions

log = logging.getLogger(__name__)

SERVICE_UNAVAILABLE = 503


@dataclass(frozen=True, slots=True)
class Trunk:
    """SIP servers that lead to the same network, and how to send to them."""

    servers: Sequence[Address | Target]
    "In the order they are to be tried."
    paced: bool = True
    "False: over T.38, pages leave as fast as the far end reads them."
    credentials: Credentials | None = None
    "What its challenges are answered with."
    rewrite: Mapping[str, str] = field(default_factory=dict)
    "How it wants numbers (`model.routes.rewritten`)."
    t38: T38Use = T38Use.ON
    media_terms: MediaTerms = field(default_factory=MediaTerms)
    user: str = ""
    "The name of our account."
    caller: str = ""
    "The number that those who are called see; empty: the sender's own."
    from_user: str = ""
    "See `station.Caller.user`."
    asserts_caller: bool = False
    media_ports: range | None = None
    "Where the media of its calls come in; None: at any that the exchange has."
    server_patience_seconds: float = 5.0
    "How long a server may be silent to a call before the next is tried; the last one has what SIP gives it."
    registers: bool = False
    "Whether a registrar there wants to know where we are."
    keep_alive_seconds: float = 0.0
    "How often its servers are asked whether they are there; 0: never."

    def account(self, server: Address) -> Account:
        """Return who we are at one of its servers."""
        port = None if server.name or server.port == DEFAULT_PORT else server.port
        return Account(Uri("sip", None, server.name or server.host, port), self.user, self.credentials)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a call may wait, in seconds."""

    ring_seconds: float = 60.0
    negotiation_seconds: float = 45.0


class Records(Enum):
    """What is recorded of each call."""

    NOTHING = 0
    EVENTS = 1
    PACKETS = 2
    "Events, and the packets without page content."

    def recorder(self, now: float) -> Recorder | None:
        """Return what records a call that begins now."""
        capture = Capture() if self is Records.PACKETS else None
        return None if self is Records.NOTHING else Recorder(now, capture)


class Trunks:
    """Every trunk of this line process, on one exchange."""

    def __init__(
        self,
        exchange: Exchange,
        trunks: Mapping[str, Trunk],
        patience: Patience,
        *,
        records: Records = Records.EVENTS,
        names: Names | None = None,
    ) -> None:
        """`names` are looked up in the DNS, unless others are given."""
        self._exchange = exchange
        self.by_name = trunks
        self._records = records
        self._patience = patience
        self.servers = Servers()
        self.names = names or names_for(exchange)
        self._calls: dict[Call, int] = {}
        "Every call that is up, and its delivery."

    async def dial(self, order: CallOrder, record: Record) -> CallReport:
        """Make one call to its end (`model.call.Dial`). Where one server of the trunk fails, the next is tried, as long
        as the number called has not been heard of (RFC 3263 4.3). When all are known to be down, none is.

        Raises only what `record` raises; then, as when it is cancelled, the BYE or CANCEL has left before it returns.
        """
        trunk = self.by_name.get(order.trunk)
        if trunk is None:
            return CallReport(Outcome.NO_ROUTE)
        heard = False

        async def record_and_note(progress: Progress) -> None:
            nonlocal heard
            heard = True
            await record(progress)

        recorder = self._records.recorder(self._exchange.now())
        report = CallReport(Outcome.UNREACHABLE)
        servers = await self.names.addresses(trunk.servers)
        hosts = [*(server.host for server in servers), *(each.name for each in trunk.servers if each.name)]
        to_try = self.servers.to_try(servers, self._exchange.now())
        for server in to_try:
            plan = self._plan(order, trunk, may_be_silent=server is to_try[-1])
            report = await self._dial(order, plan, trunk, server, hosts, record_and_note, recorder)
            if heard or not (report.outcome is Outcome.UNREACHABLE or report.sip_status == SERVICE_UNAVAILABLE):
                break
            self.servers.failed(server, self._exchange.now())
        if recorder is None:
            return report
        return replace(report, transcript=recorder.entries, packets=recorder.packets())

    async def _dial(
        self,
        order: CallOrder,
        plan: Plan,
        trunk: Trunk,
        server: Address,
        hosts: Sequence[str],
        record: Record,
        recorder: Recorder | None,
    ) -> CallReport:
        number = rewritten(order.number, trunk.rewrite)
        try:
            media = await self._exchange.open_media(ports=trunk.media_ports)
        except OSError as error:
            log.error("no socket for a call: %s", error)
            return CallReport(Outcome.CONGESTION)
        happened: asyncio.Queue[Progress | Over] = asyncio.Queue()
        who = f"fax {order.fax_id} call {order.delivery_id}.{order.call_number}"

        def listen(event: CallEvent) -> None:
            if isinstance(event, Progress | Over):
                happened.put_nowait(event)
            else:
                log.debug("%s %s", who, event)

        try:
            call = self._exchange.place(
                number,
                server,
                Caller(trunk.caller or order.caller, trunk.from_user, trunk.asserts_caller),
                plan,
                media,
                listen,
                trunk.credentials,
                hosts,
                recorder,
            )
        except ProtocolError as error:
            log.error("trunk %s: its rules make no number: %s", order.trunk, error)
            return CallReport(Outcome.NO_ROUTE)
        self._calls[call] = order.delivery_id
        log.info("fax %d call %d.%d > INVITE %s", order.fax_id, order.delivery_id, order.call_number, shorten(number))
        try:
            return await self._follow(call, who, happened, record)
        finally:
            self._exchange.hang_up(call, Outcome.LOST)  # it is over already, unless something was raised here
            del self._calls[call]

    def end(self, delivery_id: int) -> None:
        """End the call of a delivery because its sender wants it, if it is up here. `dial` tells what it came to."""
        for call in [call for call, called_for in self._calls.items() if called_for == delivery_id]:
            self._exchange.hang_up(call, Outcome.CANCELLED)

    def hang_up(self) -> None:
        """End every call because this process ends. Each `dial` returns with what its call has achieved."""
        for call in list(self._calls):
            self._exchange.hang_up(call, Outcome.LOST)

    async def _follow(
        self, call: Call, who: str, happened: asyncio.Queue[Progress | Over], record: Record
    ) -> CallReport:
        while True:
            event = await happened.get()
            match event:
                case Progress():
                    log.info("%s = %s, %d pages confirmed", who, event.milestone, event.pages_confirmed)
                    await record(event)
                    if event.milestone is Milestone.LAST_PAGE_OUT:
                        self._exchange.release(call)
                case Over(report=report):
                    log.info("%s = over: %s", who, report.outcome)
                    return report

    def _plan(self, order: CallOrder, trunk: Trunk, *, may_be_silent: bool) -> Plan:
        return Plan(
            TerminalOptions(
                calling=True,
                station_id=order.station_id,
                send=order.document,
                first_page=order.first_page,
                receive=None,
                ecm=order.manner.ecm,
                modem=order.manner.modem,
                paced=trunk.paced,
            ),
            t38=trunk.t38 if order.manner.t38 else T38Use.OFF,
            media_terms=trunk.media_terms,
            silent_seconds=None if may_be_silent else trunk.server_patience_seconds,
            ring_seconds=self._patience.ring_seconds,
            negotiation_seconds=self._patience.negotiation_seconds,
        )
