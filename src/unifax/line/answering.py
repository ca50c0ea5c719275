"""Calls from outside: each is admitted or refused, taken, its pages handed on. It knows no extension or database."""

import asyncio
import logging
from collections.abc import Mapping

from unifax.line.call import Call, CallEvent, Over
from unifax.line.exchange import Exchange
from unifax.line.gate import Gate
from unifax.line.plan import Plan
from unifax.line.recorder import Recorder
from unifax.line.trunk import Records, Trunk
from unifax.model.errors import ProtocolError, Unavailable
from unifax.model.incoming import Admit, IncomingCall, KeepPage, PageIn, Reception, Recorded, Settle, Turned
from unifax.model.outcome import Outcome
from unifax.wire import t30
from unifax.wire.sip.agent import Invited

log = logging.getLogger(__name__)

FORBIDDEN, NOT_ACCEPTABLE, BROKEN, FULL = 403, 488, 500, 503
STATUS: Mapping[Turned, int] = {
    Turned.NO_SUCH_NUMBER: 404,
    Turned.NO_FAX: 480,
    Turned.BUSY: 486,
    Turned.FULL: FULL,  # "no circuit available" (RFC 3398 8.2.6.1): the carrier may have another way, a caller has none
}
"What a call that is not answered is refused with (RFC 3261 21.4)."
OFFER_AFTER_SECONDS = 3.0
"""When we offer T.38, unless the caller has: after CED has been heard, which makes gateways ready for it, and later
than our own kind offers it as a caller."""


class Answering:
    """The fax machines behind one exchange: every call that may come in gets one."""

    def __init__(
        self,
        trunks: Mapping[str, Trunk],
        gate: Gate,
        at_once: int,
        admit: Admit,
        keep_page: KeepPage,
        settle: Settle,
        tasks: asyncio.TaskGroup,
        *,
        records: Records = Records.EVENTS,
    ) -> None:
        """`at_once` calls are up at most; further ones are sent elsewhere (503)."""
        self.exchange: Exchange
        self.refused = 0
        "Calls that were not answered."
        self._trunks = trunks
        self._gate = gate
        self._at_once = at_once
        self._admit = admit
        self._keep_page = keep_page
        self._settle = settle
        self._tasks = tasks
        self._records = records
        self._up: set[asyncio.Task[None]] = set()
        self._calls: set[Call] = set()

    def invited(self, invited: Invited) -> None:
        """A call comes in."""
        trunk = self._gate.trunk_of(invited.source.host, self.exchange.now())
        if trunk is None:
            self._refuse(invited, FORBIDDEN)
        elif len(self._up) >= self._at_once:
            log.warning("trunk %s < INVITE: %d calls are up already", trunk, len(self._up))
            self._refuse(invited, FULL)
        else:
            task = self._tasks.create_task(self._answer(trunk, invited))
            self._up.add(task)
            task.add_done_callback(self._up.discard)

    def close(self) -> None:
        """Take no more calls. Those that are up go on."""
        self._at_once = 0

    def hang_up(self) -> None:
        """End every call because this process ends. What has come is kept."""
        for call in list(self._calls):
            self.exchange.hang_up(call, Outcome.LOST)

    async def ended(self) -> None:
        """Wait until what came in every call is kept."""
        if self._up:
            await asyncio.wait(self._up)

    async def _answer(self, trunk: str, invited: Invited) -> None:
        call_id = invited.leg.call_id
        try:
            admitted = await self._admit(IncomingCall(trunk, invited.called, invited.caller, call_id))
        except Unavailable as error:
            log.warning("call %s: %s", call_id, error)
            self._refuse(invited, FULL)
            return
        except Exception:  # the edge of a task, as below: this call ends, the others go on
            log.exception("call %s is nobody's", call_id)
            self._refuse(invited, BROKEN)
            return
        if isinstance(admitted, Turned):
            self._refuse(invited, STATUS[admitted])
            return
        recorder = self._records.recorder(self.exchange.now())
        outcome = None
        try:
            outcome = await self._receive(self._trunks[trunk], invited, admitted, recorder)
        except ProtocolError as error:
            log.info("call %s: %s", call_id, error)
            self._refuse(invited, NOT_ACCEPTABLE)
        except Exception:
            log.exception("call %s broke", call_id)
            self._refuse(invited, BROKEN)
        try:
            recorded = Recorded(outcome=outcome)
            if recorder is not None:
                recorded = Recorded(recorder.entries, recorder.packets(), outcome)
            await self._settle(admitted, recorded)
        except Exception:
            log.exception("call %s: what came stays for the next start", call_id)

    async def _receive(
        self, trunk: Trunk, invited: Invited, reception: Reception, recorder: Recorder | None
    ) -> Outcome:
        """Take a call and see it through; return how it ended.

        Raises ProtocolError when its SDP cannot be answered, OSError.
        """
        invited.leg.ring(self.exchange.now())
        media = await self.exchange.open_media(ports=trunk.media_ports)
        happened: asyncio.Queue[t30.Negotiated | t30.PageReceived | Over] = asyncio.Queue()

        def listen(event: CallEvent) -> None:
            if isinstance(event, t30.Negotiated | t30.PageReceived | Over):
                happened.put_nowait(event)
            else:
                log.debug("call %s %s", invited.leg.call_id, event)

        call = self.exchange.take(invited, _plan(trunk, reception), media, listen, recorder)
        self._calls.add(call)
        try:
            return await self._follow(call, reception, happened)
        finally:
            self.exchange.hang_up(call, Outcome.LOST)  # it is over already, unless something was raised here
            self._calls.discard(call)

    async def _follow(
        self, call: Call, reception: Reception, happened: asyncio.Queue[t30.Negotiated | t30.PageReceived | Over]
    ) -> Outcome:
        far_station_id, bits_per_second = None, None
        while True:
            event = await happened.get()
            match event:
                case t30.Negotiated():
                    far_station_id, bits_per_second = event.far_station_id, event.bits_per_second
                case t30.PageReceived():
                    page = PageIn(event.page + 1, event.last, event.bad_rows, far_station_id, bits_per_second)
                    if await self._is_kept(reception, page):
                        self.exchange.release(call)
                    else:
                        self.exchange.hang_up(call, Outcome.LOST)
                case Over(report=report):
                    log.info("call %s = over: %s", call.leg.call_id, report.outcome)
                    return report.outcome

    async def _is_kept(self, reception: Reception, page: PageIn) -> bool:
        try:
            await self._keep_page(reception, page)
        except Exception:  # whatever it is: the page must not be confirmed, and those before it stay
            log.exception("reception %d: page %d cannot be kept", reception.id, page.pages)
            return False
        return True

    def _refuse(self, invited: Invited, status: int) -> None:
        self.refused += 1
        self.exchange.refuse(invited, status)


def _plan(trunk: Trunk, reception: Reception) -> Plan:
    return Plan(
        t30.TerminalOptions(
            calling=False,
            station_id=reception.station_id,
            send=None,
            receive=reception.file,
            paced=trunk.paced,
        ),
        t38=trunk.t38,
        offer_after_seconds=OFFER_AFTER_SECONDS,
        media_terms=trunk.media_terms,
    )
